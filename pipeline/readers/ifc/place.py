"""Judges where a model says it stands: map coordinates missing, doubled, in conflict, in the wrong zone."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from pipeline.drawing.defects import Defect, defect
from pipeline.drawing.tables import ElementTable

# China Geodetic Coordinate System 2000, EPSG registry: first code of each run, central meridian of it, step
_RUNS = (  # first, last, first meridian, step of the meridians, zone number before the easting
    (4491, 4501, 75.0, 6.0, True),
    (4502, 4512, 75.0, 6.0, False),
    (4513, 4533, 75.0, 3.0, True),
    (4534, 4554, 75.0, 3.0, False),
)
_GEOGRAPHIC = frozenset({4490, 4480, 4479, 4326, 4979, 4978, 4258, 4610, 4214, 4555})
_CODE = re.compile(r"(?:EPSG\s*[:_]*\s*|^\s*)(\d{4,6})\s*$", re.IGNORECASE)
_CODE_IN = re.compile(r"EPSG\s*[:_]*\s*(\d{4,6})", re.IGNORECASE)
_MERIDIAN = re.compile(r"CM[ _]*(\d{2,3})\s*°?\s*E|中央(?:经线|子午线)\D*(\d{2,3})", re.IGNORECASE)
_ZONE = re.compile(r"zone[ _]*(\d{2})", re.IGNORECASE)
_AXIS_M, _FLATTENING = 6378137.0, 1 / 298.257222101  # ellipsoid of CGCS2000
FAR_MM = 50e6  # geometry beyond 50 km of the origin is not modelled there by intent
CONFLICT_KM = 20.0  # latitude and longitude of a site are often those of the town
ZONE_SLACK_DEG = {3.0: 2.0, 6.0: 3.5}


def crs_code(name: str) -> int | None:
    """Return the EPSG code of a coordinate system's name; names of CGCS2000 zones are understood too."""
    found = _CODE.search(name) or _CODE_IN.search(name)
    if found:
        return int(found[1])
    if "2000" not in name:
        return None
    meridian, zone = _MERIDIAN.search(name), _ZONE.search(name)
    if meridian:
        degree = int(meridian[1] or meridian[2])
        six = "6" in name.split("2000", 1)[1].split("CM")[0] and "3" not in name.split("2000", 1)[1].split("CM")[0]
        first, step = (4502, 6) if six else (4534, 3)
        return first + (degree - 75) // step if 75 <= degree <= 135 and degree % 3 == 0 else None
    if zone and 25 <= int(zone[1]) <= 45:
        return 4513 + int(zone[1]) - 25
    return None


def cgcs2000(code: int) -> tuple[float, float, float] | None:
    """Return central meridian, false easting (m) and width of the zone of a CGCS2000 grid, None for others.

    Source: EPSG registry, CGCS2000 / Gauss-Kruger, codes 4491-4554.
    """
    for first, last, meridian, step, numbered in _RUNS:
        if first <= code <= last:
            degree = meridian + (code - first) * step
            zone = degree / 3 if step == 3.0 else (degree + 3) / 6
            return degree, 500_000.0 + (zone * 1e6 if numbered else 0.0), step
    return None


def grid_position(latitude: float, longitude: float, meridian: float) -> tuple[float, float]:
    """Return northing and easting from the meridian (m) of a point, Gauss-Krueger on the ellipsoid of CGCS2000.

    Krueger (1912), series to the third power of n: exact to a millimetre within a zone.
    """
    n = _FLATTENING / (2 - _FLATTENING)
    eccentricity = 2 * math.sqrt(n) / (1 + n)
    sine = math.sin(math.radians(latitude))
    t = math.sinh(math.atanh(sine) - eccentricity * math.atanh(eccentricity * sine))
    away = math.radians(longitude - meridian)
    xi, eta = math.atan2(t, math.cos(away)), math.atanh(math.sin(away) / math.sqrt(1 + t * t))
    radius = _AXIS_M / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3,
        13 / 48 * n**2 - 3 / 5 * n**3,
        61 / 240 * n**3,
    )
    north, east = xi, eta
    for power, value in enumerate(alpha, 1):
        north += value * math.sin(2 * power * xi) * math.cosh(2 * power * eta)
        east += value * math.cos(2 * power * xi) * math.sinh(2 * power * eta)
    return radius * north, radius * east


