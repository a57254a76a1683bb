"""The drawing list: tables with heads, several side by side, ranges; held against the sheets."""

import ezdxf
import pytest

from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets
from pipeline.sheets.drawing_list import ListRow, Present, read_drawing_list, read_list_rows, reconcile
from sample_drawings.framed_sheets.cases import cases
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
    case = {case.name: case for case in cases(1)}[name]
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
