"""Circles, runaway depth and runaway repetition in the references of a STEP file.

ifcopenshell follows references without keeping count: a placement relative to itself ends the process by
SIGSEGV, a mapped item of mapped items multiplies without end. Everything here is linear in the references
and works on row numbers, so the library is only shown files whose references end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from pipeline.readers.ifc.step import I64, StepText, arguments

MAX_DEPTH = 700  # rows behind rows; the deepest real model of the corpus has about 40
MAX_TREE_DEPTH = 200  # aggregates within aggregates
MAX_INSTANCES = 3_000_000  # geometry items after all mapped items are expanded
MAX_BOOLEAN_CHAIN = 120
MAX_PROFILE_POINTS = 8000
_REF = re.compile(rb"#(\d+)")
# relation -> (argument of the parent, argument of the children)
_TREE = {
    b"IFCRELAGGREGATES": (4, 5),
    b"IFCRELNESTS": (4, 5),
    b"IFCRELDECOMPOSES": (4, 5),
    b"IFCRELVOIDSELEMENT": (4, 5),
    b"IFCRELFILLSELEMENT": (4, 5),
    b"IFCRELPROJECTSELEMENT": (4, 5),
    b"IFCRELCONTAINEDINSPATIALSTRUCTURE": (5, 4),
}
_EXPANDING = frozenset(
    {b"IFCPRODUCTDEFINITIONSHAPE", b"IFCSHAPEREPRESENTATION", b"IFCMAPPEDITEM", b"IFCREPRESENTATIONMAP", b"IFCCSGSOLID"}
)
_BOOLEAN = frozenset({b"IFCBOOLEANRESULT", b"IFCBOOLEANCLIPPINGRESULT"})


@dataclass(slots=True)
class GraphReport:
    """What is wrong with the references of a file; empty lists mean nothing."""

    cycle_rows: list[int] = field(default_factory=list)  # rows on a circle (a few of them)
    cycle_kind: str = ""
    depth: int = 0
    too_deep: bool = False
    instances: float = 0.0
    poisoned: set[int] = field(default_factory=set)  # instance numbers of products whose shape is not attempted


def inspect(text: StepText) -> GraphReport:
    """Return circles, depth and repetition of a file's references. Never raises."""
    report = GraphReport()
    layers, left = _peel(len(text), text.edge_from, text.edge_to, MAX_DEPTH)
    report.depth = len(layers)
    if len(left):
        _explain(text, left, len(layers) >= MAX_DEPTH, report)
        return report
    tree_from, tree_to = _tree_edges(text)
    tree_layers, left = _peel(len(text), tree_from, tree_to, MAX_TREE_DEPTH)
    if len(left):
        circle = _circle(left, tree_from, tree_to)
        report.too_deep = not circle
        report.cycle_rows = circle
        report.cycle_kind = "IfcRelAggregates / IfcRelContainedInSpatialStructure / IfcRelVoidsElement"
        return report
    _repetition(text, layers, report)
    return report


def _peel(count: int, edge_from: I64, edge_to: I64, limit: int) -> tuple[list[I64], I64]:
    """Take rows without open references away, layer by layer (Kahn 1962).

    Returns the layers, leaves first, and the rows left over: those on or before a circle, or everything
    behind `limit` layers.
    """
    open_refs = np.bincount(edge_from, minlength=count)
    order = np.argsort(edge_to, kind="stable")
    by_target = edge_from[order]
    first = np.searchsorted(edge_to[order], np.arange(count + 1))
    layers: list[I64] = []
    layer = np.flatnonzero(open_refs == 0)
    done = np.zeros(count, bool)
    while len(layer) and len(layers) < limit:
        layers.append(layer)
        done[layer] = True
        users = by_target[_ranges(first[layer], first[layer + 1])]
        rows, times = np.unique(users, return_counts=True)
        open_refs[rows] -= times
        layer = rows[open_refs[rows] == 0]
    return layers, np.flatnonzero(~done)


def _ranges(begin: I64, end: I64) -> I64:
    """Return all integers of the half-open ranges begin[i]:end[i], one after another."""
    length = end - begin
    total = int(length.sum())
    if total == 0:
        return np.zeros(0, np.int64)
    offset = np.repeat(begin - np.r_[0, np.cumsum(length)[:-1]], length)
    return np.arange(total) + offset


def _circle(left: I64, edge_from: I64, edge_to: I64) -> list[int]:
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


