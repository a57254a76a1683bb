"""Symbols: how a drawing shows the doors, windows and furniture that a section shows otherwise.

Plans draw doors, windows and furniture by a symbol, not by the cut through their body. Equal elements then have
equal free lines at equal places of their own coordinates; what most of them have is the symbol. With it the storey
is drawn as the drawing does it, and a door that is missing, elsewhere or turned is found; its form is not compared.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import component_numbers
from pipeline.comparing.content import Content
from pipeline.comparing.linework import Measures
from pipeline.comparing.matching import Side, uncovered_runs
from pipeline.comparing.sections.comparable import LeftOut, missing_elements
from pipeline.comparing.sections.laying import LaidStorey
from pipeline.comparing.sections.plan import StoreyPlan
from pipeline.comparing.segments import (
    SegmentIndex,
    chain,
    covered_shares,
    directions,
    invert,
    lengths,
    map_segments,
    midpoints,
    sample,
)
from pipeline.drawing.tables import F64

NO_SYMBOL = ("IfcWall", "IfcWallStandardCase", "IfcSlab", "IfcColumn", "IfcBeam", "IfcRoof", "IfcFooting", "IfcStair")
LEAST_EQUAL = 2  # elements that must share a symbol
LEAST_DRAWN_OTHERWISE = 3  # elements of a class, before each may have a symbol of its own
OTHERWISE = 0.2  # share of an element's outline that the drawing lacks, from which it is drawn otherwise
ROUND = 1.05  # sizes around an element within which its symbol lies
ALIKE = 0.8  # share of one symbol that another must have
LARGEST_MM = 6000.0
FLIPS = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
NEAR = 0.6  # sizes around an element, within which its own symbol has some line
MOST_TRIED = 6
MOST_PLACES = 40  # where a moved symbol is looked for
MOST_PIECES = 1500
MOST_SAMPLES = 200  # of one piece
MOST_OF_A_CLASS = 0.6


@dataclass(slots=True)
class _Own:
    """One element with what the drawing has around it, in the element's own coordinates."""

    row: int
    frame: F64  # (2, 3) own -> new working mm
    size: tuple[int, int]
    low: F64
    high: F64
    seg: F64  # (s, 4) free pieces of the drawing, own coordinates


def with_symbols(laid: LaidStorey, model: Side, drawn: Side, measures: Measures, left: LeftOut) -> LaidStorey | None:
    """The storey with the symbols of the drawing in place of the sections they stand for; None without any.

    Args:
        laid: the storey on the drawing.
        model: its side as first compared.
        drawn: the drawing's side.
        measures: distances.
        left: is filled with the elements whose form was not compared.
    """
    missing = missing_elements(model, laid.plan.element)
    table = laid.model.elements
    groups: dict[tuple[str, tuple[int, int]], list[_Own]] = defaultdict(list)
    as_cut: set[tuple[str, tuple[int, int]]] = set()  # some element of the group is drawn as it is cut
    for row in np.unique(laid.plan.element[np.unique(laid.plan.cut.obj)]).tolist():
        own = _own(row, laid, drawn) if table.ifc_class[row] not in NO_SYMBOL else None
        if own is None:
            continue
        if missing.get(row, 0.0) >= OTHERWISE:
            groups[table.ifc_class[row], own.size].append(own)
        else:
            as_cut.add((table.ifc_class[row], own.size))
    symbols: dict[int, F64] = {}
    for kind in sorted({kind for kind, _ in groups}):
        found: dict[int, F64] = {}
        alone: list[_Own] = []
        learned: list[F64] = []
        for members in (m for key, m in sorted(groups.items()) if key[0] == kind and key not in as_cut):
            symbol = _learn(members, measures)
            if symbol is not None:
                learned.append(symbol)
                found |= _placed(members, symbol, measures)
            alone += [own for own in members if own.row not in found and len(own.seg)]
        for symbol in learned:  # others of the class may be drawn by it too
            found |= _placed([own for own in alone if own.row not in found], symbol, measures, likely=False)
        alone = [own for own in alone if own.row not in found]
        if _drawn_otherwise(kind, len(found) + len(alone), laid):  # each has a symbol of its own
            own_ink = {own.row: _touching(own, measures) for own in alone}
            frames = {own.row: own.frame for own in alone}
            found |= {row: map_segments(frames[row], seg) for row, seg in own_ink.items() if len(seg)}
        symbols |= found
        left.add(
            f"用图例表示的 {kind} 的形状（只比对有无、位置与方向）",
            f"the form of elements of the class {kind} drawn by a symbol (only presence, place and turn)",
            len(found),
        )
    return _redrawn(laid, symbols) if symbols else None


