"""The manners of rules: names, docstrings, terms in the pack, the generated page, purity."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import yaml

from rules import catalogue
from rules.catalogue import RULES
from rules.engine.context import PACKS, load_pack
from rules.engine.rule import PARTS, STAGES

CODES = [rule.code for rule in RULES]


def test_codes_are_unique():
    assert len(CODES) == len(set(CODES))


def test_every_file_of_checks_is_in_the_registry():
    folder = Path(catalogue.__file__).parent / "checks"
    files = {p.stem.split("_")[0].upper() for p in folder.rglob("*_*.py") if p.name != "__init__.py"}
    assert files == {code.replace("-", "") for code in CODES}


@pytest.mark.parametrize("rule", RULES, ids=CODES)
def test_a_rule_is_named_like_its_file_and_says_the_five_parts(rule):
    file = Path(inspect.getfile(rule)).stem
    assert re.fullmatch(r"[a-z]{3}\d{3}_[a-z0-9_]+", file)
    assert rule.__name__ == file.split("_")[0].upper() == rule.code.replace("-", "")
    doc = inspect.getdoc(rule) or ""
    assert doc.splitlines()[0].endswith(".")
    positions = [doc.find(f"\n{part} ") for part in PARTS]
    assert -1 not in positions and positions == sorted(positions)


@pytest.mark.parametrize("rule", RULES, ids=CODES)
def test_a_rule_speaks_two_languages_and_names_stages_and_formats(rule):
    assert re.search(r"[\u4e00-\u9fff]", rule.zh) and re.search(r"[a-z]", rule.en)
    assert rule.severity in ("强条", "一般", "制图", "规划")
    assert rule.stages and set(rule.stages) <= set(STAGES)
    assert rule.formats and set(rule.formats) <= {"dxf", "pdf", "ifc"}
    assert len(rule.absent) == 2 and all(rule.absent)


def test_the_pack_has_terms_for_every_rule_and_no_other():
    assert sorted(load_pack().rules) == sorted(CODES)


def test_severity_in_the_pack_is_the_rules_own():
    pack = load_pack()
    assert all(pack.rules[rule.code].severity == rule.severity for rule in RULES)


def test_no_mandatory_clause_is_verified_without_a_signature():
    body = yaml.safe_load((PACKS / "national.yaml").read_text("utf-8"))["rules"]
    assert not [c for c, e in body.items() if e["severity"] == "强条" and load_pack().rules[c].may_accuse]
    assert {"FIR-001", "GEN-011"} <= set(body)


def test_the_catalogue_page_is_the_generated_one():
    assert catalogue.PAGE.read_text("utf-8") == catalogue.page()


def test_at_least_five_rules_serve_more_than_one_format():
    assert sum(len(rule.formats) > 1 for rule in RULES) >= 5


def test_rules_keep_no_state():
    assert all(not vars(rule()) for rule in RULES)
