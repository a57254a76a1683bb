"""The drawing list: tables with heads, several side by side, ranges; held against the sheets."""

import ezdxf
import pymupdf
import pytest

from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets
from pipeline.sheets.drawing_list import (
    ListRow,
    Present,
    number_key,
    read_drawing_list,
    read_list_rows,
    read_lists,
    reconcile,
)
from sample_drawings.framed_sheets.cases import cases as cases_of_sheets
from sample_drawings.framed_sheets.make import make_case


def listed(tmp_path, tables):
    """A sheet with list tables: (x, rows) with columns 序号 图号 图名 图幅 版次 in mm."""
    doc = ezdxf.new("R2010")
    doc.header["$INSUNITS"] = 4
    model = doc.modelspace()
    model.add_text("图纸目录", height=6, dxfattribs={"insert": (180, 280)})
    for x, rows in tables:
        for i, row in enumerate(rows):
            for word, at in zip(row, (0, 12, 45, 110, 125), strict=False):
                if word:
                    model.add_text(word, height=3, dxfattribs={"insert": (x + at, 260 - 8 * i)})
    path = tmp_path / "list.dxf"
    doc.saveas(path)
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    return read_list_rows(drawing)


HEAD = ("序号", "图号", "图名", "图幅", "版次")
DASHES = str.maketrans("—－–", "---")


def test_a_table_with_heads_gives_number_title_size_and_version(tmp_path):
    rows = listed(
        tmp_path, [(10, [HEAD, ("1", "建施-01", "设计说明", "A1", "A"), ("2", "建施-02", "一层平面图", "A2", "B")])]
    )
    assert [(r.number, r.title, r.size, r.version) for r in rows] == [
        ("建施-01", "设计说明", "A1", "A"),
        ("建施-02", "一层平面图", "A2", "B"),
    ]


def test_two_tables_side_by_side_with_headings_between_and_a_range(tmp_path):
    left = [HEAD, ("", "", "建筑专业"), ("1", "建施-01", "设计说明", "A1"), ("2", "建施-02", "一层平面图", "A1")]
    right = [HEAD, ("3", "结施-01", "结构说明", "A1"), ("4", "结施-02~04", "梁配筋图", "A1")]
    rows = listed(tmp_path, [(10, left), (200, right)])
    assert [r.number for r in rows] == ["建施-01", "建施-02", "结施-01", "结施-02", "结施-03", "结施-04"]
    assert rows[-1].title == "梁配筋图" and rows[0].title == "设计说明"


@pytest.mark.parametrize("name", ["set_with_list"])
def test_the_list_of_a_framed_set_is_read(name, tmp_path):
    case = {case.name: case for case in cases_of_sheets(1)}[name]
    made = make_case(case, tmp_path)
    drawing = read_path(made.path, made.path.name)
    find_sheets(drawing)
    wanted = [(n.replace("－", "-").replace("—", "-"), t) for n, t, _ in case.sheets[0].listing]
    assert read_drawing_list(drawing) == wanted
    present = [Present(s.id, s.number, s.title) for s in drawing.sheets if s.framed]
    result = reconcile(read_list_rows(drawing), present)
    assert len(result.agreed) == 8 and [d.kind for d in result.differ] == ["extra"]  # the list does not list itself


def test_what_differs_is_named():
    rows = [
        ListRow("建施-01", "设计说明", "A1", "A"),
        ListRow("建施-02", "首层平面图", "A1", "A"),
        ListRow("建施-03", "二层平面图", "A1", "A"),
        ListRow("建施-04", "屋顶平面图"),
    ]
    sheets = [
        Present("a", "建施—01", "设计说明", "A1", "A"),
        Present("b", "建施-02", "一层平面图", "A2", "B"),
        Present("c", "建施-03", "三层平面图", "A1", "A"),
        Present("d", "建施-09", "详图"),
        Present("e", ""),
    ]
    result = reconcile(rows, sheets)
    assert result.agreed == [("建施-01", "a")] and result.unread == ["e"]
    assert {(d.kind, d.number) for d in result.differ} == {
        ("size", "建施-02"), ("version", "建施-02"), ("title", "建施-03"), ("missing", "建施-04"), ("extra", "建施-09"),
    }  # fmt: skip


def test_a_number_borne_twice_is_named():
    result = reconcile(
        [ListRow("建施-01", "南立面图")], [Present("a", "建施-01", "北立面图"), Present("b", "建施-01", "南立面图")]
    )
    assert result.agreed == [("建施-01", "b")] and [d.kind for d in result.differ] == ["doubled", "doubled"]


COLUMNS = (10.0, 22.0, 55.0, 120.0, 135.0, 150.0)  # lines of the table, mm
# row of cells: (word, first column, last column, rows it spans); drawn from the top, 8 mm a row
MERGED = [
    [("序号", 0, 0, 1), ("图 号", 1, 1, 1), ("图纸名称", 2, 2, 1), ("图幅", 3, 3, 1), ("版次", 4, 4, 1)],
    [("一、建筑专业（共 4 张）", 0, 4, 1)],
    [("1", 0, 0, 1), ("建施-01", 1, 1, 1), ("设计说明", 2, 2, 1), ("A1", 3, 3, 2), ("A", 4, 4, 1)],
    [("2", 0, 0, 1), ("建施-02", 1, 1, 1), ("一层平面图", 2, 2, 1), ("B", 4, 4, 1)],
    [("3", 0, 0, 1), ("建施-03", 1, 1, 1), ("楼梯详图", 2, 2, 2), ("A2", 3, 3, 1), ("A", 4, 4, 1)],
    [("4", 0, 0, 1), ("建施-04", 1, 1, 1), ("A2", 3, 3, 1), ("A", 4, 4, 1)],
    [("二、结构专业", 0, 4, 1)],
    [("5", 0, 0, 1), ("结施-01～05", 1, 1, 1), ("梁平法施工图", 2, 2, 1), ("A1", 3, 3, 1), ("A", 4, 4, 1)],
]


