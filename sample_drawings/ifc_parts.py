"""The parts of the sample model: walls, openings, slabs, stairs, spaces."""

from __future__ import annotations

from typing import Any

from shapely.geometry import Polygon

from sample_drawings.building import (
    FLIGHT_WIDTH,
    MID_LANDING_Y,
    PARAPET,
    WALL,
    Opening,
    Room,
    Stair,
    Storey,
    Version,
    Wall,
)
from sample_drawings.ifc_model import Entity, Model

FIRE_HOURS = {"甲": "1.50h", "乙": "1.00h", "丙": "0.50h"}


def hosts_of(w: Wall, o: Opening) -> bool:
    if w.along_x != o.along_x:
        return False
    if w.along_x:
        return w.y0 == o.y and w.x0 <= o.x <= w.x1
    return w.x0 == o.x and w.y0 <= o.y <= w.y1


def wall_of(m: Model, s: Storey, w: Wall, at: Entity, depth: float) -> Entity:
    key = f"{s.index}/wall/{w.key}"
    box = w.outline().bounds
    solid = m.block(box[0], box[1], 0, box[2] - box[0], box[3] - box[1], depth)
    name = f"{'外墙' if w.load_bearing else '内墙'} {s.index}F-{w.key}"
    wall = m.new(
        "IfcWall",
        m.guid(key),
        m.owner,
        name,
        None,
        "加气混凝土砌块-200",
        m.place(at, 0, 0, 0),
        m.shape(solid, stuff="wall"),
        w.key,
        "SOLIDWALL",
    )
    m.properties(
        key,
        wall,
        "Pset_WallCommon",
        {
            "IsExternal": ("IfcBoolean", w.load_bearing),
            "LoadBearing": ("IfcBoolean", False),
            "FireRating": ("IfcLabel", "2.00h"),
        },
    )
    return wall


def opening_of(m: Model, s: Storey, o: Opening, wall: Entity, at: Entity) -> Entity:
    key = f"{s.index}/opening/{o.key}"
    turn = 0 if o.along_x else 90
    half = o.width / 2
    origin = (o.x - half, o.y) if o.along_x else (o.x, o.y - half)
    hole = m.shape(m.block(0, -WALL, 0, o.width, 2 * WALL, o.height))
    void = m.new(
        "IfcOpeningElement",
        m.guid(f"{key}/void"),
        m.owner,
        f"洞口 {o.tag}",
        None,
        None,
        m.place(at, *origin, o.sill, turn),
        hole,
        o.tag,
        "OPENING",
    )
    m.new("IfcRelVoidsElement", m.guid(f"{key}/voids"), m.owner, None, None, wall, void)
    place = m.place(void.ObjectPlacement, 0, 0, 0)
    if o.is_door:
        leaf = m.shape(m.block(0, -25, 0, o.width, 50, o.height), stuff="fire door" if o.grade else "wood")
        operation = "DOUBLE_DOOR_SINGLE_SWING" if o.leaves == 2 else "SINGLE_SWING_LEFT"
        element = m.new(
            "IfcDoor",
            m.guid(key),
            m.owner,
            f"门 {o.tag}",
            None,
            o.tag,
            place,
            leaf,
            o.tag,
            float(o.height),
            float(o.width),
            "DOOR",
            operation,
            None,
        )
        exit_door = o.grade == "乙" or o.key.endswith(("WESTD", "EASTD")) or "MAIN" in o.key
        values: dict[str, tuple[str, Any]] = {
            "IsExternal": ("IfcBoolean", o.x in (0, 36000) or o.y in (0, 16200)),
            "FireExit": ("IfcBoolean", exit_door),
        }
        if o.grade:
            values["FireRating"] = ("IfcLabel", FIRE_HOURS[o.grade])
        m.properties(key, element, "Pset_DoorCommon", values)
    else:
        pane = m.shape(m.block(0, -30, 0, o.width, 60, o.height), stuff="glass")
        element = m.new(
            "IfcWindow",
            m.guid(key),
            m.owner,
            f"窗 {o.tag}",
            None,
            o.tag,
            place,
            pane,
            o.tag,
            float(o.height),
            float(o.width),
            "WINDOW",
            "NOTDEFINED",
            None,
        )
        m.properties(key, element, "Pset_WindowCommon", {"IsExternal": ("IfcBoolean", True)})
    m.new("IfcRelFillsElement", m.guid(f"{key}/fills"), m.owner, None, None, void, element)
    return element


