"""Recorder for ezdxf's drawing add-on: everything it draws, as columns in the file's own units."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
from ezdxf.addons.drawing.backend import Backend
from ezdxf.math import Vec2

from pipeline.drawing.tables import F64
from pipeline.measuring.reference import OutOfTime

POINTS_LIMIT = 60_000_000
FINEST = 20_000  # parts of a curve's own size beyond which no chord is refined
LINE, RING = 0, 1


class Strokes(Backend):
    """Keeps polylines and filled rings in drawing order; texts are boxes, pictures are left out."""

    def __init__(self) -> None:
        super().__init__()
        self._xy = array("d")
        self._size = array("i")  # points of each run
        self._look = array("q")  # (colour << 2 | RING or LINE) of each run
        self._area = array("i")  # runs of one area share a number
        self._kind = array("h")  # row in `kinds` of each run
        self._areas = 0
        self._texts = array("d")  # 8 numbers a text
        self._words: list[str] = []
        self.kinds: list[str] = []
        self._kind_row: dict[str, int] = {}
        self._now = -1
        self.in_text = ""  # letters of the text whose box is being drawn, without blanks
        self.flat = 0.01  # file units a chord may leave its curve

    def set_kind(self, name: str) -> None:
        """Name the type of the top-level entity that is drawn from now on."""
        row = self._kind_row.get(name)
        if row is None:
            row = self._kind_row[name] = len(self.kinds)
            self.kinds.append(name)
        self._now = row

    def _add(self, points: Iterable[Any], color: str, what: int) -> None:
        before = len(self._xy)
        for x, y in points:
            self._xy.append(x)
            self._xy.append(y)
        self._end((len(self._xy) - before) // 2, color, what)

    def _end(self, count: int, color: str, what: int) -> None:
        """End a run of `count` points."""
        self._size.append(count)
        self._look.append(_rgba(color) << 2 | what)
        self._area.append(self._areas)
        self._kind.append(self._now)
        if len(self._xy) > 2 * POINTS_LIMIT:
            raise OutOfTime(f"more than {POINTS_LIMIT} points")

    def set_background(self, color: str) -> None:
        """Paper is white."""

    def draw_point(self, pos: Vec2, properties: Any) -> None:
        """A point is a line without length."""
        self._add((pos, pos), properties.color, LINE)

    def draw_line(self, start: Vec2, end: Vec2, properties: Any) -> None:
        """Keep a line."""
        self._add((start, end), properties.color, LINE)

    def draw_solid_lines(self, lines: Iterable[tuple[Vec2, Vec2]], properties: Any) -> None:
        """Keep the lines of a pattern."""
        for start, end in lines:
            self._add((start, end), properties.color, LINE)

    def draw_path(self, path: Any, properties: Any) -> None:
        """Keep a path, flattened; what a reference itself draws is the frame of its clip, which no plot shows."""
        if self.entity_stack and self.entity_stack[-1][0].dxftype() == "INSERT":
            return
        for part in path.sub_paths():
            self._add_part(part, properties.color, LINE)

    def draw_filled_paths(self, paths: Iterable[Any], properties: Any) -> None:
        """Keep an area with its holes."""
        for path in paths:
            for part in path.sub_paths():
                self._add_part(part, properties.color, RING)
        self._areas += 1

    def _add_part(self, part: Any, color: str, what: int) -> None:
        points = part.np_vertices()
        if not np.isfinite(points).all():
            return
        if part.has_curves:
            coarse = float(np.ptp(points, axis=0).max()) / FINEST  # circles may be as large as a planet
            self._add(part.flattening(max(self.flat, coarse)), color, what)
            return
        self._xy.frombytes(np.ascontiguousarray(points, np.float64).tobytes())
        self._end(len(points), color, what)

    def draw_filled_polygon(self, points: Any, properties: Any) -> None:
        """Keep an area, or the box of a text."""
        corners = points.vertices()
        if self.in_text:
            if len(corners) >= 4:
                self._texts.extend(value for corner in corners[:4] for value in (corner.x, corner.y))
                self._words.append(self.in_text)
            return
        self._add(corners, properties.color, RING)
        self._areas += 1

    def draw_image(self, image_data: Any, properties: Any) -> None:
        """Pictures are no ink."""

    def clear(self) -> None:
        """Nothing is drawn twice."""

    def finalize(self) -> None:
        """The columns are the result."""

    def columns(self, unit_mm: float) -> Columns:
        """Return what was drawn, in millimetres."""
        return Columns(
            xy=np.frombuffer(self._xy, np.float64).reshape(-1, 2) * unit_mm if len(self._xy) else np.zeros((0, 2)),
            size=np.array(self._size, np.int64),
            look=np.array(self._look, np.int64),
            area=np.array(self._area, np.int64),
            kind=np.array(self._kind, np.int64),
            kinds=self.kinds,
            boxes=np.array(self._texts).reshape(-1, 4, 2) * unit_mm,
            words=self._words,
        )


class Columns:
    """Runs of points with a look, in drawing order; texts as boxes with their letters."""

    __slots__ = ("area", "box", "boxes", "first", "kind", "kinds", "look", "size", "words", "xy")

    def __init__(
        self,
        xy: F64,
        size: np.ndarray,
        look: np.ndarray,
        area: np.ndarray,
        kind: np.ndarray,
        kinds: list[str],
        boxes: F64,
        words: list[str],
    ) -> None:
        self.xy, self.size, self.look, self.area, self.kind, self.kinds = xy, size, look, area, kind, kinds
        self.boxes, self.words = boxes, words
        self.first = np.cumsum(size) - size
        self.box = np.zeros((len(size), 4))
        filled = np.flatnonzero(size > 0)
        if len(filled):
            self.box[:] = np.nan
            self.box[filled, :2] = np.minimum.reduceat(xy, self.first[filled])
            self.box[filled, 2:] = np.maximum.reduceat(xy, self.first[filled])


def _rgba(color: str) -> int:
    """Return 0xRRGGBBAA of ezdxf's "#rrggbb" or "#rrggbbaa"."""
    digits = color.lstrip("#")
    return int(digits + "ff" if len(digits) == 6 else digits[:8], 16)
