"""What finding sheets costs among a million entities, and reading a title block among very many labels."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from pipeline.drawing.builder import SpaceBuilder
from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Sheet, Space
from pipeline.readers.registry import read_path
from pipeline.sheets import find_sheets
from pipeline.sheets.frames import find_frames
from pipeline.sheets.titles import read_fields
from pipeline.sheets.words import words_in, words_of
from sample_drawings.framed_sheets.cases import cases
from sample_drawings.framed_sheets.make import make_case

LABELS = ("图号", "图名", "比例", "日期", "版次", "审定", "设计")
SIDES = (3300, 3600, 4200, 5400, 6000, 8410, 5940, 2970)  # of rooms, mm; some pairs are paper sizes


def crowded(count: int) -> Drawing:
    """Return the drawing of twenty framed sheets with `count` walls of rooms, as separate lines, laid over it."""
    with tempfile.TemporaryDirectory() as folder:
        made = make_case({c.name: c for c in cases(1)}["twenty_in_a_grid"], Path(folder))
        drawing = read_path(made.path, made.path.name)
    _lay_over(drawing.spaces[0], count // 4)
    return drawing


def _lay_over(space: Space, rooms: int) -> None:
    table = space.entities
    rng = np.random.default_rng(0)
    low, high = table.xy.min(axis=0), table.xy.max(axis=0)
    corner = rng.uniform(low, high, (rooms, 2))
    size = rng.choice(SIDES, (rooms, 2)).astype(float)
    ring = np.stack([corner, corner + size * [1, 0], corner + size, corner + size * [0, 1]], axis=1)
    walls = np.stack([ring, np.roll(ring, -1, axis=1)], axis=2).reshape(-1, 2)
    count, parts = 4 * rooms, len(table.part_closed)
    line = table.kind[np.flatnonzero(np.diff(table.point_first)[table.part_first] == 2)[0]]
    fill = {"kind": line, "layer": 0, "color": 255, "width_mm": 0, "dashed": 0, "source": -1, "insert": -1,
            "element": -1, "part_count": 1, "part_closed": 0}  # fmt: skip
    for name, value in fill.items():
        column = getattr(table, name)
        setattr(table, name, np.concatenate([column, np.full(count, value, column.dtype)]))
    last = table.point_first[-1]
    table.part_first = np.concatenate([table.part_first, np.arange(parts, parts + count, dtype=np.int32)])
    table.point_first = np.concatenate([table.point_first, last + 2 * np.arange(1, count + 1, dtype=np.int32)])
    table.xy = np.concatenate([table.xy, walls])


def scribbled(labels: int, texts: int) -> tuple[Space, Sheet]:
    """Return an A0 sheet with many labels of title blocks, texts and lines at random places."""
    rng = np.random.default_rng(1)
    out = SpaceBuilder("s", SpaceKind.MODEL)
    for count, width in ((labels, 8.0), (texts, 12.0)):
        for i, place in enumerate(rng.uniform((0, 0), (2378, 841), (count, 2)).tolist()):
            out.add_text(LABELS[i % len(LABELS)] if width == 8.0 else f"详见{i}", place, 3.0, width=width)
    for i, (x, y) in enumerate(rng.uniform((0, 0), (2300, 800), (4000, 2)).tolist()):
        out.add_polyline([(x, y), (x + 60, y)] if i % 2 else [(x, y), (x, y + 30)])
    space = out.build()
    rows = np.arange(len(space.entities), dtype=np.int32)
    box, size = (0.0, 0.0, 2378.0, 841.0), (2378.0, 841.0)
    return space, Sheet("0:1", 0, box, size, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 1.0, entities=rows)


def _title_block(labels: int = 2_000, texts: int = 20_000) -> str:
    """Measure reading one title block among very many labels and return the sentence."""
    space, sheet = scribbled(labels, texts)
    words = words_of(words_in(space), space, sheet)
    seconds = []
    for _ in range(3):
        started = time.process_time()
        read_fields(space, sheet, words)
        seconds.append(time.process_time() - started)
    return (
        f"### Very many labels\n\nThe title block of a sheet with {labels:,} labels and {texts:,} texts at random "
        f"places is read in {min(seconds):.2f} CPU s (best of three).\n"
    )


def report(count: int = 1_000_000) -> str:
    """Measure and return the sentence."""
    drawing = crowded(count)
    space = drawing.spaces[0]
    best: dict[str, float] = {}
    for _ in range(3):
        started = time.process_time()
        frames = find_frames(drawing, space, words_in(space))
        middle = time.process_time()
        find_sheets(drawing)
        for name, seconds in (("frames", middle - started), ("sheets", time.process_time() - middle)):
            best[name] = min(best.get(name, seconds), seconds)
    assert len(frames) == 20
    return (
        f"### A million entities\n\nTwenty framed sheets with {count:,} walls of rooms laid over them in one model "
        f"space: the frames are found in {best['frames']:.2f} CPU s; everything (frames, entities of each sheet, title "
        f"blocks, content hashes) takes {best['sheets']:.2f} CPU s. Best of three; reading the file is not counted.\n\n"
        + _title_block()
    )
