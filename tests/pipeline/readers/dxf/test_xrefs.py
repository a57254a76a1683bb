"""Attached drawings: nested, in circles, overlaid, missing, and whose layer states count."""

from pathlib import Path

import ezdxf
import pytest

from pipeline.readers.dxf.xrefs import Chain, circular, hidden, sibling
from pipeline.readers.registry import read_path


def drawing_that_attaches(path: Path, names: dict[str, int], line_x: float) -> None:
    """Write a drawing with one wall at `line_x` that attaches others; `names` maps file name to block flags."""
    doc = ezdxf.new("R2010", units=4)
    doc.modelspace().add_line((line_x, 0), (line_x, 100), dxfattribs={"layer": "WALL"})
    for name, flags in names.items():
        doc.add_xref_def(f"..\\\\plans\\\\{name}", Path(name).stem, flags=flags)
        doc.modelspace().add_blockref(Path(name).stem, (0, 0))
    doc.saveas(path)


@pytest.fixture
def submission(tmp_path):
    drawing_that_attaches(tmp_path / "host.dxf", {"a.dwg": 4}, 0)
    drawing_that_attaches(tmp_path / "a.dxf", {"b.dwg": 4, "over.dwg": 4 | 8}, 1)
    drawing_that_attaches(tmp_path / "b.dxf", {"a.dwg": 4, "gone.dwg": 4}, 2)
    drawing_that_attaches(tmp_path / "over.dxf", {}, 3)
    return {p.name: p for p in tmp_path.glob("*.dxf")}


def read(submission, name="host.dxf"):
    others = {n: p for n, p in submission.items() if n != name}
    return read_path(submission[name], name, others)


def test_a_drawing_attached_by_an_attached_one_is_read(submission):
    drawing = read(submission)
    space = drawing.spaces[0]
    assert sorted(space.entities.xy[::2, 0].tolist()) == [0, 1, 2]
    names = {drawing.layers[i].name for i in space.entities.layer}
    assert names == {"WALL", "a|WALL", "a|b|WALL"}
    assert {drawing.layers[i].meaning for i in space.entities.layer} == {"wall"}
    assert space.inserts.name == ["a", "b"]
    assert space.inserts.parent.tolist() == [-1, 0]


def test_circles_and_missing_drawings_are_named(submission):
    defects = {(d.code, d.details.get("name")) for d in read(submission).defects}
    assert ("xref_cycle", "a.dwg") in defects
    assert ("xref_missing", "gone.dwg") in defects
    assert not {d for d in defects if "over.dwg" in str(d)}


def test_an_overlay_is_shown_where_it_is_laid_but_not_further_up(submission):
    assert 3.0 in read(submission, "a.dxf").spaces[0].entities.xy[:, 0]


def test_the_host_decides_which_layers_of_an_attached_drawing_show(tmp_path):
    drawing_that_attaches(tmp_path / "a.dxf", {}, 1)
    doc = ezdxf.new("R2010", units=4)
    doc.layers.add("a|WALL", color=1).off()
    doc.add_xref_def("a.dwg", "a")
    doc.modelspace().add_blockref("a", (0, 0))
    doc.saveas(tmp_path / "host.dxf")
    drawing = read_path(tmp_path / "host.dxf", "host.dxf", {"a.dxf": tmp_path / "a.dxf"})
    table = drawing.spaces[0].entities
    layer = drawing.layers[table.layer[0]]
    assert (layer.name, layer.visible) == ("a|WALL", False)
    assert table.color[0] == 0xFF0000FF


def test_layer_zero_of_an_attached_drawing_floats_like_that_of_a_block(tmp_path):
    part = ezdxf.new("R2010", units=4)
    part.modelspace().add_line((0, 0), (1, 0))
    part.saveas(tmp_path / "a.dxf")
    doc = ezdxf.new("R2010", units=4)
    doc.layers.add("ARCH", color=3)
    doc.add_xref_def("a.dwg", "a")
    doc.modelspace().add_blockref("a", (0, 0), dxfattribs={"layer": "ARCH"})
    doc.saveas(tmp_path / "host.dxf")
    drawing = read_path(tmp_path / "host.dxf", "host.dxf", {"a.dxf": tmp_path / "a.dxf"})
    table = drawing.spaces[0].entities
    assert drawing.layers[table.layer[0]].name == "ARCH"
    assert table.color[0] == 0x00FF00FF


def test_texts_of_an_attached_drawing_keep_their_font_and_how_lines_are_aligned(tmp_path):
    inner = ezdxf.new("R2010", units=4)
    inner.styles.add("OWN", font="simplex.shx")
    inner.modelspace().add_mtext("two\\Plines", {"style": "OWN", "char_height": 300, "attachment_point": 9})
    inner.saveas(tmp_path / "a.dxf")
    doc = ezdxf.new("R2010", units=4)
    doc.styles.add("HOST", font="arial.ttf")
    doc.modelspace().add_text("host", height=300, dxfattribs={"style": "HOST"})
    doc.add_xref_def("a.dwg", "a", flags=4)
    doc.modelspace().add_blockref("a", (0, 0))
    doc.saveas(tmp_path / "host.dxf")
    drawing = read({p.name: p for p in tmp_path.glob("*.dxf")})
    texts = drawing.spaces[0].texts
    found = {s: (drawing.fonts[f], a) for s, f, a in zip(texts.string, texts.font, texts.align, strict=True)}
    assert found == {"host": ("arial.ttf", 0), "two\nlines": ("simplex.shx", 2)}


def test_names_match_without_folder_suffix_and_case():
    files = {"set/Plan A.DXF": Path("x"), "set/plan a.pdf": Path("y")}
    assert sibling("D:\\work\\PLAN A.dwg", files) == Path("x")
    assert sibling("plan b.dwg", files) is None


def test_overlay_and_circle_are_told_by_the_chain():
    chain = Chain(paths=[Path("a")])
    assert hidden(4 | 8, chain) and not hidden(4 | 8, Chain()) and not hidden(4, chain)
    assert circular(Path("a"), chain) and not circular(Path("b"), chain)
