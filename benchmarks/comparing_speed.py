"""Speed of comparing drawn sheets: 100,000, 250,000 and 1,000,000 segments, from drawing models to changes.

`python -m benchmarks.comparing_speed [--sizes 100000 250000 1000000] [--plan FILE.dxf]` replicates one plan side by
side (gaps of different width, so that the whole is not periodic) until it has as many segments, takes 0.2 % of its
entities out, turns the new drawing by 30°, writes it in another unit (a thousandth), shuffles the entities, jitters
every point by 1e-4 mm, compares, and writes benchmarks/results/comparing_speed.md. CPU seconds; the exponent is that of
the growth between two sizes (1 is linear). Each size runs in a process of its own, so that its memory is its own.

What is told is held against what was taken out, by place and with shapely, not with the engine: an entity that was
taken out is seen when a twentieth of it lies on a shown layer and under no line that stayed. Each of those has to be
met by a difference, each difference has to meet one of those.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks.comparing import bench_folder
from benchmarks.record import write
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet, Space
from pipeline.drawing.strokes import ranges
from pipeline.drawing.tables import EntityTable, InsertTable, TextTable
from pipeline.readers.registry import read_path

REMOVED = 0.002
NEAR_MM = 0.01  # of old space: a point this near to a line lies on it
SEEN = 0.05  # share of an entity with no other line on it
SAMPLES = 40  # a segment
PER_ENTITY = ("kind", "layer", "color", "width_mm", "dashed", "source", "insert", "element")


def segments_of(table: EntityTable) -> int:
    """Number of segments of a table."""
    return int((np.diff(table.point_first) - 1 + table.part_closed).clip(0).sum())


def tiled(space: Space, wanted: int, seed: int) -> Space:
    """Return a space with the content of another one side by side until it has `wanted` segments."""
    table, texts, inserts = space.entities, space.texts, space.inserts
    count = max(1, math.ceil(wanted / segments_of(table)))
    across = math.ceil(math.sqrt(count))
    low, high = table.xy.min(0), table.xy.max(0)
    draw = np.random.default_rng(seed)
    gaps = [np.cumsum((high - low)[k] * (1.02 + 0.1 * draw.random(across))) for k in (0, 1)]
    shifts = np.array([(gaps[0][k % across], gaps[1][k // across]) for k in range(count)])

    def repeat(column: np.ndarray, step: int = 0) -> np.ndarray:
        """The column once a tile; rows of other tables (not -1) go on by `step`."""
        if not step:
            return np.concatenate([column] * count)
        return np.concatenate([np.where(column < 0, column, column + k * step) for k in range(count)])

    many = EntityTable(
        **{name: repeat(getattr(table, name)) for name in PER_ENTITY if name != "insert"},
        insert=repeat(table.insert, len(inserts)),
        part_first=repeat(table.part_first, len(table.part_closed)),
        part_count=repeat(table.part_count),
        point_first=np.concatenate(
            [table.point_first[:-1] + k * len(table.xy) for k in range(count)] + [[count * len(table.xy)]]
        ).astype(np.int32),
        part_closed=repeat(table.part_closed),
        xy=np.concatenate([table.xy + shift for shift in shifts]),
    )
    moved = [np.tile(inserts.transform, (count, 1))]
    if len(inserts):
        moved[0][:, 4:] += np.repeat(shifts, len(inserts), axis=0)
    return replace(
        space,
        entities=many,
        texts=TextTable(
            entity=repeat(texts.entity, len(table)),
            string=[f"{one} {k}" if k else one for k in range(count) for one in texts.string],
            origin=np.concatenate([texts.origin + shift for shift in shifts]),
            height=repeat(texts.height),
            rotation=repeat(texts.rotation),
            width=repeat(texts.width),
            font=repeat(texts.font),
        ),
        inserts=InsertTable(
            name=inserts.name * count,
            layer=repeat(inserts.layer),
            source=repeat(inserts.source),
            parent=repeat(inserts.parent, len(inserts)),
            transform=moved[0],
            attributes=inserts.attributes * count,
        ),
    )


def revised(space: Space, seed: int, unit: float = 1e-3) -> tuple[Space, np.ndarray]:
    """Return the space turned, in another unit, shuffled, jittered, and the rows of the 0.2 % of entities taken out."""
    draw = np.random.default_rng(seed)
    table, texts, inserts = space.entities, space.texts, space.inserts
    is_text = np.zeros(len(table), bool)
    is_text[texts.entity] = True
    loose = np.flatnonzero(~is_text & (table.insert < 0))
    gone = draw.choice(loose if len(loose) else np.flatnonzero(~is_text), int(REMOVED * len(table)), replace=False)
    group = _groups(table)
    gone = np.flatnonzero(np.isin(group, group[gone]))
    place_of_group = draw.permutation(int(group[-1]) + 1)
    order = np.setdiff1d(np.argsort(place_of_group[group], kind="stable"), gone, assume_unique=True)
    parts = ranges(table.part_first[order], table.part_count[order])
    sizes = np.diff(table.point_first)[parts]
    points = ranges(table.point_first[parts], sizes)
    angle = math.radians(30.0)
    turn = unit * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    xy = (table.xy[points] + draw.uniform(-1e-4, 1e-4, (len(points), 2))) @ turn.T + [12.0, -7.0]
    place = np.full(len(table), -1, np.int32)
    place[order] = np.arange(len(order))
    count = table.part_count[order]
    new = EntityTable(
        **{name: getattr(table, name)[order] for name in PER_ENTITY},
        part_first=(np.cumsum(count) - count).astype(np.int32),
        part_count=count,
        point_first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        part_closed=table.part_closed[parts],
        xy=xy,
    )
    a, b, c, d, x, y = inserts.transform.T if len(inserts) else np.zeros((6, 0))
    matrices = np.stack([np.stack([a, b], -1), np.stack([c, d], -1)], 1)
    turned = (turn @ matrices).reshape(-1, 4) if len(inserts) else np.zeros((0, 4))
    origins = np.stack([x, y], -1) @ turn.T + [12.0, -7.0]
    return replace(
        space,
        entities=new,
        texts=replace(
            texts,
            entity=place[texts.entity],
            origin=texts.origin @ turn.T + [12.0, -7.0],
            height=texts.height * unit,
            width=texts.width * unit,
            rotation=texts.rotation + angle,
        ),
        inserts=replace(inserts, transform=np.hstack([turned, origins])),
    ), gone


def _groups(table: EntityTable) -> np.ndarray:
    """(e,) number of the entity of the file each row was made of: a reader puts these behind one another."""
    starts = np.ones(len(table), bool)
    starts[1:] = (table.source[1:] != table.source[:-1]) | (table.insert[1:] != table.insert[:-1])
    return np.cumsum(starts | (table.source < 0)) - 1


def strokes(space: Space, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segments (n, 4) of some entities, and the row of the entity of each."""
    table = space.entities
    parts = ranges(table.part_first[rows], table.part_count[rows])
    sizes = np.diff(table.point_first)[parts]
    closed = table.part_closed[parts].astype(bool)
    first = table.point_first[parts]
    count = np.maximum(sizes - 1, 0)
    start = ranges(first, count)
    owner = np.repeat(rows, table.part_count[rows])
    lines = np.hstack([table.xy[start], table.xy[start + 1]])
    ring = np.flatnonzero(closed & (sizes > 1))
    lines = np.vstack([lines, np.hstack([table.xy[first[ring] + sizes[ring] - 1], table.xy[first[ring]]])])
    return lines, np.concatenate([np.repeat(owner, count), owner[ring]])


