"""The plan of one storey on a canvas: walls, columns, openings, stairs, rooms, axes, rows of dimensions."""

from __future__ import annotations

import math

from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.ops import unary_union

from benchmarks.drawn import symbols
from benchmarks.drawn.building import Bow, Building, Opening, Room, Stair, Storey, Wing
from benchmarks.drawn.canvas import Canvas
from benchmarks.drawn.words import ROOMS, said
from sample_drawings.plans import level

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"


def polygons(shape: Polygon | MultiPolygon) -> list[Polygon]:
    return [p for p in getattr(shape, "geoms", [shape]) if isinstance(p, Polygon) and not p.is_empty]


def walls(c: Canvas, s: Storey) -> None:
    """The walls, as this office draws them, and the columns."""
    if c.office.walls == "pieces":
        _by_piece(c, s)
    else:
        outline = s.wall_outline()
        _by_outline(c, outline.difference(s.columns_outline()) if c.office.closed_columns else outline)
    for bow in s.bows:
        _bow(c, bow)
    for wing in s.wings:
        here = c.at(wing.origin, wing.turn)
        for column in wing.columns():
            ring = list(column.exterior.coords)[:-1]
            here.line("column", *ring, closed=True)
            here.fill("hatch" if c.office.style in ("en", "de") else "column", ring)


def _by_outline(c: Canvas, outline: Polygon | MultiPolygon) -> None:
    for polygon in polygons(outline):
        for ring in (polygon.exterior, *polygon.interiors):
            points = list(ring.simplify(1).coords)
            if c.office.walls == "polylines":
                c.line("wall", *points[:-1], closed=True)
                continue
            for a, b in zip(points, points[1:], strict=False):
                c.line("wall", a, b)


def _by_piece(c: Canvas, s: Storey) -> None:
    for wing in s.wings:
        here = c.at(wing.origin, wing.turn)
        for shape in _pieces(wing):
            here.line("wall", *shape.exterior.coords[:-1], closed=True)
    for p, q, thick in s.links:
        c.line("wall", *LineString([p, q]).buffer(thick / 2, cap_style="flat").exterior.coords[:-1], closed=True)


def _bow(c: Canvas, bow: Bow) -> None:
    for r in (bow.radius - bow.thick / 2, bow.radius + bow.thick / 2):
        c.arc("bow", bow.centre, r, bow.start, bow.end)
    middle = (bow.start + bow.end) / 2
    for k in (-1, 1):  # a band of windows on both sides of the middle, as two arcs within the wall
        span = (bow.end - bow.start) * 0.12
        a = middle + k * (bow.end - bow.start) * 0.22
        for r in (bow.radius - bow.thick / 6, bow.radius + bow.thick / 6):
            c.arc("window", bow.centre, r, a - span, a + span)
        for angle in (a - span, a + span):
            t = math.radians(angle)
            ends = [bow.radius - bow.thick / 2, bow.radius + bow.thick / 2]
            c.line("window", *[(bow.centre[0] + r * math.cos(t), bow.centre[1] + r * math.sin(t)) for r in ends])


def _pieces(wing: Wing) -> list[Polygon]:
    """Every wall as a piece of its own between openings, butting against those it meets."""
    found = []
    holes = unary_union([o.outline() for o in wing.openings])
    everything = wing.walls()
    for i, wall in enumerate(everything):
        shape = wall.outline(wing.reach(wall))
        cross = [
            w.outline(wing.outer / 2) for j, w in enumerate(everything) if w.flat != wall.flat and (j < i or w.external)
        ]
        rest = shape.difference(unary_union(cross)) if not wall.external or not wall.flat else shape
        found += polygons(rest.difference(holes))
    return [p for p in found if p.area > 100 * 50]


def openings(c: Canvas, wing: Wing) -> None:
    """Doors and windows with their tags."""
    for o in wing.openings:
        if o.kind != "gap":
            _opening(c, o)
            if not c.office.tags_in_blocks:
                _tag(c, wing, o)


def _opening(c: Canvas, o: Opening) -> None:
    office = c.office
    half, lift = o.width / 2, o.tag.startswith(("DTM", "LD", "AT"))  # lift doors
    x, y = o.place()
    along = (1.0, 0.0) if o.flat else (0.0, 1.0)
    turn = 0.0 if o.flat else 90.0
    start = (x - along[0] * half, y - along[1] * half)
    values = {"TAG": o.tag} if office.tags_in_blocks else None
    if o.kind == "window":
        unit = office.unit_windows
        width = 1.0 if unit else o.width
        name = f"WIN-{o.thick:.0f}" if unit else f"{o.tag}-{o.thick:.0f}"
        block = symbols.window(name, width, o.thick, office.hand)
        what, scale, place = "window", (o.width if unit else 1.0, 1.0), start
    elif o.kind == "slide" or lift:
        block = symbols.lift_door(o.tag, o.width) if lift else symbols.slide(o.tag, o.width)
        what, scale, place = ("lift" if lift else "door"), (1.0, 1.0), start
    else:
        block = symbols.door(o.tag, o.width, office.hand)
        place = (x - along[0] * half * o.hinge, y - along[1] * half * o.hinge)
        what, scale = "door", (float(o.hinge), float(o.side if o.flat else -o.side))
    if office.tags_in_blocks:
        block.attributes["TAG"] = (0.2 * o.width, 300.0, 2.5 * office.scale)
    c.define(block)
    c.insert(what, block.name, place, turn, scale, values)


