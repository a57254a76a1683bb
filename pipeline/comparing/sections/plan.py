"""The plan of a storey as a drawing could show it: what the level cuts, and all else that may be drawn with it.

A drawing must show what is cut. It may show things seen below or hidden above, the ends where walls meet, room
outlines and axes; none of these is missed where it is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely

from pipeline.comparing.content import Content, content_of, split_sprawling
from pipeline.comparing.patterns import without
from pipeline.drawing.kinds import EntityKind
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.outlines import cut_level, join, seen_edges
from pipeline.drawing.tables import F64, I32

CUT_MM = 1200.0  # above the storey's level: where the reader cuts
HEIGHTS_MM = (300.0, 600.0, 900.0, 1500.0, 1800.0, 2100.0)  # other heights at which a plan may be cut
BELOW_MM = 350.0  # things that stand this far below the level belong to the storey
ABOVE_MM = 4500.0  # the storey ends here where no other follows
LEAST_BAND_MM = 200.0  # heights between which nothing begins or ends, thinner ones are left out
MOST_LEVELS = 10
OPENINGS = ("IfcDoor", "IfcWindow")
MOST_LINES = 1000  # of one element; finer outlines are no walls and are not looked at for faces
NEVER_CUT = frozenset({"IfcSpace", "IfcOpeningElement", "IfcSite", "IfcSpatialZone", "IfcExternalSpatialElement"})
SEAM_MM = 3.0  # how far beside a line is looked for the face of another element


@dataclass(slots=True)
class StoreyPlan:
    """One storey, cut at one level, in millimetres of reality."""

    cut: Content  # outlines of what is cut; one object an element (large ones: an outline)
    outlines: F64  # (s, 4) all outlines of the cut, those where two elements touch too
    shown: Content  # the cut and everything else a plan of the storey may show
    element: I32  # (k,) element row of each object of `cut`
    level_mm: float  # height of the cut
    default: bool  # cut where the reader cuts
    above_mm: float  # of the cut over the storey's level
    rooms: list[tuple[int, F64]]  # element row and outline (s, 4) of the rooms at that height
    together: list[str]  # names of the other storeys at the same height that are cut with it


class Model:
    """Triangles and boxes of the elements that stand on one storey."""

    def __init__(self, drawing: Drawing, sheet: Sheet) -> None:
        """Collect them; `sheet` is a storey of `drawing`."""
        self.drawing, self.sheet = drawing, sheet
        space = drawing.spaces[sheet.space]
        self.floor = float(space.elevation_mm or 0.0)
        self.twins = [
            s.name
            for s in drawing.spaces
            if s is not space and s.elevation_mm is not None and abs(s.elevation_mm - self.floor) < 1.0
        ]
        levels = sorted(float(s.elevation_mm) for s in drawing.spaces if s.elevation_mm is not None)
        above = [level for level in levels if level > self.floor + 1.0]
        self.top = min(above[0] if above else np.inf, self.floor + max(ABOVE_MM, self._height(len(levels))))
        meshes, table = drawing.meshes, drawing.elements
        kinds = np.array(table.ifc_class, dtype=object)
        solid = ~np.isin(kinds, list(NEVER_CUT)) if len(kinds) else np.zeros(0, bool)
        chosen = solid[meshes.face_element] if len(meshes.face_element) else np.zeros(0, bool)
        corners = meshes.vertices[meshes.faces[chosen]].astype(np.float64) + meshes.origin
        low = corners[:, :, 2].min(axis=1) if len(corners) else np.zeros(0)
        high = corners[:, :, 2].max(axis=1) if len(corners) else np.zeros(0)
        rooms = (kinds == "IfcSpace")[meshes.face_element] if len(meshes.face_element) else np.zeros(0, bool)
        self.room_corners = meshes.vertices[meshes.faces[rooms]].astype(np.float64) + meshes.origin
        self.room_owner = meshes.face_element[rooms].astype(np.int64)
        near = (high >= self.floor - BELOW_MM) & (low <= self.top)
        self.corners, self.owner = corners[near], meshes.face_element[chosen][near].astype(np.int64)
        self.low, self.high = low[near], high[near]

    @cached_property
    def whole(self) -> Content:
        """What the reader drew of the storey."""
        return content_of(self.drawing, self.sheet)

    def _height(self, storeys: int) -> float:
        """Height of the whole model above the floor, where it has one storey only."""
        if storeys > 1:
            return 0.0
        high = self.drawing.elements.box[:, 5]
        high = high[np.isfinite(high)]
        return float(high.max()) - self.floor if len(high) else 0.0

    def cut_at(self, level: float) -> tuple[F64, np.ndarray]:
        """(s, 2, 2) segments of the cut at a height and their elements."""
        hit = (self.low < level) & (self.high >= level)
        return cut_level(self.corners[hit], self.owner[hit], level)

    def levels(self) -> list[float]:
        """Heights inside the storey between which the cut does not change much.

        First come those that cut the most doors and windows, then the tallest bands.
        """
        rows = np.unique(self.owner)
        box = self.drawing.elements.box[rows]
        ends = np.concatenate([box[:, 2], box[:, 5]])
        ends = np.unique(np.clip(ends[np.isfinite(ends)], self.floor - BELOW_MM, self.top))
        if len(ends) < 2:
            return []
        distinct = ends[np.concatenate([[True], np.diff(ends) > LEAST_BAND_MM / 4])]
        bands = [(b - a, a) for a, b in zip(distinct[:-1], distinct[1:], strict=True) if b - a >= LEAST_BAND_MM]
        middles = [(float(a + size / 2), size) for size, a in bands]
        kinds = self.drawing.elements.ifc_class
        openings = self.drawing.elements.box[[r for r in rows.tolist() if kinds[r].startswith(OPENINGS)]].reshape(-1, 6)
        cut = [int(((openings[:, 2] < level) & (openings[:, 5] > level)).sum()) for level, _ in middles]
        order = sorted(range(len(middles)), key=lambda k: (-cut[k], -middles[k][1], middles[k][0]))
        return [middles[k][0] for k in order[:MOST_LEVELS]]

    def plan(self, level: float | None = None, whole_level: bool = False) -> StoreyPlan:
        """The plan cut at `level`, mm of the model's world; by default as the reader cut it.

        With `whole_level` the level is the usual one and storeys at the same height are cut together.
        """
        whole = self.whole
        table = self.drawing.spaces[self.sheet.space].entities
        kind, element = table.kind[whole.object_entity], table.element[whole.object_entity]
        drawn = kind[whole.obj] == EntityKind.SECTION
        default = level is None or whole_level
        if (
            not drawn.any() and level is None
        ):  # nothing is cut (roofs, foundations): all that is drawn from above counts
            drawn = kind[whole.obj] == EntityKind.PATH
        usual = self.floor + min(CUT_MM, (self.top - self.floor) * 0.5)
        rest = whole.seg[~drawn if level is None else kind[whole.obj] != EntityKind.SECTION]
        if level is None:
            cut, element, level = without(whole, ~drawn), element.astype(np.int32), usual
        else:
            cut, element = self._recut(whole, level)
        face, seams = _seams(cut)
        return StoreyPlan(
            without(cut, seams) if face else cut,
            cut.seg,
            _plain(whole, np.vstack([rest, cut.seg, *self._may_show])),
            element,
            level,
            default,
            level - self.floor,
            self._rooms(level),
            self.twins if whole_level else [],
        )

    def _recut(self, whole: Content, level: float) -> tuple[Content, I32]:
        """Content of another cut, and the element row of each of its objects."""
        segments, owner = self.cut_at(level)
        pieces: list[F64] = []
        rows: list[np.ndarray] = []
        parts: list[np.ndarray] = []
        for row in np.unique(owner).tolist():
            for line, ring in zip(*join(segments[owner == row]), strict=True):
                ends = np.vstack([line, line[:1]]) if ring else line
                pieces.append(np.hstack([ends[:-1], ends[1:]]))
                rows.append(np.full(len(ends) - 1, row))
                parts.append(np.full(len(ends) - 1, len(parts)))
        if not pieces:
            return _plain(whole, np.zeros((0, 4))), np.zeros(0, np.int32)
        seg, of = np.vstack(pieces), np.concatenate(rows)
        elements, obj = np.unique(of, return_inverse=True)
        none = np.full(len(elements), -1, np.int32)
        box = (*seg.reshape(-1, 2).min(0).tolist(), *seg.reshape(-1, 2).max(0).tolist())
        split, none, at = split_sprawling(
            seg, obj.astype(np.int32), np.concatenate(parts), none, np.arange(len(elements), dtype=np.int32), box
        )
        names = {layer.name: row for row, layer in enumerate(self.drawing.layers)}
        layer = np.array([names.get(self.drawing.elements.ifc_class[row], -1) for row in of], np.int32)
        cut = replace(_plain(whole, seg), obj=split, object_insert=none, object_entity=at, box=box, layer=layer)
        return cut, elements[at].astype(np.int32)

    def from_above(self, level: float) -> F64:
        """(s, 4) segments of the edges seen from `level` downwards, the floor's too."""
        below = self.high <= level
        whole = ~np.isin(self.owner, self.owner[~below])
        return seen_edges(self.corners[below], self.owner[below], whole[below])[0].reshape(-1, 4)

    def looked_at(self, plan: StoreyPlan) -> list[Content]:
        """What is laid on a drawing to find how they lie: the cut, and the cut with all that is seen from it."""
        view = np.vstack([plan.cut.seg, self.from_above(plan.level_mm)])
        return [self.whole if plan.default else plan.cut, _plain(self.whole, view)]

    def _rooms(self, level: float) -> list[tuple[int, F64]]:
        """The rooms that a height crosses, with their outlines."""
        segments, owner = cut_level(self.room_corners, self.room_owner, level)
        return [(row, segments[owner == row].reshape(-1, 4)) for row in np.unique(owner).tolist()]

    @cached_property
    def _may_show(self) -> list[F64]:
        """Segments a plan may show besides: edges below and above the cut, cuts at other heights."""
        edges, _ = seen_edges(self.corners, self.owner, np.ones(len(self.owner), bool), from_above=False)
        found = [edges.reshape(-1, 4)]
        for height in HEIGHTS_MM:
            if self.floor + height < self.top:
                found.append(self.cut_at(self.floor + height)[0].reshape(-1, 4))
        return found


