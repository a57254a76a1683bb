"""Reasons of signatures speak two languages, each of them is used, and the format's schema knows them all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline.drawing.signature_reasons import REASONS, TRUST, reason
from tests.pipeline.drawing.test_defects import fields

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_says_the_same_in_both_languages(code):
    zh, en = REASONS[code]
    assert re.search("[\u4e00-\u9fff]", zh) and not re.search("[\u4e00-\u9fff]", en)
    assert fields(zh) == fields(en)
    assert reason(code, **{name: "ISO{x}" for name in fields(zh)})[0] == code


def test_every_reason_is_given_and_the_schema_names_them():
    source = "".join(path.read_text("utf-8") for path in (ROOT / "pipeline/readers/pdf").glob("signature*.py"))
    assert {code for code in REASONS if f'"{code}"' not in source} == set()
    schema = json.loads((ROOT / "docs/formats/reading.schema.json").read_text("utf-8"))
    assert set(schema["$defs"]["signature"]["properties"]["why"]["enum"]) == {"", *REASONS}


def test_every_reason_of_trust_speaks_two_languages_is_given_and_stands_in_the_schema():
    for code, (zh, en) in TRUST.items():
        assert not code or (re.search("[\u4e00-\u9fff]", zh) and en.isascii())
    sources = "".join(
        (ROOT / "pipeline/readers/pdf" / name).read_text("utf-8") for name in ("signature_check.py", "trust.py")
    )
    assert {code for code in TRUST if code and f'"{code}"' not in sources} == set()
    schema = json.loads((ROOT / "docs/formats/reading.schema.json").read_text("utf-8"))
    assert set(schema["$defs"]["signature"]["properties"]["trust_why"]["enum"]) == set(TRUST)


def test_details_stand_in_both_sentences_and_an_unknown_code_is_our_fault():
    assert reason("kind_unknown", kind="GM.sm2") == (
        "kind_unknown", "暂不能核验此类签名（GM.sm2）", "signatures of the kind GM.sm2 cannot be checked",
    )  # fmt: skip
    with pytest.raises(KeyError):
        reason("no_such_thing")
