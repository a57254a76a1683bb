"""The runner: a crash is recorded, an unverified clause accuses nobody, what was not read whole has not passed."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.drawing.kinds import Format, State
from pipeline.drawing.model import Drawing
from rules.catalogue import rule_of, rules
from rules.engine.context import PackError, load_pack
from rules.engine.facts import SetFacts
from rules.engine.outcome import violation
from rules.engine.rule import Rule
from rules.runner import check, run_facts
from tests.rules import builders as b


class Broken(Rule):
    """Breaks."""

    code, zh, en, severity = "SET-001", "坏", "broken", "一般"

    def check(self, facts, terms):
        """Break."""
        raise RuntimeError("the sky fell")


class Twice(Rule):
    """Names one subject twice."""

    code, zh, en, severity = "SET-002", "二", "twice", "制图"

    def check(self, facts, terms):
        """Yield two."""
        for _ in range(2):
            yield violation(b.PLACE, "same", "同", "same")


def test_a_crashing_rule_is_recorded_and_stops_no_other():
    found = run_facts(b.facts(b.sheet()), "construction", load_pack(), [Broken(), rule_of("SET-002")()])
    assert [(f.rule_code, f.outcome) for f in found] == [("SET-001", "undecided"), ("SET-002", "passed")]
    assert "the sky fell" in found[0].evidence["rule_failed"]


def test_a_rule_without_a_signed_clause_gives_advice_at_most():
    facts = b.facts(b.sheet(openings=[b.door("M0721", 700)]))
    (found,) = run_facts(facts, "construction", load_pack(), [rule_of("FIR-001")()])
    assert found.outcome == "advice" and "条款待核" in found.message_zh
    assert found.evidence["lowered_from"] == "violation" and found.clause_status == "secondary"


def test_a_signed_clause_gives_a_violation():
    pack = load_pack()
    from dataclasses import replace

    pack.rules["FIR-001"] = replace(pack.rules["FIR-001"], clause_status="verified", sign_off_by="A. N. Expert")
    facts = b.facts(b.sheet(openings=[b.door("M0721", 700)]))
    (found,) = run_facts(facts, "construction", pack, [rule_of("FIR-001")()])
    assert found.outcome == "violation" and "条款待核" not in found.message_zh


def test_nothing_passes_on_a_file_that_was_not_read_whole():
    for state in ("damaged", "partial"):
        sheets = [b.sheet(state=state, texts=[b.text("注")])]
        (found,) = run_facts(b.facts(*sheets, state=state), "construction", load_pack(), [rule_of("DRW-009")()])
        assert found.outcome == "undecided" and found.evidence["missing"] == state


@pytest.mark.parametrize("code", [r.code for r in rules()])
def test_no_rule_passes_or_does_not_apply_beside_a_file_that_could_not_be_read(code):
    rule = rule_of(code)
    facts = SetFacts([b.file(name="broken.dxf", state="rejected", format=rule.formats[0])])
    found = run_facts(facts, rule.stages[-1], load_pack(), [rule()])
    assert {f.outcome for f in found} == {"undecided"}


def test_a_rejected_file_keeps_the_list_rule_from_accusing():
    unread = b.file(name="broken.dxf", state="rejected", format="other")
    listed = b.sheet(listed=[b.listed("建施-03", ""), b.listed("建施-04", "")])
    facts = SetFacts([b.file(listed), unread])
    found = run_facts(facts, "construction", load_pack(), [rule_of("SET-001")()])
    assert {f.outcome for f in found} == {"undecided"}


def test_subjects_are_unique_for_the_record():
    drawing = Drawing(Format.DXF, "0" * 64, "x", state=State.COMPLETE)
    found = check([("f1", "a.dxf", drawing)], "construction", chosen=[Twice()])
    assert [f.subject_key for f in found] == ["same", "same#2"]


def test_a_stage_runs_only_its_rules():
    facts = b.facts(b.sheet(openings=[b.door("M0721", 700)]))
    codes = {f.rule_code for f in run_facts(facts, "scheme", load_pack())}
    assert "FIR-001" not in codes and "DRW-007" not in codes and "SET-002" in codes


def test_terms_out_of_force_are_left_out():
    assert "FIR-001" not in load_pack(on=date(2020, 1, 1)).rules
    assert "FIR-001" in load_pack(on=date(2025, 1, 1)).rules


def test_an_unknown_pack_is_one_clear_error(tmp_path):
    with pytest.raises(PackError):
        load_pack("nowhere")
    bad = tmp_path / "bad.yaml"
    bad.write_text("rules: [", "utf-8")
    with pytest.raises(PackError):
        load_pack(str(bad))


def _texts(**more):
    made = b.file(b.sheet(state=more["state"], texts=[b.text("注", height=3.5)]), **more)
    made.accept(more.get("accepted_by", ""))
    return run_facts(SetFacts([made]), "construction", load_pack(), [rule_of("DRW-009")()])[0]


def test_a_damaged_file_a_person_accepted_may_pass_and_the_finding_names_who():
    found = _texts(state="damaged", accepted_by="张三")
    assert found.outcome == "passed" and "张三" in found.message_zh and "张三" in found.message_en
    assert found.evidence["accepted"] == [{"file": "a.dxf", "by": "张三"}]


def test_acceptance_lets_nothing_pass_on_a_partial_file_or_a_scan():
    assert _texts(state="partial", accepted_by="张三").outcome == "undecided"
    made = b.file(b.sheet(texts=[b.text("注", height=3.5)]), b.sheet(scanned=True), format="pdf")
    (found,) = run_facts(SetFacts([made]), "construction", load_pack(), [rule_of("DRW-009")()])
    assert found.outcome == "undecided" and found.evidence["missing"] == "scanned"


def test_a_rule_over_the_whole_set_passes_only_when_every_file_of_the_format_was_read():
    whole, cut = b.file(b.sheet()), b.file(b.sheet(number="建施-04"), file_id="f2", state="partial")
    (found,) = run_facts(SetFacts([whole, cut]), "construction", load_pack(), [rule_of("SET-002")()])
    assert found.outcome == "undecided"
    (found,) = run_facts(SetFacts([whole]), "construction", load_pack(), [rule_of("SET-002")()])
    assert found.outcome == "passed" and "accepted" not in found.evidence


def test_beside_a_pass_an_unread_file_without_any_text_stays_undecided():
    good = b.file(b.sheet(texts=[b.text("注", height=3.5)]))
    cut = b.file(b.sheet(state="partial"), file_id="f2", name="b.dxf", state="partial")
    found = run_facts(SetFacts([good, cut]), "construction", load_pack(), [rule_of("DRW-009")()])
    assert [(f.file_id, f.outcome) for f in found] == [("f1", "passed"), ("f2", "undecided")]
    assert "b.dxf" in found[1].message_zh


def test_a_sheet_that_lost_something_passes_nothing_though_its_file_is_whole():
    whole, lossy = b.sheet(texts=[b.text("注", height=3.5)]), b.sheet(texts=[b.text("注", height=3.5)], state="partial")
    (found,) = run_facts(b.facts(lossy), "construction", load_pack(), [rule_of("DRW-009")()])
    assert found.outcome == "undecided" and found.evidence["missing"] == "partial"
    (found,) = run_facts(b.facts(whole), "construction", load_pack(), [rule_of("DRW-009")()])
    assert found.outcome == "passed"


@pytest.mark.parametrize("state", ["complete", "damaged", "partial", "rejected"])
@pytest.mark.parametrize("known", ["complete", "damaged", "partial", "rejected", "", "gone"])
def test_the_worse_of_reading_and_record_counts(state, known):
    order = ["complete", "damaged", "partial", "rejected"]
    made = b.file(b.sheet(state=state), state=state)
    made.lower(known, {made.sheets[0].place.sheet_key: known})
    worse = max((s for s in (state, known) if s in order), key=order.index)
    assert (made.state, made.sheets[0].state) == (worse, worse)
    made.accept("张三")
    assert made.complete == (worse in ("complete", "damaged")) == made.sheets[0].complete
