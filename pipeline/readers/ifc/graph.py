"""Circles, runaway depth and runaway repetition in the references of a STEP file.

ifcopenshell follows references without keeping count: a placement relative to itself ends the process by
SIGSEGV, a mapped item of mapped items multiplies without end. Everything here is linear in the references
and works on row numbers, so the library is only shown files whose references end.

A circle of rows is also a circle of their kinds, and so is a chain that is longer than there are kinds. Rows that refer
to nothing and kinds on no circle (points, property values, relations: nearly all rows of a real model) are left out at
once; of the rest the rows that refer to nothing are taken away layer by layer, which are few in a real model.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.ifc.step import REFERENCE, U8, Rows, StepText

MAX_DEPTH = 700  # rows behind rows of kinds that can follow themselves; the deepest real model has about 40
MAX_TREE_DEPTH = 200  # aggregates within aggregates
MAX_INSTANCES = 3_000_000  # geometry items after all mapped items are expanded
MAX_BOOLEAN_CHAIN = 120
MAX_PROFILE_POINTS = 8000
_MANY_KINDS = 3000
_FEW_LAYERS = 48  # taken away by going through all references left; further ones by lists of users
_FIRST_IS_PARENT = (
    b"IFCRELAGGREGATES",
    b"IFCRELNESTS",
    b"IFCRELDECOMPOSES",
    b"IFCRELVOIDSELEMENT",
    b"IFCRELFILLSELEMENT",
    b"IFCRELPROJECTSELEMENT",
)
_LAST_IS_PARENT = (b"IFCRELCONTAINEDINSPATIALSTRUCTURE",)
BOOLEAN = (b"IFCBOOLEANRESULT", b"IFCBOOLEANCLIPPINGRESULT")
_EXPANDING = (
    b"IFCPRODUCTDEFINITIONSHAPE",
    b"IFCSHAPEREPRESENTATION",
    b"IFCMAPPEDITEM",
    b"IFCREPRESENTATIONMAP",
    b"IFCCSGSOLID",
    *BOOLEAN,
)
_FIRST, _LAST, _EXPANDS, _BOOLEAN, _LINE, _PROFILE = (np.uint8(1 << power) for power in range(6))  # roles of rows


@dataclass(slots=True)
class GraphReport:
    """What is wrong with the references of a file; empty lists mean nothing."""

    cycle_rows: list[int] = field(default_factory=list)  # rows on a circle (a few of them)
    cycle_kind: str = ""
    depth: int = 0
    too_deep: bool = False
    poisoned: set[int] = field(default_factory=set)  # instance numbers of products whose shape is not attempted


def inspect(text: StepText) -> GraphReport:
    """Return circles, depth and repetition of a file's references. Never raises."""
    report = GraphReport()
    roles = _roles(text)
    # most references end at rows that refer to nothing: these are on no circle
    onward = np.flatnonzero((text.first[1:] > text.first[:-1]).take(text.edge_to))
    source, target = text.edge_from.take(onward), text.edge_to.take(onward)
    chosen = _recursive(text, source, target)
    report.depth, left = _left_over(source[chosen], target[chosen], len(text), MAX_DEPTH)
    if len(left):
        _explain(text, left, source, target, report.depth >= MAX_DEPTH, report)
        return report
    tree_from, tree_to = _tree_edges(text, roles)
    _, left = _left_over(tree_from, tree_to, len(text), MAX_TREE_DEPTH)
    if len(left):
        circle = _circle(left, tree_from, tree_to)
        report.too_deep = not circle
        report.cycle_rows = circle
        report.cycle_kind = "IfcRelAggregates / IfcRelContainedInSpatialStructure / IfcRelVoidsElement"
        return report
    _repetition(text, roles, source, target, report)
    return report


def _roles(text: StepText) -> U8:
    """Return the roles of each row (n,): bits."""
    of_kind = np.zeros(max(len(text.kinds), 1), np.uint8)
    members = (_FIRST, _FIRST_IS_PARENT), (_LAST, _LAST_IS_PARENT), (_EXPANDS, _EXPANDING), (_BOOLEAN, BOOLEAN)
    for at, kind in enumerate(text.kinds):
        for role, names in members:
            if kind in names:
                of_kind[at] |= role
        if kind == b"IFCPOLYLINE":
            of_kind[at] |= _LINE
        elif kind.startswith(b"IFCARBITRARY"):
            of_kind[at] |= _PROFILE
    return of_kind.take(text.kind)


