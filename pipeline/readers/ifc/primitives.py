"""Cones and cylinders of CSG trees, of which the library's kernels make nothing, as bodies of plane faces."""

from __future__ import annotations

import math
from typing import Any

import ifcopenshell.util.element
import numpy as np
from numpy.typing import NDArray

from pipeline.readers.ifc.attributes import rows_of
from pipeline.readers.ifc.placements import axis_placement

SIDES = 64  # of a circle: its chords come within 0.12 % of the radius
MOST = 500  # primitives of one model that are written anew
_ERRORS = (AttributeError, TypeError, RuntimeError, ValueError, IndexError)


def replace_round(model: Any) -> int:
    """Put a body of plane faces in the place of every IfcRightCircularCone and -Cylinder; return how many.

    The model in memory is changed, not the file. What has no sound size is left to the kernels, which name it missing.
    """
    count = 0
    for kind in ("IfcRightCircularCylinder", "IfcRightCircularCone"):
        for primitive in rows_of(model, kind)[:MOST]:
            try:
                height, radius = float(primitive.get_argument(1)), float(primitive.get_argument(2))
                if not (0 < height < math.inf and 0 < radius < math.inf):
                    continue
                place = axis_placement(primitive.get_argument(0))
                points, faces = _faces(radius, height, pointed=kind.endswith("Cone"))
                world = points @ place[:3, :3].T + place[:3, 3]
                if not np.isfinite(world).all():
                    continue
                _stand_in(model, primitive, _brep(model, world, faces))
            except _ERRORS:
                continue
            count += 1
    return count


def _faces(radius: float, height: float, *, pointed: bool) -> tuple[NDArray[np.float64], list[list[int]]]:
    """Return corners (n, 3) and faces, seen from outside anticlockwise, of a body that stands on z = 0."""
    turn = np.arange(SIDES) * (2 * math.pi / SIDES)
    ring = np.column_stack([radius * np.cos(turn), radius * np.sin(turn), np.zeros(SIDES)])
    after = [(at + 1) % SIDES for at in range(SIDES)]
    bottom = [list(range(SIDES))[::-1]]
    if pointed:
        sides = [[at, after[at], SIDES] for at in range(SIDES)]
        return np.vstack([ring, [[0.0, 0.0, height]]]), bottom + sides
    sides = [[at, after[at], SIDES + after[at], SIDES + at] for at in range(SIDES)]
    return np.vstack([ring, ring + [0.0, 0.0, height]]), [*bottom, *sides, list(range(SIDES, 2 * SIDES))]


def _brep(model: Any, points: NDArray[np.float64], faces: list[list[int]]) -> Any:
    corners = [model.create_entity("IfcCartesianPoint", point) for point in points.tolist()]
    bounds = [
        model.create_entity("IfcFaceOuterBound", model.create_entity("IfcPolyLoop", [corners[at] for at in face]), True)
        for face in faces
    ]
    shell = model.create_entity("IfcClosedShell", [model.create_entity("IfcFace", [bound]) for bound in bounds])
    return model.create_entity("IfcFacetedBrep", shell)


def _stand_in(model: Any, old: Any, new: Any) -> None:
    """Let everything that refers to a primitive refer to a body; a CSG solid that is the primitive alone goes too."""
    for user in list(model.get_inverse(old)):
        if user.is_a("IfcCsgSolid"):
            _stand_in(model, user, new)
        else:
            ifcopenshell.util.element.replace_attribute(user, old, new)
