"""Put free pieces of linework together to the things a person would name: groups of connected ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import component_numbers, split_by
from pipeline.comparing.matching import Side
from pipeline.comparing.segments import box_of, lengths, sample
from pipeline.drawing.tables import F64

WHOLE_SHARE = 0.5  # an object that is free by this share changed as a whole
GLUE_SHARE = 0.3  # pieces of one object belong together from this share on


@dataclass(slots=True)
class Group:
    """Free pieces of one side that belong together."""

    pieces: np.ndarray  # rows of Side.free
    whole: np.ndarray  # objects that changed as a whole
    seg: F64  # (s, 4) segments of the whole objects, full parents of the other pieces
    ink: F64  # (s, 4) segments of the whole objects, else just the pieces
    length: float  # free length, mm
    box: tuple[float, float, float, float]  # of `ink`


def make_group(side: Side, pieces: np.ndarray, share: F64) -> Group:
    """Describe the free pieces `pieces` of a side as one group."""
    free = side.free[pieces]
    objects = np.unique(side.free_object[pieces])
    whole = objects[share[objects] >= WHOLE_SHARE]
    loose = ~np.isin(side.free_object[pieces], whole)
    whole_seg = side.seg[side.rows_of(whole)]
    parents = side.seg[np.unique(side.free_parent[pieces[loose]])]
    ink = np.vstack([whole_seg, free[loose]])
    return Group(pieces, whole, np.vstack([whole_seg, parents]), ink, float(lengths(free).sum()), box_of(ink))


def group_pieces(side: Side, gap: float, chosen: np.ndarray | None = None) -> list[Group]:
    """Group free pieces by object and by nearness.

    Args:
        side: a side with free pieces.
        gap: mm; pieces closer than this belong together.
        chosen: rows of Side.free to group (all by default).

    Returns:
        Groups, the longest first.
    """
    rows = np.arange(len(side.free)) if chosen is None else chosen
    if not len(rows):
        return []
    share = side.free_share()
    label = _connect(side, rows, share, gap)
    groups = [make_group(side, rows[part], share) for part in split_by(label)]
    return sorted(groups, key=lambda g: (-g.length, g.box))


def _connect(side: Side, rows: np.ndarray, share: F64, gap: float) -> np.ndarray:
    """Component number of each chosen piece."""
    points, owner = sample(side.free[rows], gap, most=300)
    ends = side.free[rows].reshape(-1, 2)
    points = np.vstack([points, ends])
    owner = np.concatenate([owner, np.repeat(np.arange(len(rows)), 2)])
    near = cKDTree(points).query_pairs(gap, output_type="ndarray")
    links = [owner[near]]
    objects = side.free_object[rows]
    glued = np.flatnonzero(share[objects] >= GLUE_SHARE)
    ordered = glued[np.argsort(objects[glued], kind="stable")]
    same = objects[ordered[1:]] == objects[ordered[:-1]]
    links.append(np.stack([ordered[:-1][same], ordered[1:][same]], 1))
    pairs = np.vstack(links).astype(np.int64)
    return component_numbers(len(rows), pairs)
