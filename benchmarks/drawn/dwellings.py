"""Flats about stairs (a slab of houses), flats about a core (a tower), and garages."""

from __future__ import annotations

import random

from benchmarks.drawn.building import Opening, Room, Stair, Thing, Wing
from benchmarks.drawn.layouts import Plan


def slab_plan(rng: random.Random) -> Plan:
    """Draw the structure of a slab of mirrored flats: each a tuple of its widths and depths."""
    flats = []
    depths = (rng.choice((4200, 4500, 4800)), rng.choice((2400, 2700)), rng.choice((3600, 3900, 4200)))
    for _ in range(rng.choice((1, 2, 2, 3, 3, 4))):
        living, rest = rng.choice((3900, 4200, 4500)), rng.choice((5100, 5400, 5700, 6000))
        flats.append((living, rest, rng.choice((1800, 2100)), *depths))
    return Plan("slab", [], 0, 0, 0, outer=float(rng.choice((200, 240, 300))), inner=200, column=0, flats=flats)


def slab_wing(plan: Plan, storey: int, names: random.Random) -> Wing:
    """Lay out one storey of a slab: two mirrored flats to each stair."""
    xs: set[float] = {0.0}
    _, _, _, d1, d2, d3 = plan.flats[0]
    ys = [0.0, float(d1), float(d1 + d2), float(d1 + d2 + d3)]
    wing = Wing([], ys, outer=plan.outer, inner=plan.inner, column=plan.column)
    x = 0.0
    for k, (living, rest, bath, *_rest) in enumerate(plan.flats):
        middle = x + living + rest
        for sign in (-1, 1):
            _flat(wing, middle, sign, (living, rest, bath), ys, f"{k}{sign}")
            xs |= {middle, middle + sign * living, middle + sign * (living + rest), middle + sign * 1300}
        well = Room("stair", middle - 1300, ys[2], middle + 1300, ys[3], hub=True, door=0)
        wing.rooms.append(well)
        wing.stairs.append(Stair(middle - 1300, ys[2], middle + 1300, ys[3], True, f"LT-{k + 1}"))
        x = middle + living + rest
    wing.axes_x = sorted(xs)
    return wing


