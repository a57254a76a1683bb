"""A building from a seed: its kind, its wings and how they stand to each other, its storeys."""

from __future__ import annotations

import math
import random

from shapely.geometry import Polygon

from benchmarks.drawn import dwellings, layouts, openings
from benchmarks.drawn.building import Bow, Building, Opening, Storey, Wing
from benchmarks.drawn.layouts import Plan
from benchmarks.drawn.words import KINDS, NAMES, door_tag, said

SHAPES = ("straight", "straight", "straight", "l", "u", "turned")


def building(seed: int) -> Building:
    """Draw a building from a seed; the same seed gives the same building."""
    rng = random.Random(f"drawn building {seed}")
    kind = rng.choices(tuple(KINDS), (2, 2, 2, 3, 1, 2))[0]
    language = rng.choices(("zh", "en", "de"), (70, 15, 15))[0]
    count = rng.randint(2, 6) if kind != "garage" else 2
    height = float({"slab": 2900, "tower": 3000, "garage": 3900}.get(kind, rng.choice((3300, 3600, 3900))))
    look = (rng.uniform(0.45, 0.65), float(rng.choice((1500, 1500, 1800))))
    if kind in ("slab", "tower", "garage"):
        plan = {"slab": dwellings.slab_plan, "tower": dwellings.tower_plan, "garage": dwellings.garage_plan}[kind](rng)
        plans, shape, turn, bow = [plan], "straight", 0.0, False
    else:
        shape = rng.choice(SHAPES)
        plans = [layouts.corridor_plan(kind, rng, shape == "u", shape in ("l", "u"))]
        plans += [layouts.corridor_plan(kind, rng, False, False) for _ in range({"l": 1, "u": 2}.get(shape, 0))]
        if shape == "turned":
            other = layouts.corridor_plan(kind, rng, False, False)
            other.south, other.corridor, other.north = plans[0].south, plans[0].corridor, plans[0].north
            if bool(other.north) != bool(other.bands[1].parts):
                other.bands = plans[0].bands
                other.bays = plans[0].bays
            plans.append(other)
        turn = float(rng.choice((15, 20, 30, 30, 45)))
        bow = rng.random() < 0.2
    storeys = []
    for index in range(1, count + 1):
        names = random.Random(f"drawn building {seed} storey {index}")
        storeys.append(_storey(index, height, (plans, shape, turn, bow), (language, look), names))
    gap = "" if language == "zh" else " "
    return Building(seed, kind, storeys, language, rng.choice(NAMES[language]) + gap + said(KINDS, kind, language))


def _wing(plan: Plan, index: int, names: random.Random) -> Wing:
    lay = {"slab": dwellings.slab_wing, "tower": dwellings.tower_wing, "garage": dwellings.garage_wing}
    return lay.get(plan.kind, layouts.corridor_wing)(plan, index, names)


def _storey(
    index: int,
    height: float,
    scheme: tuple[list[Plan], str, float, bool],
    manner: tuple[str, tuple[float, float]],
    names: random.Random,
) -> Storey:
    plans, shape, turn, bow = scheme
    language, (share, high) = manner
    wings = [_wing(p, index, names) for p in plans]
    storey = Storey(index, (index - 1) * height, height, wings)
    _arrange(storey, shape, turn)
    if bow and plans[0].kind not in ("slab", "tower", "garage") and shape != "u":
        _bow(storey)
    for wing in wings:
        for o in wing.openings:
            if o.kind in ("door", "slide") and not o.tag:
                tag = door_tag(o.width, o.height, language)
                o.tag = f"TL{tag}" if o.kind == "slide" and language == "zh" else tag
        _ends(wing, index, language)
        openings.doors(wing, language, names)
        openings.windows(wing, language, share, high)
    _clear(storey)
    return storey


def _corridor(wing: Wing) -> float:
    r = wing.rooms[0]
    return (r.y0 + r.y1) / 2


def _arrange(storey: Storey, shape: str, turn: float) -> None:
    """Stand the wings to each other and open the passages between them."""
    wings = storey.wings
    first = wings[0]
    wide, deep = first.axes_x[-1], first.axes_y[-1]
    if shape in ("l", "u"):
        for k, wing in enumerate(wings[1:]):
            other = wing.axes_y[-1]
            wing.turn, wing.shared_left = 90.0, True
            wing.origin = (wide, deep) if k == 0 else (other, deep)
            openings.gap(first, True, deep, wing.origin[0] - _corridor(wing), 1800)
    if shape == "turned":
        wing = wings[1]
        wing.turn, wing.origin = -turn, (wide, 0.0)
        openings.gap(first, False, wide, _corridor(first), 1600)
        openings.gap(wing, False, 0.0, _corridor(wing), 1600)
        wing.skip_columns |= {(0, 0)}
        top = wing.world((0.0, wing.axes_y[-1]))
        label = wing.world((-math.sin(math.radians(turn)) * deep * 0.35, deep * 0.72))
        if turn > 25:
            storey.bows.append(Bow((wide, 0.0), deep, 90 - turn, 90, first.outer, "link", label))
        else:
            storey.links.append(((wide, deep), top, first.outer))


def _bow(storey: Storey) -> None:
    """A half-round hall at the west end."""
    first = storey.wings[0]
    deep = first.axes_y[-1]
    r = deep / 2
    openings.gap(first, False, 0.0, _corridor(first), 1600)
    storey.bows.append(Bow((0.0, r), r, 90, 270, first.outer, "reading", (-r * 0.45, r)))


def _ends(wing: Wing, index: int, language: str) -> None:
    """Doors of the ground floor, windows of the others, at the ends of a corridor and before the hall."""
    for room in wing.rooms:
        if room.word == "hall":
            openings.outer_door(
                wing, True, 0.0, (room.x0 + room.x1) / 2, 2400 if room.x1 - room.x0 > 4000 else 1800, language, -1
            )
    if wing.rooms[0].word != "corridor" or index > 1:
        return
    for at, out in ((0.0, -1), (wing.axes_x[-1], 1)):
        busy = any(not o.flat and o.at == at for o in wing.openings)
        if not (busy or (at == 0 and wing.shared_left)):
            openings.outer_door(wing, False, at, _corridor(wing), 1500, language, out)


def _clear(storey: Storey) -> None:
    """Drop the doors and windows that would look into another wing or a hall between wings."""
    inner: list[tuple[Wing | None, Polygon]] = [(w, w.footprint) for w in storey.wings]
    for bow in storey.bows:
        inner.append((None, bow.sector()))
    if storey.links:
        p, q, _ = storey.links[0]
        inner.append((None, Polygon([p, q, storey.wings[1].origin])))
    for wing in storey.wings:

        def looks(o: Opening, wing: Wing = wing) -> bool:
            reach = wing.shape(o.outline().buffer(150))
            return o.kind != "gap" and any(w is not wing and reach.intersects(p.buffer(-200)) for w, p in inner)

        wing.openings = [o for o in wing.openings if not looks(o)]
