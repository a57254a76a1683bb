"""The rarer things of a DXF: drawn, or named with what to do about them; never silently left out."""

import io
import struct

import ezdxf
import numpy as np
import pytest
from ezdxf.math import Vec2
from ezdxf.render.mleader import ConnectionSide

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.tolerances import cells
from pipeline.readers.registry import read_path


def document(version="R2010"):
    return ezdxf.new(version, setup=True, units=4)


def read(doc, tmp_path, siblings=None):
    doc.saveas(tmp_path / "a.dxf")
    return read_path(tmp_path / "a.dxf", "a.dxf", siblings)


def read_bytes(data, tmp_path):
    (tmp_path / "a.dxf").write_bytes(data)
    return read_path(tmp_path / "a.dxf", "a.dxf")


def codes(drawing):
    return {d.code for d in drawing.defects} - {"font_substituted"}


# ------------------------------------------------------------------ objects of other programs


def command(kind, data):
    return struct.pack("<ii", len(data) + 8, kind) + data


def padded(text):
    data = text + b"\0"
    return data + b"\0" * (-len(data) % 4)


def graphic(text: bytes) -> bytes:
    """A circle and a text as proxy graphic."""
    circle = command(2, struct.pack("<7d", 100, 100, 0, 50, 0, 0, 1))
    letters = command(10, struct.pack("<12d", 0, 0, 0, 0, 0, 1, 1, 0, 0, 300, 1, 0) + padded(text))
    return struct.pack("<ii", len(circle) + len(letters) + 8, 2) + circle + letters


def with_foreign(kind: str, version: str, picture: bytes, codepage: str = "ANSI_936") -> bytes:
    """A drawing with one line and one object of another program on layer WALL."""
    doc = document(version)
    doc.modelspace().add_line((0, 0), (10, 0))
    stream = io.StringIO()
    doc.write(stream)
    text = stream.getvalue().replace("ANSI_1252", codepage)
    data = f"92\n{len(picture)}\n310\n{picture.hex().upper()}\n" if picture else ""
    owner = doc.modelspace().block_record_handle
    head = f"0\n{kind}\n5\nFFF1\n330\n{owner}\n100\nAcDbEntity\n8\nWALL\n"
    if kind == "ACAD_PROXY_ENTITY":
        body = f"100\nAcDbProxyEntity\n90\n498\n91\n999\n{data}93\n0\n94\n0\n"
    else:
        body = f"{data}100\nTDbWall\n10\n0.0\n20\n0.0\n30\n0.0\n"
    if version == "R12":
        head, body = f"0\n{kind}\n8\nWALL\n", "10\n0.0\n20\n0.0\n30\n0.0\n"
    at = text.index("ENTITIES\n") + len("ENTITIES\n")
    return (text[:at] + head + body + text[at:]).encode()


@pytest.mark.parametrize("kind", ["ACAD_PROXY_ENTITY", "TCH_WALL", "TCH_DIMENSION2"])
@pytest.mark.parametrize("version", ["R12", "R2000", "R2010"])
def test_objects_of_tarch_without_a_picture_are_counted_by_layer_with_the_remedy(tmp_path, kind, version):
    drawing = read_bytes(with_foreign(kind, version, b""), tmp_path)
    found = next(d for d in drawing.defects if d.code == "proxy_objects")
    assert (found.count, found.details["layers"]) == (1, "WALL 1")
    assert found.loses_content
    assert drawing.coverage.skipped == {kind: 1}


@pytest.mark.parametrize("kind", ["ACAD_PROXY_ENTITY", "TCH_WALL"])
@pytest.mark.parametrize(("version", "codepage"), [("R2000", "ANSI_936"), ("R2010", "ANSI_936")])
def test_the_picture_of_an_object_of_tarch_is_drawn(tmp_path, kind, version, codepage):
    drawing = read_bytes(with_foreign(kind, version, graphic("天正墙".encode("gbk")), codepage), tmp_path)
    space = drawing.spaces[0]
    assert EntityKind.CIRCLE in space.entities.kind.tolist()
    assert space.texts.string == ["天正墙"]
    assert drawing.layers[space.entities.layer[0]].meaning == "wall"
    assert codes(drawing) == set()
    assert drawing.coverage.read[kind] == 1


