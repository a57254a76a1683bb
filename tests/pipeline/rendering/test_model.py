"""The GLB is read back by its own rules (glTF 2.0) and must give the triangles of the drawing."""

import json
import struct

import numpy as np
import pytest

from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing
from pipeline.drawing.tables import ElementTable, MeshTable
from pipeline.rendering.model import make_glb

TYPES = {5126: "<f4", 5123: "<u2", 5121: "u1", 5125: "<u4"}
WIDTH = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
BOX = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
FACES = np.array(
    [
        [0, 1, 3],
        [0, 3, 2],
        [4, 6, 7],
        [4, 7, 5],
        [0, 4, 5],
        [0, 5, 1],
        [2, 3, 7],
        [2, 7, 6],
        [0, 2, 6],
        [0, 6, 4],
        [1, 5, 7],
        [1, 7, 3],
    ]
)


def table(classes: list[str]) -> ElementTable:
    count = len(classes)
    result = ElementTable(
        global_id=[f"guid{row}" for row in range(count)], ifc_class=classes, name=[f"名 {row}" for row in range(count)]
    )
    result.storey = np.full(count, 0, np.int32)
    return result


def drawing(classes: list[str]) -> Drawing:
    vertices = np.concatenate([BOX * [1000.0, 2000.0, 3000.0] + [5000.0 * row, 0, 0] for row in range(len(classes))])
    faces = np.concatenate([FACES + 8 * row for row in range(len(classes))])
    colors = np.repeat(np.array([0xFF000000 + row * 256 + 255 for row in range(len(classes))], np.uint32), 12)
    result = Drawing(Format.IFC, "ab" * 32, "ifc/1", elements=table(classes))
    result.meshes = MeshTable(
        origin=np.array([4.0e8, 5.0e8, 0.0]),
        vertices=vertices.astype(np.float32),
        faces=faces.astype(np.int32),
        face_element=np.repeat(np.arange(len(classes), dtype=np.int32), 12),
        face_color=colors,
    )
    result.meta["storeys"] = [{"guid": "guid0", "name": "一层", "elevation_mm": 300.0}]
    return result


def parse(blob: bytes) -> tuple[dict, list[np.ndarray]]:
    magic, version, total = struct.unpack_from("<4sII", blob)
    assert (magic, version, total) == (b"glTF", 2, len(blob))
    length, kind = struct.unpack_from("<I4s", blob, 12)
    assert kind == b"JSON" and length % 4 == 0
    document = json.loads(blob[20 : 20 + length])
    at = 20 + length
    size, kind = struct.unpack_from("<I4s", blob, at)
    assert kind == b"BIN\x00" and size % 4 == 0 and at + 8 + size == len(blob)
    binary = blob[at + 8 :]
    columns = []
    for accessor in document["accessors"]:
        view = document["bufferViews"][accessor["bufferView"]]
        width, dtype = WIDTH[accessor["type"]], np.dtype(TYPES[accessor["componentType"]])
        stride = view.get("byteStride", width * dtype.itemsize)
        assert stride % 4 == 0 and view["byteOffset"] % 4 == 0
        rows = np.frombuffer(binary, np.uint8, stride * accessor["count"], view["byteOffset"]).reshape(-1, stride)
        column = np.ascontiguousarray(rows[:, : width * dtype.itemsize]).view(dtype).reshape(-1, width)
        for name, reduce in (("min", column.min), ("max", column.max)):
            if name in accessor:
                assert accessor[name] == pytest.approx(reduce(axis=0).tolist())
        columns.append(column)
    return document, columns


def metres(document: dict, raw: np.ndarray) -> np.ndarray:
    node = document["nodes"][1]
    return raw / 65535 * np.array(node["scale"]) + np.array(node["translation"])


def test_positions_come_back_within_a_step_of_the_quantisation() -> None:
    source = drawing(["IfcWall", "IfcDoor"])
    document, (index, raw, feature, color) = parse(make_glb(source))
    back = metres(document, raw)[index[:, 0]].reshape(-1, 3, 3) * 1000
    want = source.meshes.vertices[source.meshes.faces]
    assert np.abs(back - want).max() <= document["nodes"][1]["scale"][0] * 1000 / 65535
    assert feature[index[:, 0]].reshape(-1, 3)[:, 0].tolist() == source.meshes.face_element.tolist()
    assert color[index[:, 0]].reshape(-1, 3, 4)[12, 0].tolist() == [255, 0, 1, 255]


def test_rooms_and_openings_are_left_out_and_ids_point_at_the_right_element() -> None:
    document, (_, _, feature, _) = parse(make_glb(drawing(["IfcSpace", "IfcWall", "IfcOpeningElement", "IfcDoor"])))
    extras = document["meshes"][0]["extras"]
    assert [one["cls"] for one in extras["elements"]] == ["IfcWall", "IfcDoor"]
    assert [one["guid"] for one in extras["elements"]] == ["guid1", "guid3"]
    assert sorted(set(feature[:, 0].tolist())) == [0.0, 1.0]
    assert extras["schema"] == "tushen.model/1" and extras["sha256"] == "ab" * 32
    assert extras["origin_mm"] == [4.0e8, 5.0e8, 0.0]
    assert extras["storeys"] == [{"guid": "guid0", "name": "一层", "elevation_m": 0.3}]
    assert extras["elements"][0]["storey"] == 0


def test_the_root_turns_z_up_into_y_up() -> None:
    document, _ = parse(make_glb(drawing(["IfcWall"])))
    x, y, z, w = document["nodes"][0]["rotation"]
    up = np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
    assert up == pytest.approx([0.0, 1.0, 0.0])


def test_nothing_to_show_gives_no_model() -> None:
    assert make_glb(Drawing(Format.DXF, "", "dxf/1")) is None
    assert make_glb(drawing(["IfcSpace"])) is None