def slab_of(m: Model, v: Version, s: Storey, at: Entity) -> Entity:
    outline = Polygon([(-100, -100), (36100, -100), (36100, 16300), (-100, 16300)])
    rings = [m.new("IfcPolyline", [m.point(*p) for p in outline.exterior.coords])]
    holes = [[(9100, 9100), (11900, 9100), (11900, 11600), (9100, 11600)]]
    if s.index > 1:
        for stair in v.storeys[s.index - 2].stairs:
            y = MID_LANDING_Y - (stair.risers[1] - 1) * stair.tread
            holes.append([(stair.x0, y), (stair.x1, y), (stair.x1, 16100), (stair.x0, 16100)])
    for hole in holes:
        rings.append(m.new("IfcPolyline", [m.point(*p) for p in [*hole, hole[0]]]))
    profile = m.new("IfcArbitraryProfileDefWithVoids", "AREA", None, rings[0], rings[1:])
    place = m.new("IfcAxis2Placement3D", m.point(0, 0, -120), m.up, m.along[0])
    key = f"{s.index}/slab"
    return m.new(
        "IfcSlab",
        m.guid(key),
        m.owner,
        f"楼板 {s.index}F",
        None,
        "现浇板-120",
        m.place(at, 0, 0, 0),
        m.shape(m.solid(profile, 120, place), stuff="slab"),
        f"B{s.index}",
        "FLOOR",
    )


def roof_of(m: Model, storey: Entity) -> None:
    at = storey.ObjectPlacement
    products = m.contained.setdefault(storey, [])
    slab = m.shape(m.block(-100, -100, -120, 36200, 16400, 120), stuff="roof")  # on the walls, not around them
    products.append(
        m.new("IfcSlab", m.guid("roof"), m.owner, "屋面板", None, None, m.place(at, 0, 0, 0), slab, "WB", "ROOF")
    )
    for i, (x, y, dx, dy) in enumerate(
        ((-100, -100, 36200, 200), (-100, 16100, 36200, 200), (-100, 100, 200, 16000), (35900, 100, 200, 16000))
    ):
        shape = m.shape(m.block(x, y, 0, dx, dy, PARAPET), stuff="wall")
        products.append(
            m.new(
                "IfcWall",
                m.guid(f"parapet/{i}"),
                m.owner,
                f"女儿墙 {i + 1}",
                None,
                None,
                m.place(at, 0, 0, 0),
                shape,
                f"NEQ{i + 1}",
                "PARAPET",
            )
        )