def cells(rows):
    """Yield (word, box) of the cells, mm from the lower left of an A4 sheet upright."""
    for number, row in enumerate(rows):
        for word, first, last, span in row:
            top = 260.0 - 8 * number
            yield word, (COLUMNS[first], top - 8 * span, COLUMNS[last + 1], top)


def table(rows, form, folder):
    """Draw a list with the lines of its cells as DXF or PDF; return the lists read from it."""
    path = folder / f"list.{form}"
    words = [("图纸目录", 80.0, 275.0, 6.0)]
    boxes = []
    for word, (x0, y0, x1, y1) in cells(rows):
        boxes.append((x0, y0, x1, y1))
        words.append((word, x0 + 2, (y0 + y1) / 2 - 1.5, 3.0))
    if form == "dxf":
        doc = ezdxf.new("R2010")
        doc.header["$INSUNITS"] = 4
        for x0, y0, x1, y1 in boxes:
            doc.modelspace().add_lwpolyline([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], close=True)
        for word, x, y, height in words:
            doc.modelspace().add_text(word, height=height, dxfattribs={"insert": (x, y)})
        doc.saveas(path)
    else:
        point = 72 / 25.4
        with pymupdf.open() as doc:
            page = doc.new_page(width=210 * point, height=297 * point)
            for x0, y0, x1, y1 in boxes:
                page.draw_rect((x0 * point, (297 - y1) * point, x1 * point, (297 - y0) * point))
            for word, x, y, height in words:
                page.insert_text((x * point, (297 - y) * point), word, fontname="china-s", fontsize=height * point)
            doc.save(path)
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    return read_lists(drawing)


@pytest.mark.parametrize("form", ["dxf", "pdf"])
def test_cells_that_span_several_columns_or_rows(form, tmp_path):
    (found,) = table(MERGED, form, tmp_path)
    assert [r.number for r in found.rows] == [
        "建施-01", "建施-02", "建施-03", "建施-04", "结施-01", "结施-02", "结施-03", "结施-04", "结施-05",
    ]  # fmt: skip
    # a word that stands between two rows belongs to neither for certain
    assert [(r.title, r.version) for r in found.rows[:5]] == [
        ("设计说明", "A"), ("一层平面图", "B"), ("", "A"), ("", "A"), ("梁平法施工图", "A"),
    ]  # fmt: skip
    assert found.unread == []
    x0, y0, x1, y1 = found.rows[1].box
    assert x1 - x0 > 60 and y1 - y0 < 8 and found.rows[1].entities


@pytest.mark.parametrize("form", ["dxf", "pdf"])
def test_a_row_whose_number_cannot_be_read_is_told(form, tmp_path):
    strange = [("4", 0, 0, 1), ("??04/甲", 1, 1, 1), ("屋顶平面图", 2, 2, 1)]
    empty = [("5", 0, 0, 1), ("墙身大样", 2, 2, 1)]
    (found,) = table([*MERGED[:4], strange, empty, *MERGED[4:]], form, tmp_path)
    assert len(found.rows) == 9 and len(found.unread) == 2


def test_a_sheet_titled_list_without_a_row_is_a_list_that_was_not_read(tmp_path):
    case = {case.name: case for case in cases_of_sheets(1)}["set_with_list"]
    made = make_case(case, tmp_path)
    drawing = read_path(made.path, made.path.name)
    find_sheets(drawing)
    (home,) = (s for s in drawing.sheets if "目录" in s.title)
    texts = drawing.spaces[home.space].texts
    texts.string = ["?" if "施" in word and "-" in word.translate(DASHES) else word for word in texts.string]
    (found,) = read_lists(drawing)
    assert (found.sheet, found.rows) == (home.id, [])


def test_numbers_are_compared_without_signs_that_tell_nothing():
    assert number_key("建施—01") == number_key("建施 01") == number_key("建施－０１") == number_key("建施-01")
    assert len({number_key(n) for n in ("建施-11", "建施-1-1", "A-11", "A1-1")}) == 4


def test_a_number_listed_twice_with_two_titles_is_told_once_for_each():
    rows = [
        ListRow("建施-01", "南立面图"),
        ListRow("建施-01", "北立面图"),
        ListRow("建施-02", ""),
        ListRow("建施-02", "x"),
    ]
    result = reconcile(rows, [Present("a", "建施-01", "南立面图")])
    assert [(d.kind, d.number, d.listed) for d in result.differ] == [
        ("title", "建施-01", "北立面图"), ("missing", "建施-02", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["A", "A 版", "第A版", "Rev.A", "V a", "ａ"])
def test_a_version_is_the_same_however_it_is_written(words):
    rows, sheets = [ListRow("建施-01", "说明", "", "A")], [Present("a", "建施-01", "说明", "", words)]
    assert reconcile(rows, sheets).differ == []