# ------------------------------------------------------------------ dimensions, leaders, tolerances


def test_every_kind_of_dimension_is_drawn_even_without_a_picture_in_the_file(tmp_path):
    doc = document()
    model = doc.modelspace()
    model.add_linear_dim(base=(0, 800), p1=(0, 0), p2=(3600, 0))
    model.add_aligned_dim(p1=(0, 0), p2=(300, 400), distance=50)
    model.add_radius_dim(center=(0, 0), radius=500, angle=30)
    model.add_diameter_dim(center=(0, 0), radius=500, angle=30)
    model.add_angular_dim_3p(base=(0, 200), center=(0, 0), p1=(100, 0), p2=(0, 100))
    model.add_ordinate_x_dim(feature_location=(100, 50), offset=(0, 50))
    drawing = read(doc, tmp_path)
    assert codes(drawing) == set()
    assert len(drawing.spaces[0].texts) == 6
    assert drawing.spaces[0].dimensions.measured_mm.tolist() == pytest.approx([3600, 500, 500, 1000])


@pytest.mark.parametrize(
    ("text", "shown", "override"),
    [
        ("<>", "3600", ""),
        ("", "3600", ""),
        ("<> (净)", "3600 (净)", "<> (净)"),
        (r"\A1;<>{\H0.7x;\S+5^-5;}", "3600+5/-5", "<>+5/-5"),
        ("3900", "3900", "3900"),
        (r"280%%c×12=\P3360", "280Ø×12=\n3360", "280Ø×12=\n3360"),
    ],
)
def test_what_a_dimension_measures_and_what_it_shows_are_kept_apart(tmp_path, text, shown, override):
    doc = document()
    dim = doc.modelspace().add_linear_dim(base=(0, 500), p1=(0, 0), p2=(3600, 0), text=text, override={"dimlfac": 1})
    dim.render()
    table = read(doc, tmp_path).spaces[0].dimensions
    assert table.measured_mm[0] == pytest.approx(3600)
    assert (table.shown[0].replace(" ", ""), table.override[0]) == (shown.replace(" ", ""), override)


def test_a_detail_drawn_larger_measures_reality(tmp_path):
    doc = document()
    override = {"dimlfac": 0.2, "dimpost": "<>mm"}
    doc.modelspace().add_linear_dim(base=(0, 500), p1=(0, 0), p2=(3600, 0), override=override).render()
    table = read(doc, tmp_path).spaces[0].dimensions
    assert (table.measured_mm[0], table.shown[0]) == (pytest.approx(720), "720mm")


def test_leaders_and_their_texts_are_drawn(tmp_path):
    doc = document()
    model = doc.modelspace()
    model.add_leader([(0, 0), (100, 100), (200, 100)])
    leader = model.add_multileader_mtext("Standard")
    leader.set_content("详见\\P建施-05")
    leader.add_leader_line(ConnectionSide.left, [Vec2(-20, 15)])
    leader.build(insert=Vec2(5, 0))
    drawing = read(doc, tmp_path)
    assert drawing.spaces[0].texts.string == ["详见\n建施-05"]
    assert codes(drawing) == set()


