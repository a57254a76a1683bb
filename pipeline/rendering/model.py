"""A model as one binary glTF: quantised positions, one primitive, an element id per vertex (sheet_pack.md).

Positions are uint16, normalised, per KHR_mesh_quantization; the root node carries the dequantisation
and turns z up into y up. Vertices are not shared between elements or colours, so that a vertex can
carry both.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import Drawing

SCHEMA = "tushen.model/1"
LEFT_OUT = frozenset({"IfcSpace", "IfcOpeningElement", "IfcOpeningStandardCase", "IfcVirtualElement", "IfcSpatialZone"})
_STEPS = 65535
_GLTF, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_FLOAT, _USHORT, _UBYTE, _UINT = 5126, 5123, 5121, 5125
_ARRAY, _INDEX = 34962, 34963


def make_glb(drawing: Drawing) -> bytes | None:
    """Return the model of a drawing as GLB 2.0, None when it has no triangles to show.

    Units are metres, axes y up (glTF 2.0, 3.4); `mesh.extras` names the elements: the feature id of a
    vertex is the row in `extras.elements`. `origin_mm` plus position gives millimetres of the file's world.
    """
    meshes, table = drawing.meshes, drawing.elements
    if not len(meshes.faces):
        return None
    shown = np.array([kind not in LEFT_OUT for kind in table.ifc_class], bool)
    keep = shown[meshes.face_element]
    if not keep.any():
        return None
    position, feature, color, index, rows = _columns(drawing, keep)
    low, high = position.min(axis=0), position.max(axis=0)
    size = float(max((high - low).max(), 1.0))
    quantised = np.round((position - low) / size * _STEPS).astype(np.uint16)
    padded = np.zeros((len(quantised), 4), np.uint16)  # vertices of a buffer view begin at multiples of 4
    padded[:, :3] = quantised
    parts = [
        index.astype("<u4").tobytes(),
        padded.astype("<u2").tobytes(),
        feature.astype("<f4").tobytes(),
        np.ascontiguousarray(color).tobytes(),
    ]
    document = _document(drawing, parts, quantised, feature, len(index), rows)
    document["nodes"] = _nodes(low, size)
    return _pack(document, b"".join(parts))


def _columns(
    drawing: Drawing, keep: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.uint8], NDArray[np.int64], list[int]]:
    """Return positions (v, 3) mm, feature ids (v,), colours (v, 4), indices (3 f,) and the element rows shown."""
    meshes = drawing.meshes
    faces = meshes.faces[keep].astype(np.int64)
    owner = meshes.face_element[keep].astype(np.int64)
    tint = meshes.face_color[keep].astype(np.int64)
    rows, feature_of_face = np.unique(owner, return_inverse=True)
    tints, tint_of_face = np.unique(tint, return_inverse=True)
    corner = faces.reshape(-1)
    look = np.repeat(feature_of_face.reshape(-1) * len(tints) + tint_of_face.reshape(-1), 3)
    key = look * len(meshes.vertices) + corner
    _, first, index = np.unique(key, return_index=True, return_inverse=True)
    position = meshes.vertices[corner[first]].astype(np.float64)
    feature = (look[first] // len(tints)).astype(np.float32)
    code = tints[look[first] % len(tints)]
    color = np.stack([(code >> shift) & 255 for shift in (24, 16, 8, 0)], axis=1).astype(np.uint8)
    return position, feature, color, index.reshape(-1), rows.tolist()


def _nodes(low: NDArray[np.float64], size: float) -> list[dict[str, Any]]:
    """Root: z up to y up (x, y, z) -> (x, z, -y). Child: from 0..1 to metres relative to the origin."""
    scale = size / 1000.0
    return [
        {"name": "model", "children": [1], "rotation": [-0.7071067811865476, 0.0, 0.0, 0.7071067811865476]},
        {"mesh": 0, "translation": (low / 1000.0).tolist(), "scale": [scale, scale, scale]},
    ]


def _document(
    drawing: Drawing,
    parts: list[bytes],
    quantised: NDArray[np.uint16],
    feature: NDArray[np.float32],
    indices: int,
    rows: list[int],
) -> dict[str, Any]:
    offsets = np.cumsum([0] + [len(part) for part in parts]).tolist()
    strides = (None, 8, 4, 4)
    views = [
        {"buffer": 0, "byteOffset": offset, "byteLength": len(part), "target": _ARRAY if stride else _INDEX}
        | ({"byteStride": stride} if stride else {})
        for offset, part, stride in zip(offsets, parts, strides, strict=False)
    ]
    count = len(quantised)
    # min and max of a normalised integer accessor are raw integers (glTF 2.0, 3.6.2.5)
    accessors = [
        {"bufferView": 0, "componentType": _UINT, "count": indices, "type": "SCALAR"},
        {
            "bufferView": 1,
            "componentType": _USHORT,
            "normalized": True,
            "count": count,
            "type": "VEC3",
            "min": quantised.min(axis=0).tolist(),
            "max": quantised.max(axis=0).tolist(),
        },
        {
            "bufferView": 2,
            "componentType": _FLOAT,
            "count": count,
            "type": "SCALAR",
            "min": [float(feature.min())],
            "max": [float(feature.max())],
        },
        {"bufferView": 3, "componentType": _UBYTE, "normalized": True, "count": count, "type": "VEC4"},
    ]
    attributes = {"POSITION": 1, "_FEATURE_ID_0": 2, "COLOR_0": 3}
    primitive = {"attributes": attributes, "indices": 0, "material": 0, "mode": 4}
    return {
        "asset": {"version": "2.0", "generator": "Tushen"},
        "extensionsUsed": ["KHR_mesh_quantization"],
        "extensionsRequired": ["KHR_mesh_quantization"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [],
        "meshes": [{"primitives": [primitive], "extras": _extras(drawing, rows)}],
        "materials": [_material(drawing)],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": offsets[-1]}],
    }


def _material(drawing: Drawing) -> dict[str, Any]:
    material: dict[str, Any] = {
        "pbrMetallicRoughness": {"baseColorFactor": [1, 1, 1, 1], "metallicFactor": 0, "roughnessFactor": 0.9},
        "doubleSided": True,
    }
    if len(drawing.meshes.face_color) and ((drawing.meshes.face_color & 255) < 255).any():
        material["alphaMode"] = "BLEND"
    return material


def _extras(drawing: Drawing, rows: list[int]) -> dict[str, Any]:
    table = drawing.elements
    storeys = [
        {
            "guid": one.get("guid", ""),
            "name": one.get("name", ""),
            "elevation_m": float(one.get("elevation_mm", 0)) / 1000,
        }
        for one in drawing.meta.get("storeys", [])
    ]
    place = {one["guid"]: row for row, one in enumerate(storeys)}
    elements = []
    for row in rows:
        at = int(table.storey[row]) if len(table.storey) else -1
        elements.append(
            {
                "guid": table.global_id[row],
                "cls": table.ifc_class[row],
                "name": table.name[row],
                "storey": place.get(table.global_id[at], -1) if at >= 0 else -1,
            }
        )
    return {
        "schema": SCHEMA,
        "sha256": drawing.sha256,
        "origin_mm": drawing.meshes.origin.tolist(),
        "elements": elements,
        "storeys": storeys,
    }


def _pack(document: dict[str, Any], binary: bytes) -> bytes:
    """Return header and the two chunks, each padded to a multiple of 4 (glTF 2.0, 4.4)."""
    header = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    header += b" " * (-len(header) % 4)
    binary += b"\x00" * (-len(binary) % 4)
    total = 12 + 8 + len(header) + 8 + len(binary)
    return b"".join(
        [
            struct.pack("<III", _GLTF, 2, total),
            struct.pack("<II", len(header), _JSON),
            header,
            struct.pack("<II", len(binary), _BIN),
            binary,
        ]
    )
