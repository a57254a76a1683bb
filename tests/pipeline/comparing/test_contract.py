"""The document of `tushen compare --format json` against its schema."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pymupdf
import pytest

from pipeline.comparing.comparison import comparison_from_json
from pipeline.comparing.engine import compare_drawings
from pipeline.comparing.scans.pixels import Pictures
from pipeline.drawing.model import Drawing
from tests.pipeline.comparing import files
from tests.pipeline.comparing.drawings import drawing, plan, shifted
from tests.pipeline.comparing.test_elements import ROWS, model, replace_row

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "formats" / "comparison.schema.json").read_text())


def documents():
    strokes, labels = plan()
    yield compare_drawings(drawing(strokes, labels), drawing(shifted(strokes, 1, 300, 0), labels[1:]))
    yield compare_drawings(drawing(strokes, labels), drawing(strokes, labels))
    two = with_sheets((strokes, labels, "建施-01", "一层平面图"), (strokes[:3], [], "建施-02", "二层平面图"))
    yield compare_drawings(two, drawing(strokes[:2], [], number="建施-99", title="目录"))
    yield compare_drawings(model(ROWS), model([replace_row(ROWS[0], x=500), *ROWS[2:]], prefix="h"))


@pytest.mark.parametrize("k", range(4))
def test_every_document_keeps_the_schema_and_is_plain_json(k):
    told = json.loads(json.dumps(list(documents())[k].to_json(), allow_nan=False))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)


def test_sheets_without_partner_are_in_the_document():
    told = list(documents())[2].to_json()
    assert {u["side"] for u in told["unpaired"]} == {"old", "new"} and told["changes"] == []
    assert told["comparable"] is False


def with_sheets(*parts):
    """One drawing of several sheets beside one another: (strokes, labels, number, title) each."""
    spaces, sheets = [], []
    for k, (strokes, labels, number, title) in enumerate(parts):
        one = drawing(strokes, labels, number=number, title=title)
        spaces.append(one.spaces[0])
        sheets.append(replace(one.sheets[0], id=f"{k}:0", space=k))
    sha = "".join(sheet.content_hash[:8] for sheet in sheets)
    return Drawing(drawing(*plan()).format, sha, "test", spaces=spaces, sheets=sheets, layers=one.layers)


def test_renumbered_and_split_sheets_are_told_and_those_alone_say_why():
    strokes, labels = plan()
    left = [stroke for stroke in strokes[1:] if max(x for x, _ in stroke[0]) <= 9200]
    right = [stroke for stroke in strokes[1:] if max(x for x, _ in stroke[0]) > 9200]
    rng_plan = [([(x * 1.3, y * 0.7) for x, y in points], layer, insert) for points, layer, insert in strokes[:9]]
    old = with_sheets((strokes[1:], labels, "建施-01", "一层平面图"), (rng_plan, [], "建施-02", "屋顶平面图"))
    new = with_sheets(
        (left, labels[:1], "建施-01", "一层平面图（一）"),
        (right, labels[1:], "建施-02", "一层平面图（二）"),
        (rng_plan, [], "建施-03", "屋顶平面图"),
    )
    result = compare_drawings(old, new)
    told = json.loads(json.dumps(result.to_json()))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    relation = {one["new"]["title"]: one["relation"] for one in told["sheets"]}
    assert relation["屋顶平面图"] == "renumbered"
    assert "split" in relation.values() and all(one["paired"]["zh"] for one in told["sheets"])
    (alone,) = told["unpaired"]
    assert alone["side"] == "new" and alone["relation"] == "split" and alone["candidates"] and alone["zh"]
    back = result.invert().to_json()
    assert "merged" in {one["relation"] for one in back["sheets"]} and back["unpaired"][0]["side"] == "old"
    assert [one["ordinal"] for one in (s["new"] for s in back["sheets"])] == [0, 1]


def scanned(path, source):
    """The first page of a PDF as a picture at 200 dpi on a page of the same size."""
    with pymupdf.open(source) as document, pymupdf.open() as made:
        page = document[0]
        pixels = page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
        made.new_page(width=page.rect.width, height=page.rect.height).insert_image(page.rect, pixmap=pixels)
        made.save(path)
    return files.read(path)


@pytest.mark.parametrize("old", ["dxf", "pdf", "ifc"])
@pytest.mark.parametrize("new", ["dxf", "pdf", "ifc", "scan"])
def test_real_results_of_every_kind_of_pair_keep_the_schema(tmp_path, old, new):
    strokes, labels = plan()
    walls = [(*row[:2], *(float(v) for v in row[2:7]), {}) for row in ROWS]

    def made(kind, changed):
        mine = shifted(strokes, 1, 300, 0) if changed else strokes
        if kind == "ifc":
            return files.ifc(tmp_path / f"{changed}.ifc", [replace_row(walls[0], x=700.0 * changed), *walls[1:]])
        if kind == "dxf":
            return files.dxf(tmp_path / f"{changed}.dxf", mine, labels)
        return files.pdf(tmp_path / f"{changed}.pdf", mine, labels)

    one, two = made(old, False), made(new, True)
    pictures = {}
    if new == "scan":
        two = scanned(tmp_path / "scan.pdf", tmp_path / "True.pdf")
        pictures[two.sha256] = Pictures(two, tmp_path / "scan.pdf", "")
    for a, b in ((one, two), (two, one)):
        result = compare_drawings(a, b, pictures=pictures)
        told = json.loads(json.dumps(result.to_json(), allow_nan=False))
        jsonschema.Draft202012Validator(SCHEMA).validate(told)
        assert len(told["sheets"]) == 1 and bool(told["changes"]) <= told["comparable"]
        assert comparison_from_json(told).to_json() == told
        if old == new:
            assert told["changes"]