def _recursive(text: StepText, source: Rows, target: Rows) -> Rows | slice:
    """Return which references (k,) lie between kinds that can follow themselves."""
    count = len(text.kinds)
    if count > _MANY_KINDS:
        return slice(None)
    pair = text.kind.take(source).astype(np.int32)
    pair *= count
    pair += text.kind.take(target)
    recursive = np.zeros(count * count, bool)
    recursive[pair] = True
    begin, end = np.divmod(np.flatnonzero(recursive), count)
    while True:  # take kinds away that lead nowhere or that nothing leads to, until none is left
        keep = _refer(begin, count)[end] & _refer(end, count)[begin]
        if keep.all():
            break
        begin, end = begin[keep], end[keep]
    recursive[:] = False
    recursive[begin * count + end] = True
    return np.flatnonzero(recursive.take(pair))


def _left_over(edge_from: Rows, edge_to: Rows, size: int, limit: int) -> tuple[int, Rows]:
    """Return how many layers of rows can be taken away, leaves first, and the rows left over (see `_peel`)."""
    for layer in range(_FEW_LAYERS):
        if not len(edge_from):
            return layer, edge_from
        onward = np.flatnonzero(_refer(edge_from, size).take(edge_to))
        edge_from, edge_to = edge_from.take(onward), edge_to.take(onward)
    layers, left = _peel(edge_from, edge_to, limit - _FEW_LAYERS)
    return _FEW_LAYERS + layers, left


def _refer(edge_from: Rows, size: int) -> NDArray[np.bool_]:
    """Return which rows (n,) refer to others."""
    referring = np.zeros(size, bool)
    referring[edge_from] = True
    return referring


def _peel(edge_from: Rows, edge_to: Rows, limit: int) -> tuple[int, Rows]:
    """Take rows without open references away, layer by layer (Kahn 1962).

    Args:
        edge_from: rows that refer (k,).
        edge_to: rows they refer to (k,).
        limit: layers after which it stops.

    Returns:
        How many layers were taken away, and the rows left over: those on or before a circle, or everything behind
        `limit` layers.
    """
    rows, flat = np.unique(np.concatenate([edge_from, edge_to]), return_inverse=True)
    begin, end = flat[: len(edge_from)], flat[len(edge_from) :]
    count = len(rows)
    open_refs = np.bincount(begin, minlength=count)
    order = np.argsort(end, kind="stable")
    by_target = begin[order]
    first = np.searchsorted(end[order], np.arange(count + 1))
    layers = 0
    layer = np.flatnonzero(open_refs == 0)
    done = np.zeros(count, bool)
    while len(layer) and layers < limit:
        layers += 1
        done[layer] = True
        users, times = np.unique(by_target[ranges(first[layer], first[layer + 1])], return_counts=True)
        open_refs[users] -= times
        layer = users[open_refs[users] == 0]
    return layers, rows[~done]


def ranges(begin: Rows, end: Rows) -> Rows:
    """Return all integers of the half-open ranges begin[i]:end[i], one after another."""
    length = end - begin
    total = int(length.sum())
    if total == 0:
        return np.zeros(0, np.int64)
    offset = np.repeat(begin - np.r_[0, np.cumsum(length)[:-1]], length)
    return np.arange(total) + offset


def _circle(left: Rows, edge_from: Rows, edge_to: Rows) -> list[int]:
    """Walk from a row that is left over until a row comes twice; return that circle ([] when it ends)."""
    remaining = set(left.tolist())
    inner = np.isin(edge_from, left) & np.isin(edge_to, left)
    follow = dict(zip(edge_from[inner].tolist(), edge_to[inner].tolist(), strict=True))
    for begin in left[:1].tolist() + list(follow)[:50]:
        seen: dict[int, int] = {}
        path: list[int] = []
        row = begin
        while row in remaining and row not in seen and row in follow:
            seen[row] = len(path)
            path.append(row)
            row = follow[row]
        if row in seen:
            return path[seen[row] :]
    return []


def _explain(text: StepText, left: Rows, source: Rows, target: Rows, at_limit: bool, report: GraphReport) -> None:
    circle = _circle(left, source, target)
    if not circle and at_limit:
        report.too_deep = True
        return
    report.cycle_rows = circle or left[:1].tolist()
    kinds = sorted({text.type_of(row).decode("latin-1") for row in report.cycle_rows[:20]})
    report.cycle_kind = " → ".join(kinds[:4])


def _tree_edges(text: StepText, roles: U8) -> tuple[Rows, Rows]:
    """Return the edges parent -> child of aggregates, containment, voids and fills as row numbers.

    The references of a relation are its owner history (second argument, often absent), then parent and
    children, in containment children and parent.
    """
    rows = np.flatnonzero((roles & (_FIRST | _LAST)) > 0)
    first, end = text.edges_of(rows)
    first = first + _owned(text, rows, first, end)
    use = end - first >= 2
    rows, first, end = rows[use], first[use], end[use]
    last = (roles[rows] & _LAST) > 0
    parent_at = np.where(last, end - 1, first)
    first, end = np.where(last, first, first + 1), np.where(last, end - 1, end)
    children = ranges(first, end)
    return np.repeat(text.edge_to[parent_at], end - first), text.edge_to[children]


