"""Meshes of POLYLINEs by their definition: the third opinion where the drawing add-on shows edges that are hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ezdxf.math import Vec3

_FACE, _PLACE = 128, 64  # vertex flags: a face record has the first and not the second
_SMOOTHED = 4  # polyline flag
_CORNERS = ("vtx0", "vtx1", "vtx2", "vtx3")


def shown_edges(mesh: Any) -> Iterator[tuple[Vec3, Vec3]]:
    """Yield the edges of a polyface mesh that show, in file units; a negative corner hides the edge it begins.

    Source: DXF reference, VERTEX, groups 71 to 74, and POLYLINE as a polyface mesh.
    """
    places = [vertex.dxf.location for vertex in mesh.vertices]
    for vertex in mesh.vertices:
        if vertex.dxf.get("flags", 0) & (_FACE | _PLACE) == _FACE:
            numbers = [int(vertex.dxf.get(name, 0) or 0) for name in _CORNERS]
            corners = [number for number in numbers if 0 < abs(number) <= len(places)]
            for number, following in zip(corners, [*corners[1:], *corners[:1]], strict=True):
                if number > 0:
                    yield places[number - 1], places[abs(following) - 1]


def measure_as_smoothed(mesh: Any) -> None:
    """Give a polygon mesh whose frame points were taken out the rows and columns of its smoothed surface."""
    if int(mesh.dxf.get("flags", 0)) & _SMOOTHED:
        for count, density in (("m_count", "m_smooth_density"), ("n_count", "n_smooth_density")):
            if mesh.dxf.get(density, 0):
                mesh.dxf.set(count, mesh.dxf.get(density))
