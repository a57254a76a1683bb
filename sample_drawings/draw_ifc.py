"""A version of the building as an IFC4 model: spatial tree, walls with openings, doors, windows, stairs, spaces, grid."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid
from shapely.geometry import Polygon

from sample_drawings.building import (
    AXES_X,
    AXES_Y,
    FLIGHT_WIDTH,
    MID_LANDING_Y,
    NAME,
    NAMES_X,
    NAMES_Y,
    PARAPET,
    WALL,
    Opening,
    Room,
    Stair,
    Storey,
    Version,
    Wall,
)
from sample_drawings.plans import column_rect

Entity = Any
FIRE_HOURS = {"甲": "1.50h", "乙": "1.00h", "丙": "0.50h"}
SPACE = uuid.UUID("5f1c9a52-6c1e-5a3f-9d2f-220200000000")


class Model:
    """Thin writer over an ifcopenshell file with repeatable GlobalIds (uuid5 of seed and key)."""

    def __init__(self, seed: str):
        self.f = ifcopenshell.file(schema="IFC4")
        self.seed = seed
        self.owner = None
        self.points: dict[tuple[float, ...], Entity] = {}
        self.up = self.new("IfcDirection", (0.0, 0.0, 1.0))
        self.along = {0: self.new("IfcDirection", (1.0, 0.0, 0.0)), 90: self.new("IfcDirection", (0.0, 1.0, 0.0))}
        self.flat = self.new("IfcAxis2Placement3D", self.point(0, 0, 0), self.up, self.along[0])
        self.contained: dict[Entity, list[Entity]] = {}

    def new(self, kind: str, *values: Any) -> Entity:
        return self.f.create_entity(kind, *values)

    def guid(self, key: str) -> str:
        return ifcopenshell.guid.compress(uuid.uuid5(SPACE, f"{self.seed}/{key}").hex)

    def point(self, *xyz: float) -> Entity:
        key = tuple(float(v) for v in xyz)
        if key not in self.points:
            self.points[key] = self.new("IfcCartesianPoint", key)
        return self.points[key]

    def place(self, parent: Entity | None, x: float, y: float, z: float, turn: int = 0) -> Entity:
        axes = self.new("IfcAxis2Placement3D", self.point(x, y, z), self.up, self.along[turn])
        return self.new("IfcLocalPlacement", parent, axes)

    def ring(self, points: list[tuple[float, float]]) -> Entity:
        line = self.new("IfcPolyline", [self.point(*p) for p in [*points, points[0]]])
        return self.new("IfcArbitraryClosedProfileDef", "AREA", None, line)

    def solid(
        self, profile: Entity, depth: float, position: Entity | None = None, direction: Entity | None = None
    ) -> Entity:
        return self.new("IfcExtrudedAreaSolid", profile, position or self.flat, direction or self.up, float(depth))

    def block(self, x0: float, y0: float, z0: float, dx: float, dy: float, dz: float) -> Entity:
        ring = self.ring([(x0, y0), (x0 + dx, y0), (x0 + dx, y0 + dy), (x0, y0 + dy)])
        return self.solid(ring, dz, self.new("IfcAxis2Placement3D", self.point(0, 0, z0), self.up, self.along[0]))

    def shape(self, *solids: Entity) -> Entity:
        body = self.new("IfcShapeRepresentation", self.body, "Body", "SweptSolid", list(solids))
        return self.new("IfcProductDefinitionShape", None, None, [body])

    def properties(self, key: str, product: Entity, name: str, values: dict[str, tuple[str, Any]]) -> None:
        props = [self.new("IfcPropertySingleValue", n, None, self.new(t, v), None) for n, (t, v) in values.items()]
        pset = self.new("IfcPropertySet", self.guid(f"{key}/{name}"), self.owner, name, None, props)
        self.new("IfcRelDefinesByProperties", self.guid(f"{key}/{name}/rel"), self.owner, None, None, [product], pset)

    def quantities(self, key: str, product: Entity, name: str, values: dict[str, tuple[str, float]]) -> None:
        items = [self.new(kind, n, None, None, float(v)) for n, (kind, v) in values.items()]
        qto = self.new("IfcElementQuantity", self.guid(f"{key}/{name}"), self.owner, name, None, None, items)
        self.new("IfcRelDefinesByProperties", self.guid(f"{key}/{name}/rel"), self.owner, None, None, [product], qto)


def write(v: Version, path: Path) -> None:
    """Write the model of a version; equal input gives equal bytes."""
    m = Model(v.guid_seed)
    building, storey_of = _skeleton(m, v)
    for s in v.storeys:
        _storey(m, v, s, storey_of[s.index])
    _roof(m, storey_of[7])
    for storey, products in m.contained.items():
        key = f"contains/{storey.Name}"
        m.new("IfcRelContainedInSpatialStructure", m.guid(key), m.owner, None, None, products, storey)
    header = m.f.wrapped_data.header if hasattr(m.f, "wrapped_data") else m.f.header
    header.file_name.name = path.name
    header.file_name.time_stamp = f"{v.date}T08:00:00"
    header.file_name.author = ("王晨曦",)
    header.file_name.organization = ("吉林松江建筑设计研究院有限公司",)
    header.file_name.originating_system = "sample_drawings"
    header.file_name.preprocessor_version = "sample_drawings"
    header.file_description.description = ("ViewDefinition [DesignTransferView]",)
    m.f.write(str(path))


def _skeleton(m: Model, v: Version) -> tuple[Entity, dict[int, Entity]]:
    person = m.new("IfcPerson", None, "王", "晨曦")
    firm = m.new("IfcOrganization", None, "吉林松江建筑设计研究院有限公司")
    both = m.new("IfcPersonAndOrganization", person, firm)
    app = m.new("IfcApplication", firm, "1.0", "sample_drawings", "sample_drawings")
    m.owner = m.new("IfcOwnerHistory", both, app, None, "ADDED", None, None, None, 1750204800)
    units = m.new(
        "IfcUnitAssignment",
        [
            m.new("IfcSIUnit", None, "LENGTHUNIT", "MILLI", "METRE"),
            m.new("IfcSIUnit", None, "AREAUNIT", None, "SQUARE_METRE"),
            m.new("IfcSIUnit", None, "VOLUMEUNIT", None, "CUBIC_METRE"),
            m.new("IfcSIUnit", None, "PLANEANGLEUNIT", None, "RADIAN"),
        ],
    )
    context = m.new("IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, m.flat, None)
    m.body = m.new(
        "IfcGeometricRepresentationSubContext",
        "Body",
        "Model",
        None,
        None,
        None,
        None,
        context,
        None,
        "MODEL_VIEW",
        None,
    )
    m.plan = m.new(
        "IfcGeometricRepresentationSubContext",
        "FootPrint",
        "Model",
        None,
        None,
        None,
        None,
        context,
        None,
        "PLAN_VIEW",
        None,
    )
    crs = m.new(
        "IfcProjectedCRS", v.epsg, "CGCS2000", "CGCS2000", "1985国家高程基准", "Gauss-Kruger 3deg", "CM 126E", None
    )
    m.new("IfcMapConversion", context, crs, 546820.0, 4855310.0, 191.5, 1.0, 0.0, 0.001)
    project = m.new("IfcProject", m.guid("project"), m.owner, NAME, None, None, NAME, v.stage_word, [context], units)
    site = m.new(
        "IfcSite",
        m.guid("site"),
        m.owner,
        "建设用地",
        None,
        None,
        m.place(None, 0, 0, 0),
        None,
        None,
        "ELEMENT",
        (43, 50, 15),
        (126, 33, 0),
        191.5,
    )
    building = m.new(
        "IfcBuilding",
        m.guid("building"),
        m.owner,
        NAME,
        None,
        None,
        m.place(site.ObjectPlacement, 0, 0, 0),
        None,
        None,
        "ELEMENT",
        191500.0,
    )
    m.properties(
        "building",
        building,
        "Pset_BuildingCommon",
        {"NumberOfStoreys": ("IfcInteger", 6), "OccupancyType": ("IfcLabel", "办公")},
    )
    m.new("IfcRelAggregates", m.guid("agg/project"), m.owner, None, None, project, [site])
    m.new("IfcRelAggregates", m.guid("agg/site"), m.owner, None, None, site, [building])
    result: dict[int, Entity] = {}
    levels = [(s.index, f"{s.index}F", s.elevation) for s in v.storeys] + [(7, "屋面", 21900.0)]
    for index, name, z in levels:
        place = m.place(building.ObjectPlacement, 0, 0, z)
        result[index] = m.new(
            "IfcBuildingStorey",
            m.guid(f"storey/{index}"),
            m.owner,
            name,
            None,
            None,
            place,
            None,
            None,
            "ELEMENT",
            float(z),
        )
    m.new("IfcRelAggregates", m.guid("agg/building"), m.owner, None, None, building, list(result.values()))
    _grid(m, result[1])
    return building, result


def _grid(m: Model, storey: Entity) -> None:
    def axis(name: str, p: tuple[float, float], q: tuple[float, float]) -> Entity:
        return m.new("IfcGridAxis", name, m.new("IfcPolyline", [m.point(*p), m.point(*q)]), True)

    us = [axis(n, (x, -4000), (x, 20200)) for x, n in zip(AXES_X, NAMES_X, strict=True)]
    vs = [axis(n, (-4000, y), (40000, y)) for y, n in zip(AXES_Y, NAMES_Y, strict=True)]
    curves = m.new("IfcGeometricCurveSet", [a.AxisCurve for a in us + vs])
    shape = m.new(
        "IfcProductDefinitionShape",
        None,
        None,
        [m.new("IfcShapeRepresentation", m.plan, "FootPrint", "GeometricCurveSet", [curves])],
    )
    grid = m.new(
        "IfcGrid", m.guid("grid"), m.owner, "轴网", None, None, m.place(storey.ObjectPlacement, 0, 0, 0), shape, us, vs
    )
    m.contained.setdefault(storey, []).append(grid)


def _storey(m: Model, v: Version, s: Storey, storey: Entity) -> None:
    products: list[Entity] = m.contained.setdefault(storey, [])
    at = storey.ObjectPlacement
    depth = s.height - 120
    walls = [(w, _wall(m, s, w, at, depth)) for w in s.walls]
    products += [e for _, e in walls]
    for o in s.openings:
        host = next((e for w, e in walls if _hosts(w, o)), walls[0][1])
        products.append(_opening(m, s, o, host, at))
    for i, x in enumerate(AXES_X):
        for j, y in enumerate(AXES_Y):
            key = f"{s.index}/column/{i}{j}"
            shape = m.shape(m.solid(m.ring(column_rect(x, y)), depth))
            products.append(
                m.new(
                    "IfcColumn",
                    m.guid(key),
                    m.owner,
                    f"柱 {NAMES_X[i]}/{NAMES_Y[j]}",
                    None,
                    "KZ-500x500",
                    m.place(at, 0, 0, 0),
                    shape,
                    f"KZ{i}{j}",
                    "COLUMN",
                )
            )
    products.append(_slab(m, v, s, at))
    for stair in s.stairs:
        products += _stair(m, s, stair, at)
    if s.index == 1:
        shape = m.shape(m.block(9550, 9650, 100, 1900, 1700, 2300))
        products.append(
            m.new(
                "IfcTransportElement",
                m.guid("lift"),
                m.owner,
                "DT-1 电梯",
                None,
                None,
                m.place(at, 0, 0, 0),
                shape,
                "DT-1",
                "ELEVATOR",
            )
        )
    spaces = [_space(m, s, r, at) for r in s.rooms]
    m.new("IfcRelAggregates", m.guid(f"agg/storey/{s.index}"), m.owner, None, None, storey, spaces)


def _hosts(w: Wall, o: Opening) -> bool:
    if w.along_x != o.along_x:
        return False
    if w.along_x:
        return w.y0 == o.y and w.x0 <= o.x <= w.x1
    return w.x0 == o.x and w.y0 <= o.y <= w.y1


def _wall(m: Model, s: Storey, w: Wall, at: Entity, depth: float) -> Entity:
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
        m.shape(solid),
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


def _opening(m: Model, s: Storey, o: Opening, wall: Entity, at: Entity) -> Entity:
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
        leaf = m.shape(m.block(0, -25, 0, o.width, 50, o.height))
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
        pane = m.shape(m.block(0, -30, 0, o.width, 60, o.height))
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


def _slab(m: Model, v: Version, s: Storey, at: Entity) -> Entity:
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
        m.shape(m.solid(profile, 120, place)),
        f"B{s.index}",
        "FLOOR",
    )


def _roof(m: Model, storey: Entity) -> None:
    at = storey.ObjectPlacement
    products = m.contained.setdefault(storey, [])
    slab = m.shape(m.block(-100, -100, -150, 36200, 16400, 150))
    products.append(
        m.new("IfcSlab", m.guid("roof"), m.owner, "屋面板", None, None, m.place(at, 0, 0, 0), slab, "WB", "ROOF")
    )
    for i, (x, y, dx, dy) in enumerate(
        ((-100, -100, 36200, 200), (-100, 16100, 36200, 200), (-100, 100, 200, 16000), (35900, 100, 200, 16000))
    ):
        shape = m.shape(m.block(x, y, 0, dx, dy, PARAPET))
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
        m.shape(solid),
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


def _stair(m: Model, s: Storey, stair: Stair, at: Entity) -> list[Entity]:
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
        m.shape(m.block(stair.x0, MID_LANDING_Y, mid - 100, stair.x1 - stair.x0, 16100 - MID_LANDING_Y, 100)),
        f"{stair.name}-{s.index}-P",
        "LANDING",
    )
    m.new("IfcRelAggregates", m.guid(f"{key}/parts"), m.owner, None, None, whole, [*flights, landing])
    return [whole]


def _space(m: Model, s: Storey, r: Room, at: Entity) -> Entity:
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