def _owned(text: StepText, rows: Rows, first: Rows, end: Rows) -> NDArray[np.bool_]:
    """Return which relations (r,) start their references with an owner history that exists."""
    owned, plain = _owned_plainly(text, rows)
    plain &= ~np.isin(rows, text.dangling_from)
    owned &= plain
    rest = np.flatnonzero(~plain & (first < end))
    targets = text.ids[text.edge_to[first[rest]]].tolist()
    stops = np.append(text.start[1:], len(text.data))[rows[rest]].tolist()
    for at, target, begin, stop in zip(rest.tolist(), targets, text.start[rows[rest]].tolist(), stops, strict=True):
        parts = text.blanked(begin, min(begin + 160, stop)).split(b",", 2)
        owner = REFERENCE.match(parts[1].strip()) if len(parts) > 1 else None
        owned[at] = owner is not None and int(owner[1]) == target
    return owned


def _owned_plainly(text: StepText, rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which relations (r,) have an owner history, and of which that is known.

    It is known of rows that begin with a plain GlobalId: `KEYWORD('0123456789abcdefABCDEF',#5,` or `…,$,`.
    """
    size = np.array([len(kind) for kind in text.kinds] or [0])
    at = text.keyword[rows] + size[text.kind[rows]]  # of the parenthesis
    at = np.minimum(at, max(len(text.data) - 64, 0))
    if len(text.data) < 64:
        return np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    array = np.frombuffer(text.data, np.uint8)
    word, over = at >> 6, (at & 63).view(np.uint64)
    following = text.inside[np.minimum(word + 1, len(text.inside) - 1)] << (np.uint64(64) - over)
    within = ((text.inside[word] >> over) | following) & np.uint64((1 << 27) - 1)
    plain = within == np.uint64(((1 << 23) - 1) << 1)
    plain &= (array[at] == 40) & (array[at + 25] == 44)
    owned = array[at + 26] == 35
    plain &= owned | (array[at + 26] == 36)
    return owned, plain


def _repetition(text: StepText, roles: U8, source: Rows, target: Rows, report: GraphReport) -> None:
    """Count expanded geometry items and boolean chains; note products whose shape is not attempted.

    Args:
        text: the file.
        roles: the roles of each row (n,).
        source: rows that refer (k,) to rows that refer to others themselves; no circles.
        target: these rows (k,).
        report: what is filled in.
    """
    expanding, boolean = (roles & _EXPANDS) > 0, (roles & _BOOLEAN) > 0
    inner = np.flatnonzero(expanding.take(source))
    inner = inner[expanding.take(target.take(inner))]
    source, target = source.take(inner), target.take(inner)
    weight = np.ones(len(text))
    rows = np.flatnonzero(expanding)
    first, end = text.edges_of(rows)
    weight[rows] = np.maximum(end - first, 1)
    chain = boolean.astype(np.int64)
    while len(source):  # leaves first
        onward = _refer(source, len(text))[target]
        leaf = np.flatnonzero(~onward)
        np.add.at(weight, source[leaf], weight[target[leaf]] - 1.0)
        np.maximum.at(chain, source[leaf], chain[target[leaf]] + boolean[source[leaf]])
        source, target = source[onward], target[onward]
    _poison(text, roles, chain, weight, report)


def _poison(text: StepText, roles: U8, chain: np.ndarray, weight: np.ndarray, report: GraphReport) -> None:
    """Follow rows that are known to kill or stall the geometry kernel up to their products."""
    lines = np.flatnonzero((roles & _LINE) > 0)
    first, end = text.edges_of(lines)
    refs = end - first
    bad = (chain > MAX_BOOLEAN_CHAIN) | (weight > MAX_INSTANCES)
    bad[lines[refs < 2]] = True
    long = lines[refs > MAX_PROFILE_POINTS]
    if len(long):
        profile = (roles & _PROFILE) > 0
        bad[np.intersect1d(long, text.edge_to[profile[text.edge_from]])] = True
    bad[text.dangling_from] = True
    if not text.trailer and len(bad):
        bad[-1] = True  # the row at the cut
    if bad.any():
        report.poisoned = users_of(text, np.flatnonzero(bad))


def users_of(text: StepText, rows: Rows) -> set[int]:
    """Return the instance numbers of the rows and of everything that refers to them, near or far."""
    reached = np.zeros(len(text), bool)
    reached[rows] = True
    order = np.argsort(text.edge_to, kind="stable")
    users = text.edge_from[order]
    first = np.searchsorted(text.edge_to[order], np.arange(len(text) + 1))
    frontier = rows
    while len(frontier):
        nearby = np.unique(users[ranges(first[frontier], first[frontier + 1])])
        frontier = nearby[~reached[nearby]]
        reached[frontier] = True
    return set(text.ids[reached].tolist())
