"""A drawn building as an IFC model: spatial tree, grid, storeys with walls, openings, slabs, stairs, spaces, things."""

from __future__ import annotations

import math
import random
from pathlib import Path

import ifcopenshell
from shapely.geometry import Polygon
from shapely.ops import unary_union

from benchmarks.drawn import parts
from benchmarks.drawn.building import Building, Storey, Wing
from benchmarks.drawn.plan import LETTERS, polygons
from benchmarks.drawn.words import PARTS, said, storey_title
from sample_drawings.ifc_model import Entity, Model


class DrawnModel(Model):
    """The writer of the sample model for either schema, with entities by attribute name and placements at any angle."""

    def __init__(self, seed: int, rng: random.Random):
        super().__init__(f"drawn {seed}")
        self.schema = rng.choice(("IFC2X3", "IFC4"))
        self.k = rng.choice((1.0, 1.0, 0.001))  # model units a millimetre
        self.f = ifcopenshell.file(schema=self.schema)
        self.points, self.styles = {}, {}
        self.up = self.new("IfcDirection", (0.0, 0.0, 1.0))
        self.along = {0: self.new("IfcDirection", (1.0, 0.0, 0.0))}
        self.flat = self.new("IfcAxis2Placement3D", self.point(0, 0, 0), self.up, self.along[0])
        self.types: dict[str, tuple[Entity, list[Entity]]] = {}
        self.maps: dict[str, Entity] = {}
        self.layered: dict[float, tuple[Entity, list[Entity]]] = {}
        self.rng = rng

    def entity(self, kind: str, **values) -> Entity:  # type: ignore[no-untyped-def]
        """Make an entity by attribute names; what the schema does not know is left out."""
        e = self.f.create_entity(kind)
        known = set(e.get_info())
        for name, value in values.items():
            if name in known:
                setattr(e, name, value)
        return e

    def product(self, kind: str, key: str, name: str, place: Entity, shape: Entity | None, **more) -> Entity:  # type: ignore[no-untyped-def]
        """Make a product with its GlobalId and owner."""
        return self.entity(
            kind,
            GlobalId=self.guid(key),
            OwnerHistory=self.owner,
            Name=name,
            ObjectPlacement=place,
            Representation=shape,
            **more,
        )

    def point(self, *xyz: float) -> Entity:
        """A point given in millimetres."""
        return super().point(*[round(v * getattr(self, "k", 1.0), 6) for v in xyz])

    def place(self, parent: Entity | None, x: float, y: float, z: float, turn: float = 0) -> Entity:
        """A placement in millimetres and degrees."""
        if turn not in self.along:
            t = math.radians(turn)
            self.along[turn] = self.new("IfcDirection", (round(math.cos(t), 12), round(math.sin(t), 12), 0.0))
        axes = self.new("IfcAxis2Placement3D", self.point(x, y, z), self.up, self.along[turn])
        return self.new("IfcLocalPlacement", parent, axes)

    def solid(
        self, profile: Entity, depth: float, position: Entity | None = None, direction: Entity | None = None
    ) -> Entity:
        """An extrusion of a depth in millimetres."""
        return super().solid(profile, depth * self.k, position, direction)

    def profile(self, polygon: Polygon) -> Entity:
        """A profile of a polygon with its holes."""
        outer = self.ring([(x, y) for x, y in polygon.exterior.coords[:-1]])
        if not polygon.interiors:
            return outer
        holes = [self.new("IfcPolyline", [self.point(x, y) for x, y in ring.coords]) for ring in polygon.interiors]
        return self.new("IfcArbitraryProfileDefWithVoids", "AREA", None, outer.OuterCurve, holes)

    def raised(self, z: float) -> Entity:
        """The position of a profile at a height."""
        return self.new("IfcAxis2Placement3D", self.point(0, 0, z), self.up, self.along[0])

    def typed(self, kind: str, name: str, thing: Entity, **more) -> None:  # type: ignore[no-untyped-def]
        """Note that a product is of a type; types are made once."""
        key = f"{kind}/{name}"
        if key not in self.types:
            made = self.entity(kind, GlobalId=self.guid(key), OwnerHistory=self.owner, Name=name, **more)
            self.types[key] = (made, [])
        self.types[key][1].append(thing)

    def mapped(self, key: str, solids: list[Entity]) -> Entity:
        """A shape that uses a representation map by key; the first caller's solids make it."""
        if key not in self.maps:
            body = self.new("IfcShapeRepresentation", self.body, "Body", "SweptSolid", solids)
            self.maps[key] = self.new("IfcRepresentationMap", self.flat, body)
        origin = self.new("IfcCartesianTransformationOperator3D", None, None, self.point(0, 0, 0), 1.0, None)
        item = self.new("IfcMappedItem", self.maps[key], origin)
        body = self.new("IfcShapeRepresentation", self.body, "Body", "MappedRepresentation", [item])
        return self.new("IfcProductDefinitionShape", None, None, [body])

    def style(self, stuff: str) -> Entity:
        """The style of a material; the older schema wants it in an assignment."""
        made = super().style(stuff)
        if self.schema == "IFC2X3" and made.is_a("IfcSurfaceStyle"):
            self.styles[stuff] = self.new("IfcPresentationStyleAssignment", [made])
        return self.styles[stuff]

    def ends(self) -> None:
        """Write what is known only at the end: types, layered materials, containment."""
        for key, (made, things) in self.types.items():
            self.new("IfcRelDefinesByType", self.guid(f"{key}/rel"), self.owner, None, None, things, made)
        for thick, (usage, things) in self.layered.items():
            key = f"material/{thick}"
            self.new("IfcRelAssociatesMaterial", self.guid(key), self.owner, None, None, things, usage)
        for storey, things in self.contained.items():
            key = f"contains/{storey.GlobalId}"
            self.new("IfcRelContainedInSpatialStructure", self.guid(key), self.owner, None, None, things, storey)


