"""A drawn building as data: wings of rooms on axes, the walls between them, openings, stairs, columns.

Lengths are millimetres. A wing has coordinates of its own (x along its length) and a place in the building: where its
origin lies and by how many degrees it is turned. Rooms are rectangles that tile the wing; walls follow from them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

from shapely.affinity import rotate, translate
from shapely.geometry import LineString, Polygon, box
from shapely.ops import unary_union

Point = tuple[float, float]


def placed(p: Point, origin: Point, turn: float) -> Point:
    """Map a point of something that stands at a place and is turned by degrees."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return origin[0] + p[0] * c - p[1] * s, origin[1] + p[0] * s + p[1] * c


@dataclass
class Room:
    """A rectangle between wall axes; rooms of one `group` have no wall between them, `hub` is what doors lead to."""

    word: str
    x0: float
    y0: float
    x1: float
    y1: float
    group: str = ""
    hub: bool = False
    door: float = 900  # width of its door, 0 for none
    windows: bool = True
    label: bool = True
    number: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Its corners: x0, y0, x1, y1."""
        return self.x0, self.y0, self.x1, self.y1


@dataclass
class Wall:
    """A straight wall from `a` to `b` along x (`flat`) at y = `at`, or along y at x = `at`."""

    flat: bool
    at: float
    a: float
    b: float
    thick: float
    external: bool

    def ends(self) -> tuple[Point, Point]:
        """The ends of its axis."""
        return ((self.a, self.at), (self.b, self.at)) if self.flat else ((self.at, self.a), (self.at, self.b))

    def outline(self, more: float = 0.0) -> Polygon:
        """Its outline, longer by `more` at both ends."""
        h = self.thick / 2
        a, b = self.a - more, self.b + more
        return box(a, self.at - h, b, self.at + h) if self.flat else box(self.at - h, a, self.at + h, b)


@dataclass
class Opening:
    """A door, window or gap in a wall; `hinge` and `side` are +1 or -1."""

    kind: str
    tag: str
    flat: bool
    at: float
    centre: float
    width: float
    height: float
    sill: float = 0.0
    hinge: int = 1
    side: int = 1
    thick: float = 200.0

    def place(self) -> Point:
        """Its middle on the wall axis."""
        return (self.centre, self.at) if self.flat else (self.at, self.centre)

    def outline(self) -> Polygon:
        """What it cuts out of the wall, a little thicker than the wall."""
        w, h = self.width / 2, self.thick / 2 + 1
        x, y = self.place()
        return box(x - w, y - h, x + w, y + h) if self.flat else box(x - h, y - w, x + h, y + w)


@dataclass
class Stair:
    """A stair of two flights in a well; it is entered at its lower or its upper end in y."""

    x0: float
    y0: float
    x1: float
    y1: float
    from_low: bool
    name: str = "LT-1"
    tread: float = 280.0


@dataclass
class Thing:
    """A piece of furniture or ware: its word, place and angle, whether it is mirrored."""

    word: str
    x: float
    y: float
    angle: float = 0.0
    mirrored: bool = False


@dataclass
class Wing:
    """One straight part of a storey."""

    axes_x: list[float]
    axes_y: list[float]
    rooms: list[Room] = field(default_factory=list)
    stairs: list[Stair] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    lifts: list[tuple[float, float, float, float]] = field(default_factory=list)
    balconies: list[list[Point]] = field(default_factory=list)
    origin: Point = (0.0, 0.0)
    turn: float = 0.0
    outer: float = 250.0
    inner: float = 200.0
    thin: float = 100.0
    column: float = 0.0
    shared_left: bool = False  # its wall at x = 0 belongs to the wing it leans on
    skip_columns: set[tuple[int, int]] = field(default_factory=set)

    def world(self, p: Point) -> Point:
        """Map a point of the wing into the building."""
        return placed(p, self.origin, self.turn)

    def shape(self, polygon: Polygon) -> Polygon:
        """Map a polygon of the wing into the building."""
        return translate(rotate(polygon, self.turn, origin=(0, 0)), *self.origin)

    def reach(self, wall: Wall) -> float:
        """By how much a wall is longer than its axis at both ends: outer walls meet at their corners."""
        return self.outer / 2 if wall.external else 0.0

    @property
    def footprint(self) -> Polygon:
        """The outline of the wing in the building, on wall axes."""
        return self.shape(box(0, 0, self.axes_x[-1], self.axes_y[-1]))

    def columns(self) -> list[Polygon]:
        """Columns on the crossings of the axes."""
        h = self.column / 2
        if not h:
            return []
        return [
            box(x - h, y - h, x + h, y + h)
            for i, x in enumerate(self.axes_x)
            for j, y in enumerate(self.axes_y)
            if (i, j) not in self.skip_columns and not (self.shared_left and i == 0)
        ]

    def edges(self, flat: bool) -> dict[float, list[tuple[float, float, list[Room]]]]:
        """Pieces of room edges by their place: from, to, the one or two rooms that meet there."""
        lines: dict[float, list[tuple[float, float, Room]]] = defaultdict(list)
        for r in self.rooms:
            for at in (r.y0, r.y1) if flat else (r.x0, r.x1):
                lines[at].append((r.x0, r.x1, r) if flat else (r.y0, r.y1, r))
        result = {}
        for at, spans in lines.items():
            cuts = sorted({c for a, b, _ in spans for c in (a, b)})
            pieces = [
                (a, b, [r for c, d, r in spans if c <= a and d >= b]) for a, b in zip(cuts, cuts[1:], strict=False)
            ]
            result[at] = [p for p in pieces if p[2]]
        return result

    def walls(self) -> list[Wall]:
        """The walls between the rooms, pieces of one kind joined."""
        found: list[Wall] = []
        for flat in (True, False):
            for at, pieces in sorted(self.edges(flat).items()):
                if self.shared_left and not flat and at == 0:
                    continue
                last: Wall | None = None
                for a, b, rooms in pieces:
                    if len(rooms) == 2 and rooms[0].group and rooms[0].group == rooms[1].group:
                        last = None
                        continue
                    external = len(rooms) == 1
                    wet = not external and any(r.word in ("bath", "ensuite", "duct") for r in rooms)
                    thick = self.outer if external else self.thin if wet else self.inner
                    if last and last.b == a and last.thick == thick:
                        last.b = b
                    else:
                        last = Wall(flat, at, a, b, thick, external)
                        found.append(last)
        return found


@dataclass
class Bow:
    """A round wall about a centre (building coordinates), from one angle to another, counter-clockwise."""

    centre: Point
    radius: float
    start: float
    end: float
    thick: float
    word: str = ""
    label_at: Point = (0.0, 0.0)

    def line(self, radius: float, steps: int = 24) -> list[Point]:
        """The arc at a radius as a polyline."""
        angles = [math.radians(self.start + (self.end - self.start) * k / steps) for k in range(steps + 1)]
        return [(self.centre[0] + radius * math.cos(t), self.centre[1] + radius * math.sin(t)) for t in angles]

    def outline(self) -> Polygon:
        """Its outline with chords for arcs."""
        h = self.thick / 2
        return Polygon(self.line(self.radius + h) + self.line(self.radius - h)[::-1])

    def sector(self) -> Polygon:
        """What it encloses with its centre."""
        return Polygon([*self.line(self.radius), self.centre])


@dataclass
class Storey:
    """One storey."""

    index: int
    elevation: float
    height: float
    wings: list[Wing]
    bows: list[Bow] = field(default_factory=list)
    links: list[tuple[Point, Point, float]] = field(
        default_factory=list
    )  # straight walls between wings: ends, thickness

    @property
    def risers(self) -> int:
        """Risers of one of the two flights of its stairs."""
        return max(6, round(self.height / 165 / 2))

    def openings_outline(self) -> Polygon:
        """All openings in the building."""
        return unary_union([w.shape(o.outline()) for w in self.wings for o in w.openings])

    def columns_outline(self) -> Polygon:
        """All columns in the building."""
        return unary_union([w.shape(c) for w in self.wings for c in w.columns()])

    def wall_outline(self) -> Polygon:
        """Straight walls less their openings, in the building."""
        parts = [w.shape(wall.outline(w.reach(wall))) for w in self.wings for wall in w.walls()]
        parts += [LineString([p, q]).buffer(t / 2, cap_style="flat") for p, q, t in self.links]
        return unary_union(parts).difference(self.openings_outline())


@dataclass
class Building:
    """A building and how its office draws."""

    seed: int
    kind: str
    storeys: list[Storey]
    language: str  # zh, en, de
    name: str
