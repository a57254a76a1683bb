"""Elevations, the section through a stair, the stair details."""

from __future__ import annotations

from sample_drawings.building import (
    AXES_X,
    AXES_Y,
    FLIGHT_WIDTH,
    GROUND,
    HEIGHTS,
    MID_LANDING_Y,
    NAMES_Y,
    PARAPET,
    TREAD,
    Stair,
    Storey,
    Version,
)
from sample_drawings.moved import Moved
from sample_drawings.paper import Page
from sample_drawings.plans import figure_title, level, stair

ROOF = float(sum(HEIGHTS))
TOP = ROOF + PARAPET
PLACE = (18000.0, 20000.0)


def _levels(v: Version) -> list[float]:
    result = [float(GROUND)]
    z = 0.0
    for h in HEIGHTS:
        result.append(z)
        z += h
    return [*result, ROOF, TOP]


def _level_column(d: Moved, v: Version, x: float, lie: dict[str, str]) -> None:
    for z in _levels(v):
        shown = level(z)
        low = 2000 if z < 0 else 0
        d.line("DIM_ELEV", (x - 300, z), (x + 2000 + low, z), pen=0.13)
        d.insert("DIM_ELEV", "_LEVEL", x + 300 + low, z, 0, 100, 100, {"LEVEL": lie.get(shown, shown)})


def _height_chain(d: Moved, v: Version, x: float) -> None:
    zs = _levels(v)
    for a, b in zip(zs, zs[1:], strict=False):
        d.dim((x, a), (x, b), x - 800, True)
    d.dim((x, zs[0]), (x, zs[-1]), x - 1600, True)


def elevation(page: Page, v: Version, south: bool) -> None:
    """South (axes 1 to 7) or north (7 to 1) elevation."""
    d = Moved(page, *PLACE)
    wall_y = 0.0 if south else 16200.0
    mirror = (lambda x: x) if south else (lambda x: 36000.0 - x)
    d.line("GROUND", (-3000, GROUND), (39000, GROUND), pen=1.0)
    d.line("SURFACE", (-100, GROUND), (-100, TOP), (36100, TOP), (36100, GROUND), pen=0.5)
    d.rect("SURFACE", -200, TOP - 200, 36200, TOP)
    for z in [s.elevation for s in v.storeys[1:]] + [ROOF]:
        d.line("SURFACE", (-100, z), (36100, z), pen=0.13)
        d.line("SURFACE", (-100, z - 150), (36100, z - 150), pen=0.13)
    for x in (6000, 12000, 18000, 24000, 30000):
        for side in (-250, 250):
            d.line("SURFACE", (x + side, 3900), (x + side, ROOF), pen=0.13)
    free: list[tuple[float, float]] = []
    for s in v.storeys:
        for o in s.openings:
            if o.along_x and o.y == wall_y:
                c = mirror(o.x)
                _facade_opening(d, c - o.width / 2, c + o.width / 2, s.elevation + o.sill, o.height, o.is_door)
                if s.index == 1:
                    free.append((c - o.width / 2, c + o.width / 2))
    _stone_base(d, free)
    if south:
        d.rect("SURFACE", 12300, 3000, 23700, 3500, pen=0.5)
        for k in range(2):
            d.line("SURFACE", (12000 - 300 * k, -150 * k), (24000 + 300 * k, -150 * k))
    names = ("1", "7") if south else ("7", "1")
    for x, name in zip((0, 36000), names, strict=True):
        d.line("DOTE", (x, GROUND - 400), (x, GROUND - 2200))
        d.insert("AXIS", "_AXISO", x, GROUND - 2600, 0, 100, 100, {"A": name})
    d.dim((0, GROUND - 400), (36000, GROUND - 400), GROUND - 1500)
    _level_column(d, v, 37500, {})
    _height_chain(d, v, -1200)
    materials = (
        ("浅米色真石漆", 14900, 11500),
        ("深灰色铝合金窗框，Low-E中空玻璃", 20900, 9400),
        ("灰色花岗岩勒脚", 4400, 400),
    )
    for k, (word, x, z) in enumerate(materials):
        d.arc("DIM_LEAD", x, z, 60)
        d.line("DIM_LEAD", (x, z), (x + 900, TOP + 900 + 700 * k), (x + 6000, TOP + 900 + 700 * k))
        d.text("PUB_TEXT", word, x + 1000, TOP + 990 + 700 * k, 3.5)
    figure_title(page, page.title, 355, 140)
    word = "①~⑦轴立面图" if south else "⑦~①轴立面图"
    page.text("DIM_SYMB", f"({word})", 355 * page.scale, 124 * page.scale, 5.0, "c")