def _tag(c: Canvas, wing: Wing, o: Opening) -> None:
    outer = o.at in (0.0, wing.axes_y[-1] if o.flat else wing.axes_x[-1])
    inward = 1 if o.at == 0 else -1
    k = c.office.scale
    off = (inward if outer else -o.side) * (o.thick / 2 + 2.2 * k)
    x, y = o.place()
    if o.flat:
        c.text("tag", o.tag, (x, y + off), 2.5, "cm")
    else:
        c.text("tag", o.tag, (x + off, y), 2.5, "cm", 90)


def stair(c: Canvas, s: Storey, top: int, stair: Stair, wing: Wing) -> None:
    """Treads, arrows, break line and rail of a stairwell."""
    x0, x1 = stair.x0 + wing.inner / 2, stair.x1 - wing.inner / 2
    low, high = stair.y0 + wing.inner / 2, stair.y1 - wing.inner / 2
    flip = (lambda y: y) if stair.from_low else (lambda y: low + high - y)
    width = (x1 - x0 - 160) / 2
    half = s.risers
    mid = high - max(width, 1200)
    count = min(half - 1, int((mid - low - 900) // stair.tread))
    start = mid - count * stair.tread
    up, down = s.index < top, s.index > 1
    words = {"zh": ("上", "下"), "en": ("UP ", "DN "), "de": ("auf ", "ab ")}[c.office.language]
    for on, a, b, word, ahead in ((up, x0, x0 + width, words[0], True), (down, x1 - width, x1, words[1], False)):
        if not on:
            continue
        shown = count if not ahead or down else count * 2 // 3
        for k in range(shown + 1):
            c.line("stair", (a, flip(start + k * stair.tread)), (b, flip(start + k * stair.tread)))
        m = (a + b) / 2
        tip = start + shown * stair.tread * (0.6 if ahead else 0.9)
        c.line("stair", (m, flip(start - 350)), (m, flip(tip)))
        c.fill("stair", [(m, flip(tip + 300)), (m - 70, flip(tip)), (m + 70, flip(tip))])
        c.text("stair", f"{word}{2 * half}", (m, flip(start - 600)), 2.5, "cm")
        if ahead:
            y = start + (shown - 0.5) * stair.tread if not down else start + count * 0.75 * stair.tread
            zig = [(a, -150), (m - 90, -20), (m - 40, 150), (m + 40, -150), (m + 90, 20), (b, 150)]
            c.line("stair", *[(x, flip(y + d)) for x, d in zig])
    ends = sorted((flip(start), flip(mid + 60)))
    c.rect("rail", x0 + width + 40, ends[0], x1 - width - 40, ends[1])


def room_label(c: Canvas, wing: Wing, room: Room, number: bool) -> None:
    """Name and net area of a room."""
    if not room.label:
        return
    h = wing.inner
    area = (room.x1 - room.x0 - h) * (room.y1 - room.y0 - h) / 1e6
    x, y = (room.x0 + room.x1) / 2, (room.y0 + room.y1) / 2
    k = c.office.scale
    name = said(ROOMS, room.word, c.office.language)
    wide, narrow = room.x1 - room.x0, room.word in ("duct",) or (room.x1 - room.x0) < 1700
    size = 2.0 if narrow else 3.0 if c.office.language == "zh" or wide > 3500 else 2.2
    if room.word == "stair":
        y = (
            room.y0 + 900
            if not any(st.from_low and st.x0 == room.x0 and st.y0 == room.y0 for st in wing.stairs)
            else room.y1 - 700
        )
    if room.word == "corridor":
        x += 0.13 * wide
    unit = "㎡" if c.office.style == "words" or c.office.version == "R2004" else "m²"
    shown = f"{area:.2f}{unit}" if c.office.language != "de" else f"{area:.2f} m²".replace(".", ",")
    c.text("room", name, (x, y + 0.6 * k), size, "c")
    if room.word not in ("stair", "duct", "lobby"):
        c.text("room", shown, (x, y - (size + 0.8) * k), size * 0.85, "c")
    if number and room.number:
        c.text("room", room.number, (x, y + (size + 1.6) * k), 2.0, "c")


def things(c: Canvas, wing: Wing) -> None:
    """Furniture, ware, cars."""
    for t in wing.things:
        what = "ware" if t.word in symbols.WARE else "furniture"
        c.insert(what, symbols.THINGS[t.word], (t.x, t.y), t.angle, (1.0, -1.0 if t.mirrored else 1.0))
    for x0, y0, x1, y1 in wing.lifts:
        m = 350
        c.rect("lift", x0 + m, y0 + m, x1 - m, y1 - m)
        c.line("lift", (x0 + m, y0 + m), (x1 - m, y1 - m))
        c.line("lift", (x0 + m, y1 - m), (x1 - m, y0 + m))
    for rail in wing.balconies:
        c.line("balcony", *rail)
        (a, _), (_, low), (b, _), _ = rail
        c.line("balcony", (a + 100, 0), (a + 100, low + 100), (b - 100, low + 100), (b - 100, 0))


def _free_sides(s: Storey, wing: Wing, reach: float) -> dict[str, bool]:
    """Whether the strip outside each side of a wing is free of the other wings."""
    w, d = wing.axes_x[-1], wing.axes_y[-1]
    low = -reach - (1600 if wing.balconies else 0)
    strips = {
        "s": [(0, low), (w, low), (w, -300), (0, -300)],
        "n": [(0, d + 300), (w, d + 300), (w, d + reach), (0, d + reach)],
        "w": [(-reach, 0), (-300, 0), (-300, d), (-reach, d)],
        "e": [(w + 300, 0), (w + reach, 0), (w + reach, d), (w + 300, d)],
    }
    others = [o.footprint for o in s.wings if o is not wing] + [b.sector() for b in s.bows]
    return {k: not any(wing.shape(Polygon(v)).intersects(o) for o in others) for k, v in strips.items()}


def grid(c: Canvas, s: Storey, wing: Wing, first: tuple[int, int]) -> tuple[int, int]:
    """Axes with bubbles and three rows of dimensions on the free sides; return the next number and letter."""
    k = c.office.scale
    reach, tail = 44 * k, 4 * k
    free = _free_sides(s, wing, reach)
    w, d = wing.axes_x[-1], wing.axes_y[-1]
    below = 1600 if wing.balconies else 0
    number, letter = first
    xs, ys = wing.axes_x, wing.axes_y
    for n, x in enumerate(xs):
        ends = (-reach - below if free["s"] else -8 * k, d + reach if free["n"] else d + 8 * k)
        c.line("axis", (x, ends[0] + (tail if free["s"] else 0)), (x, ends[1] - (tail if free["n"] else 0)))
        for side, y in (("s", ends[0]), ("n", ends[1])):
            if free[side]:
                c.paper("bubble", "_AXISO", (x, y), {"A": str(number + n)})
    for n, y in enumerate(ys):
        ends = (-reach if free["w"] else -8 * k, w + reach if free["e"] else w + 8 * k)
        c.line("axis", (ends[0] + (tail if free["w"] else 0), y), (ends[1] - (tail if free["e"] else 0), y))
        for side, x in (("w", ends[0]), ("e", ends[1])):
            if free[side]:
                c.paper("bubble", "_AXISO", (x, y), {"A": LETTERS[(letter + n) % len(LETTERS)]})
    for side, at, sign, marks, upright in (
        ("s", 0.0, -1, xs, False),
        ("n", d, 1, xs, False),
        ("w", 0.0, -1, ys, True),
        ("e", w, 1, ys, True),
    ):
        if free[side]:
            _rows(c, wing, (at, sign, at + sign * (below if side == "s" else 0)), marks, upright)
    return number + len(xs), letter + len(ys)


def _rows(c: Canvas, wing: Wing, line: tuple[float, int, float], marks: list[float], upright: bool) -> None:
    at, sign, out = line
    k = c.office.scale
    cuts = {float(m) for m in marks}
    for o in wing.openings:
        if o.flat != upright and o.at == at and o.kind != "gap":
            cuts |= {o.centre - o.width / 2, o.centre + o.width / 2}
    face = at + sign * wing.outer / 2
    for row, points in ((16, sorted(cuts)), (24, marks), (32, [marks[0], marks[-1]])):
        base = out + sign * row * k
        for a, b in zip(points, points[1:], strict=False):
            p, q = ((face, a), (face, b)) if upright else ((a, face), (b, face))
            c.dim(p, q, base, upright)


def draw(c: Canvas, b: Building, s: Storey, furnished: bool, numbers: bool) -> None:
    """Draw one storey with everything that belongs to it."""
    walls(c, s)
    name = (1, 0)
    for wing in s.wings:
        here = c.at(wing.origin, wing.turn)
        openings(here, wing)
        for st in wing.stairs:
            stair(here, s, len(b.storeys), st, wing)
        if furnished:
            things(here, wing)
        for room in wing.rooms:
            room_label(here, wing, room, numbers)
        name = grid(here, s, wing, name)
        hub = max((r for r in wing.rooms if r.hub), key=lambda r: r.x1 - r.x0)
        place = (hub.x0 + 0.32 * (hub.x1 - hub.x0), (hub.y0 + hub.y1) / 2 - 300)
        here.paper("level", "_LEVEL", place, {"LEVEL": level(s.elevation)})
    for bow in s.bows:
        c.text("room", said(ROOMS, bow.word, c.office.language), bow.label_at, 2.5, "c")
