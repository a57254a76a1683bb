"""From free pieces to changes of linework: moved, turned, modified, lengthened, added, removed, relayered."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.comparing.boxes import Box, components, meeting_pairs, union
from pipeline.comparing.matching import Side
from pipeline.comparing.moves import Move, MoveFinder, with_whole_lines
from pipeline.comparing.objects import Group, group_pieces, make_group
from pipeline.comparing.segments import box_of, lengths
from pipeline.comparing.templates import join_by_template
from pipeline.drawing.tables import F64, I32

STRETCH_SHARE = 0.45  # a free end up to this share of its line is a lengthened line, not an added one
NONE: I32 = np.zeros(0, np.int32)


@dataclass(slots=True)
class Measures:
    """Distances in new working millimetres."""

    tolerance: float
    gap: float  # pieces nearer than this belong together
    reach: float  # farthest move of a small thing
    least: float  # smaller extents are not reported
    real: float  # mm of reality of one working mm, as reported
    about: float  # the same for thresholds: 100 is assumed where no scale is known
    diagonal: float = np.inf  # of the new sheet


@dataclass(slots=True)
class Change:
    """A change in new working millimetres, before it is named."""

    kind: str
    cls: str
    box: Box
    box_from: Box | None = None
    delta: tuple[float, float] | None = None
    old: str = ""
    new: str = ""
    old_objects: I32 = field(default_factory=lambda: NONE)
    new_objects: I32 = field(default_factory=lambda: NONE)
    old_layers: I32 = field(default_factory=lambda: NONE)
    new_layers: I32 = field(default_factory=lambda: NONE)
    old_text: int = -1
    new_text: int = -1
    texts: list[str] = field(default_factory=list)  # absorbed labels
    certainty: float = 0.9
    attribute: str = ""
    details: dict[str, float | bool | str] = field(default_factory=dict)
    members: list[Box] = field(default_factory=list)  # of equal things told as one


def linework_changes(first: Side, second: Side, old_layer: I32, new_layer: I32, measures: Measures) -> list[Change]:
    """Form changes from the free pieces of both sides.

    Args:
        first: old side, in new working mm.
        second: new side.
        old_layer: (n,) layer row of each old segment (for naming).
        new_layer: (m,) of each new one.
        measures: distances.
    """
    both = _Both(first, second, old_layer, new_layer)
    old_groups, new_groups = group_pieces(first, measures.gap), group_pieces(second, measures.gap)
    finder = MoveFinder(first, second, measures.tolerance, measures.reach)
    found = finder.find(old_groups, new_groups)
    found += finder.find_back(measures.gap)
    plain = [with_whole_lines(move, first, second, measures.tolerance) for move in found if not move.turned]
    moves = _merge_moves(plain, measures)
    changes = [_moved(move, first, second, old_layer, new_layer) for move in moves]
    for move in found:
        if move.turned:
            old = make_group(first, move.old_pieces, finder.old_share)
            new = make_group(second, move.new_pieces, finder.new_share)
            changes.append(_modified([old], [new], both, move))
    places = [(c.box_from or c.box, c.box) for c in changes]
    old_groups = group_pieces(first, measures.gap, np.flatnonzero(~finder.old_taken))
    new_groups = group_pieces(second, measures.gap, np.flatnonzero(~finder.new_taken))
    old_groups = _without_crumbs(old_groups, [old for old, _ in places], measures)
    new_groups = _without_crumbs(new_groups, [new for _, new in places], measures)
    old_groups, _ = join_by_template(first, second, old_groups, measures.tolerance, 5000.0 / measures.about)
    new_groups, _ = join_by_template(second, first, new_groups, measures.tolerance, 5000.0 / measures.about)
    paired, old_groups, new_groups = _same_place(old_groups, new_groups, measures)
    for olds, news in paired:
        changes.append(_modified(olds, news, both, None))
    changes += [_one_sided("removed", g, first, second, old_layer, measures) for g in old_groups]
    changes += [_one_sided("added", g, second, first, new_layer, measures) for g in new_groups]
    return [c for c in changes if max(c.box[2] - c.box[0], c.box[3] - c.box[1]) >= measures.least]


def _objects(side: Side, pieces: np.ndarray) -> I32:
    return np.unique(side.free_object[pieces]).astype(np.int32)


def _layers(side: Side, pieces: np.ndarray, layer: I32) -> I32:
    """Layer rows of free pieces, each repeated by its share of the length in percent."""
    size = lengths(side.free[pieces])
    share = np.ceil(100 * size / max(float(size.sum()), 1e-12)).astype(np.int64)
    return np.repeat(layer[side.free_parent[pieces]], share).astype(np.int32)


def _moved(move: Move, first: Side, second: Side, old_layer: I32, new_layer: I32) -> Change:
    return Change(
        "moved",
        "geometry",
        box_of(move.new_ink),
        box_from=box_of(move.old_ink),
        delta=move.delta,
        old_objects=_objects(first, move.old_pieces),
        new_objects=_objects(second, move.new_pieces),
        old_layers=_layers(first, move.old_pieces, old_layer),
        new_layers=_layers(second, move.new_pieces, new_layer),
        certainty=round(0.5 + 0.45 * move.covered, 3),
    )


def _merge_moves(moves: list[Move], measures: Measures) -> list[Move]:
    """Join moves of neighbours that share one displacement."""
    if len(moves) < 2:
        return moves
    delta = np.array([move.delta for move in moves])
    pairs = meeting_pairs(np.array([box_of(move.old_ink) for move in moves]), 5 * measures.gap)
    apart = np.hypot(*(delta[pairs[:, 0]] - delta[pairs[:, 1]]).T)
    merged = []
    for part in components(len(moves), pairs[apart <= 4 * measures.tolerance]):
        one = moves[part[0]]
        if len(part) > 1:
            members = [moves[k] for k in part]
            weight = [float(lengths(m.old_ink).sum()) for m in members]
            mean = np.average(delta[part], axis=0, weights=weight)
            one = Move(
                np.concatenate([m.old_pieces for m in members]),
                np.concatenate([m.new_pieces for m in members]),
                np.vstack([m.old_ink for m in members]),
                np.vstack([m.new_ink for m in members]),
                (float(mean[0]), float(mean[1])),
                covered=min(m.covered for m in members),
            )
        merged.append(one)
    return merged


def _without_crumbs(groups: list[Group], boxes: list[Box], measures: Measures) -> list[Group]:
    """Drop small rests inside the place of a move (lines that were hidden there)."""
    if not groups or not boxes:
        return groups
    around = np.array(boxes) + measures.gap * np.array([-1.0, -1.0, 1.0, 1.0])
    size = np.hypot(*(np.array(boxes)[:, 2:] - np.array(boxes)[:, :2]).T)
    kept = []
    for group in groups:
        inside = (around[:, :2] <= group.box[:2]).all(1) & (around[:, 2:] >= group.box[2:]).all(1)
        if not (inside & (group.length < 0.3 * size)).any():
            kept.append(group)
    return kept


def _same_place(
    old_groups: list[Group], new_groups: list[Group], measures: Measures
) -> tuple[list[tuple[list[Group], list[Group]]], list[Group], list[Group]]:
    """Groups of both sides at one place (the thing was modified there), and the rest."""
    links = []
    if old_groups and new_groups:
        olds, news = np.array([g.box for g in old_groups]), np.array([g.box for g in new_groups])
        low = np.maximum(olds[:, None, :2], news[None, :, :2]) - measures.gap / 2
        high = np.minimum(olds[:, None, 2:], news[None, :, 2:]) + measures.gap / 2
        shared = np.prod(np.clip(high - low, 0, None), axis=2)
        smaller = np.minimum(_areas(olds, measures.gap)[:, None], _areas(news, measures.gap)[None])
        larger = np.maximum(_areas(olds, measures.gap)[:, None], _areas(news, measures.gap)[None])
        alike = (shared >= 0.3 * smaller) & (larger < 16 * smaller)
        links = [(int(i), len(old_groups) + int(j)) for i, j in zip(*np.nonzero(alike), strict=True)]
    paired: list[tuple[list[Group], list[Group]]] = []
    used: set[int] = set()
    for part in components(len(old_groups) + len(new_groups), links):
        if len(part) > 1:
            used.update(int(k) for k in part)
            paired.append(
                (
                    [old_groups[k] for k in part if k < len(old_groups)],
                    [new_groups[k - len(old_groups)] for k in part if k >= len(old_groups)],
                )
            )
    return (
        paired,
        [g for k, g in enumerate(old_groups) if k not in used],
        [g for k, g in enumerate(new_groups) if k + len(old_groups) not in used],
    )


def _areas(boxes: F64, gap: float) -> F64:
    return (boxes[:, 2] - boxes[:, 0] + gap) * (boxes[:, 3] - boxes[:, 1] + gap)


@dataclass(slots=True)
class _Both:
    """Both sides with the layer rows of their segments."""

    first: Side
    second: Side
    old_layer: I32
    new_layer: I32


def _modified(olds: list[Group], news: list[Group], both: _Both, turned: Move | None) -> Change:
    """Old and new ink at the same place: turned, mirrored or otherwise modified."""
    old_box, new_box = olds[0].box, news[0].box
    for group in olds[1:]:
        old_box = union(old_box, group.box)
    for group in news[1:]:
        new_box = union(new_box, group.box)
    old_pieces = np.concatenate([g.pieces for g in olds])
    new_pieces = np.concatenate([g.pieces for g in news])
    change = Change(
        "modified",
        "geometry",
        union(old_box, new_box),
        box_from=union(old_box, new_box),
        old_objects=_objects(both.first, old_pieces),
        new_objects=_objects(both.second, new_pieces),
        old_layers=_layers(both.first, old_pieces, both.old_layer),
        new_layers=_layers(both.second, new_pieces, both.new_layer),
        certainty=0.8,
    )
    if turned is not None:
        change.details = {"rotated_degrees": turned.degrees, "mirrored": turned.mirrored}
        change.attribute = "rotation"
        change.certainty = 0.9
    return change


def _one_sided(kind: str, group: Group, side: Side, other: Side, layer: I32, measures: Measures) -> Change:
    """Something only one side has: a thing, or the end of a line that both have."""
    parents = side.free_parent[group.pieces]
    objects = np.unique(side.obj[parents]).astype(np.int32)
    change = Change(kind, "geometry", group.box, certainty=0.9)
    if kind == "added":
        change.new_objects, change.new_layers = objects, _layers(side, group.pieces, layer)
    else:
        change.old_objects, change.old_layers = objects, _layers(side, group.pieces, layer)
    if len(group.pieces) == 1:
        full = float(lengths(side.seg[parents])[0])
        if group.length <= STRETCH_SHARE * full:
            change.kind = "modified"
            change.attribute = "length"
            piece = _sharpen(side.free[group.pieces[0]], side.seg[parents[0]], other, measures.tolerance)
            change.details = {"side": kind, "full_mm": full, "piece_mm": float(lengths(piece[None])[0])}
            change.box = box_of(piece[None])
            change.box_from = group.box
    return change


def _sharpen(piece: F64, parent: F64, other: Side, tolerance: float) -> F64:
    """The piece with its inner end put on the end of the other side's line (samples are coarser than that)."""
    ends = piece.reshape(2, 2)
    outer = np.abs(ends[:, None] - parent.reshape(1, 2, 2)).max(2).min(1)
    inner = int(outer.argmax())
    known = other.seg.reshape(-1, 2)
    if not len(known):
        return piece
    near = np.flatnonzero((np.abs(known - ends[inner]) <= 8 * tolerance).all(1))
    away = np.hypot(*(known[near] - ends[inner]).T)
    if len(near) and away.min() <= 8 * tolerance:
        ends = ends.copy()
        ends[inner] = known[near[int(away.argmin())]]
    return np.asarray(ends.reshape(4))


