"""The document of `tushen compare --format json` against its schema."""

import json
from pathlib import Path

import jsonschema
import pytest

from pipeline.comparing.engine import compare_drawings
from tests.pipeline.comparing.drawings import drawing, plan, shifted
from tests.pipeline.comparing.test_elements import ROWS, model, replace_row

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "formats" / "comparison.schema.json").read_text())


def documents():
    strokes, labels = plan()
    yield compare_drawings(drawing(strokes, labels), drawing(shifted(strokes, 1, 300, 0), labels[1:]))
    yield compare_drawings(drawing(strokes, labels), drawing(strokes, labels))
    yield compare_drawings(drawing(strokes, labels), drawing(strokes[:2], [], number="建施-99", title="目录"))
    yield compare_drawings(model(ROWS), model([replace_row(ROWS[0], x=500), *ROWS[2:]], prefix="h"))


@pytest.mark.parametrize("k", range(4))
def test_every_document_keeps_the_schema_and_is_plain_json(k):
    told = json.loads(json.dumps(list(documents())[k].to_json(), allow_nan=False))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)


def test_sheets_without_partner_are_in_the_document():
    told = list(documents())[2].to_json()
    assert {u["side"] for u in told["unpaired"]} == {"old", "new"} and told["changes"] == []
    assert told["comparable"] is False
