"""Finds the framed sheets of a space, in any direction: rectangles of a paper size with proof that they are frames.

A rectangle alone proves nothing (a room of 4200 x 2970 is A3 at 1:10). Proof is a title block's labels inside,
a frame block or layer, or the pair of paper edge and frame line.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Space
from pipeline.sheets.labels import WEAK, field_of_tag
from pipeline.sheets.paper import BINDING_MM, IMPERIAL, PREFERRED, SCALES, Fit, fits, fitting, like_paper
from pipeline.sheets.places import Box
from pipeline.sheets.quads import Quads, quads_of
from pipeline.sheets.words import Words

F64 = NDArray[np.float64]
FRAME_NAME = re.compile(r"图框|TITLE|BORDER|FRAME|(^|[-_$|])TK|(^|[-_$|])A[0-4]([-_+ ]|$)", re.IGNORECASE)
LEAST_MODEL_MM, LEAST_PAPER_MM = 170.0, 100.0
MOST = 4_000  # candidates looked at: those with labels or a frame's name first, then the largest
LEAST_LETTERS = 40.0  # the short side of a frame is at least this many label heights long
INSIDE = 2e-3  # share of a side by which a frame may reach beyond the one that holds it
LETTER_MM = 3.0  # usual cap height on paper
ALL_SCALES = tuple(sorted((*SCALES, *IMPERIAL)))
PAGE_SCALES = (0.25, 0.5, math.sqrt(0.5), 1.0, 2.0)


@dataclass(slots=True, eq=False)
class Frame:
    """A rectangle that is a sheet: a corner and the vectors along its sides (b is a turned left)."""

    corner: F64
    a: F64
    b: F64
    fits: list[Fit]
    names: dict[str, int] = field(default_factory=dict)  # title-block labels inside -> how often
    named: bool = False  # frame block or frame layer
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
    def proven(self) -> bool:
        """Whether it is a frame beyond its size."""
        some = self.strong >= 2 or (self.strong == 1 and len(self.names) >= 2) or len(self.names) >= 4
        return some or (self.named and bool(self.names or self.inner)) or self.inner is not None

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


def find_frames(drawing: Drawing, space: Space, words: Words) -> list[Frame]:
    """Return the frames of a space, in reading order (rows from the top, each from the left)."""
    page = space.kind == SpaceKind.PAGE
    least = LEAST_PAPER_MM if page else LEAST_MODEL_MM
    labels = np.array([i for i, (name, both) in enumerate(zip(words.label, words.both, strict=True)) if name or both])
    letter = float(np.percentile(words.height[labels], 5)) if len(labels) else 0.0
    line = max(least, LEAST_LETTERS * letter)
    quads = quads_of(space, least, line, PAGE_SCALES if page else ALL_SCALES)
    if not len(quads):
        return []
    frames = _candidates(drawing, space, quads, words, labels, page)
    return _reading_order(_select(frames))


def _candidates(drawing: Drawing, space: Space, quads: Quads, words: Words, labels: NDArray, page: bool) -> list[Frame]:
    """Return the rectangles that may be frames, those of one place once, with their labels."""
    sides = quads.sides
    named_rows = _named_rows(drawing, space)
    named = np.zeros(len(quads), bool)
    owned = quads.row >= 0
    named[owned] = named_rows[quads.row[owned]]
    fitted = fitting(sides[:, 0], sides[:, 1], ALL_SCALES)
    count = _labels_inside(quads, words, labels)
    # a rectangle of any size counts where a whole title block lies in it
    kept = np.flatnonzero((fitted & (named | (count > 0))) | (count >= 4))
    bare = np.flatnonzero(fitted & ~named & (count == 0))
    bare = bare[np.argsort(-sides[bare].prod(axis=1), kind="stable")[:500]]  # pairs of lines without words
    rows = np.concatenate([kept, bare])
    likely = named[rows] | (count[rows] >= 3)
    rows = rows[np.lexsort((-sides[rows].prod(axis=1), ~likely))[:MOST]]
    found: dict[tuple[int, ...], Frame] = {}
    for row in rows.tolist():
        middle = quads.corner[row] + (quads.a[row] + quads.b[row]) / 2
        level = math.floor(math.log2(sides[row].min()))
        places = np.round(np.append(middle, np.sort(sides[row])) / 2.0 ** (level - 10))
        key = (level, *places.astype(np.int64).tolist())
        if key in found:
            found[key].named |= bool(named[row])
            continue
        choices = fits(float(sides[row, 0]), float(sides[row, 1]), ALL_SCALES) if fitted[row] else []
        if page or not choices:
            free = like_paper(float(sides[row, 0]), float(sides[row, 1]))
            choices = [Fit(free[0], 1.0 if page else free[1], False, 0.0)] if free else choices
        found[key] = Frame(quads.corner[row], quads.a[row], quads.b[row], choices, named=bool(named[row]))
    frames = list(found.values())
    _name_labels(frames, words, labels)
    return [f for f in frames if f.fits or (f.strong >= 3 and "number" in f.names)]


def _named_rows(drawing: Drawing, space: Space) -> NDArray[np.bool_]:
    """Return (n,) whether an entity is on a frame layer, or in a block that is a frame by name or by attributes."""
    table = space.entities
    meaning = np.array([layer.meaning == "frame" for layer in drawing.layers] or [False])
    named = meaning[np.clip(table.layer, 0, len(meaning) - 1)] & (table.layer >= 0)
    if len(space.inserts):
        own = np.zeros(len(space.inserts) + 1, bool)
        for i, name in enumerate(space.inserts.name):  # parents come before their children
            tags = space.inserts.attributes[i] or {}
            known = sum(field_of_tag(tag) is not None for tag in tags)
            parent = int(space.inserts.parent[i])
            own[i] = bool(FRAME_NAME.search(name)) or known >= 2 or (0 <= parent < i and own[parent])
        named |= own[table.insert]
    return named


def _labels_inside(quads: Quads, words: Words, labels: NDArray) -> NDArray[np.int64]:
    """Return (k,) how many labels lie in each rectangle."""
    count = np.zeros(len(quads), np.int64)
    if not len(labels):
        return count
    points = words.origin[labels]
    maybe = _may_hold(quads, points)
    step = max(1, 2_000_000 // len(points))
    for first in range(0, len(maybe), step):
        rows = maybe[first : first + step]
        a, b = quads.a[rows], quads.b[rows]
        rel = points[None] - quads.corner[rows, None]
        u = (rel[:, :, 0] * a[:, :1] + rel[:, :, 1] * a[:, 1:]) / (a**2).sum(axis=1)[:, None]
        v = (rel[:, :, 0] * b[:, :1] + rel[:, :, 1] * b[:, 1:]) / (b**2).sum(axis=1)[:, None]
        count[rows] = ((u > 0) & (u < 1) & (v > 0) & (v < 1)).sum(axis=1)
    return count


def _may_hold(quads: Quads, points: F64, cells: int = 256) -> NDArray[np.int64]:
    """Return the rows of rectangles whose axis-parallel box holds a cell with a point (a summed table of cells)."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.maximum(high - low, 1e-9) * (1 + 1e-9) / cells
    place = ((points - low) / size).astype(np.int64).clip(0, cells - 1)
    table = np.zeros((cells + 1, cells + 1), np.int64)
    np.add.at(table, (place[:, 0] + 1, place[:, 1] + 1), 1)
    table = table.cumsum(axis=0).cumsum(axis=1)
    reach = np.stack([np.zeros_like(quads.a), quads.a, quads.b, quads.a + quads.b])
    first = ((quads.corner + reach.min(axis=0) - low) / size).clip(0, cells).astype(np.int64)
    last = ((quads.corner + reach.max(axis=0) - low) / size + 1).clip(0, cells).astype(np.int64)
    (x0, y0), (x1, y1) = first.T, last.T
    return np.flatnonzero(table[x1, y1] - table[x0, y1] - table[x1, y0] + table[x0, y0] > 0)


