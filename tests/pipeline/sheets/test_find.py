"""Frames, title blocks, drawing lists and content hashes."""

import json
from pathlib import Path

import ezdxf
import numpy as np
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import State
from pipeline.drawing.model import Drawing
from pipeline.drawing.sheet_space import to_sheet
from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets, read_drawing_list
from pipeline.sheets.paper import fits

SAMPLES = Path(__file__).parents[3] / "sample_drawings"


def saved(doc, tmp_path: Path) -> Drawing:
    path = tmp_path / "a.dxf"
    doc.saveas(path)
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def frame(model, x: float, y: float, scale: float, number: str, title: str, turned: bool = False, lines: bool = False):
    """An A3 sheet drawn with its edge, its frame line and labels in cells; optionally turned a quarter left."""

    def at(u: float, v: float) -> tuple[float, float]:
        return (x + (297 - v) * scale, y + u * scale) if turned else (x + u * scale, y + v * scale)

    for ring in ([(0, 0), (420, 0), (420, 297), (0, 297)], [(25, 5), (415, 5), (415, 292), (25, 292)]):
        corners = [at(*p) for p in ring]
        if lines:
            for p, q in zip(corners, corners[1:] + corners[:1], strict=True):
                model.add_line(p, q)
        else:
            model.add_lwpolyline(corners, close=True)
    for i, (label, value) in enumerate(
        [("图 号", number), ("图 名", title), ("比 例", "1:50"), ("工程名称", "办公楼")]
    ):
        for u, text in ((330, label), (350, value)):
            model.add_text(
                text, height=3 * scale, dxfattribs={"insert": at(u, 10 + 8 * i), "rotation": 90 if turned else 0}
            )
    model.add_circle(at(200, 150), 10 * scale)


def document():
    doc = ezdxf.new("R2010")
    doc.header["$INSUNITS"] = 4
    return doc


@pytest.mark.parametrize("lines", [False, True])
def test_several_frames_in_model_space_are_several_sheets(tmp_path, lines):
    doc = document()
    for i in range(3):
        frame(doc.modelspace(), i * 30_000, 0, 50, f"建施-0{i + 1}", f"{'一二三'[i]}层平面图", lines=lines)
    drawing = saved(doc, tmp_path)
    assert [(s.number, s.title, s.discipline, s.scale) for s in drawing.sheets] == [
        ("建施-01", "一层平面图", "建筑", 50),
        ("建施-02", "二层平面图", "建筑", 50),
        ("建施-03", "三层平面图", "建筑", 50),
    ]
    assert all(s.framed and s.size_mm == pytest.approx((420, 297)) for s in drawing.sheets)
    assert drawing.sheets[0].fields["project"].value == "办公楼"


def test_a_turned_frame_gives_an_upright_sheet_with_the_same_content(tmp_path):
    doc = document()
    frame(doc.modelspace(), 0, 0, 100, "结施-07", "基础平面图")
    frame(doc.modelspace(), 100_000, 50_000, 100, "结施-07", "基础平面图", turned=True)
    one, two = saved(doc, tmp_path).sheets
    assert two.size_mm == pytest.approx((420, 297))
    assert (two.number, two.title) == ("结施-07", "基础平面图")
    assert one.discipline == "结构"


def test_what_lies_outside_the_frames_is_not_lost(tmp_path):
    doc = document()
    frame(doc.modelspace(), 0, 0, 50, "建施-01", "一层平面图")
    for i in range(10):
        doc.modelspace().add_line((60_000, i * 100), (61_000, i * 100))
    drawing = saved(doc, tmp_path)
    assert len(drawing.sheets) == 2
    total = len(drawing.spaces[0].entities)
    covered = np.unique(np.concatenate([s.entities for s in drawing.sheets]))
    assert len(covered) == total
    assert len(drawing.sheets[1].entities) == 10


def test_a_few_marks_outside_the_frames_get_no_sheet_but_are_told(tmp_path):
    doc = document()
    frame(doc.modelspace(), 0, 0, 50, "建施-01", "平面图")
    doc.modelspace().add_line((60_000, 0), (61_000, 0))
    doc.modelspace().add_point((60_000, 500))
    drawing = saved(doc, tmp_path)
    assert len(drawing.sheets) == 1
    (told,) = [d for d in drawing.defects if d.code == "outside_frames"]
    assert told.count == 2 and "2" in told.zh and drawing.sheets[0].missing == []
    assert drawing.state == State.COMPLETE
    on_sheets = {int(row) for sheet in drawing.sheets for row in sheet.entities}
    assert len(drawing.spaces[0].entities) - len(on_sheets) == told.count
    find_sheets(drawing)  # again: told once
    assert [d.code for d in drawing.defects].count("outside_frames") == 1


def test_nothing_outside_the_frames_is_nothing_to_tell(tmp_path):
    doc = document()
    frame(doc.modelspace(), 0, 0, 50, "建施-01", "平面图")
    for i in range(3):
        doc.modelspace().add_line((60_000, i * 100), (61_000, i * 100))  # enough for a sheet of their own
    doc.modelspace().add_point((60_000, 500))
    drawing = saved(doc, tmp_path)
    assert len(drawing.sheets) == 2 and len(drawing.sheets[1].entities) == 4
    assert not [d for d in drawing.defects if d.code == "outside_frames"]


def test_a_room_of_paper_proportions_is_no_frame(tmp_path):
    doc = document()
    doc.modelspace().add_lwpolyline([(0, 0), (4200, 0), (4200, 2970), (0, 2970)], close=True)
    doc.modelspace().add_text("办公室", height=300)
    (sheet,) = saved(doc, tmp_path).sheets
    assert not sheet.framed
    assert sheet.scale == 1.0


