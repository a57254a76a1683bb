"""Which of the rectangles that may be frames are the sheets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.sheets.frame import INSIDE, Frame, is_pair

F64 = NDArray[np.float64]


def choose(frames: list[Frame]) -> list[Frame]:
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
        if any(_merely_holds(frame, frames, held & whole & (areas < share * frame.area)) for share in (0.6, 0.95)):
            continue
        chosen.append(frame)
        fewer = names <= len(frame.names)
        free &= ~(held | (fewer & _overlapping(frame, rings)))
    return chosen


def _merely_holds(frame: Frame, frames: list[Frame], inside: NDArray[np.bool_]) -> bool:
    """Whether several of the frames inside a frame have nearly all of its labels: small ones, or ones that tile it."""
    apart = _apart([frames[i] for i in np.flatnonzero(inside)[:200].tolist()])
    if len(apart) < 2 or sum(f.total for f in apart) < 0.8 * frame.total:
        return False
    return max(f.area for f in apart) < 0.6 * frame.area or sum(f.area for f in apart) > 0.9 * frame.area


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
        frame.inner = next((frames[i] for i in rows.tolist() if is_pair(frame, frames[i])), None)


def _apart(frames: list[Frame]) -> list[Frame]:
    kept: list[Frame] = []
    for frame in frames:
        if not any(frame.touches(k) for k in kept):
            kept.append(frame)
    return kept


def joined(frames: list[Frame], spanned: list[Frame]) -> list[Frame]:
    """Add those frames of long lines (likeliest first) that no surer frame contradicts.

    A frame of long lines may hold another one only as its frame line, and none may overlap another in part.
    """
    solid = [f for f in frames if f.labelled and f.strong > 1 and f.fits]
    kept = list(frames)
    accepted: list[Frame] = []
    for frame in sorted(spanned, key=lambda f: f.cost + 0.3 * max(f.names.get("number", 0) - 1, 0)):
        if not frame.labelled or any(_same(frame, other) for other in (*kept, *accepted)):
            continue
        if any(_clashes(frame, other) for other in (*solid, *accepted)):
            continue
        if any(_hides(frame, other, 0.25) for other in solid):
            continue
        if any(_hides(frame, other, 0.9) or _hides(other, frame, 0.9) for other in accepted):
            continue
        accepted.append(frame)
    return kept + _anchored(accepted)


def _anchored(frames: list[Frame]) -> list[Frame]:
    """Leave out frames whose lines run on at three corners or all, but for those in the middle of a grid of frames.

    Where all lines run on they are axes; a frame that its neighbours surround has one of these along a whole edge.
    """
    sure = [f for f in frames if f.crossings < 3]
    rest = [f for f in frames if f.crossings >= 3]
    while rest:
        found = [f for f in rest if any(_share_an_edge(f, other) for other in sure)]
        if not found:
            break
        sure += found
        rest = [f for f in rest if f not in found]
    return [f for f in frames if f in sure]


def _share_an_edge(one: Frame, two: Frame, slack: float = 0.01) -> bool:
    """Whether two rectangles have a whole edge in common."""
    ring = one.local(two.ring())
    low, high = ring.min(axis=0), ring.max(axis=0)
    for axis in (0, 1):
        same = abs(low[1 - axis]) < slack and abs(high[1 - axis] - 1) < slack
        if same and (abs(low[axis] - 1) < slack or abs(high[axis]) < slack):
            return True
    return False


def _same(one: Frame, two: Frame) -> bool:
    """Whether two rectangles are one to 0.3 % of their size."""
    ring = one.local(two.ring())
    return bool(abs(two.area / one.area - 1) < 6e-3 and (np.abs(ring.min(axis=0)) < 3e-3).all())


def _clashes(one: Frame, two: Frame) -> bool:
    """Whether two rectangles overlap in part."""
    if not _overlapping(one, two.ring()[None])[0]:
        return False
    return not (_held(one, two.ring()[None])[0] or _held(two, one.ring()[None])[0])


def _hides(outer: Frame, inner: Frame, least: float) -> bool:
    """Whether a rectangle holds a sure frame of a share of its area that is not the frame line inside it."""
    if not least * outer.area < inner.area < outer.area or not _held(outer, inner.ring()[None])[0]:
        return False
    return not is_pair(outer, inner)
