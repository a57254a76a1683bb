"""Multileaders drawn by the picture they carry: the same as by the library's door."""

import struct

import ezdxf
import numpy as np
import pytest
from ezdxf.math import Vec2

from pipeline.drawing.kinds import EntityKind
from pipeline.readers.dxf.columns.scan import scan
from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf.columns.equality import by_both, by_library, differences


def command(number, data=b""):
    data += bytes(-len(data) % 4)
    return struct.pack("<2L", len(data) + 8, number) + data


def line(*points, number=6):
    normal = struct.pack("<3d", 0, 0, 1) if number == 32 else b""
    return command(number, struct.pack("<L", len(points)) + b"".join(struct.pack("<3d", *p) for p in points) + normal)


def string(text, wide=True):
    data = text.encode("utf-16-le") + b"\0\0" if wide else text.encode() + b"\0"
    return data + bytes(-len(data) % 4)


def written(text, font="simplex.shx", wide=True):
    place = struct.pack("<9d", 5, 6, 0, 0, 0, 1, 0.6, 0.8, 0)
    numbers = struct.pack("<2l4d5L", -1, 1, 2.5, 0.8, 0.2, 1, 0, 1, 0, 0, 0)
    if not wide:
        return command(11, place + string(text, False) + numbers + string(font, False) + string("", False))
    more = struct.pack("<4L", 0, 0, 0, 0) + string("Family") + string(font) + string("")
    return command(38, place + string(text) + numbers + more)


def attribute(number, value):
    return command(number, struct.pack("<L", value))


CIRCLE = command(2, struct.pack("<7d", 3, 4, 0, 2, 0, 0, 1))
ARC = command(4, struct.pack("<11dL", 3, 4, 0, 2, 0, 0, 1, 0, 1, 0, 1.5, 0))
SIMPLE = written("text", wide=False) + command(
    36, struct.pack("<12d", 1, 2, 0, 0, 0, 1, 1, 0, 0, 3, 1, 0) + string("宽度 %%c20")
)
PICTURE = (
    command(1, bytes(48))
    + line((0, 0, 0), (9, 0, 0), (9, 9, 0))
    + attribute(14, 1)
    + attribute(16, 1)
    + attribute(18, 0)
    + line((0, 0, 1), (9, 0, 2), number=32)
    + attribute(22, 0xC2123456)
    + attribute(20, 1)
    + line((0, 0, 3), (4, 0, 3), (4, 4, 3), (0, 0, 3), number=7)
    + attribute(22, 0xC3000005)
    + attribute(16, 99)
    + line((0, 0, 0), (4, 0, 0), (4, 4, 0), number=7)
    + attribute(22, 0xC1000000)
    + attribute(23, 50)
    + attribute(18, 32766)
    + line((1, 1, 0), (1, 1, 0))
    + attribute(23, 0xFFFFFFFE)
    + attribute(19, 7)
    + CIRCLE
    + ARC
    + attribute(22, 0xC0000000)
    + SIMPLE
    + written("外径 100")
    + written("other", font="nobody.shx")
    + written(" ")
)


def document_with(*data):
    """Return a drawing with multileaders in model space and in a placed block, each with a picture; None: without."""
    doc = ezdxf.new("R2018", units=4)
    doc.styles.new("OURS", dxfattribs={"font": "simplex.shx"})
    doc.linetypes.new("DASHED", dxfattribs={"description": "- -", "pattern": [1.0, 0.5, -0.5]})
    doc.layers.new("RED", dxfattribs={"color": 1, "lineweight": 70})
    block = doc.blocks.new("PICTURED")
    for where, look in ((doc.modelspace(), {"layer": "RED"}), (block, {}), (block, {"layer": "RED", "color": 0})):
        for picture in data:
            builder = where.add_multileader_mtext("Standard")
            builder.set_content("content")
            builder.add_leader_line(ezdxf.render.mleader.ConnectionSide.left, [Vec2(-20, 15)])
            builder.build(Vec2(5, 0))
            made = builder.multileader
            made.update_dxf_attribs(look)
            made.proxy_graphic = None if picture is None else bytes(8) + picture
    doc.modelspace().add_blockref("PICTURED", (100, 0), {"color": 4, "rotation": 30, "layer": "RED"})
    return doc


def rare_of(path):
    with path.open("rb") as stream:
        return scan(stream, lambda data: data.decode()).entities.rare


def test_pictures_are_the_same_by_both_doors(tmp_path):
    path = tmp_path / "pictured.dxf"
    document_with(PICTURE, SIMPLE).saveas(path)
    assert not rare_of(path).any()
    quick = by_both(path)
    kinds = quick.spaces[0].entities.kind.tolist()
    assert {EntityKind.POLYLINE, EntityKind.FILL, EntityKind.POINT, EntityKind.CIRCLE, EntityKind.ARC} < set(kinds)
    assert "宽度 Ø20" in quick.spaces[0].texts.string
    assert quick.coverage.read["MULTILEADER"] == 6


@pytest.mark.parametrize(
    "picture",
    [
        None,
        PICTURE + command(29, bytes(128)),  # a matrix
        PICTURE + command(2, struct.pack("<7d", 3, 4, 0, 2, 0, 1, 0)),  # a circle seen from the side
        PICTURE[:-9],
    ],
    ids=["none", "matrix", "side", "cut"],
)
def test_what_is_not_understood_goes_to_the_library(tmp_path, picture):
    path = tmp_path / "rare.dxf"
    document_with(SIMPLE, picture).saveas(path)
    assert rare_of(path).sum() == 3
    found = differences(by_library(path), DxfReader().read(path, path.name))
    assert [text for text in found if ".source[" not in text] == []  # blocks of arrows that it makes have any handles


def test_a_picture_keeps_its_places(tmp_path):
    path = tmp_path / "line.dxf"
    document_with(line((0, 0, 0), (9, 0, 0), (9, 9, 0))).saveas(path)
    space = DxfReader().read(path, path.name).spaces[0]
    assert np.array_equal(space.entities.xy[:3], [(0, 0), (9, 0), (9, 9)])
    assert space.entities.color[0] == 0xFF0000FF
