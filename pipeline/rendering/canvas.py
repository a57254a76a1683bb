"""The ten verbs a painter needs. SVG, PDF and the recorder of the tests are canvases.

Coordinates are paper millimetres, origin lower left, y up; colours are 0xRRGGBBAA.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from pipeline.drawing.tables import F64


@dataclass(slots=True)
class TextLine:
    """One line of one text: `along` is the x axis of one cap height, stretched; `up` the y axis."""

    string: str
    origin: tuple[float, float]
    along: tuple[float, float]
    up: tuple[float, float]
    color: int


class Canvas(Protocol):
    """Something a painter paints on."""

    def begin(self, width_mm: float, height_mm: float, title: str) -> None:
        """Start a page of this size."""

    def clip(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Paint only inside this box from now on."""

    def open_group(self, name: str) -> None:
        """Start a named group (a layer, the overlay)."""

    def close_group(self) -> None:
        """End the group."""

    def pen(self, color: int, width_mm: float, dash: int) -> None:
        """Choose the pen; width 0 is a hairline; dash 0 continuous, 1 dashed, 2 dash-dot, 3 dotted."""

    def brush(self, color: int) -> None:
        """Choose the colour areas are filled with."""

    def stroke(self, xy: F64, first: np.ndarray, closed: np.ndarray, owner: list[str]) -> None:
        """Draw polylines: polyline p owns `xy[first[p] : first[p + 1]]`; `owner` holds an id each, or nothing."""

    def fill(self, xy: F64, first: np.ndarray, owner: str) -> None:
        """Fill the rings of one area by the even-odd rule."""

    def text(self, line: TextLine) -> None:
        """Write one line of text."""

    def finish(self) -> bytes:
        """End the page and return it."""


@dataclass(slots=True)
class RecorderCanvas:
    """Writes down what it was told; for tests and for counting."""

    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def begin(self, width_mm: float, height_mm: float, title: str) -> None:
        """Record."""
        self.calls.append(("begin", (width_mm, height_mm, title)))

    def clip(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Record."""
        self.calls.append(("clip", (x0, y0, x1, y1)))

    def open_group(self, name: str) -> None:
        """Record."""
        self.calls.append(("open_group", (name,)))

    def close_group(self) -> None:
        """Record."""
        self.calls.append(("close_group", ()))

    def pen(self, color: int, width_mm: float, dash: int) -> None:
        """Record."""
        self.calls.append(("pen", (color, width_mm, dash)))

    def brush(self, color: int) -> None:
        """Record."""
        self.calls.append(("brush", (color,)))

    def stroke(self, xy: F64, first: np.ndarray, closed: np.ndarray, owner: list[str]) -> None:
        """Record."""
        self.calls.append(("stroke", (xy.copy(), first.copy(), closed.copy(), list(owner))))

    def fill(self, xy: F64, first: np.ndarray, owner: str) -> None:
        """Record."""
        self.calls.append(("fill", (xy.copy(), first.copy(), owner)))

    def text(self, line: TextLine) -> None:
        """Record."""
        self.calls.append(("text", (line,)))

    def finish(self) -> bytes:
        """Return nothing: the calls are the result."""
        return b""


def path_text(xy: np.ndarray, first: np.ndarray, closed: np.ndarray, templates: tuple[str, str, str, str]) -> str:
    """Format integer polylines (m, 2) with one template per point: move, line, line and close, move and close.

    One formatting call for all numbers; a Python loop over points would cost ten times as much.
    """
    code = np.ones(len(xy), np.int64)
    starts, ends = first[:-1], first[1:] - 1
    code[ends[np.asarray(closed, bool)]] = 2
    code[starts] = np.where(code[starts] == 2, 3, 0)
    pattern = "".join(np.array(templates, object)[code].tolist())
    return pattern % tuple(xy.ravel().tolist())