def _drawn_otherwise(kind: str, count: int, laid: LaidStorey) -> bool:
    """Whether most elements of a class are drawn otherwise than the section shows them."""
    kinds = [laid.model.elements.ifc_class[row] for row in np.unique(laid.plan.element).tolist()]
    return count >= max(LEAST_DRAWN_OTHERWISE, MOST_OF_A_CLASS * kinds.count(kind))


def _own(row: int, laid: LaidStorey, drawn: Side) -> _Own | None:
    """An element in its own coordinates with the free pieces around it."""
    placement = laid.model.elements.placement[row].reshape(4, 4)
    along = placement[:2, 0]
    if not np.isfinite(placement).all() or np.hypot(*along) < 0.5:
        return None
    along = along / np.hypot(*along)
    frame = np.array([[along[0], -along[1], placement[0, 3]], [along[1], along[0], placement[1, 3]]])
    ink = laid.plan.cut.seg[np.isin(laid.plan.cut.obj, np.flatnonzero(laid.plan.element == row))]
    local = map_segments(invert(frame), ink).reshape(-1, 2)
    low, high = local.min(0), local.max(0)
    size = high - low
    if size.max() > LARGEST_MM:
        return None
    to_new = chain(laid.registration.transform, frame)
    near = map_segments(invert(to_new), drawn.free)
    reach = ROUND * float(size.max())
    points = near.reshape(-1, 2, 2)
    inside = ((points >= low - reach) & (points <= high + reach)).all((1, 2))
    if inside.sum() > MOST_PIECES:
        return None  # not a symbol
    return _Own(row, to_new, (round(size[0] / 5), round(size[1] / 5)), low, high, near[inside])