def _name_labels(frames: list[Frame], words: Words, labels: NDArray) -> None:
    """Tell every frame which labels lie in it, and how these stand."""
    if not len(labels):
        return
    points = words.origin[labels]
    for frame in frames:
        place = frame.local(points)
        inside = labels[((place > 0) & (place < 1)).all(axis=1)].tolist()
        for i in inside:
            both = words.both[i]
            name = words.label[i] or (both[0] if both else "")
            frame.names[name] = frame.names.get(name, 0) + 1
            frame.turns.append(float(words.rotation[i]))
            frame.letters.append(float(words.height[i]))


def _select(frames: list[Frame]) -> list[Frame]:
    """Keep the outermost proven frames; one that merely encloses several proven frames is no sheet."""
    frames = sorted(frames, key=lambda f: -f.area)
    if not frames:
        return []
    rings = np.stack([f.ring() for f in frames])
    areas = np.array([f.area for f in frames])
    _pair(frames, rings, areas)
    proven = np.array([f.proven for f in frames])
    whole = proven & np.array([f.strong > 1 and bool(f.fits) for f in frames])
    names = np.array([len(f.names) for f in frames])
    free = proven.copy()
    chosen: list[Frame] = []
    for index, frame in enumerate(frames):
        if not free[index]:
            continue
        held = _held(frame, rings)
        held[index] = False
        apart = _apart([frames[i] for i in np.flatnonzero(held & whole & (areas < 0.6 * frame.area))[:200].tolist()])
        if len(apart) >= 2 and sum(f.total for f in apart) >= 0.8 * frame.total:
            continue
        chosen.append(frame)
        fewer = names <= len(frame.names)
        free &= ~(held | (fewer & _overlapping(frame, rings)))
    return chosen


