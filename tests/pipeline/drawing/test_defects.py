"""The catalogue of defects: every code speaks two languages, is used, and none is used without it."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from pipeline.drawing.defect_catalogue import CATALOGUE, Entry
from pipeline.drawing.defect_sentences.any_file import ANY_FILE
from pipeline.drawing.defect_sentences.dxf import DXF
from pipeline.drawing.defect_sentences.ifc import IFC
from pipeline.drawing.defect_sentences.ifc_place import IFC_PLACE
from pipeline.drawing.defect_sentences.pdf import PDF
from pipeline.drawing.defect_sentences.sets import SETS
from pipeline.drawing.defects import defect, is_litter
from pipeline.drawing.kinds import Severity

ROOT = Path(__file__).resolve().parents[3]
MAKERS = {"defect", "_refused", "bilingual"}  # functions whose literal arguments may be codes


def fields(sentence: str) -> set[str]:
    """Return the placeholders of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def used_codes() -> tuple[set[str], set[str]]:
    """Return (codes given first to `defect`, words given anywhere to one of the makers) in the product's code."""
    first: set[str] = set()
    anywhere: set[str] = set()
    for folder in ("pipeline", "rules", "api"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name not in MAKERS:
                    continue
                words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                anywhere.update(words)
                begins = node.args[:1]
                if name == "defect" and begins and isinstance(begins[0], ast.Constant):
                    first.add(str(begins[0].value))
    return first, anywhere


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_says_in_two_languages_what_is_wrong_and_what_to_do(code: str) -> None:
    entry = CATALOGUE[code]
    assert all(words.strip() for words in (entry.zh, entry.en, entry.remedy_zh, entry.remedy_en))
    assert entry.severity in {str(s) for s in Severity}
    assert fields(entry.zh) == fields(entry.en)
    assert not fields(entry.remedy_zh) and not fields(entry.remedy_en)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in entry.zh)
    assert entry.en.isascii()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_sentence_can_be_filled(code: str) -> None:
    values = {name: "{x}" for name in fields(CATALOGUE[code].zh) - {"count"}}
    found = defect(code, count=3, **values)
    assert found.code == code and found.count == 3
    assert all(value in found.zh and value in found.en for value in values.values())


def test_no_origin_repeats_a_code_of_another() -> None:
    origins: list[dict[str, Entry]] = [ANY_FILE, DXF, PDF, IFC, IFC_PLACE, SETS]
    assert sum(len(part) for part in origins) == len(CATALOGUE)


def test_every_code_that_is_used_is_in_the_catalogue() -> None:
    first, _ = used_codes()
    assert len(first) > 30
    assert first - CATALOGUE.keys() == set()


def test_every_code_of_the_catalogue_is_used() -> None:
    _, anywhere = used_codes()
    assert CATALOGUE.keys() - anywhere == set()


def test_a_code_that_is_not_in_the_catalogue_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        defect("no_such_code")
    with pytest.raises(KeyError):
        defect("unreadable")  # a placeholder without a value is a fault of ours


def test_only_what_a_system_left_is_litter():
    junk = {"code": "junk_file"}
    assert is_litter([junk, junk])
    assert not is_litter([]) and not is_litter([junk, {"code": "truncated"}])  # found nothing: not litter