def _flight(m: Model, s: Storey, stair: Stair, n: int, at: Entity) -> Entity:
    """One flight as a stepped profile in the y-z plane, swept along x."""
    risers = stair.risers[n]
    z0 = 0.0 if n == 0 else stair.risers[0] * stair.riser
    length = (risers - 1) * stair.tread
    start = MID_LANDING_Y - length if n == 0 else MID_LANDING_Y
    sign = 1 if n == 0 else -1
    ring: list[tuple[float, float]] = [(start, z0)]
    y = start
    for k in range(risers):
        ring.append((y, z0 + (k + 1) * stair.riser))
        if k < risers - 1:
            y += sign * stair.tread
            ring.append((y, z0 + (k + 1) * stair.riser))
    ring += [(y, z0 + risers * stair.riser - 200), (start + sign * 60, z0)]
    x = stair.x0 if n == 0 else stair.x1 - FLIGHT_WIDTH
    axes = m.new("IfcAxis2Placement3D", m.point(x, 0, 0), m.new("IfcDirection", (1.0, 0.0, 0.0)), m.along[90])
    solid = m.solid(m.ring(ring), FLIGHT_WIDTH, axes)
    key = f"{s.index}/flight/{stair.name}/{n}"
    flight = m.new(
        "IfcStairFlight",
        m.guid(key),
        m.owner,
        f"{stair.name} {s.index}F 第{'一二'[n]}跑",
        None,
        None,
        m.place(at, 0, 0, 0),
        m.shape(solid, stuff="stair"),
        f"{stair.name}-{s.index}-{n + 1}",
        risers,
        risers - 1,
        float(stair.riser),
        float(stair.tread),
        "STRAIGHT",
    )
    m.properties(
        key,
        flight,
        "Pset_StairFlightCommon",
        {
            "NumberOfRiser": ("IfcCountMeasure", risers),
            "NumberOfTreads": ("IfcCountMeasure", risers - 1),
            "RiserHeight": ("IfcPositiveLengthMeasure", float(stair.riser)),
            "TreadLength": ("IfcPositiveLengthMeasure", float(stair.tread)),
            "Headroom": ("IfcPositiveLengthMeasure", 2350.0),
        },
    )
    return flight


def stair_of(m: Model, s: Storey, stair: Stair, at: Entity) -> list[Entity]:
    key = f"{s.index}/stair/{stair.name}"
    whole = m.new(
        "IfcStair",
        m.guid(key),
        m.owner,
        f"{stair.name} {s.index}F",
        None,
        None,
        m.place(at, 0, 0, 0),
        None,
        f"{stair.name}-{s.index}",
        "HALF_TURN_STAIR",
    )
    flights = [_flight(m, s, stair, n, at) for n in (0, 1)]
    mid = stair.risers[0] * stair.riser
    landing = m.new(
        "IfcSlab",
        m.guid(f"{key}/landing"),
        m.owner,
        f"{stair.name} {s.index}F 平台",
        None,
        None,
        m.place(at, 0, 0, 0),
        m.shape(
            m.block(stair.x0, MID_LANDING_Y, mid - 100, stair.x1 - stair.x0, 16100 - MID_LANDING_Y, 100), stuff="stair"
        ),
        f"{stair.name}-{s.index}-P",
        "LANDING",
    )
    m.new("IfcRelAggregates", m.guid(f"{key}/parts"), m.owner, None, None, whole, [*flights, landing])
    return [whole]


def space_of(m: Model, s: Storey, r: Room, at: Entity) -> Entity:
    key = f"{s.index}/space/{r.key}"
    clear = min(r.clear_height, s.height - 120)
    shape = m.shape(m.solid(m.ring(r.outline), clear))
    number, name = ("", "") if r.unnamed_in_model else (r.number or f"{s.index}F-走道", r.name)
    space = m.new(
        "IfcSpace",
        m.guid(key),
        m.owner,
        number or None,
        None,
        None,
        m.place(at, 0, 0, 0),
        shape,
        name or None,
        "ELEMENT",
        "INTERNAL",
        None,
    )
    m.quantities(
        key,
        space,
        "Qto_SpaceBaseQuantities",
        {
            "NetFloorArea": ("IfcQuantityArea", r.label_area),
            "GrossFloorArea": ("IfcQuantityArea", r.label_area),
            "Height": ("IfcQuantityLength", clear),
            "FinishCeilingHeight": ("IfcQuantityLength", clear),
            "NetPerimeter": ("IfcQuantityLength", round(r.polygon.length, 1)),
        },
    )
    m.properties(
        key,
        space,
        "Pset_SpaceCommon",
        {"PubliclyAccessible": ("IfcBoolean", True), "IsExternal": ("IfcBoolean", False)},
    )
    return space