def test_the_frame_of_a_tolerance_is_drawn_cell_by_cell(tmp_path):
    content = r"{\Fgdt;j}%%v{\Fgdt;n}0.05%%vA%%v%%v^J{\Fgdt;b}%%v0.1"
    assert cells(content) == [["⌖", "⌀0.05", "A"], ["⊥", "0.1"]]
    doc = document()
    doc.modelspace().new_entity("TOLERANCE", {"insert": (10, 20), "content": content})
    drawing = read(doc, tmp_path)
    assert sorted(drawing.spaces[0].texts.string) == sorted(["⌖", "⌀0.05", "A", "⊥", "0.1"])
    assert drawing.spaces[0].entities.kind.tolist().count(EntityKind.POLYLINE) == 5
    assert codes(drawing) == set()


# ------------------------------------------------------------------ attributes


def test_constant_invisible_and_many_line_attributes(tmp_path):
    doc = document("R2018")
    block = doc.blocks.new("标题栏")
    block.add_attdef("设计单位", (0, 0), "某设计院", height=300).is_const = True
    block.add_attdef("图号", (0, 500), "", height=300)
    reference = doc.modelspace().add_blockref("标题栏", (0, 0))
    reference.add_attrib("图号", "建施-01", (0, 500)).dxf.height = 300
    hidden = reference.add_attrib("暗", "不可见", (0, 900))
    hidden.is_invisible = True
    lines = reference.add_attrib("说明", "x", (0, 2000))
    lines.embed_mtext(doc.modelspace().add_mtext("第一行\\P第二行", {"char_height": 300}))
    space = read(doc, tmp_path).spaces[0]
    assert space.inserts.attributes[0] == {
        "设计单位": "某设计院",
        "图号": "建施-01",
        "暗": "不可见",
        "说明": "第一行\n第二行",
    }
    assert sorted(space.texts.string) == sorted(["某设计院", "建施-01", "第一行\n第二行"])


def test_names_with_escapes_are_shown_decoded(tmp_path):
    doc = document("R2000")
    doc.blocks.new("@B@").add_line((0, 0), (1, 0), dxfattribs={"layer": "@L@"})
    doc.modelspace().add_blockref("@B@", (0, 0)).add_attrib("@T@", "@V@", (0, 0))
    stream = io.StringIO()
    doc.write(stream)
    text = stream.getvalue()
    for mark, escaped in (("@B@", r"\U+95E8"), ("@L@", r"\M+5C7BD"), ("@T@", r"\U+56FE"), ("@V@", r"\M+5BDA8")):
        text = text.replace(mark, escaped)
    drawing = read_bytes(text.encode(), tmp_path)
    assert "墙" in {layer.name for layer in drawing.layers}
    assert drawing.spaces[0].inserts.name == ["门"]
    assert drawing.spaces[0].inserts.attributes == [{"图": "建"}]
    assert drawing.layers[drawing.spaces[0].entities.layer[-1]].meaning == "wall"


# ------------------------------------------------------------------ pictures and other files


@pytest.mark.parametrize("there", [True, False])
def test_pictures_and_underlays_are_named_whether_their_file_is_there_or_not(tmp_path, there):
    doc = document()
    model = doc.modelspace()
    model.add_underlay(doc.add_underlay_def("..\\plan.pdf", "pdf", "1"), (0, 0))
    model.add_image(doc.add_image_def("D:\\x\\logo.png", (100, 100)), (0, 0), (10, 10))
    files = {"plan.pdf": tmp_path / "plan.pdf", "set/logo.png": tmp_path / "logo.png"} if there else None
    drawing = read(doc, tmp_path, files)
    named = {(d.code, d.details["name"]) for d in drawing.defects if "name" in d.details}
    wanted = {("image_not_read", "logo.png"), ("image_not_read", "plan.pdf")}
    assert named == (wanted if there else {("image_missing", "logo.png"), ("xref_missing", "plan.pdf")})
    assert all(d.loses_content for d in drawing.defects if d.code in ("image_not_read", "image_missing"))


def test_embedded_objects_are_counted(tmp_path):
    doc = document()
    doc.modelspace().add_line((0, 0), (1, 1))
    doc.modelspace().new_entity("OLE2FRAME", {})
    drawing = read(doc, tmp_path)
    assert ("ole_not_read", 1) in {(d.code, d.count) for d in drawing.defects}


