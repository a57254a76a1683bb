"""What an independent renderer shows on one sheet, whichever renderer it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.drawing.tables import F64
from pipeline.measuring.raster import Picture


class OutOfTime(Exception):
    """The independent renderer needs longer than it may."""


@dataclass(slots=True)
class Labels:
    """Texts known by their boxes only; understood when our boxes cover them."""

    corners: F64  # (n, 4, 2) pixels: lower left, lower right, upper right, upper left
    ink: F64  # (n,) contour pixels their letters would have
    words: list[str]  # (n,) their letters, without blanks


@dataclass(slots=True)
class Letters:
    """The letters of the reference one by one."""

    word: str  # (n,) without blanks
    place: F64  # (n, 2) pixels: where each stands on its base line
    box: F64  # (n, 4) pixels: x0 y0 x1 y1 of its glyph


@dataclass(slots=True)
class Reference:
    """Grey pictures of one sheet, all on its grid; None where there is nothing of the kind."""

    lines: Picture | None  # lines, fills, shadings
    texts: Picture | None  # letters alone
    labels: Labels | None = None  # or their boxes, where the renderer's letters are not those of the file
    failed: dict[str, int] = field(default_factory=dict)  # entity type -> how many the renderer could not draw
    plain: bool = False  # drawn with black hairlines: our side must be too (which white is black on paper differs)
    pictures: Callable[[], Picture | None] = lambda: None  # images and scans alone
    parts: dict[str, Callable[[], Picture | None]] = field(default_factory=dict)  # cause -> what it alone would show
    without: dict[str, Callable[[], Picture | None]] = field(default_factory=dict)  # cause -> `lines` but for it
    besides: Callable[[], Picture | None] = lambda: None  # `lines` with what the file draws and they leave out: fields
    letters: Callable[[], Letters] | None = None
