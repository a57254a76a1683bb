"""How a wing of rooms along a corridor is planned: offices, schools, wards.

A `Plan` is drawn once from the seed; every storey is laid out from it with the same structure and words of its own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks.drawn.building import Opening, Room, Stair, Thing, Wing

WORDS = {
    "office": ("office", "office", "office", "meeting", "manager", "archive", "study", "tea"),
    "school": ("class", "class", "class", "class", "music", "lab", "teachers", "reading"),
    "ward": ("ward", "ward", "ward", "ward", "ward", "doctor", "treatment", "nurse"),
}


@dataclass
class Band:
    """What stands along one side of a corridor: (bays, role) from west to east."""

    parts: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Plan:
    """The structure of one wing."""

    kind: str
    bays: list[float]
    south: float
    corridor: float
    north: float
    bands: tuple[Band, Band] = (Band(), Band())
    outer: float = 250
    inner: float = 200
    column: float = 500
    flats: list[tuple[float, ...]] = field(default_factory=list)


def corridor_plan(kind: str, rng: random.Random, link_first: bool, link_last: bool) -> Plan:
    """Draw the structure of a wing of rooms along a corridor."""
    bay = {"office": (3600, 3900, 4200, 7200, 8100, 8400), "school": (3000, 4500, 9000), "ward": (3600, 3900, 4200)}
    width = rng.choice(bay[kind])
    count = max(3, round(rng.uniform(24000, 46000) / width))
    bays = [float(width)] * count
    if rng.random() < 0.4:
        bays = [float(width + rng.choice((-600, -300, 0, 0, 0, 300, 600))) for _ in bays]
    single = kind == "school" and rng.random() < 0.6
    plan = Plan(
        kind,
        bays,
        south=float(rng.choice((5400, 6000, 6600, 7200, 7800))),
        corridor=float(rng.choice((1800, 2100, 2400, 2700, 3000))),
        north=0.0 if single else float(rng.choice((5400, 6000, 6600, 7200))),
        outer=float(rng.choice((200, 240, 250, 300))),
        inner=float(rng.choice((100, 200, 200, 240))),
        column=float(rng.choice((400, 500, 600, 0))),
    )
    served = ["stair", "wc", "stair"] if rng.random() < 0.7 else ["stair", "wc", "lift", "stair"]
    small = min(bays)
    need = 1 if small < 5000 else 0
    south = _band(kind, count, small, rng, served if single else [], ("", ""))
    ends = ("link" if link_first else "", "link" if link_last else "")
    north = Band() if single else _band(kind, count, small, rng, served if need or count > 3 else served[:2], ends)
    plan.bands = (south, north)
    return plan


def _band(kind: str, count: int, bay: float, rng: random.Random, served: list[str], ends: tuple[str, str]) -> Band:
    parts: list[tuple[int, str]] = []
    left = count - sum(1 for e in ends if e)
    roles = [(max(1, round(3000 / bay)) if r != "wc" else max(1, round(6000 / bay)), r) for r in served]
    while sum(n for n, _ in roles) > max(left - 1, 0):
        roles.pop()
    rooms: list[tuple[int, str]] = []
    rest = left - sum(n for n, _ in roles)
    while rest:
        ideal = {"office": rng.choice((3600, 3600, 7800)), "school": 9000, "ward": 3900}[kind]
        n = min(rest, max(1, round(ideal / bay)))
        rooms.append((n, "room"))
        rest -= n
    parts = rooms
    if roles:
        parts = [roles[0], *parts]
        for role in roles[1:-1]:
            parts.insert(rng.randrange(1, len(parts) + 1), role)
        if len(roles) > 1:
            parts.append(roles[-1])
    first, last = ends
    return Band([*([(1, first)] if first else []), *parts, *([(1, last)] if last else [])])


def corridor_wing(plan: Plan, storey: int, names: random.Random) -> Wing:
    """Lay out one storey of a corridor wing."""
    xs = [0.0]
    for b in plan.bays:
        xs.append(xs[-1] + b)
    ys = [0.0, plan.south, plan.south + plan.corridor]
    if plan.north:
        ys.append(ys[-1] + plan.north)
    wing = Wing(xs, ys, outer=plan.outer, inner=plan.inner, column=plan.column)
    wing.rooms.append(Room("corridor", 0, ys[1], xs[-1], ys[2], group="c", hub=True, door=0, windows=not plan.north))
    for k, band in enumerate(plan.bands):
        y0, y1 = (0.0, ys[1]) if k == 0 else (ys[2], ys[-1])
        if band.parts and y1 > y0:
            _fill_band(wing, plan, band, (y0, y1), storey, names)
    return wing


def _fill_band(wing: Wing, plan: Plan, band: Band, ys: tuple[float, float], storey: int, names: random.Random) -> None:
    i = 0
    low = ys[0] > 0  # the corridor lies below
    for n, role in band.parts:
        x0, x1 = wing.axes_x[i], wing.axes_x[i + n]
        if role == "stair":
            _stair_bay(wing, x0, x1, ys, low)
        elif role == "wc":
            _toilets(wing, x0, x1, ys, low)
        elif role == "lift":
            _lift_bay(wing, x0, x1, ys, low)
        elif role == "link":
            wing.rooms.append(Room("link", x0, ys[0], x1, ys[1], group="c", hub=True, door=0))
        elif storey == 1 and not low and i <= len(wing.axes_x) // 2 < i + n + 1 and not _has(wing, "hall"):
            wing.rooms.append(Room("hall", x0, ys[0], x1, ys[1], group="c", hub=True, door=0, windows=False))
        else:
            _room(wing, plan, (x0, ys[0], x1, ys[1]), low, names, f"{storey}{len(wing.rooms):02d}")
        i += n


def _has(wing: Wing, word: str) -> bool:
    return any(r.word == word for r in wing.rooms)


def _room(
    wing: Wing, plan: Plan, place: tuple[float, float, float, float], low: bool, names: random.Random, number: str
) -> None:
    x0, y0, x1, y1 = place
    word = names.choice(WORDS[plan.kind])
    wide = x1 - x0
    if word == "ward" and wide > 3300:
        g = f"ward{x0}{y0}"
        bath, cut = 1900.0, 2000.0
        ya, yb = (y0, y0 + cut) if low else (y1 - cut, y1)
        wing.rooms += [
            Room("ward", x0, y0 + cut if low else y0, x1, y1 if low else y1 - cut, g, door=0, number=number),
            Room("passage", x0 + bath, ya, x1, yb, g, door=1200, label=False),
            Room("ensuite", x0, ya, x0 + bath, yb, door=0),
        ]
        wing.openings.append(Opening("door", "", False, x0 + bath, (ya + yb) / 2, 800, 2100, side=-1, thick=wing.thin))
        beds = 2 if y1 - y0 < 6500 else 3
        for k in range(beds):
            y = (y0 + cut + 900 + 1500 * k) if low else (y1 - cut - 900 - 1500 * k)
            wing.things.append(Thing("bed", x0 + 100, y, 0))
        return
    door = 1500.0 if word in ("meeting", "class", "lab", "music", "reading") and wide > 5000 else 1000.0
    wing.rooms.append(Room(word, x0, y0, x1, y1, door=door, number=number))
    _furnish(wing, word, place, low)


def _furnish(wing: Wing, word: str, place: tuple[float, float, float, float], low: bool) -> None:
    x0, y0, x1, y1 = place
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    if word == "meeting":
        wing.things.append(Thing("meeting", cx, cy + (500 if low else -500), 0 if x1 - x0 > 5000 else 90))
    elif word in ("class", "lab", "music"):
        columns = int((x1 - x0 - 2600) // 1500)
        rows = int((y1 - y0 - 1200) // 1100)
        for i in range(max(columns, 0)):
            for j in range(max(rows, 0)):
                wing.things.append(Thing("pupil", x0 + 2200 + 1500 * i, y0 + 900 + 1100 * j, 0))
        wing.things.append(Thing("board", x0 + 150, cy, 90))
    elif word in ("office", "manager", "teachers", "doctor"):
        for i in range(max(1, int((x1 - x0 - 1200) // 2400))):
            for j in range(2 if word != "manager" else 1):
                y = (y0 + 2200 + 1900 * j) if low else (y1 - 2200 - 1900 * j)
                wing.things.append(Thing("desk", x0 + 1300 + 2400 * i, y, 0))


def _stair_bay(wing: Wing, x0: float, x1: float, ys: tuple[float, float], low: bool) -> None:
    width = min(x1 - x0, 4200.0)
    if x1 - x0 - width < 1500:
        width = x1 - x0
    y0, y1 = ys
    wing.rooms.append(Room("stair", x0, y0, x0 + width, y1, door=1200))
    name = f"LT-{len(wing.stairs) + 1}"
    wing.stairs.append(Stair(x0, y0, x0 + width, y1, low, name))
    if width < x1 - x0:
        wing.rooms.append(Room("electric" if len(wing.stairs) % 2 else "store", x0 + width, y0, x1, y1))


def _toilets(wing: Wing, x0: float, x1: float, ys: tuple[float, float], low: bool) -> None:
    m = round((x0 + x1) / 2)
    for word, a, b in (("men", x0, m), ("women", m, x1)):
        wing.rooms.append(Room(word, a, ys[0], b, ys[1]))
        wall = ys[1] - 150 if low else ys[0] + 150
        for k in range(min(4, int((b - a - 300) // 900))):
            x = a + 150 + 900 * k
            wing.things.append(Thing("closet", x if low else x + 900, wall, 0 if low else 180))
        side = ys[0] + 1800 if low else ys[1] - 1800
        for k in range(2):
            wing.things.append(Thing("basin", b - 100, side + (700 * k if low else -700 * k), -90))


def _lift_bay(wing: Wing, x0: float, x1: float, ys: tuple[float, float], low: bool) -> None:
    deep = 2300.0
    a, b = (ys[0] + 1800, ys[0] + 1800 + deep) if low else (ys[1] - 1800 - deep, ys[1] - 1800)
    wing.rooms.append(Room("lobby", x0, ys[0] if low else b, x1, a if low else ys[1], group="c", hub=True, door=0))
    count = max(1, int((x1 - x0) // 2200))
    w = round((x1 - x0) / count)
    for k in range(count):
        r = (x0 + w * k, a, x0 + w * (k + 1) if k < count - 1 else x1, b)
        wing.rooms.append(Room("lift", *r, door=1100, windows=False, label=False))
        wing.lifts.append(r)
    wing.rooms.append(Room("electric", x0, b if low else ys[0], x1, ys[1] if low else a, door=0 if low else 900))