def _explain(text: StepText, left: I64, at_limit: bool, report: GraphReport) -> None:
    circle = _circle(left, text.edge_from, text.edge_to)
    if not circle and at_limit:
        report.too_deep = True
        return
    report.cycle_rows = circle or left[:1].tolist()
    kinds = sorted({text.types[row].decode("latin-1") for row in report.cycle_rows[:20]})
    report.cycle_kind = " → ".join(kinds[:4])


def _tree_edges(text: StepText) -> tuple[I64, I64]:
    """Return the edges parent -> child of aggregates, containment, voids and fills as row numbers."""
    row_of = {number: row for row, number in enumerate(text.ids.tolist())}
    begin: list[int] = []
    end: list[int] = []
    for row, kind in enumerate(text.types):
        if kind not in _TREE:
            continue
        parts = arguments(text, row)
        parent_at, child_at = _TREE[kind]
        if len(parts) <= max(parent_at, child_at):
            continue
        parents = [row_of.get(int(number)) for number in _REF.findall(parts[parent_at])]
        children = [row_of.get(int(number)) for number in _REF.findall(parts[child_at])]
        for parent in parents:
            for child in children:
                if parent is not None and child is not None:
                    begin.append(parent)
                    end.append(child)
    return np.array(begin, np.int64), np.array(end, np.int64)


def _repetition(text: StepText, layers: list[I64], report: GraphReport) -> None:
    """Count expanded geometry items and boolean chains; note products whose shape is not attempted."""
    expanding = np.array([kind in _EXPANDING for kind in text.types], bool)
    boolean = np.array([kind in _BOOLEAN for kind in text.types], bool)
    edge = boolean[text.edge_from] | expanding[text.edge_from]
    source, target = text.edge_from[edge], text.edge_to[edge]
    order = np.argsort(source, kind="stable")
    source, target = source[order], target[order]
    first = np.searchsorted(source, np.arange(len(text) + 1))
    weight = np.ones(len(text))
    chain = np.zeros(len(text))
    for layer in layers[1:]:
        rows = layer[boolean[layer] | expanding[layer]]
        if not len(rows):
            continue
        picks = _ranges(first[rows], first[rows + 1])
        owner = np.repeat(np.arange(len(rows)), first[rows + 1] - first[rows])
        weight[rows] = np.maximum(1.0, np.bincount(owner, weight[target[picks]], len(rows)))
        deepest = np.zeros(len(rows))
        np.maximum.at(deepest, owner, chain[target[picks]])
        chain[rows] = deepest + boolean[rows]
    shapes = np.array([kind == b"IFCPRODUCTDEFINITIONSHAPE" for kind in text.types], bool)
    report.instances = float(weight[shapes].sum())
    _poison(text, chain, weight, report)


def _poison(text: StepText, chain: np.ndarray, weight: np.ndarray, report: GraphReport) -> None:
    """Follow rows that are known to kill or stall the geometry kernel up to their products."""
    refs = np.bincount(text.edge_from, minlength=len(text))
    line = np.array([kind == b"IFCPOLYLINE" for kind in text.types], bool)
    profile = np.array([kind.startswith(b"IFCARBITRARY") for kind in text.types], bool)
    in_profile = np.zeros(len(text), bool)
    in_profile[text.edge_to[profile[text.edge_from]]] = True
    bad = line & ((refs < 2) | (in_profile & (refs > MAX_PROFILE_POINTS)))
    bad |= chain > MAX_BOOLEAN_CHAIN
    bad |= weight > MAX_INSTANCES
    bad[text.dangling_from] = True
    if not text.trailer:
        bad[-1] = True  # the row at the cut
    report.poisoned = users_of(text, np.flatnonzero(bad))


def users_of(text: StepText, rows: I64) -> set[int]:
    """Return the instance numbers of the rows and of everything that refers to them, near or far."""
    reached = np.zeros(len(text), bool)
    reached[rows] = True
    order = np.argsort(text.edge_to, kind="stable")
    users = text.edge_from[order]
    first = np.searchsorted(text.edge_to[order], np.arange(len(text) + 1))
    frontier = rows
    while len(frontier):
        nearby = np.unique(users[_ranges(first[frontier], first[frontier + 1])])
        frontier = nearby[~reached[nearby]]
        reached[frontier] = True
    return set(text.ids[reached].tolist())