def test_the_words_of_a_table_are_drawn_where_it_stands(tmp_path):
    doc = document()
    block = doc.blocks.new("*T1")
    block.add_text("门窗表", height=300, dxfattribs={"insert": (0, -300)})
    stream = io.StringIO()
    doc.write(stream)
    text, owner = stream.getvalue(), doc.modelspace().block_record_handle
    table = f"0\nACAD_TABLE\n5\nFFF1\n330\n{owner}\n100\nAcDbEntity\n8\n0\n100\nAcDbBlockReference\n2\n*T1\n"
    table += "10\n1000.0\n20\n2000.0\n30\n0.0\n100\nAcDbTable\n91\n1\n92\n1\n"
    at = text.index("ENTITIES\n") + len("ENTITIES\n")
    space = read_bytes((text[:at] + table + text[at:]).encode(), tmp_path).spaces[0]
    assert space.texts.string == ["门窗表"]
    assert np.allclose(space.texts.origin[0], [1000, 1700])


# ------------------------------------------------------------------ hatches


def ring(x, y, size):
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


def hatched_length(space) -> float:
    table = space.entities
    row = table.kind.tolist().index(EntityKind.PATH)
    points = table.xy[table.point_first[table.part_first[row]] :]
    return float(np.hypot(*(points[1::2] - points[::2]).T).sum())


@pytest.mark.parametrize(("style", "share"), [(0, 100 - 36 + 4), (1, 100 - 36), (2, 100)])
def test_islands_are_left_out_as_the_style_says(tmp_path, style, share):
    doc = document()
    hatch = doc.modelspace().add_hatch(color=1)
    hatch.set_pattern_fill("ANSI31", scale=0.05, style=style)
    for (x, y, size), flags in (((0, 0, 10), 1), ((2, 2, 6), 16), ((4, 4, 2), 0)):
        hatch.paths.add_polyline_path(ring(x, y, size), is_closed=True, flags=flags)
    space = read(doc, tmp_path).spaces[0]
    assert hatched_length(space) * 3.175 * 0.05 == pytest.approx(share, rel=0.03)


def test_a_gradient_is_a_fill_in_its_first_colour(tmp_path):
    doc = document()
    hatch = doc.modelspace().add_hatch()
    hatch.set_gradient((200, 10, 10), (10, 10, 200))
    hatch.paths.add_polyline_path(ring(0, 0, 10), is_closed=True)
    table = read(doc, tmp_path).spaces[0].entities
    assert table.kind.tolist() == [EntityKind.FILL]
    assert table.color[0] == 0xC80A0AFF


def test_curved_boundaries_and_a_mirrored_hatch(tmp_path):
    doc = document()
    hatch = doc.modelspace().add_hatch(color=1, dxfattribs={"extrusion": (0, 0, -1)})
    edge = hatch.paths.add_edge_path()
    edge.add_arc((100, 0), radius=50, start_angle=0, end_angle=360)
    table = read(doc, tmp_path).spaces[0].entities
    assert table.xy[:, 0].min() == pytest.approx(-150, abs=0.5)
    assert table.xy[:, 0].max() == pytest.approx(-50, abs=0.5)


# ------------------------------------------------------------------ text styles


def test_fonts_are_listed_with_how_often_they_are_used(tmp_path):
    doc = document()
    style = doc.styles.add("HZ", font="txt.shx")
    style.dxf.bigfont = "hztxt.shx"
    only = doc.styles.add("BIG", font="")
    only.dxf.bigfont = "gbcbig.shx"
    model = doc.modelspace()
    for _ in range(3):
        model.add_text("一层", height=300, dxfattribs={"style": "HZ"})
    model.add_text("二层", height=300, dxfattribs={"style": "BIG"})
    model.add_mtext(r"{\fSimSun|b0|i0|c134|p2;三层}", {"style": "HZ", "char_height": 300})
    drawing = read(doc, tmp_path)
    uses = {d.details["name"]: d.count for d in drawing.defects if d.code == "font_substituted"}
    assert uses == {"txt.shx+hztxt.shx": 3, "txt+gbcbig.shx": 1, "SimSun": 1}
    assert set(uses) <= set(drawing.fonts)