def seen(space: Space, gone: np.ndarray, layers: Any) -> np.ndarray:
    """Rows of `gone` that leave something to see: on a shown layer, not under lines that stayed."""
    shown = np.array([layer.visible for layer in layers], bool)[space.entities.layer]
    stayed, _ = strokes(space, np.setdiff1d(np.flatnonzero(shown), gone))
    lines, owner = strokes(space, gone[shown[gone]])
    share = (np.arange(SAMPLES) + 0.5) / SAMPLES
    points = lines[:, None, :2] + (lines[:, None, 2:] - lines[:, None, :2]) * share[:, None]
    tree = shapely.STRtree(shapely.linestrings(stayed.reshape(-1, 2, 2)))
    under = tree.query(shapely.points(points.reshape(-1, 2)), predicate="dwithin", distance=NEAR_MM)[0]
    free = np.ones(points.shape[:2], bool)
    free.ravel()[under] = False
    length = np.hypot(*(lines[:, 2:] - lines[:, :2]).T)
    number = {int(row): k for k, row in enumerate(gone)}
    at = np.array([number[int(row)] for row in owner], np.int64)
    own = np.bincount(at, length * free.mean(1), minlength=len(gone))
    return gone[own > SEEN * np.maximum(np.bincount(at, length, minlength=len(gone)), 1e-9)]


def held_against(differences: list[Any], space: Space, gone: np.ndarray, seen_rows: np.ndarray) -> dict[str, int]:
    """How many entities taken out are met by a difference, how many differences meet none of them."""
    told = shapely.box(*np.array([one.bbox_in_old for one in differences]).reshape(-1, 4).T)
    lines, owner = strokes(space, gone)
    line, difference = shapely.STRtree(told).query(
        shapely.linestrings(lines.reshape(-1, 2, 2)), predicate="dwithin", distance=NEAR_MM
    )
    met = np.isin(seen_rows, owner[line])
    return {
        "seen": len(seen_rows),
        "missed": int((~met).sum()),
        "false": len(differences) - len(np.unique(difference)),
    }