def judge_place(found: dict[str, Any], table: ElementTable, unit_mm: float) -> list[Defect]:
    """Return what is odd about the georeference of a model (`Drawing.meta["georeference"]`); fills `epsg` in it."""
    conversion, system = found.get("map_conversion"), found.get("projected_crs")
    far_km = _far_km(table)
    if conversion is None and system is None:
        degrees = found.get("RefLatitude_deg") is not None and found.get("RefLongitude_deg") is not None
        have = "仅有场地经纬度 / only the site's latitude and longitude" if degrees else "IfcMapConversion: –"
        told = [defect("georeference_missing", have=have)]
        return told + ([defect("coordinates_far", distance=f"{far_km:.0f}")] if far_km else [])
    told = _judge_system(found, system)
    if conversion is not None:
        told += _judge_conversion(found, conversion, system or {}, unit_mm)
        several = found.get("map_conversions") or []
        if len({tuple(sorted((k, str(v)) for k, v in one.items())) for one in several}) > 1:
            first = ", ".join(f"{one.get('Eastings')} / {one.get('Northings')}" for one in several[:2])
            told.append(defect("georeference_twice", count=len(several), first=first))
    if far_km:
        shifted = conversion is not None and max(abs(_number(conversion, k)) for k in ("Eastings", "Northings")) > 1e4
        distance = f"{far_km:.0f}"
        told.append(
            defect("georeference_far", distance=distance) if shifted else defect("coordinates_far", distance=distance)
        )
    return told


def _judge_system(found: dict[str, Any], system: dict[str, Any] | None) -> list[Defect]:
    name = str((system or {}).get("Name") or "").strip()
    if not name:
        return [defect("crs_missing")]
    code = crs_code(name)
    if code is None:
        return [defect("crs_unknown", name=name[:80])]
    found["epsg"] = code
    if code in _GEOGRAPHIC:
        return [defect("crs_not_projected", name=f"EPSG:{code}")]
    grid = cgcs2000(code)
    if grid is None:
        return [defect("crs_foreign", name=f"EPSG:{code}")]
    found["central_meridian_deg"] = grid[0]
    longitude = found.get("RefLongitude_deg")
    if longitude is not None and abs(longitude - grid[0]) > ZONE_SLACK_DEG[grid[2]]:
        return [defect("crs_wrong_zone", name=f"EPSG:{code}", meridian=f"{grid[0]:g}", longitude=f"{longitude:.2f}")]
    return []


def _judge_conversion(
    found: dict[str, Any], conversion: dict[str, Any], system: dict[str, Any], unit_mm: float
) -> list[Defect]:
    told = []
    grid = cgcs2000(int(found.get("epsg") or 0))
    map_mm = float(system.get("unit_mm") or 0.0) or (1000.0 if grid else 0.0)
    scale = _number(conversion, "Scale", 1.0)
    expected = unit_mm / map_mm if map_mm else 0.0
    if expected and abs(scale / expected - 1) > 0.01:
        told.append(defect("georeference_scale", scale=f"{scale:g}", expected=f"{expected:g}"))
    latitude, longitude = found.get("RefLatitude_deg"), found.get("RefLongitude_deg")
    if grid is None or latitude is None or longitude is None or abs(longitude - grid[0]) > 30 or abs(latitude) > 89:
        return told
    north, east = grid_position(latitude, longitude, grid[0])
    metres = (map_mm or 1000.0) / 1000.0
    away = math.hypot(
        _number(conversion, "Northings") * metres - north, _number(conversion, "Eastings") * metres - east - grid[1]
    )
    if away > CONFLICT_KM * 1000:
        told.append(defect("georeference_conflict", distance=f"{away / 1000:.0f}"))
    return told


def _number(values: dict[str, Any], key: str, default: float = 0.0) -> float:
    value = values.get(key)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else default


def _far_km(table: ElementTable) -> float:
    """Return how far from the origin the middle of the model lies in plan, 0 where it is near."""
    boxes = table.box[np.isfinite(table.box).all(axis=1)] if len(table.box) else table.box
    if not len(boxes):
        return 0.0
    middle = np.median((boxes[:, :2] + boxes[:, 3:5]) / 2, axis=0)
    away = float(np.hypot(*middle))
    return away / 1e6 if away > FAR_MM else 0.0