def test_vertical_text_hangs_letter_under_letter(tmp_path):
    doc = document()
    style = doc.styles.add("竖", font="txt.shx")
    style.dxf.bigfont, style.dxf.flags = "hztxt.shx", 4
    doc.modelspace().add_text("会签栏", height=300, dxfattribs={"style": "竖", "insert": (1000, 5000)})
    texts = read(doc, tmp_path).spaces[0].texts
    assert texts.string == ["会\n签\n栏"]
    assert texts.origin[0].tolist() == pytest.approx([1000 - texts.width[0] / 2, 4700])


def test_a_paragraph_written_downwards_hangs_line_beside_line(tmp_path):
    doc = document()
    attribs = {"char_height": 300, "flow_direction": 3, "insert": (1000, 5000)}
    doc.modelspace().add_mtext("会签\\P专业", attribs)
    texts = read(doc, tmp_path).spaces[0].texts
    assert texts.string == ["会\n签", "专\n业"]
    assert texts.origin[0, 0] - texts.origin[1, 0] == pytest.approx(500)


def test_a_definition_outside_a_block_shows_its_tag(tmp_path):
    doc = document()
    doc.modelspace().add_attdef("图号", (0, 0), "默认值", height=300)
    assert read(doc, tmp_path).spaces[0].texts.string == ["图号"]


def test_columns_of_a_paragraph_stand_side_by_side(tmp_path):
    doc = document("R2018")
    doc.modelspace().add_mtext_static_columns(
        ["第一栏", "第二栏"], width=2000, gutter_width=500, height=3000, dxfattribs={"char_height": 300}
    )
    texts = read(doc, tmp_path).spaces[0].texts
    assert texts.string == ["第一栏", "第二栏"]
    assert texts.origin[1, 0] - texts.origin[0, 0] == pytest.approx(2500)


def test_a_masked_text_hides_what_lies_under_it_and_its_frame_is_drawn(tmp_path):
    doc = document()
    text = doc.modelspace().add_mtext("遮罩", {"char_height": 300})
    text.set_bg_color("canvas", scale=1.5, text_frame=True)
    table = read(doc, tmp_path).spaces[0].entities
    assert table.kind.tolist() == [EntityKind.WIPEOUT, EntityKind.POLYLINE, EntityKind.TEXT]


@pytest.mark.parametrize(("point", "align"), [(1, 0), (5, 1), (9, 2)])
def test_lines_are_aligned_as_the_text_is_hung_up(tmp_path, point, align):
    doc = document()
    attribs = {"char_height": 300, "attachment_point": point, "insert": (1000, 1000)}
    doc.modelspace().add_mtext("客厅与餐厅\\P25㎡", attribs)
    doc.modelspace().add_text("单行", height=300)
    texts = read(doc, tmp_path).spaces[0].texts
    assert dict(zip(texts.string, texts.align.tolist() or [0, 0], strict=True))["客厅与餐厅\n25㎡"] == align
    assert texts.font.max() < 10


def test_paragraphs_centred_in_their_column_stand_in_its_middle(tmp_path):
    doc = document()
    attribs = {"char_height": 300, "attachment_point": 1, "width": 6000, "insert": (1000, 1000)}
    doc.modelspace().add_mtext("\\pxqc;客厅\\P25.60㎡", attribs)
    texts = read(doc, tmp_path).spaces[0].texts
    assert texts.align.tolist() == [1]
    assert texts.origin[0, 0] + texts.width[0] / 2 == pytest.approx(4000)