def drawing_of(space: Space, layers: Any, name: str) -> Drawing:
    """Return a drawing of one sheet over the whole space."""
    low, high = space.entities.xy.min(0), space.entities.xy.max(0)
    sheet = Sheet(
        "0:0",
        0,
        (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        (float(high[0] - low[0]), float(high[1] - low[1])),
        (1, 0, 0, 1, float(low[0]), float(low[1])),
        entities=np.arange(len(space.entities), dtype=np.int32),
    )
    return Drawing(Format.DXF, name, "benchmark", spaces=[space], sheets=[sheet], layers=layers)


def measure(plan: Path, size: int, seed: int) -> dict[str, Any]:
    """Compare a drawing of `size` segments with its revision; CPU seconds, counts and peak memory."""
    from pipeline.comparing.engine import compare_drawings

    source = read_path(plan, plan.name)
    space = replace(source.spaces[0], unit_mm=1.0, dimensions=type(source.spaces[0].dimensions)())
    old_space = tiled(space, size, seed)
    new_space, gone = revised(old_space, seed + 1)
    old, new = drawing_of(old_space, source.layers, "a"), drawing_of(new_space, source.layers, "b")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    result = compare_drawings(old, new)
    cpu = time.process_time() - started
    memory_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    kinds = [d.kind for d in result.differences]
    return {
        "segments": segments_of(old_space.entities),
        "entities": len(old_space.entities),
        "texts": len(old_space.texts),
        "removed": len(gone),
        **held_against(result.differences, old_space, gone, seen(old_space, gone, source.layers)),
        "comparable": all(sheet.comparable for sheet in result.sheets),
        "told_removed": kinds.count("removed"),
        "told_other": len(kinds) - kinds.count("removed"),
        "cpu_s": cpu,
        "memory_mb": memory_mb,
    }


def page(rows: list[dict[str, Any]], command: str) -> str:
    """The table."""
    head = ["segments", "entities", "texts", "taken out", "seen", "told removed"]
    head += ["told shortened", "missed", "false", "CPU s", "µs/segment"]
    lines = [f"# Speed of comparing\n\n`{command}`\n", "| " + " | ".join([*head, "memory MB", "exponent"]) + " |"]
    lines.append("|" + "---|" * (len(head) + 2))
    for k, row in enumerate(rows):
        grown = "-"
        if k:
            last = rows[k - 1]
            grown = f"{math.log(row['cpu_s'] / last['cpu_s']) / math.log(row['segments'] / last['segments']):.2f}"
        told = str(row["told_removed"]) if row["comparable"] else "not comparable"
        counts = " | ".join(str(row[name]) for name in ("segments", "entities", "texts", "removed", "seen"))
        lines.append(
            f"| {counts} | {told} | {row['told_other']} | {row['missed']} | {row['false']} | "
            f"{row['cpu_s']:.2f} | {row['cpu_s'] / row['segments'] * 1e6:.1f} | {row['memory_mb']:.0f} | {grown} |"
        )
    lines += [
        "",
        "Of the entities taken out, those on layers that are off or under lines that stayed leave nothing to see;",
        "those that lie side by side are told as one; where the most of one lay under a line that stayed, the line is",
        "told to be shorter. Missed: seen and met by no difference. False: a difference where nothing was taken out.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Run every size in a process of its own and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 250_000, 1_000_000])
    parser.add_argument("--plan", type=Path, default=bench_folder() / "sources" / "dxf" / "ceco53.dxf")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one", type=int, help="measure this size here and print it as JSON")
    given = parser.parse_args(arguments)
    if given.one:
        print(json.dumps(measure(given.plan, given.one, given.seed)))
        return
    rows = []
    for size in given.sizes:
        command = [sys.executable, "-m", "benchmarks.comparing_speed", "--one", str(size), "--plan", str(given.plan)]
        told = subprocess.run(
            [*command, "--seed", str(given.seed)], check=True, capture_output=True, text=True, env=dict(os.environ)
        ).stdout
        rows.append(json.loads(told.splitlines()[-1]))
        print(rows[-1], flush=True)
    sizes = " ".join(str(size) for size in given.sizes)
    text = page(rows, f"python -m benchmarks.comparing_speed --sizes {sizes} --plan {given.plan.name}")
    print(text)
    write("comparing_speed", text)


if __name__ == "__main__":
    main()