def _plain(content: Content, seg: F64) -> Content:
    """Content of loose segments, each an object of its own, with the measures of another."""
    rows = np.arange(len(seg), dtype=np.int32)
    return replace(
        content,
        seg=seg,
        obj=rows,
        layer=np.zeros(len(seg), np.int32),
        curved=np.zeros(len(seg), bool),
        pattern=np.zeros(len(seg), bool),
        object_insert=np.full(len(seg), -1, np.int32),
        object_entity=np.zeros(len(seg), np.int32),
    )


def _seams(cut: Content) -> tuple[bool, np.ndarray]:
    """Pieces of outlines with a cut face on both sides: where two elements touch, drawings often show no line.

    Returns:
        (whether there are faces at all, (n,) bool).
    """
    faces = faces_of(cut)
    none = np.zeros(len(cut.seg), bool)
    if faces is None or not len(cut.seg):
        return False, none
    shapely.prepare(faces)
    vector = cut.seg[:, 2:] - cut.seg[:, :2]
    size = np.maximum(np.hypot(vector[:, 0], vector[:, 1]), 1e-9)
    aside = np.stack([-vector[:, 1], vector[:, 0]], 1) / size[:, None] * SEAM_MM
    inner = np.ones(len(cut.seg), bool)
    for share in (0.1, 0.5, 0.9):
        middle = cut.seg[:, :2] + vector * share
        for sign in (1.0, -1.0):
            point = middle + sign * aside
            inner &= shapely.contains_xy(faces, point[:, 0], point[:, 1])
    return True, inner