def _facade_opening(d: Moved, x0: float, x1: float, z: float, height: float, door: bool) -> None:
    d.rect("WINDOW", x0, z, x1, z + height, pen=0.25)
    d.rect("WINDOW", x0 + 60, z + 60, x1 - 60, z + height - 60, pen=0.13)
    parts = 4 if x1 - x0 > 2000 else 2
    for k in range(1, parts):
        x = x0 + (x1 - x0) * k / parts
        d.line("WINDOW", (x, z + 60), (x, z + height - 60), pen=0.13)
    if not door and height > 1300:
        d.line("WINDOW", (x0 + 60, z + height - 600), (x1 - 60, z + height - 600), pen=0.13)
    if not door:
        d.rect("SURFACE", x0 - 60, z - 100, x1 + 60, z, pen=0.13)


def _stone_base(d: Moved, openings: list[tuple[float, float]]) -> None:
    """Stone courses on the foot of the wall, up to the sills, leaving the doors free."""
    x = -100.0
    doors = sorted((a, b) for a, b in openings if b - a >= 2400 and a > 11000 and b < 25000)
    for a, b in [*doors, (36100.0, 36100.0)]:
        if a - x > 300:
            d.hatch("PUB_HATCH", [(x, GROUND), (a, GROUND), (a, 800), (x, 800)], "BRICK", 4.0)
        x = b
    d.line("SURFACE", (-100, 800), (36100, 800), pen=0.18)


def _slabs(d: Moved, v: Version, y0: float, y1: float) -> None:
    for s in v.storeys[1:]:
        z = s.elevation
        d.fill("COLUMN", [(y0, z - 120), (y1, z - 120), (y1, z), (y0, z)])
    d.fill("COLUMN", [(-100, ROOF - 150), (16300, ROOF - 150), (16300, ROOF), (-100, ROOF)])
    d.fill("COLUMN", [(-100, -120), (16300, -120), (16300, 0), (-100, 0)])


def _cut_wall(d: Moved, y: float, z0: float, z1: float, gaps: list[tuple[float, float, bool]]) -> None:
    """A wall of 200 in section with openings `gaps` (from, to, window?)."""
    z = z0
    for a, b, glazed in [*gaps, (z1, z1, False)]:
        if a > z:
            d.rect("WALL", y - 100, z, y + 100, a, pen=0.5)
        if glazed:
            for e in (-100, -33, 33, 100):
                d.line("WINDOW", (y + e, a), (y + e, b), pen=0.18)
        elif b > a:
            d.line("WINDOW", (y - 100, a), (y - 100, b), pen=0.13)
            d.line("WINDOW", (y + 100, a), (y + 100, b), pen=0.13)
        z = b


def flights(d: Moved, s: Stair, z: float, texts: bool) -> None:
    """Profile of the two flights going up from level z (m y axis to the north)."""
    y = MID_LANDING_Y - (s.risers[0] - 1) * s.tread
    start = y
    points = [(y, z)]
    for k in range(s.risers[0]):
        points += [(y, z + (k + 1) * s.riser)]
        if k < s.risers[0] - 1:
            y += s.tread
            points += [(y, z + (k + 1) * s.riser)]
    mid = z + s.risers[0] * s.riser
    soffit = [(MID_LANDING_Y, mid - 220), (start + 150, z - 100)]
    d.line("STAIR", *points, pen=0.18)
    d.line("STAIR", *soffit, pen=0.18)
    d.fill("COLUMN", [(MID_LANDING_Y, mid - 100), (16100, mid - 100), (16100, mid), (MID_LANDING_Y, mid)])
    d.fill(
        "COLUMN",
        [
            (MID_LANDING_Y, mid - 350),
            (MID_LANDING_Y + 200, mid - 350),
            (MID_LANDING_Y + 200, mid),
            (MID_LANDING_Y, mid),
        ],
    )
    y2 = MID_LANDING_Y
    cut = [(y2, mid)]
    for k in range(s.risers[1]):
        cut += [(y2, mid + (k + 1) * s.riser)]
        if k < s.risers[1] - 1:
            y2 -= s.tread
            cut += [(y2, mid + (k + 1) * s.riser)]
    end = mid + s.risers[1] * s.riser
    d.fill("COLUMN", [*cut, (y2, end - 130), (MID_LANDING_Y, mid - 130)])
    for (ya, za), (yb, zb) in (((start, z), (MID_LANDING_Y, mid)), ((MID_LANDING_Y, mid), (y2, end))):
        d.line("HANDRAIL", (ya, za + 900), (yb, zb + 900), pen=0.25)
        n = 6
        for k in range(n + 1):
            t = k / n
            d.line(
                "HANDRAIL",
                (ya + (yb - ya) * t, za + (zb - za) * t),
                (ya + (yb - ya) * t, za + (zb - za) * t + 900),
                pen=0.13,
            )
    if texts:
        x = 17100.0
        d.dim((16200, z), (16200, mid), x, True, f"{int(s.riser)}×{s.risers[0]}={int(s.riser * s.risers[0])}")
        d.dim((16200, mid), (16200, end), x, True, f"{int(s.riser)}×{s.risers[1]}={int(s.riser * s.risers[1])}")


