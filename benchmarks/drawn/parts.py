"""The parts of a drawn model: walls with their openings, columns, stairs, spaces, furniture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely.geometry import Polygon, box

from benchmarks.drawn.building import Building, Opening, Room, Stair, Storey, Wall, Wing
from benchmarks.drawn.words import PARTS, ROOMS, said
from sample_drawings.ifc_model import Entity

if TYPE_CHECKING:
    from benchmarks.drawn.model import DrawnModel

SIZES = {  # x0, y0, x1, y1 of a thing, its height
    "bed": (0, -500, 2000, 500, 900),
    "double_bed": (-900, -2050, 900, 0, 1300),
    "sofa": (-1050, -850, 1050, 0, 800),
    "table": (-700, -400, 700, 400, 750),
    "desk": (-700, -350, 700, 350, 1400),
    "meeting": (-1800, -600, 1800, 600, 740),
    "pupil": (-200, -300, 200, 300, 740),
    "board": (-1800, -30, 1800, 30, 2000),
    "stall": (-900, 400, 900, 4900, 1500),
    "pan": (-220, -660, 220, 0, 800),
    "sink": (-1300, -600, 1300, 0, 2100),
    "closet": (0, -1400, 20, 0, 2000),
    "basin": (0, -450, 500, 0, 850),
}


def walls(m: DrawnModel, b: Building, s: Storey, wing: Wing, at: Entity, key: str) -> list[Entity]:
    """Walls with openings, doors and windows in them."""
    found: list[Entity] = []
    hosts: list[tuple[Wall, Entity, Entity, float]] = []  # with the beginning of the wall, at its corner
    for n, w in enumerate(wing.walls()):
        more = -wing.reach(w) if w.flat else wing.reach(w)
        a, length = w.a - more, w.b - w.a + 2 * more
        start = (a, w.at) if w.flat else (w.at, a)
        place = m.place(at, *start, 0, 0 if w.flat else 90)
        high = s.height - 120
        shape = m.shape(m.block(0, -w.thick / 2, 0, length, w.thick, high), stuff="wall")
        word = said(PARTS, "outer" if w.external else "inner", b.language)
        kind = "IfcWallStandardCase" if m.schema == "IFC2X3" else "IfcWall"
        this = f"{key}/wall/{n}"
        wall = m.product(kind, this, f"{word} {w.thick:.0f}-{n + 1:02d}", place, shape, Tag=f"W{n + 1}")
        m.properties(this, wall, "Pset_WallCommon", _wall_values(w, n))
        size = {"Length": ("IfcQuantityLength", length * m.k), "Width": ("IfcQuantityLength", w.thick * m.k)}
        m.quantities(this, wall, "Qto_WallBaseQuantities", size)
        m.typed("IfcWallType", f"{word} {w.thick:.0f}", wall, PredefinedType="STANDARD")
        _layers(m, b, w.thick, wall)
        found.append(wall)
        hosts.append((w, wall, place, a))
    for n, o in enumerate(wing.openings):
        host = next(
            (h for h in hosts if h[0].flat == o.flat and h[0].at == o.at and h[0].a <= o.centre <= h[0].b), None
        )
        if host:
            found += _opening(m, b, o, host[1:3], host[3], f"{key}/opening/{n}")
    return found


def _wall_values(w: Wall, n: int) -> dict[str, tuple[str, Any]]:
    return {
        "Reference": ("IfcIdentifier", f"W{w.thick:.0f}"),
        "IsExternal": ("IfcBoolean", w.external),
        "LoadBearing": ("IfcBoolean", w.thick > 180),
        "FireRating": ("IfcLabel", "2.00h" if n % 3 else "3.00h"),
    }


def _layers(m: DrawnModel, b: Building, thick: float, wall: Entity) -> None:
    if thick not in m.layered:
        material = m.entity("IfcMaterial", Name=said(PARTS, "material", b.language))
        layer = m.entity("IfcMaterialLayer", Material=material, LayerThickness=thick * m.k)
        layers = m.entity("IfcMaterialLayerSet", MaterialLayers=[layer], LayerSetName=f"{thick:.0f}")
        usage = m.entity(
            "IfcMaterialLayerSetUsage",
            ForLayerSet=layers,
            LayerSetDirection="AXIS2",
            DirectionSense="POSITIVE",
            OffsetFromReferenceLine=-thick / 2 * m.k,
        )
        m.layered[thick] = (usage, [])
    m.layered[thick][1].append(wall)


def _opening(
    m: DrawnModel, b: Building, o: Opening, host: tuple[Entity, Entity], start: float, key: str
) -> list[Entity]:
    wall, at = host
    place = m.place(at, o.centre - o.width / 2 - start, 0, o.sill)
    hole = m.shape(m.block(0, -o.thick, 0, o.width, 2 * o.thick, o.height))
    void = m.product("IfcOpeningElement", f"{key}/void", o.tag or "Void", place, hole, PredefinedType="OPENING")
    m.new("IfcRelVoidsElement", m.guid(f"{key}/voids"), m.owner, None, None, wall, void)
    if o.kind == "gap":
        return []
    door = o.kind != "window"
    inside = m.place(void.ObjectPlacement, 0, 0, 0)
    shape = m.mapped(f"{o.kind}/{o.tag}/{o.thick}", leaves(m, o))
    word = said(PARTS, "door" if door else "window", b.language)
    element = m.product(
        "IfcDoor" if door else "IfcWindow",
        key,
        f"{word} {o.tag}",
        inside,
        shape,
        Tag=o.tag,
        OverallHeight=o.height * m.k,
        OverallWidth=o.width * m.k,
    )
    m.new("IfcRelFillsElement", m.guid(f"{key}/fills"), m.owner, None, None, void, element)
    values: dict[str, tuple[str, Any]] = {"Reference": ("IfcIdentifier", o.tag), "IsExternal": ("IfcBoolean", not door)}
    if "FM" in o.tag or "FD" in o.tag:
        values["FireRating"] = ("IfcLabel", "1.00h")
    m.properties(key, element, f"Pset_{'Door' if door else 'Window'}Common", values)
    _opening_type(m, o, element, door)
    return [element]


def _opening_type(m: DrawnModel, o: Opening, element: Entity, door: bool) -> None:
    if m.schema == "IFC4":
        if door:
            m.typed("IfcDoorType", o.tag, element, PredefinedType="DOOR", OperationType="SINGLE_SWING_LEFT")
        else:
            m.typed("IfcWindowType", o.tag, element, PredefinedType="WINDOW", PartitioningType="SINGLE_PANEL")
        return
    values = {"ConstructionType": "NOTDEFINED", "ParameterTakesPrecedence": False, "Sizeable": False}
    operation = "SINGLE_SWING_LEFT" if door else "SINGLE_PANEL"
    m.typed("IfcDoorStyle" if door else "IfcWindowStyle", o.tag, element, OperationType=operation, **values)


def leaves(m: DrawnModel, o: Opening) -> list[Entity]:
    """A frame on three or four sides and a leaf or a pane."""
    jamb, deep = 50.0, min(100.0, o.thick)
    y = -deep / 2
    solids = [
        m.block(0, y, 0, jamb, deep, o.height),
        m.block(o.width - jamb, y, 0, jamb, deep, o.height),
        m.block(jamb, y, o.height - jamb, o.width - 2 * jamb, deep, jamb),
    ]
    if o.kind == "window":
        solids.append(m.block(jamb, y, 0, o.width - 2 * jamb, deep, jamb))
        panes = 2 if o.width >= 1500 else 1
        wide = (o.width - 2 * jamb) / panes
        for k in range(panes):
            solids.append(m.block(jamb + wide * k, -12 + 24 * k, jamb, wide, 24, o.height - 2 * jamb))
    else:
        solids.append(m.block(jamb, -20, 0, o.width - 2 * jamb, 40, o.height - jamb))
    return solids


def columns(m: DrawnModel, s: Storey, wing: Wing, at: Entity, key: str) -> list[Entity]:
    """Columns on the crossings of the axes."""
    found = []
    for n, c in enumerate(wing.columns()):
        x0, y0, x1, y1 = c.bounds
        place = m.place(at, (x0 + x1) / 2, (y0 + y1) / 2, 0)
        half = (x1 - x0) / 2
        shape = m.shape(m.block(-half, -half, 0, 2 * half, 2 * half, s.height - 120), stuff="column")
        name = f"KZ-{2 * half:.0f}x{2 * half:.0f}"
        column = m.product("IfcColumn", f"{key}/column/{n}", f"{name}:{n + 1}", place, shape, Tag=f"KZ{n + 1}")
        m.properties(f"{key}/column/{n}", column, "Pset_ColumnCommon", {"LoadBearing": ("IfcBoolean", True)})
        m.typed("IfcColumnType", name, column, PredefinedType="COLUMN")
        found.append(column)
    return found


def _run(s: Storey, st: Stair) -> tuple[int, float, float, float]:
    """Risers of a flight, their height, width of a flight, depth of the mid landing."""
    half = s.risers
    width = (st.x1 - st.x0 - 200 - 160) / 2
    return half, s.height / half / 2, width, max(width, 1200.0)


def well(s: Storey, st: Stair) -> Polygon:
    """The hole of a stair in the floor it comes up to."""
    half, _, _, landing = _run(s, st)
    run = min((half - 1) * st.tread, st.y1 - st.y0 - 200 - landing - 900) + landing
    low, high = (st.y1 - 100 - run, st.y1 - 100) if st.from_low else (st.y0 + 100, st.y0 + 100 + run)
    return box(st.x0 + 100, low, st.x1 - 100, high)


def stair(m: DrawnModel, s: Storey, st: Stair, at: Entity, key: str) -> list[Entity]:
    """Two flights of stepped blocks and a landing, put together as a stair."""
    half, riser, width, landing = _run(s, st)
    tread = min(st.tread, (st.y1 - st.y0 - 200 - landing - 900) / (half - 1))
    x0, x1 = st.x0 + 100, st.x1 - 100 - width
    edge = st.y1 - 100 - landing

    def y(v: float) -> float:
        return v if st.from_low else st.y0 + st.y1 - v

    whole = m.product("IfcStair", key, f"{st.name} {s.index}F", m.place(at, 0, 0, 0), None, ShapeType="HALF_TURN_STAIR")
    pieces = []
    for n, x in enumerate((x0, x1)):
        steps = []
        for k in range(half - 1):
            a = edge - (half - 1 - k) * tread if n == 0 else edge - (k + 1) * tread
            lo, hi = sorted((y(a), y(a + tread)))
            z = (n * half + k) * riser
            steps.append(m.block(x, lo, z, width, hi - lo, riser))
        flight = m.product(
            "IfcStairFlight",
            f"{key}/flight/{n}",
            f"{st.name} {n + 1}",
            m.place(at, 0, 0, 0),
            m.shape(*steps, stuff="stair"),
            NumberOfRiser=half,
            NumberOfRisers=half,
            NumberOfTreads=half - 1,
            RiserHeight=riser * m.k,
            TreadLength=tread * m.k,
        )
        pieces.append(flight)
    lo, hi = sorted((y(edge), y(st.y1 - 100)))
    flat = m.shape(m.block(x0, lo, half * riser - 120, st.x1 - st.x0 - 200, hi - lo, 120), stuff="stair")
    place = m.place(at, 0, 0, 0)
    pieces.append(m.product("IfcSlab", f"{key}/landing", f"{st.name} P", place, flat, PredefinedType="LANDING"))
    m.new("IfcRelAggregates", m.guid(f"{key}/parts"), m.owner, None, None, whole, pieces)
    return [whole]


def space(m: DrawnModel, b: Building, s: Storey, r: Room, at: Entity, key: str) -> Entity:
    """A room between the faces of its walls."""
    e = 100.0
    shape = m.shape(m.block(r.x0 + e, r.y0 + e, 0, r.x1 - r.x0 - 2 * e, r.y1 - r.y0 - 2 * e, s.height - 120))
    area = round((r.x1 - r.x0 - 2 * e) * (r.y1 - r.y0 - 2 * e) / 1e6, 2)
    made = m.product(
        "IfcSpace",
        key,
        r.number or key.rsplit("/", 1)[-1],
        m.place(at, 0, 0, 0),
        shape,
        LongName=said(ROOMS, r.word, b.language),
        CompositionType="ELEMENT",
        InteriorOrExteriorSpace="INTERNAL",
        PredefinedType="INTERNAL",
    )
    size = {"NetFloorArea": ("IfcQuantityArea", area), "Height": ("IfcQuantityLength", (s.height - 120) * m.k)}
    m.quantities(key, made, "Qto_SpaceBaseQuantities", size)
    m.properties(key, made, "Pset_SpaceCommon", {"IsExternal": ("IfcBoolean", False)})
    return made


def furniture(m: DrawnModel, wing: Wing, at: Entity, key: str) -> list[Entity]:
    """Furniture and ware as mapped boxes."""
    found = []
    for n, t in enumerate(wing.things):
        x0, y0, x1, y1, high = SIZES[t.word]
        shape = m.mapped(f"thing/{t.word}", [m.block(x0, y0, 0, x1 - x0, y1 - y0, high)])
        ware = t.word in ("pan", "closet", "basin")
        kind = "IfcFlowTerminal" if ware else "IfcFurnishingElement"
        place = m.place(at, t.x, t.y, 0, t.angle % 360)
        thing = m.product(kind, f"{key}/thing/{n}", t.word.replace("_", " ").upper(), place, shape, Tag=f"F{n + 1}")
        m.properties(f"{key}/thing/{n}", thing, "Pset_Furniture", {"Code": ("IfcLabel", f"{t.word[:3].upper()}-01")})
        found.append(thing)
    return found