def faces_of(cut: Content) -> shapely.Geometry | None:
    """Union of the areas that the outlines of each element enclose (even-odd), None without any."""
    shapes = []
    order = np.argsort(cut.obj, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(cut.obj[order])) + 1):
        seg = cut.seg[rows]
        if len(seg) > MOST_LINES:
            continue
        lines = shapely.linestrings(seg.reshape(-1, 2, 2))
        rings = shapely.get_parts(shapely.polygonize([shapely.unary_union(lines, grid_size=0.1)]))
        rings = rings[shapely.area(rings) > 1.0]
        points = shapely.get_coordinates(shapely.point_on_surface(rings))
        shapes += rings[odd(points, seg)].tolist()
    return shapely.unary_union(shapes) if shapes else None


def odd(points: F64, seg: F64) -> np.ndarray:
    """Whether a ray from each point to the right crosses an odd number of segments."""
    y0, y1 = seg[None, :, 1], seg[None, :, 3]
    y = points[:, 1, None]
    across = (y0 > y) != (y1 > y)
    share = (y - y0) / np.where(y1 == y0, 1.0, y1 - y0)
    right = seg[None, :, 0] + share * (seg[None, :, 2] - seg[None, :, 0]) > points[:, 0, None]
    return np.asarray((across & right).sum(1) % 2 == 1)