def write(b: Building, path: Path) -> None:
    """Write the model of a building; equal input gives equal entities."""
    rng = random.Random(f"drawn model {b.seed}")
    m = DrawnModel(b.seed, rng)
    storeys = _skeleton(m, b)
    for s in b.storeys:
        _storey(m, b, s, storeys[s.index - 1])
    m.ends()
    header = m.f.wrapped_data.header if hasattr(m.f, "wrapped_data") else m.f.header
    header.file_name.name, header.file_name.time_stamp = path.name, "2026-01-01T08:00:00"
    m.f.write(str(path))


def _skeleton(m: DrawnModel, b: Building) -> list[Entity]:
    person, firm = m.new("IfcPerson", None, "Wang"), m.new("IfcOrganization", None, "JC Architects")
    app = m.new("IfcApplication", firm, "1.0", "drawn", "drawn")
    both = m.new("IfcPersonAndOrganization", person, firm)
    m.owner = m.new("IfcOwnerHistory", both, app, None, "ADDED", None, None, None, 1750204800)
    length = m.new("IfcSIUnit", None, "LENGTHUNIT", "MILLI" if m.k == 1 else None, "METRE")
    rest = [("AREAUNIT", "SQUARE_METRE"), ("VOLUMEUNIT", "CUBIC_METRE"), ("PLANEANGLEUNIT", "RADIAN")]
    units = m.new("IfcUnitAssignment", [length, *[m.new("IfcSIUnit", None, kind, None, name) for kind, name in rest]])
    context = m.new("IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, m.flat, None)

    def sub(name: str, view: str) -> Entity:
        return m.entity(
            "IfcGeometricRepresentationSubContext",
            ContextIdentifier=name,
            ContextType="Model",
            ParentContext=context,
            TargetView=view,
        )

    m.body, m.plan = sub("Body", "MODEL_VIEW"), sub("FootPrint", "PLAN_VIEW")
    project = m.entity(
        "IfcProject",
        GlobalId=m.guid("project"),
        OwnerHistory=m.owner,
        Name=b.name,
        RepresentationContexts=[context],
        UnitsInContext=units,
    )
    site = m.product("IfcSite", "site", "Site", m.place(None, 0, 0, 0), None, CompositionType="ELEMENT")
    house = m.product(
        "IfcBuilding", "building", b.name, m.place(site.ObjectPlacement, 0, 0, 0), None, CompositionType="ELEMENT"
    )
    m.properties("building", house, "Pset_BuildingCommon", {"NumberOfStoreys": ("IfcInteger", len(b.storeys))})
    storeys = [
        m.product(
            "IfcBuildingStorey",
            f"storey/{s.index}",
            f"{s.index}F" if b.language == "zh" else storey_title(s.index, b.language).split(" ", 1)[1],
            m.place(house.ObjectPlacement, 0, 0, s.elevation),
            None,
            CompositionType="ELEMENT",
            Elevation=s.elevation * m.k,
        )
        for s in b.storeys
    ]
    for key, whole, these in (("project", project, [site]), ("site", site, [house]), ("building", house, storeys)):
        m.new("IfcRelAggregates", m.guid(f"agg/{key}"), m.owner, None, None, whole, these)
    for n, wing in enumerate(b.storeys[0].wings):
        _grid(m, n, wing, storeys[0])
    return storeys


def _grid(m: DrawnModel, n: int, wing: Wing, storey: Entity) -> None:
    w, d, far = wing.axes_x[-1], wing.axes_y[-1], 3000

    def axis(name: str, p: tuple[float, float], q: tuple[float, float]) -> Entity:
        return m.new("IfcGridAxis", name, m.new("IfcPolyline", [m.point(*p), m.point(*q)]), True)

    us = [axis(f"{n + 1}-{i + 1}" if n else str(i + 1), (x, -far), (x, d + far)) for i, x in enumerate(wing.axes_x)]
    vs = [
        axis(f"{n + 1}-{LETTERS[i]}" if n else LETTERS[i], (-far, y), (w + far, y)) for i, y in enumerate(wing.axes_y)
    ]
    curves = m.new("IfcGeometricCurveSet", [a.AxisCurve for a in us + vs])
    shape = m.new("IfcShapeRepresentation", m.plan, "FootPrint", "GeometricCurveSet", [curves])
    place = m.place(storey.ObjectPlacement, *wing.origin, 0, wing.turn)
    look = m.new("IfcProductDefinitionShape", None, None, [shape])
    grid = m.product("IfcGrid", f"grid/{n}", "Grid", place, look, UAxes=us, VAxes=vs)
    m.contained.setdefault(storey, []).append(grid)


def _storey(m: DrawnModel, b: Building, s: Storey, storey: Entity) -> None:
    things = m.contained.setdefault(storey, [])
    spaces: list[Entity] = []
    for n, wing in enumerate(s.wings):
        at = m.place(storey.ObjectPlacement, *wing.origin, 0, wing.turn)
        key = f"{s.index}/{n}"
        things += parts.walls(m, b, s, wing, at, key)
        things += parts.columns(m, s, wing, at, key)
        for stair in wing.stairs if s.index < len(b.storeys) else ():
            things += parts.stair(m, s, stair, at, f"{key}/{stair.name}")
        things += parts.furniture(m, wing, at, key)
        spaces += [parts.space(m, b, s, r, at, f"{key}/space/{i}") for i, r in enumerate(wing.rooms) if r.label]
    for i, bow in enumerate(s.bows):
        shape = m.shape(m.solid(m.profile(bow.outline()), s.height - 120), stuff="wall")
        place = m.place(storey.ObjectPlacement, 0, 0, 0)
        name = said(PARTS, "bow", b.language)
        things.append(m.product("IfcWall", f"{s.index}/bow/{i}", f"{name} {i + 1}", place, shape, Tag=f"R{i}"))
    for i, (p, q, thick) in enumerate(s.links):
        length, turn = math.dist(p, q), math.degrees(math.atan2(q[1] - p[1], q[0] - p[0]))
        shape = m.shape(m.block(0, -thick / 2, 0, length, thick, s.height - 120), stuff="wall")
        place = m.place(storey.ObjectPlacement, *p, 0, turn)
        things.append(m.product("IfcWall", f"{s.index}/link/{i}", f"Link {i + 1}", place, shape, Tag=f"L{i}"))
    things += _slabs(m, b, s, storey)
    m.new("IfcRelAggregates", m.guid(f"agg/storey/{s.index}"), m.owner, None, None, storey, spaces)


def _slabs(m: DrawnModel, b: Building, s: Storey, storey: Entity) -> list[Entity]:
    """The floor of a storey, with holes for stairs and lifts from the second on, balconies, and a roof on the last."""
    outline = unary_union([w.footprint.buffer(w.outer / 2, join_style="mitre") for w in s.wings])
    outline = outline.union(unary_union([bow.sector() for bow in s.bows]))
    wells: list[Polygon] = []
    for w in s.wings:
        for st in w.stairs if s.index > 1 else ():
            wells.append(w.shape(parts.well(s, st)))
    found = []
    for n, polygon in enumerate(polygons(outline.difference(unary_union(wells)) if wells else outline)):
        shape = m.shape(m.solid(m.profile(polygon), 120, m.raised(-120)), stuff="slab")
        place = m.place(storey.ObjectPlacement, 0, 0, 0)
        slab = m.product("IfcSlab", f"{s.index}/slab/{n}", f"B{s.index}-{n + 1}", place, shape, PredefinedType="FLOOR")
        m.quantities(
            f"{s.index}/slab/{n}", slab, "Qto_SlabBaseQuantities", {"NetArea": ("IfcQuantityArea", polygon.area / 1e6)}
        )
        found.append(slab)
    for w in s.wings:
        for i, rail in enumerate(w.balconies):
            shape = m.shape(m.solid(m.ring(rail), 100, m.raised(-100)), stuff="slab")
            place = m.place(storey.ObjectPlacement, *w.origin, 0, w.turn)
            found.append(
                m.product("IfcSlab", f"{s.index}/balcony/{i}", f"YT-{i + 1}", place, shape, PredefinedType="FLOOR")
            )
    if s.index == len(b.storeys):
        shape = m.shape(m.solid(m.profile(polygons(outline)[0]), 120, m.raised(s.height - 120)), stuff="roof")
        place = m.place(storey.ObjectPlacement, 0, 0, 0)
        found.append(m.product("IfcSlab", "roof", "WM", place, shape, PredefinedType="ROOF"))
    return found
