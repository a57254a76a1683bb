"""Thin writer of IFC entities with repeatable GlobalIds."""

from __future__ import annotations

import uuid
from typing import Any

import ifcopenshell
import ifcopenshell.guid

Entity = Any
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

    def shape(self, *solids: Entity) -> Entity:
        """Return a body of solids."""
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
