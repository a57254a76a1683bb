"""One frame: a rectangle of a space that is a sheet, with what proves it, its scale and how it is turned."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.sheets.labels import WEAK
from pipeline.sheets.paper import BINDING_MM, PREFERRED, Fit
from pipeline.sheets.places import Box

F64 = NDArray[np.float64]
INSIDE = 2e-3  # share of a side by which a frame may reach beyond the one that holds it
EXACT = 1e-3  # share of a side by which a rectangle may differ from the paper it was drawn as
LETTER_MM = 3.0  # usual cap height on paper


@dataclass(slots=True, eq=False)
class Frame:
    """A rectangle that is a sheet: a corner and the vectors along its sides (b is a turned left)."""

    corner: F64
    a: F64
    b: F64
    fits: list[Fit]
    names: dict[str, int] = field(default_factory=dict)  # title-block labels inside -> how often
    own: dict[str, int] = field(default_factory=dict)  # those that are no heads of a table
    named: bool = False  # frame block or frame layer
    cost: float = 0.0  # of frames spanned by long lines: how little they look like one
    crossings: int = 0  # of their corners at which both lines run on
    inner: Frame | None = None  # the frame line inside the paper edge
    turns: list[float] = field(default_factory=list)  # rotations of the labels inside, radians
    letters: list[float] = field(default_factory=list)  # their heights, mm of the space

    @property
    def sides(self) -> tuple[float, float]:
        """Lengths of a and b, mm of the space."""
        return float(np.hypot(*self.a)), float(np.hypot(*self.b))

    @property
    def area(self) -> float:
        """Area, mm² of the space."""
        return math.prod(self.sides)

    @property
    def strong(self) -> int:
        """Distinct labels that hardly occur elsewhere."""
        return sum(name not in WEAK for name in self.names)

    @property
    def total(self) -> int:
        """Occurrences of strong labels."""
        return sum(count for name, count in self.names.items() if name not in WEAK)

    @property
    def labelled(self) -> bool:
        """Whether the labels inside prove a title block; heads of tables count only in exactly a paper's size."""
        names = self.names if any(fit.error <= EXACT for fit in self.fits) else self.own
        strong = sum(name not in WEAK for name in names)
        return strong >= 2 or (strong == 1 and len(names) >= 2) or len(names) >= 4

    @property
    def proven(self) -> bool:
        """Whether it is a frame beyond its size."""
        return self.labelled or (self.named and bool(self.names or self.inner)) or self.inner is not None

    @property
    def box(self) -> Box:
        """The axis-parallel box around it."""
        ring = self.ring()
        low, high = ring.min(axis=0), ring.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def ring(self) -> F64:
        """Return the four corners (4, 2)."""
        return np.array([self.corner, self.corner + self.a, self.corner + self.a + self.b, self.corner + self.b])

    def local(self, points: F64) -> F64:
        """Return points (k, 2) as shares of the sides: inside are 0..1."""
        rel = points - self.corner
        return np.column_stack([rel @ self.a / (self.a @ self.a), rel @ self.b / (self.b @ self.b)])

    def touches(self, other: Frame) -> bool:
        """Whether the middle of another frame lies in this one, or the other way round."""
        one, two = self.local(other.ring().mean(axis=0)[None])[0], other.local(self.ring().mean(axis=0)[None])[0]
        return bool(((one > 0) & (one < 1)).all() or ((two > 0) & (two < 1)).all())


def gaps_of(outer: Frame, inner: Frame) -> list[float]:
    """Return the four distances between two nested frames, ascending, mm of the space; [] where they are not nested."""
    place = outer.local(inner.ring())
    if (place < -INSIDE).any() or (place > 1 + INSIDE).any():
        return []
    wide, high = outer.sides
    low, top = place.min(axis=0), 1 - place.max(axis=0)
    return sorted([float(low[0]) * wide, float(low[1]) * high, float(top[0]) * wide, float(top[1]) * high])


def is_pair(outer: Frame, inner: Frame) -> bool:
    """Whether `inner` is the frame line of `outer`: margins of 5-10 mm and a binding edge of 25 mm on some scale."""
    gaps = gaps_of(outer, inner)
    if not gaps:
        return False
    for fit in outer.fits:
        if fit.inner:
            continue
        small, large = gaps[0] / fit.scale, gaps[3] / fit.scale
        if 3.5 <= small <= 12.0 and gaps[2] / fit.scale <= 12.5 and 20.0 <= large <= 30.0:
            return True
    return False


def scale_of_frame(frame: Frame, stated: float | None = None) -> float:
    """Return the plotted scale of a frame: margins, the stated scale and the height of its labels decide among fits.

    Args:
        frame: a frame found.
        stated: the scale its title block states, if any.
    """
    choices = sorted({(f.scale, f.inner) for f in frame.fits})
    if not choices:
        return _from_letters(frame)
    scales = sorted({scale for scale, _ in choices})
    if len(scales) == 1:
        return scales[0]
    gaps = gaps_of(frame, frame.inner) if frame.inner is not None else []
    letter = float(np.median(frame.letters)) if frame.letters else 0.0

    def doubt(scale: float) -> float:
        points = 0.0 if scale in PREFERRED else 0.4
        if gaps:
            points += 3.0 * abs(math.log(max(gaps[3], 1e-9) / scale / BINDING_MM))
        if letter:
            points += 1.5 * abs(math.log(letter / scale / LETTER_MM))
        if stated is not None and abs(stated / scale - 1) < 0.01:
            points -= 0.8
        if all(inner for s, inner in choices if s == scale):
            points += 0.3
        return points

    return min(scales, key=lambda s: (doubt(s), s))


def _from_letters(frame: Frame) -> float:
    """Return the usual scale nearest to what the labels' height says (frames of no known size)."""
    if not frame.letters:
        return 1.0
    guess = max(float(np.median(frame.letters)) / LETTER_MM, 1e-3)
    return float(min(PREFERRED, key=lambda s: abs(math.log(s / guess))))


def turn_of(frame: Frame) -> float:
    """Return by how much (radians) the upright sheet is turned in its space, from its sides and its labels."""
    base = math.atan2(float(frame.a[1]), float(frame.a[0]))
    quarter = math.pi / 2
    if frame.turns:
        quarters = [round((turn - base) / quarter) % 4 for turn in frame.turns]
        return base + quarter * max(set(quarters), key=quarters.count)
    return base - quarter * round(base / quarter)
