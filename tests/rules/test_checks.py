"""Every rule against its cases: pass, fail and not applicable, and undecided where it can be."""

from __future__ import annotations

import pytest

from rules.catalogue import RULES, rule_of
from rules.engine.context import load_pack
from rules.runner import run_facts
from tests.rules.cases import CASES


@pytest.mark.parametrize(("outcome", "code", "about", "facts"), CASES, ids=[f"{c[1]}-{c[0]}-{c[2]}" for c in CASES])
def test_a_rule_ends_as_its_case_says(outcome, code, about, facts):
    rule = rule_of(code)
    found = run_facts(facts, rule.stages[-1], load_pack(), [rule()])
    assert outcome in {f.outcome for f in found}, [f.message_en for f in found]
    others = {"violation", "advice", "undecided", "passed"} - {outcome}
    if outcome in ("passed", "not_applicable"):
        assert not {f.outcome for f in found} & others


@pytest.mark.parametrize("code", [r.code for r in RULES])
def test_every_rule_has_a_case_that_passes_one_that_fails_and_one_it_does_not_concern(code):
    outcomes = {c[0] for c in CASES if c[1] == code}
    assert outcomes & {"violation", "advice"} and {"passed", "not_applicable"} <= outcomes