def test_attributes_win_over_texts(tmp_path):
    doc = document()
    frame(doc.modelspace(), 0, 0, 50, "建施-01", "旧图名")
    block = doc.blocks.new("TK_A3")
    block.add_lwpolyline([(0, 0), (420, 0), (420, 297), (0, 297)], close=True)
    ref = doc.modelspace().add_blockref("TK_A3", (0, 0), dxfattribs={"xscale": 50, "yscale": 50})
    for tag, value in (("图号", "建施-09"), ("图名", "屋顶平面图"), ("比例", "1:50")):
        ref.add_attrib(tag, value, (20_000, 500)).dxf.height = 150
    (sheet,) = saved(doc, tmp_path).sheets
    assert (sheet.number, sheet.title) == ("建施-09", "屋顶平面图")
    assert sheet.fields["number"].origin == "attribute"


def test_the_content_hash_ignores_order_handles_and_noise_but_not_a_moved_line(tmp_path):
    rng = np.random.default_rng(1)
    lines = rng.uniform(0, 10_000, (60, 2, 2)).round(1)

    def made(rows: np.ndarray) -> str:
        doc = document()
        for p, q in rows:
            doc.modelspace().add_line(p, q)
        doc.modelspace().add_text("房间", height=300)
        return saved(doc, tmp_path).sheets[0].content_hash

    base = made(lines)
    assert made(lines[::-1][:, ::-1] + 1e-7) == base
    moved = lines.copy()
    moved[5, 1] += 3
    assert made(moved) != base


def test_to_space_and_back_is_the_identity(tmp_path):
    doc = document()
    frame(doc.modelspace(), 500_000_000, 0, 100, "建施-01", "平面图", turned=True)
    (sheet,) = saved(doc, tmp_path).sheets
    a, b, c, d, tx, ty = sheet.to_space
    u, v = 12.5, 40.25
    space = np.array([[a * u + b * v + tx, c * u + d * v + ty]])
    assert np.allclose(to_sheet(space, sheet.to_space), [[u, v]], atol=1e-6)


@pytest.mark.parametrize(
    ("size", "name", "scale"),
    [((84_100, 59_400), "A1", 100), ((1051, 594), "A1", 1), ((29_700, 42_000), "A3", 100), ((806, 574), "A1", 1)],
)
def test_paper_sizes_are_recognised(size, name, scale):
    assert any((f.size, f.scale) == (name, scale) for f in fits(*size))


def test_the_sample_set_is_read_as_it_was_drawn():
    folder = SAMPLES / "construction_v1"
    if not folder.exists():
        pytest.skip("sample drawings are not built")
    numbers: list[str] = []
    listed: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.dxf")):
        drawing = read_path(path, path.name)
        find_sheets(drawing)
        conclude(drawing)
        assert drawing.state == State.COMPLETE, [d.en for d in drawing.defects]
        numbers += [s.number for s in drawing.sheets]
        assert all(s.framed and s.title and s.discipline == "建筑" for s in drawing.sheets)
        listed += read_drawing_list(drawing)
    assert len(numbers) == 14
    assert ("建施-03", "一层平面图") in listed and len(listed) >= 14
    assert json.dumps(numbers, ensure_ascii=False).count("建施") == 14


@pytest.mark.parametrize("name", ["02_平面图.dxf", "建施_建筑专业全套.pdf"])
def test_an_empty_date_does_not_take_the_version_below_it(name):
    drawing = read_path(SAMPLES / "construction_v1" / name, name)
    find_sheets(drawing)
    fields = {sheet.number: sheet.fields for sheet in drawing.sheets}
    assert "date" not in fields["建施-09"] and fields["建施-09"]["version"].value == "1"
    assert fields["建施-08"]["date"].value == "2025-06-18"


def test_an_empty_attribute_means_empty_though_a_text_stands_beside_its_label(tmp_path):
    doc = document()
    model = doc.modelspace()
    block = doc.blocks.new("TITLE")
    for row, tag in enumerate(("图号", "图名", "日期")):
        block.add_attdef(tag, (350, 10 + 8 * row), dxfattribs={"height": 3})
    frame(model, 0, 0, 1, "建施-01", "总平面图")
    model.add_blockref("TITLE", (0, 0)).add_auto_attribs({"图号": "建施-01", "图名": "总平面图", "日期": ""})
    model.add_text("日期", height=3, dxfattribs={"insert": (330, 50)})
    model.add_text("2025-01-01", height=3, dxfattribs={"insert": (350, 50)})
    (sheet,) = saved(doc, tmp_path).sheets
    assert sheet.number == "建施-01" and "date" not in sheet.fields


def test_a_value_below_its_label_is_read_unless_its_row_has_a_label(tmp_path):
    doc = document()
    model = doc.modelspace()
    frame(model, 0, 0, 1, "建施-01", "总平面图")
    for text, at in (
        ("日期", (250, 60)),
        ("2025-01-01", (250, 52)),
        ("专业", (300, 60)),
        ("版次", (300, 52)),
        ("3", (312, 54)),
    ):
        model.add_text(text, height=3, dxfattribs={"insert": at})
    (sheet,) = saved(doc, tmp_path).sheets
    assert sheet.fields["date"].value == "2025-01-01"
    assert sheet.fields["version"].value == "3"
    assert "discipline" not in sheet.fields or sheet.fields["discipline"].value != "3"