def section(page: Page, v: Version) -> None:
    """Section 1-1 through stair LT-1, the corridor and a south room."""
    d = Moved(page, PLACE[0] + 9000, PLACE[1])
    _building_section(d, v, 0)
    figure_title(page, "1-1剖面图", 355, 140)
    _level_column(d, v, 18300, v.section_level)
    _height_chain(d, v, -1200)


def _building_section(d: Moved, v: Version, which: int, texts: bool = False, y_from: float = -100) -> None:
    d.line("GROUND", (-3000, GROUND), (20000, GROUND), pen=1.0)
    _slabs(d, v, y_from, 9100 + 200)
    for s in v.storeys:
        z0, z1 = s.elevation, s.elevation + s.height
        net = z1 - (150 if s.index == 6 else 120)
        door = s.elevation + 2100
        _cut_wall(d, 0, z0, net, [(z0 + 900, z0 + 2700, True)])
        _cut_wall(d, 6600, z0, net, [(z0, door, False)])
        _cut_wall(d, 9000, z0, net, [(z0, door, False)])
        _cut_wall(d, 16200, z0, net, [(z0 + 900, z0 + 2700, True)])
        for y in (0.0, 6600.0, 9000.0):
            d.fill("COLUMN", [(y - 125, net - 450), (y + 125, net - 450), (y + 125, net), (y - 125, net)])
        room = next((r for r in s.rooms if r.key in (f"{s.index}S0",)), s.rooms[0])
        d.text("SPACE", room.name, 3300, z0 + 1500, 3.5, "c")
        d.text("SPACE", "走道", 7800, z0 + 1200, 3.5, "c")
        if s.stairs:
            flights(d, s.stairs[which], z0, texts)
        if s.index > 1:
            y_end = MID_LANDING_Y - (v.storeys[s.index - 2].stairs[which].risers[1] - 1) * TREAD
            d.fill("COLUMN", [(9100, z0 - 120), (y_end, z0 - 120), (y_end, z0), (9100, z0)])
            d.fill("COLUMN", [(y_end - 200, z0 - 350), (y_end, z0 - 350), (y_end, z0), (y_end - 200, z0)])
    for y in (0.0, 16200.0):
        d.rect("WALL", y - 100, ROOF, y + 100, TOP, pen=0.5)
    for y, name in zip(AXES_Y, NAMES_Y, strict=True):
        d.line("DOTE", (y, GROUND - 400), (y, GROUND - 2600))
        d.insert("AXIS", "_AXISO", y, GROUND - 3000, 0, 100, 100, {"A": name})
    for a, b in zip(AXES_Y, AXES_Y[1:], strict=False):
        d.dim((a, GROUND - 300), (b, GROUND - 300), GROUND - 1100)
    d.dim((0, GROUND - 300), (16200, GROUND - 300), GROUND - 1900)


def stair_details(page: Page, v: Version) -> None:
    """Stair plans at 1:50 with tread and riser texts, and the riser lines of each storey."""
    first, second = v.storeys[0], v.storeys[1]
    figures = [
        ("LT-1一层平面图", first, None, 0),
        ("LT-1二层平面图", second, first, 0),
        ("LT-2一层平面图", first, None, 1),
        ("LT-2二层平面图", second, first, 1),
    ]
    for i, (title, s, below, which) in enumerate(figures):
        _stair_plan(page, title, s, below, which, 4600 + 8600 * i, 14500)
    k = page.scale
    page.text("PUB_TEXT", "楼梯踏步一览", 90 * k, 190 * k, 5.0)
    widths = (26, 22, 26, 62, 62, 62, 62)
    head = ("楼梯", "楼层", "层高", "第一跑踢面", "第一跑踏面", "第二跑踢面", "第二跑踏面")
    rows = [
        (st.name, f"{s.index}F", str(int(s.height)), *_flight_texts(st))
        for which in (0, 1)
        for s in v.storeys
        if s.stairs
        for st in [s.stairs[which]]
    ]
    table(page, 90, 184, widths, [head, *rows])
    for i, note in enumerate(
        (
            "说明：",
            f"1. 楼梯平台及回廊等临空处栏杆高度{v.guard_height}m，自可踏面起算，立杆净距不大于110。",
            "2. 楼梯扶手高度自踏步前缘线量起不小于0.90m。",
            "3. 踏步面层设防滑条，做法详见标准图集。",
            "4. 楼梯间门为乙级防火门，向疏散方向开启。",
        )
    ):
        page.text("PUB_TEXT", note, 480 * k, (180 - 8 * i) * k, 3.5)


