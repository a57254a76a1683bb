"""Small drawings with known figures, built through the readers' own builder."""

from __future__ import annotations

import numpy as np

from pipeline.drawing.builder import SpaceBuilder
from pipeline.drawing.kinds import EntityKind, Format, SpaceKind
from pipeline.drawing.model import Drawing, Layer, Sheet

SHEET_AT = (500_000_000.0, 4_000_000.0)  # city coordinates, where float32 would not do
SCALE = 100.0


def plan_builder() -> SpaceBuilder:
    """Model space of a framed A4 sheet at 1:100 with one thing of each kind."""
    build = SpaceBuilder("Model", SpaceKind.MODEL)
    x0, y0 = SHEET_AT

    def at(*points: tuple[float, float]) -> np.ndarray:
        return np.array(points, float) * SCALE + np.array([x0, y0])

    build.add_polyline(
        at((0, 0), (297, 0), (297, 210), (0, 210)), closed=True, layer=0, width_mm=0.7, source=build.source("A1")
    )
    build.add_polyline(at((10, 20), (110, 20)), layer=1, color=0xFF0000FF, width_mm=0.5, source=build.source("A2"))
    build.add_polyline(at((10, 50), (400, 50)), layer=1, color=0x00FF00FF, dashed=1, source=build.source("A3"))
    square = [(150, 100), (190, 100), (190, 140), (150, 140)]
    hole = [(160, 110), (180, 110), (180, 130), (160, 130)]
    build.add_parts([at(*square), at(*hole)], kind=EntityKind.FILL, closed=True, layer=2, color=0x0000FFFF)
    angle = np.linspace(0, 2 * np.pi, 33)[:-1]
    ring = at((50, 150)) + 2000 * np.column_stack([np.cos(angle), np.sin(angle)])
    circle = build.add_polyline(ring, closed=True, kind=EntityKind.CIRCLE, layer=1, source=build.source("A4"))
    build.add_arc(circle, at((50, 150))[0], 2000.0)
    build.add_text("首层平面图\nPlan 1:100", at((200, 180))[0], 500.0, width=4000.0, font=0, layer=3)
    build.add_text("M0921", at((20, 80))[0], 350.0, rotation=np.pi / 2, width=1800.0, font=0, layer=3, color=0x808080FF)
    build.add_polyline(at((900, 900), (950, 950)), layer=1)
    return build


def plan(**changes: object) -> tuple[Drawing, Sheet]:
    """Return a drawing with one A4 sheet at 1:100 and that sheet; 7 of its 8 entities lie on it."""
    x0, y0 = SHEET_AT
    layers = [
        Layer("FRAME", meaning="frame"),
        Layer("WALL", meaning="wall"),
        Layer("FILL"),
        Layer("TEXT", meaning="text"),
    ]
    drawing = Drawing(
        Format.DXF, "ab" * 32, "test", spaces=[plan_builder().build()], layers=layers, fonts=["simhei.ttf"]
    )
    sheet = Sheet(
        id="0:0",
        space=0,
        box=(x0, y0, x0 + 29_700, y0 + 21_000),
        size_mm=(297.0, 210.0),
        to_space=(SCALE, 0.0, 0.0, SCALE, x0, y0),
        scale=SCALE,
        framed=True,
        entities=np.arange(7, dtype=np.int32),
    )
    for name, value in changes.items():
        setattr(sheet, name, value)
    drawing.sheets.append(sheet)
    return drawing, sheet
