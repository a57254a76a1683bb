"""Small drawings built column by column, for the laws of comparing."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np

from pipeline.drawing.kinds import EntityKind, Format, SpaceKind
from pipeline.drawing.model import Drawing, Layer, Sheet, Space
from pipeline.drawing.tables import EntityTable, InsertTable, TextTable

LAYERS = [Layer("0"), Layer("WALL", meaning="wall"), Layer("DOOR", meaning="door"), Layer("TEXT", meaning="text")]
Stroke = tuple[list[tuple[float, float]], int, int]  # points, layer row, insert row
Label = tuple[str, float, float, float]  # string, x, y, height


def plan() -> tuple[list[Stroke], list[Label]]:
    """A plan without symmetry: outline, inner walls, four doors, labels; millimetres."""
    strokes: list[Stroke] = [([(0, 0), (18000, 0), (18000, 12000), (0, 12000), (0, 0)], 1, -1)]
    for x, low, high in ((4200, 0, 7000), (9100, 2000, 12000), (13700, 0, 5200), (6100, 7000, 12000)):
        strokes.append(([(x, low), (x, high)], 1, -1))
    for y, left, right in ((7000, 0, 9100), (5200, 9100, 18000), (9300, 9100, 15500)):
        strokes.append(([(left, y), (right, y)], 1, -1))
    for k, (x, y, width) in enumerate(
        ((1500, 6000, 900), (10600, 4100, 1000), (15200, 6300, 800), (7200, 10100, 1200))
    ):
        strokes += door(x, y, width, k)
    labels = [(text, x, y, 300.0) for text, x, y in LABELS]
    return strokes, labels


LABELS = (
    ("会议室", 2000, 3000),
    ("办公室", 11000, 2200),
    ("M0921", 1500, 7300),
    ("3600", 6500, 500),
    ("走道", 15000, 8000),
)


def door(x: float, y: float, width: float, insert: int) -> list[Stroke]:
    """A door leaf with its swing, as one insert."""
    arc = [(x + width * math.cos(a), y + width * math.sin(a)) for a in np.linspace(0, math.pi / 2, 9)]
    leaf = [(x, y), (x, y + width), (x + 50, y + width), (x + 50, y), (x, y)]
    return [(arc, 2, insert), (leaf, 2, insert)]


def drawing(
    strokes: list[Stroke],
    labels: list[Label],
    *,
    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0),
    kind: SpaceKind = SpaceKind.MODEL,
    fmt: Format = Format.DXF,
    scale: float = 1.0,
    number: str = "建施-01",
    title: str = "一层平面图",
    unit_mm: float = 1.0,
) -> Drawing:
    """A drawing of one sheet; all coordinates go through `matrix` (a b c d tx ty)."""
    a, b, c, d, tx, ty = matrix
    linear, shift = np.array([[a, b], [c, d]]), np.array([tx, ty])
    zoom, turn = math.sqrt(abs(a * d - b * c)), math.atan2(c, a)
    parts = [np.array(points, float) @ linear.T + shift for points, _, _ in strokes]
    layers, inserts = [layer for _, layer, _ in strokes], [insert for _, _, insert in strokes]
    kinds = [int(EntityKind.POLYLINE)] * len(strokes)
    for string, x, y, height in labels:
        corners = [
            (x, y),
            (x + width_of(string, height), y),
            (x + width_of(string, height), y + height),
            (x, y + height),
        ]
        parts.append(np.array(corners, float) @ linear.T + shift)
        layers.append(3)
        inserts.append(-1)
        kinds.append(int(EntityKind.TEXT))
    count = len(parts)
    first = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int32)
    table = EntityTable(
        kind=np.array(kinds, np.uint8),
        layer=np.array(layers, np.int32),
        color=np.zeros(count, np.uint32),
        width_mm=np.zeros(count, np.float32),
        dashed=np.zeros(count, np.uint8),
        source=np.full(count, -1, np.int32),
        insert=np.array(inserts, np.int32),
        element=np.full(count, -1, np.int32),
        part_first=np.arange(count, dtype=np.int32),
        part_count=np.ones(count, np.int32),
        point_first=first,
        part_closed=np.array([k == EntityKind.TEXT for k in kinds], np.uint8),
        xy=np.vstack(parts),
    )
    origins = np.array([[x, y] for _, x, y, _ in labels], float).reshape(-1, 2) @ linear.T + shift
    texts = TextTable(
        entity=np.arange(len(strokes), count, dtype=np.int32),
        string=[label[0] for label in labels],
        origin=origins,
        height=np.array([label[3] * zoom for label in labels]),
        rotation=np.full(len(labels), turn),
        width=np.array([width_of(label[0], label[3]) * zoom for label in labels]),
        font=np.full(len(labels), -1, np.int32),
    )
    blocks = max(inserts) + 1 if inserts else 0
    table_inserts = InsertTable(
        name=[f"DOOR{k}" for k in range(blocks)],
        layer=np.full(blocks, 2, np.int32),
        source=np.full(blocks, -1, np.int32),
        parent=np.full(blocks, -1, np.int32),
        transform=np.tile([1.0, 0, 0, 1, 0, 0], (blocks, 1)),
        attributes=[{} for _ in range(blocks)],
    )
    space = Space("Model", kind, unit_mm=unit_mm, entities=table, texts=texts, inserts=table_inserts)
    low, high = table.xy.min(0), table.xy.max(0)
    sheet = Sheet(
        "0:0",
        0,
        (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        (float(high[0] - low[0]), float(high[1] - low[1])),
        (1.0, 0.0, 0.0, 1.0, float(low[0]), float(low[1])),
        scale=scale,
        number=number,
        title=title,
        entities=np.arange(count, dtype=np.int32),
    )
    digest = hashlib.sha256(table.xy.tobytes() + "".join(texts.string).encode() + bytes(layers)).hexdigest()
    sheet.content_hash = digest
    return Drawing(fmt, digest, "test", spaces=[space], sheets=[sheet], layers=list(LAYERS))


def width_of(string: str, height: float) -> float:
    """Length of a text along its base line."""
    return 0.9 * height * len(string)


def shifted(strokes: list[Stroke], insert: int, dx: float, dy: float) -> list[Stroke]:
    """The strokes with one insert moved."""
    return [([(x + dx, y + dy) for x, y in p], k, i) if i == insert else (p, k, i) for p, k, i in strokes]


def exploded(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """The same ink as single reversed, shuffled, jittered and split lines without inserts."""
    lines: list[Any] = []
    for points, layer, _ in strokes:
        for (x0, y0), (x1, y1) in zip(points[:-1], points[1:], strict=True):
            jitter = rng.uniform(-1e-3, 1e-3, 4)
            a, b = (x0 + jitter[0], y0 + jitter[1]), (x1 + jitter[2], y1 + jitter[3])
            share = rng.uniform(0.2, 0.8)
            middle = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            lines += [([b, middle], layer, -1), ([middle, a], layer, -1)]
    order = rng.permutation(len(lines))
    return [lines[k] for k in order]