def _learn(members: list[_Own], measures: Measures) -> F64 | None:
    """The symbol, in own coordinates, that explains most of what is drawn around elements of one size."""
    tolerance = 2 * measures.tolerance * measures.about
    known = [own for own in members if len(own.seg)]
    best, most = None, 0.0
    for one in sorted(known, key=lambda own: -float(lengths(own.seg).sum()))[:: max(1, len(known) // MOST_TRIED)]:
        votes = _votes(one, known, tolerance)
        for least in {LEAST_EQUAL, max(LEAST_EQUAL, len(members) // 2)} if len(known) >= LEAST_EQUAL else ():
            symbol = uncovered_runs(one.seg, votes[1], votes[0] < least, np.bincount(votes[1]))[0]
            if not len(symbol):
                continue
            having = sum(max(_shares(symbol, own, tolerance)) >= ALIKE for own in known)
            explained = having * float(lengths(symbol).sum())
            if having >= LEAST_EQUAL and explained > most:
                best, most = symbol, explained
    return best


def _placed(members: list[_Own], symbol: F64, measures: Measures, likely: bool = True) -> dict[int, F64]:
    """Element row -> the symbol at its place in new working mm, for those that are drawn by it, moved or missing.

    Args:
        members: elements.
        symbol: own coordinates.
        measures: distances.
        likely: whether those without any ink around them, or with ink of its size, count as drawn by it too.
    """
    tolerance = 2 * measures.tolerance * measures.about
    flips = [symbol * np.tile(flip, 2) for flip in FLIPS]
    result = {}
    for own in members:
        shares = _shares(symbol, own, tolerance)
        alike = max(shares) >= ALIKE
        if not alike and not any(_elsewhere(flip, own.seg, tolerance) for flip in flips):
            ink = _touching(own, measures)
            if not likely or (len(ink) and not _same_size(ink, symbol, 4 * tolerance)):
                continue  # drawn by another symbol
        result[own.row] = map_segments(own.frame, flips[int(np.argmax(shares))] if alike else flips[0])
    return result


def _shares(symbol: F64, own: _Own, tolerance: float) -> list[float]:
    """Share of a symbol's lines that an element has around it, by flip."""
    if not len(own.seg):
        return [0.0] * len(FLIPS)
    return [float(np.mean(_covered(symbol * np.tile(flip, 2), own.seg, tolerance))) for flip in FLIPS]


def _votes(one: _Own, members: list[_Own], tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """For points along the pieces around an element: how many elements have a line there, mirrored or not; piece."""
    points, row = sample(one.seg, max(4 * tolerance, 1e-9), most=MOST_SAMPLES)
    unit = directions(one.seg)[row]
    votes = np.zeros(len(points), np.int64)
    for other in members:
        index = SegmentIndex(other.seg, 20 * tolerance)
        hits = [index.query(points * f, unit * f, tolerance).distance <= tolerance for f in FLIPS]
        votes += max(hits, key=np.mean)
    return votes, row


def _elsewhere(symbol: F64, seg: F64, tolerance: float) -> bool:
    """Whether a symbol lies somewhere among the pieces around an element: then it was moved."""
    size, sizes = lengths(symbol), lengths(seg)
    unit, units = directions(symbol), directions(seg)
    tried = 0
    for k in np.argsort(-size, kind="stable")[:MOST_TRIED]:
        same = (np.abs(sizes - size[k]) <= 2 * tolerance) & (np.abs(units @ [-unit[k, 1], unit[k, 0]]) < 0.01)
        for row in np.flatnonzero(same):
            shift = midpoints(seg[row : row + 1])[0] - midpoints(symbol[k : k + 1])[0]
            tried += 1
            if tried > MOST_PLACES:
                return False
            if float(np.mean(_covered(symbol + np.tile(shift, 2), seg, tolerance))) >= ALIKE:
                return True
    return False


def _same_size(one: F64, two: F64, reach: float) -> bool:
    """Whether the boxes of two symbols have the same sides, turned or not."""
    sizes = [np.sort(np.ptp(seg.reshape(-1, 2), axis=0)) for seg in (one, two)]
    return bool(np.abs(sizes[0] - sizes[1]).max() <= reach)


def _touching(own: _Own, measures: Measures) -> F64:
    """The free pieces around an element that hang together with some at it."""
    if not len(own.seg):
        return own.seg
    gap = measures.gap * measures.about
    points, owner = sample(own.seg, gap, most=100)
    points, owner = (
        np.vstack([points, own.seg.reshape(-1, 2)]),
        np.concatenate([owner, np.repeat(np.arange(len(own.seg)), 2)]),
    )
    close = cKDTree(points).query_pairs(gap, output_type="ndarray")
    pairs = owner[close].astype(np.int64).reshape(-1, 2)
    label = component_numbers(len(own.seg), pairs)
    near = max(gap, NEAR * float((own.high - own.low).max()))
    at = ((points >= own.low - near) & (points <= own.high + near)).all(1)
    return own.seg[np.isin(label, label[owner[at]])]


def _covered(seg: F64, other: F64, tolerance: float) -> F64:
    """Share of each segment that lies on the other segments."""
    return covered_shares(seg, other, tolerance, tolerance, most=40)


def _redrawn(laid: LaidStorey, symbols: dict[int, F64]) -> LaidStorey:
    """The laid storey with symbols (new working mm) in place of the elements' sections."""
    back = invert(laid.registration.transform)
    plan, rows = laid.plan, np.array(sorted(symbols))
    objects = np.flatnonzero(np.isin(plan.element, rows))
    keep = ~np.isin(plan.cut.obj, objects)
    first = {int(plan.element[obj]): obj for obj in np.unique(plan.cut.obj)[::-1].tolist()}
    pieces, owners = [plan.cut.seg[keep]], [plan.cut.obj[keep]]
    layers = [plan.cut.layer[keep]]
    for row in rows.tolist():
        seg = map_segments(back, symbols[row])
        obj = first[row]
        pieces.append(seg)
        owners.append(np.full(len(seg), obj, np.int32))
        layers.append(np.full(len(seg), plan.cut.layer[plan.cut.obj == obj][0], np.int32))
    seg = np.vstack(pieces)
    cut = replace(
        plan.cut,
        seg=seg,
        obj=np.concatenate(owners).astype(np.int32),
        layer=np.concatenate(layers).astype(np.int32),
        curved=np.zeros(len(seg), bool),
        pattern=np.zeros(len(seg), bool),
    )
    redrawn: StoreyPlan = replace(plan, cut=cut, shown=_more(plan.shown, np.vstack(pieces[1:])))
    return replace(laid, plan=redrawn)


def _more(content: Content, seg: F64) -> Content:
    """The content with further loose segments."""
    count, objects = len(seg), len(content.object_insert)
    return replace(
        content,
        seg=np.vstack([content.seg, seg]),
        obj=np.concatenate([content.obj, objects + np.arange(count)]).astype(np.int32),
        layer=np.concatenate([content.layer, np.zeros(count, np.int32)]),
        curved=np.concatenate([content.curved, np.zeros(count, bool)]),
        pattern=np.concatenate([content.pattern, np.zeros(count, bool)]),
        object_insert=np.concatenate([content.object_insert, np.full(count, -1, np.int32)]),
        object_entity=np.concatenate([content.object_entity, np.zeros(count, np.int32)]),
    )
