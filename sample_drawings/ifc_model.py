"""Thin writer of IFC entities with repeatable GlobalIds."""

from __future__ import annotations

import uuid
from typing import Any

import ifcopenshell
import ifcopenshell.guid

Entity = Any
SPACE = uuid.UUID("5f1c9a52-6c1e-5a3f-9d2f-220200000000")


# what it is made of -> red, green, blue, transparency (0 to 1), as the model is shown
COLOURS = {
    "wall": (0.93, 0.91, 0.86, 0.0),
    "column": (0.72, 0.74, 0.77, 0.0),
    "slab": (0.60, 0.61, 0.62, 0.0),
    "roof": (0.44, 0.47, 0.50, 0.0),
    "glass": (0.52, 0.74, 0.90, 0.55),
    "wood": (0.61, 0.40, 0.22, 0.0),
    "fire door": (0.66, 0.20, 0.16, 0.0),
    "stair": (0.83, 0.73, 0.56, 0.0),
    "lift": (0.30, 0.38, 0.50, 0.0),
}


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
        self.styles: dict[str, Entity] = {}

    def new(self, kind: str, *values: Any) -> Entity:
        """Make an entity."""
        return self.f.create_entity(kind, *values)

    def guid(self, key: str) -> str:
        """Return the GlobalId of a key."""
        return ifcopenshell.guid.compress(uuid.uuid5(SPACE, f"{self.seed}/{key}").hex)

    def point(self, *xyz: float) -> Entity:
        """Return a mapped point as PDF numbers."""
        key = tuple(float(v) for v in xyz)
        if key not in self.points:
            self.points[key] = self.new("IfcCartesianPoint", key)
        return self.points[key]

    def place(self, parent: Entity | None, x: float, y: float, z: float, turn: int = 0) -> Entity:
        """Return a placement; `turn` is 0 or 90 degrees."""
        axes = self.new("IfcAxis2Placement3D", self.point(x, y, z), self.up, self.along[turn])
        return self.new("IfcLocalPlacement", parent, axes)

    def ring(self, points: list[tuple[float, float]]) -> Entity:
        """Return a closed profile."""
        line = self.new("IfcPolyline", [self.point(*p) for p in [*points, points[0]]])
        return self.new("IfcArbitraryClosedProfileDef", "AREA", None, line)

    def solid(
        self, profile: Entity, depth: float, position: Entity | None = None, direction: Entity | None = None
    ) -> Entity:
        """Return an extrusion."""
        return self.new("IfcExtrudedAreaSolid", profile, position or self.flat, direction or self.up, float(depth))

    def block(self, x0: float, y0: float, z0: float, dx: float, dy: float, dz: float) -> Entity:
        """Return a box."""
        ring = self.ring([(x0, y0), (x0 + dx, y0), (x0 + dx, y0 + dy), (x0, y0 + dy)])
        return self.solid(ring, dz, self.new("IfcAxis2Placement3D", self.point(0, 0, z0), self.up, self.along[0]))

    def style(self, stuff: str) -> Entity:
        """Return the surface style of a material of COLOURS; made once."""
        if stuff not in self.styles:
            red, green, blue, clear = COLOURS[stuff]
            colour = self.new("IfcColourRgb", None, red, green, blue)
            look = self.new("IfcSurfaceStyleRendering", colour, clear, None, None, None, None, None, None, "NOTDEFINED")
            self.styles[stuff] = self.new("IfcSurfaceStyle", stuff, "BOTH", [look])
        return self.styles[stuff]

    def shape(self, *solids: Entity, stuff: str = "") -> Entity:
        """Return a body of solids, coloured as the material `stuff` ("" = not coloured)."""
        for solid in solids if stuff else ():
            self.new("IfcStyledItem", solid, [self.style(stuff)], None)
        body = self.new("IfcShapeRepresentation", self.body, "Body", "SweptSolid", list(solids))
        return self.new("IfcProductDefinitionShape", None, None, [body])

    def properties(self, key: str, product: Entity, name: str, values: dict[str, tuple[str, Any]]) -> None:
        """Attach a property set."""
        props = [self.new("IfcPropertySingleValue", n, None, self.new(t, v), None) for n, (t, v) in values.items()]
        pset = self.new("IfcPropertySet", self.guid(f"{key}/{name}"), self.owner, name, None, props)
        self.new("IfcRelDefinesByProperties", self.guid(f"{key}/{name}/rel"), self.owner, None, None, [product], pset)

    def quantities(self, key: str, product: Entity, name: str, values: dict[str, tuple[str, float]]) -> None:
        """Attach a quantity set."""
        items = [self.new(kind, n, None, None, float(v)) for n, (kind, v) in values.items()]
        qto = self.new("IfcElementQuantity", self.guid(f"{key}/{name}"), self.owner, name, None, None, items)
        self.new("IfcRelDefinesByProperties", self.guid(f"{key}/{name}/rel"), self.owner, None, None, [product], qto)