def _held(frame: Frame, rings: F64) -> NDArray[np.bool_]:
    """Return (n,) which rings (n, 4, 2) lie in a frame; they may reach out of it by a share of their own size."""
    place = frame.local(rings.reshape(-1, 2)).reshape(-1, 4, 2)
    reach = INSIDE * np.ptp(place, axis=1)
    return ((place.min(axis=1) >= -reach) & (place.max(axis=1) <= 1 + reach)).all(axis=1)


def _overlapping(frame: Frame, rings: F64, slack: float = 0.02) -> NDArray[np.bool_]:
    """Return (n,) which rectangles (n, 4, 2) overlap a frame by more than a share of its sides: no two sheets do."""
    place = frame.local(rings.reshape(-1, 2)).reshape(-1, 4, 2)
    meet = ((place.min(axis=1) < 1 - slack) & (place.max(axis=1) > slack)).all(axis=1)
    for side in (rings[:, 1] - rings[:, 0], rings[:, 3] - rings[:, 0]):
        share = ((frame.ring()[None] - rings[:, :1]) * side[:, None]).sum(axis=2) / (side**2).sum(axis=1)[:, None]
        meet &= (share.min(axis=1) < 1 - slack) & (share.max(axis=1) > slack)
    return meet


def _pair(frames: list[Frame], rings: F64, areas: F64) -> None:
    """Give every paper edge the frame line inside it."""
    middles = rings.mean(axis=1)
    for index, frame in enumerate(frames):
        if not any(not fit.inner for fit in frame.fits):
            continue
        near = np.abs(middles - middles[index]).max(axis=1) < 0.1 * max(frame.sides)
        rows = np.flatnonzero(near & (areas < frame.area) & (areas > 0.5 * frame.area))[:20]
        frame.inner = next((frames[i] for i in rows.tolist() if _is_pair(frame, frames[i])), None)


def _apart(frames: list[Frame]) -> list[Frame]:
    kept: list[Frame] = []
    for frame in frames:
        if not any(frame.touches(k) for k in kept):
            kept.append(frame)
    return kept


def gaps_of(outer: Frame, inner: Frame) -> list[float]:
    """Return the four distances between two nested frames, ascending, mm of the space; [] where they are not nested."""
    place = outer.local(inner.ring())
    if (place < -INSIDE).any() or (place > 1 + INSIDE).any():
        return []
    wide, high = outer.sides
    low, top = place.min(axis=0), 1 - place.max(axis=0)
    return sorted([float(low[0]) * wide, float(low[1]) * high, float(top[0]) * wide, float(top[1]) * high])


def _is_pair(outer: Frame, inner: Frame) -> bool:
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


def _reading_order(frames: list[Frame]) -> list[Frame]:
    """Sort by rows from the top (frames whose middles differ by less than half a height share one), then left."""
    left = sorted(frames, key=lambda f: -(f.box[1] + f.box[3]))
    ordered: list[Frame] = []
    while left:
        head = left[0].box
        middle, half = (head[1] + head[3]) / 2, (head[3] - head[1]) / 2
        row = [f for f in left if abs((f.box[1] + f.box[3]) / 2 - middle) < half]
        ordered.extend(sorted(row, key=lambda f: f.box[0]))
        left = [f for f in left if f not in row]
    return ordered