def _flat(wing: Wing, x: float, sign: int, widths: tuple[float, ...], ys: list[float], key: str) -> None:
    living, rest, bath = widths

    def room(word: str, a: float, b: float, y0: float, y1: float, **more) -> None:  # type: ignore[no-untyped-def]
        p, q = x + sign * a, x + sign * b
        wing.rooms.append(Room(word, min(p, q), y0, max(p, q), y1, **more))

    hall = ys[1] + 1200
    room("living", 0, living, ys[0], ys[1], group=key, hub=True, door=0, windows=False)
    room("dining", 0, living, ys[1], ys[2], group=key, hub=True, door=0)
    room("kitchen", 1300, living, ys[2], ys[3], door=800)
    room("master", living, living + rest - 1500, ys[0], ys[1], door=900)
    room("study", living + rest - 1500, living + rest, ys[0], ys[1], door=800, label=True)
    room("passage", living, living + rest, ys[1], hall, group=key, hub=True, door=0, windows=False, label=False)
    room("bath", living, living + bath, hall, ys[3], door=800)
    room("bedroom", living + bath, living + rest, hall, ys[3], door=900)
    wing.openings.append(
        Opening("door", "", True, ys[2], x + sign * 700, 1000, 2100, hinge=sign, side=-1, thick=wing.inner)
    )
    wide = min(2400.0, 100 * ((living - 900) // 100))
    wing.openings.append(Opening("slide", "", True, 0.0, x + sign * living / 2, wide, 2400, thick=wing.outer))
    a, b = sorted((x + sign * 300, x + sign * (living - 100)))
    wing.balconies.append([(a, 0), (a, -1500), (b, -1500), (b, 0)])
    _flat_things(wing, x, sign, widths, ys, hall)


def _flat_things(wing: Wing, x: float, sign: int, widths: tuple[float, ...], ys: list[float], hall: float) -> None:
    living, rest, bath = widths
    m = sign < 0
    put = wing.things.append
    put(Thing("double_bed", x + sign * (living + 150), (ys[0] + ys[1]) / 2, 90 * sign))
    put(Thing("bed", x + sign * (living + rest - 200), ys[3] - 1600, 180 if not m else 0))
    put(Thing("sofa", x + sign * 250, (ys[0] + ys[1]) / 2, 90 * sign))
    put(Thing("table", x + sign * (living / 2 + 300), (ys[1] + ys[2]) / 2, 0))
    put(Thing("pan", x + sign * (living + bath - 500), ys[3] - 150, 0))
    put(Thing("basin", x + sign * (living + bath - 60), hall + 1500, -90 if not m else 90, m))
    put(Thing("sink", x + sign * (living - 60), ys[3] - 1500, -90 if not m else 90))


def tower_plan(rng: random.Random) -> Plan:
    """Draw the structure of a tower: flat width and depth, core width, three depths within the flat."""
    flat = (
        rng.choice((8400, 9000, 9600, 10200)),
        rng.choice((6900, 7200, 7500)),
        rng.choice((5600, 6400, 7200)),
        rng.choice((3300, 3600)),
    )
    return Plan("tower", [], 0, 0, 0, outer=float(rng.choice((200, 250, 300))), inner=200, column=0, flats=[flat])


def tower_wing(plan: Plan, storey: int, names: random.Random) -> Wing:
    """Lay out one storey of a tower: four flats at the corners of a core."""
    fw, fh, cw, bed = (float(v) for v in plan.flats[0])
    middle, hall, width = fh, 2600.0, 2 * fw + cw
    xs = sorted({0.0, bed, fw - 3600, fw, fw + cw, fw + cw + 3600, width - bed, width})
    ys = [0.0, fh - 4400, fh, fh + 4400, 2 * fh]
    wing = Wing(xs, ys, outer=plan.outer, inner=plan.inner, column=plan.column)
    for k, (sx, sy) in enumerate(((1, 1), (-1, 1), (1, -1), (-1, -1))):
        _corner_flat(wing, (0.0 if sx > 0 else width, middle), sx, sy, (fw, fh, bed), f"f{k}")
    low, high = middle - hall / 2, middle + hall / 2
    add = wing.rooms.append
    add(Room("lobby", fw, low, fw + cw, high, hub=True, door=0, windows=False))
    add(Room("stair", fw, high, fw + 2800, 2 * fh, door=1200))
    wing.stairs.append(Stair(fw, high, fw + 2800, 2 * fh, True, "LT-1"))
    add(Room("electric", fw + 2800, high, fw + cw, high + 2300, door=900, windows=False))
    add(Room("store", fw + 2800, high + 2300, fw + cw, 2 * fh, door=0))
    lifts = 2
    w = round((cw - 1200) / lifts)
    for i in range(lifts):
        r = (fw + w * i, low - 2300, fw + w * (i + 1), low)
        add(Room("lift", *r, door=1100, windows=False, label=False))
        wing.lifts.append(r)
    add(Room("duct", fw + w * lifts, low - 2300, fw + cw, low, door=800, windows=False))
    add(Room("pump", fw, 0, fw + cw, low - 2300, door=0))
    return wing


def _corner_flat(
    wing: Wing, corner: tuple[float, float], sx: int, sy: int, sizes: tuple[float, float, float], key: str
) -> None:
    fw, fh, bed = sizes
    right = fw - 3600

    def room(word: str, a: float, b: float, c: float, d: float, **more) -> None:  # type: ignore[no-untyped-def]
        x0, x1 = sorted((corner[0] + sx * a, corner[0] + sx * b))
        y0, y1 = sorted((corner[1] + sy * c, corner[1] + sy * d))
        wing.rooms.append(Room(word, x0, y0, x1, y1, **more))

    room("dining", right, fw, 0, 2800, group=key, hub=True, door=0, windows=False)
    room("living", right, fw, 2800, fh, group=key, hub=True, door=0)
    room("bath", bed, right, 0, 2200, door=800)
    room("passage", bed, right, 2200, 4400, group=key, hub=True, door=0, windows=False, label=False)
    room("kitchen", bed, right, 4400, fh, door=800)
    room("master", 0, bed, 0, 3300, door=900)
    room("bedroom", 0, bed, 3300, fh, door=900)
    x = corner[0] + sx * fw
    wing.openings.append(
        Opening("door", "", False, x, corner[1] + sy * 700, 1000, 2100, hinge=sy, side=-sx, thick=wing.inner)
    )
    put = wing.things.append
    put(Thing("double_bed", corner[0] + sx * 150, corner[1] + sy * 1700, 90 * sx))
    put(Thing("sofa", corner[0] + sx * (fw - 250), corner[1] + sy * (fh - 1900), -90 * sx))
    put(Thing("table", corner[0] + sx * (fw - 2200), corner[1] + sy * 1700, 90))
    put(Thing("pan", corner[0] + sx * (bed + 500), corner[1] + sy * 150, 180 if sy > 0 else 0))
    put(Thing("sink", corner[0] + sx * (bed + 1300), corner[1] + sy * (fh - 150), 0 if sy > 0 else 180))


def garage_plan(rng: random.Random) -> Plan:
    """Draw the structure of a garage: a grid of columns of one bay, rooms at its west end."""
    bay = float(rng.choice((7800, 8100, 8400)))
    return Plan(
        "garage",
        [rng.choice((4200.0, 6000.0))] + [bay] * rng.choice((3, 4, 5, 6)),
        bay * rng.choice((2, 2, 4)),
        0,
        0,
        outer=300,
        inner=200,
        column=float(rng.choice((500, 600, 700))),
    )


def garage_wing(plan: Plan, storey: int, names: random.Random) -> Wing:
    """Lay out a garage storey: stalls on both sides of the aisles."""
    xs = [0.0]
    for b in plan.bays:
        xs.append(xs[-1] + b)
    bay, depth = plan.bays[1], plan.south
    ys = [bay * k for k in range(round(depth / bay) + 1)]
    wing = Wing(xs, ys, outer=plan.outer, inner=plan.inner, column=plan.column)
    cuts = [0.0, 5200.0, 5200.0 + (depth - 11600) / 2, depth - 6400, depth]
    words = ["stair", "fan", "electric", "stair"]
    for k, word in enumerate(words):
        place = (0.0, cuts[k], xs[1], cuts[k + 1])
        wide = min(xs[1], 3000.0) if word == "stair" else xs[1]
        wing.rooms.append(Room(word, xs[1] - wide, *place[1:], door=1200, windows=False))
        if word == "stair":
            wing.stairs.append(Stair(xs[1] - wide, place[1], xs[1], place[3], k == 0, f"LT-{len(wing.stairs) + 1}"))
            if wide < xs[1]:
                wing.rooms.append(Room("pump", 0, place[1], xs[1] - wide, place[3], door=0, windows=False))
    wing.rooms.append(Room("garage", xs[1], 0, xs[-1], depth, hub=True, door=0, windows=False))
    for row in range(round(depth / bay / 2)):
        base = row * 2 * bay
        for i, x in enumerate(xs[1:-1], 1):
            for n in range(3):
                cx = x + (bay - 7200) / 2 + 2400 * n + 1200
                if not (i == 1 and n == 0):
                    wing.things.append(Thing("stall", cx, base + 200, 0))
                wing.things.append(Thing("stall", cx, base + 2 * bay - 200, 180))
    return wing