def layer_changes(
    first: Side, second: Side, old_names: list[str], new_names: list[str], old_layer: I32, new_layer: I32, gap: float
) -> tuple[list[Change], list[tuple[str, str, int]]]:
    """Objects that lie where they did, on another layer.

    Returns:
        (changes, bulk renames [(old layer, new layer, objects)] which are not changes of things).
    """
    rows, partner = second.relayered, second.relayered_to
    known = (partner >= 0) & (np.isin(partner, first.relayered)) if len(rows) else np.zeros(0, bool)
    rows, partner = rows[known], partner[known]
    if not len(rows):
        return [], []
    share = np.bincount(second.obj[rows], lengths(second.seg[rows]), minlength=second.objects) / np.maximum(
        second.object_length, 1e-12
    )
    enough = share[second.obj[rows]] >= 0.2
    rows, partner = rows[enough], partner[enough]
    code = old_layer[partner].astype(np.int64) * (len(new_names) + 1) + new_layer[rows]
    changes: list[Change] = []
    bulk: list[tuple[str, str, int]] = []
    for value in np.unique(code):
        chosen = rows[code == value]
        old_row, new_row = int(old_layer[partner[code == value][0]]), int(new_layer[chosen[0]])
        objects = np.unique(second.obj[chosen])
        old_total = float(lengths(first.seg[old_layer == old_row]).sum())
        if len(objects) >= 3 and float(lengths(second.seg[chosen]).sum()) >= 0.8 * old_total:
            bulk.append((old_names[old_row], new_names[new_row], len(objects)))
            continue
        changes += _relayered_things(second, objects, old_names[old_row], new_names[new_row], new_row, gap)
    return changes, bulk


def _relayered_things(
    side: Side, objects: np.ndarray, old_name: str, new_name: str, layer: int, gap: float
) -> list[Change]:
    """One change for each cluster of objects that changed from one layer to another."""
    segments = [side.seg[side.rows_of(np.array([o]))] for o in objects]
    pairs = meeting_pairs(np.array([box_of(seg) for seg in segments]), gap / 4)
    result = []
    for part in components(len(segments), pairs):
        result.append(
            Change(
                "modified",
                "attribute",
                box_of(np.vstack([segments[k] for k in part])),
                old=old_name,
                new=new_name,
                new_objects=objects[part].astype(np.int32),
                new_layers=np.full(len(part), layer, np.int32),
                attribute="layer",
                certainty=0.95,
            )
        )
    return result
