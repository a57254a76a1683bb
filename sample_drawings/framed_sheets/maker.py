"""Makes sheets with running numbers and seeded details, and places them."""

from __future__ import annotations

import math
import random

from sample_drawings.framed_sheets.spec import SheetSpec, Style

PREFIXES = (("建施", "建筑"), ("结施", "结构"), ("水施", "给排水"), ("暖施", "暖通"), ("电施", "电气"))
STOREYS = ("地下一层", "一层", "二层", "三层", "四层", "五层", "六层", "七至十七层", "屋顶层")
FIGURES = {
    "建筑": ("平面图",),
    "结构": ("梁配筋图", "板配筋图", "结构平面图"),
    "给排水": ("给排水平面图",),
    "暖通": ("通风平面图",),
    "电气": ("照明平面图", "弱电平面图"),
}
ENGLISH = (
    "FIRST FLOOR PLAN",
    "SECOND FLOOR PLAN",
    "ROOF PLAN",
    "SOUTH ELEVATION",
    "BUILDING SECTION",
    "WALL DETAILS",
    "FOUNDATION PLAN",
    "REFLECTED CEILING PLAN",
)


class Maker:
    """Makes sheets with running numbers and seeded details."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)
        self.count = 0

    def fields(self, k: float, english: bool = False, scale: str | None = None) -> dict[str, str]:
        """Return the fields of the next sheet."""
        rng, n = self.rng, self.count
        self.count += 1
        stated = scale if scale is not None else f"1:{k:g}"
        date = f"20{rng.randrange(20, 27)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        if english:
            prefix, discipline = rng.choice((("A", "建筑"), ("S", "结构"), ("M", "暖通"), ("E", "电气")))
            word = {"建筑": "ARCHITECTURE", "结构": "STRUCTURE", "暖通": "HVAC", "电气": "ELECTRICAL"}[discipline]
            return {
                "number": f"{prefix}-{101 + n}",
                "title": ENGLISH[n % len(ENGLISH)],
                "scale": stated,
                "discipline": word,
                "version": rng.choice("ABC012"),
                "date": date,
                "building": f"BLOCK {rng.choice('ABC')}",
            }
        prefix, discipline = PREFIXES[rng.randrange(len(PREFIXES)) if n % 3 else 0]
        dash = rng.choice(("-", "-", "－", "—"))
        number = f"{prefix}{dash}{n % 90 + 1:02d}{rng.choice(('', '', '', 'a'))}"
        title = STOREYS[n % len(STOREYS)] + rng.choice(FIGURES[discipline])
        return {
            "number": number,
            "title": title,
            "scale": stated,
            "discipline": discipline,
            "version": rng.choice(("A", "B", "1", "0")),
            "date": date,
            "building": f"{rng.randrange(1, 13)}#楼",
        }

    def sheet(self, size: str, k: float = 100.0, **more: object) -> SheetSpec:
        """Return the next sheet."""
        style = more.pop("style", None) or Style()
        english = style.wording == "en"  # type: ignore[attr-defined]
        fields = self.fields(k, english, more.pop("scale", None))  # type: ignore[arg-type]
        fields |= more.pop("fields", {})  # type: ignore[arg-type]
        content = more.pop("content", None) or self.rng.choice(("plan", "plan", "elevation"))
        return SheetSpec(size, fields, k, style, str(content), **more)  # type: ignore[arg-type]


def row(sheets: list[SheetSpec], gap: float = 40.0, columns: int = 5, at: tuple[float, float] = (0.0, 0.0)) -> None:
    """Place sheets side by side in rows from the top; `gap` in mm on paper of the larger neighbour."""
    for first in range(0, len(sheets), columns):
        line = sheets[first : first + columns]
        high = 0.0
        x = at[0]
        for sheet in line:
            wide, tall = _extent(sheet)
            low_x, low_y = _low(sheet)
            sheet.at = (x - low_x, at[1] - low_y)
            x += wide + gap * sheet.k
            high = max(high, tall + gap * sheet.k)
        at = (at[0], at[1] - high)
        for sheet in line:  # hang them below the line above
            sheet.at = (sheet.at[0], sheet.at[1] - high)


def grid(sheets: list[SheetSpec], columns: int, turn: float = 0.0, at: tuple[float, float] = (0.0, 0.0)) -> None:
    """Place sheets of one scale edge to edge in rows from below, each row as high as its highest, the whole turned."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    v = 0.0
    for first in range(0, len(sheets), columns):
        u = 0.0
        for sheet in sheets[first : first + columns]:
            sheet.turn, sheet.at = turn, (at[0] + sheet.k * (c * u - s * v), at[1] + sheet.k * (s * u + c * v))
            u += sheet.paper[0]
        v += max(sheet.paper[1] for sheet in sheets[first : first + columns])


def _points(sheet: SheetSpec) -> list[tuple[float, float]]:
    c, s = math.cos(math.radians(sheet.turn)), math.sin(math.radians(sheet.turn))
    w, h = sheet.paper
    return [(sheet.k * (c * u - s * v), sheet.k * (s * u + c * v)) for u, v in ((0, 0), (w, 0), (w, h), (0, h))]


def _extent(sheet: SheetSpec) -> tuple[float, float]:
    points = _points(sheet)
    return (
        max(p[0] for p in points) - min(p[0] for p in points),
        max(p[1] for p in points) - min(p[1] for p in points),
    )


def _low(sheet: SheetSpec) -> tuple[float, float]:
    points = _points(sheet)
    return min(p[0] for p in points), min(p[1] for p in points)