def _flight_texts(s: Stair) -> tuple[str, str, str, str]:
    cells = []
    for n in s.risers:
        cells += [f"{int(s.riser)}×{n}={int(s.riser * n)}", f"{int(s.tread)}×{n - 1}={int(s.tread * (n - 1))}"]
    return cells[0], cells[1], cells[2], cells[3]


def table(
    page: Page, x: float, y: float, widths: tuple[float, ...], rows: list[tuple[str, ...]], step: float = 8.0
) -> None:
    """A ruled table with its upper left corner at (x, y), millimetres on paper."""
    k = page.scale
    w = sum(widths)
    for i in range(len(rows) + 1):
        heavy = 0.5 if i in (0, 1, len(rows)) else None
        page.line("PUB_TAB", (x * k, (y - step * i) * k), ((x + w) * k, (y - step * i) * k), pen=heavy)
    for c in range(len(widths) + 1):
        xx = (x + sum(widths[:c])) * k
        page.line("PUB_TAB", (xx, y * k), (xx, (y - step * len(rows)) * k), pen=0.5 if c in (0, len(widths)) else None)
    for i, row in enumerate(rows):
        for c, cell in enumerate(row):
            page.text("PUB_TAB", cell, (x + sum(widths[:c]) + widths[c] / 2) * k, (y - step * (i + 0.5)) * k, 3.5, "cm")


def _stair_plan(page: Page, title: str, s: Storey, below: Storey | None, which: int, ox: float, oy: float) -> None:
    shape = s.stairs[which]
    base_x = shape.x0 - 100
    d = Moved(page, ox - base_x, oy - 9000)
    x0, x1 = base_x, base_x + 3000
    for a, b in (((x0 - 100, 8900), (x0 + 900, 9100)), ((x0 + 2100, 8900), (x1 + 100, 9100))):
        d.rect("WALL", a[0], a[1], b[0], b[1], pen=0.5)
    d.rect("WALL", x0 - 100, 9100, x0 + 100, 16100, pen=0.5)
    d.rect("WALL", x1 - 100, 9100, x1 + 100, 16100, pen=0.5)
    d.rect("WALL", x0 - 100, 16100, x0 + 750, 16300, pen=0.5)
    d.rect("WALL", x0 + 2250, 16100, x1 + 100, 16300, pen=0.5)
    d.insert("WINDOW", "C-4L", x0 + 750, 16200, 0, 1500, 1)
    d.insert("WINDOW", "M2-1200", x0 + 900, 8900, 0, 1, -1)
    under = below.stairs[which] if below else None
    stair(d, shape, under, (s.elevation - (under.risers[1] * under.riser if under else 0)) / 1000)
    y_up = MID_LANDING_Y - (shape.risers[0] - 1) * shape.tread
    n = shape.risers[0] - 1
    d.dim((x0 - 100, y_up), (x0 - 100, MID_LANDING_Y), x0 - 700, True, f"{int(shape.tread)}×{n}={int(shape.tread * n)}")
    d.dim((x0 - 100, MID_LANDING_Y), (x0 - 100, 16200), x0 - 700, True)
    d.dim((x0 - 100, 9000), (x0 - 100, y_up), x0 - 700, True)
    d.dim((x0 - 100, 9000), (x0 - 100, 16200), x0 - 1150, True)
    d.dim((x0, 16300), (x1, 16300), 17000)
    for a, b in (
        (x0 + 100, x0 + 100 + FLIGHT_WIDTH),
        (x0 + 100 + FLIGHT_WIDTH, x1 - 100 - FLIGHT_WIDTH),
        (x1 - 100 - FLIGHT_WIDTH, x1 - 100),
    ):
        d.dim((a, 8900), (b, 8900), 8050)
    k = page.scale
    cx = (ox + 1500) / k
    page.text("DIM_SYMB", title, cx * k, (oy - 1900), 5.0, "c")
    page.line("DIM_SYMB", ((cx - 22) * k, oy - 2050), ((cx + 22) * k, oy - 2050), pen=0.7)
    page.text("DIM_SYMB", "1:50", (cx + 25) * k, oy - 1900, 3.5)


def longest_x() -> float:
    return float(AXES_X[-1])
