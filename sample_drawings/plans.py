"""Floor plans: walls, columns, openings, stairs, rooms, axes, three rows of dimensions, notes."""

from __future__ import annotations

from shapely.geometry import MultiPolygon, Polygon

from sample_drawings.building import (
    AXES_X,
    AXES_Y,
    COLUMN,
    FLIGHT_WIDTH,
    GROUND,
    MID_LANDING_Y,
    NAMES_X,
    NAMES_Y,
    Opening,
    Room,
    Stair,
    Storey,
    Version,
)
from sample_drawings.moved import Moved
from sample_drawings.paper import Page

PLACE = (17500.0, 25500.0)  # where axis 1 / axis A lie on a plan sheet at 1:100, page millimetres of reality


def polygons(shape: Polygon | MultiPolygon) -> list[Polygon]:
    return [shape] if isinstance(shape, Polygon) else list(shape.geoms)


def outline_lines(d: Moved, layer: str, shape: Polygon | MultiPolygon, pen: float | None = None) -> None:
    """Draw every edge as a line of its own, as exploded TArch walls are."""
    for polygon in polygons(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            points = list(ring.simplify(0.01).coords)
            for a, b in zip(points, points[1:], strict=False):
                d.line(layer, a, b, pen=pen)


def column_rect(x: float, y: float) -> list[tuple[float, float]]:
    """Columns stand flush with the outer faces and centred elsewhere."""
    h, w = COLUMN / 2, 100.0
    cx = x + h - w if x == 0 else x - h + w if x == 36000 else x
    cy = y + h - w if y == 0 else y - h + w if y == 16200 else y + h - w if y == 9000 else y - h + w
    return [(cx - h, cy - h), (cx + h, cy - h), (cx + h, cy + h), (cx - h, cy + h)]


def grid(d: Moved, scale: float, names: bool = True) -> None:
    """Axis lines with bubbles on all four sides."""
    reach, tail = 4200 * scale / 100, 400 * scale / 100
    s = scale
    for x, name in zip(AXES_X, NAMES_X, strict=True):
        d.line("DOTE", (x, -reach + tail), (x, 16200 + reach - tail))
        for y in (-reach, 16200 + reach):
            d.insert("AXIS", "_AXISO", x, y, 0, s, s, {"A": name})
    for y, name in zip(AXES_Y, NAMES_Y, strict=True):
        d.line("DOTE", (-reach + tail, y), (36000 + reach - tail, y))
        for x in (-reach, 36000 + reach):
            d.insert("AXIS", "_AXISO", x, y, 0, s, s, {"A": name})


def opening(d: Moved, o: Opening, detailed: bool = True) -> None:
    """A door or window block in its wall opening with its tag."""
    half = o.width / 2
    if not o.is_door:
        if o.along_x:
            d.insert("WINDOW", "C-4L", o.x - half, o.y, 0, o.width, 1)
        else:
            d.insert("WINDOW", "C-4L", o.x, o.y - half, 90, o.width, 1)
    elif o.tag.startswith("DTM"):
        d.insert("EVTR", f"DTM-{int(o.width):04d}", o.x - half, o.y, 0, 1, o.side)
    else:
        block = f"M{'2' if o.leaves == 2 else ''}-{int(o.width):04d}"
        if o.along_x:
            d.insert("WINDOW", block, o.x - o.hinge * half, o.y + o.side * 100, 0, o.hinge, o.side)
        else:
            d.insert("WINDOW", block, o.x + o.side * 100, o.y - o.hinge * half, 90, o.hinge, -o.side)
    if detailed:
        _tag(d, o)


def _tag(d: Moved, o: Opening) -> None:
    if o.along_x:
        outer = o.y in (0.0, 16200.0)
        up = (1 if o.y == 0 else -1) if outer else -o.side
        d.text("WINDOW_TEXT", o.tag, o.x, o.y + up * 330, 3.0, "cm")
    else:
        outer = o.x in (0.0, 36000.0)
        side = (1 if o.x == 0 else -1) if outer else -o.side
        d.text("WINDOW_TEXT", o.tag, o.x + side * 330, o.y, 3.0, "cm", 90)


def stair(d: Moved, s: Stair | None, below: Stair | None, top_level: float) -> None:
    """Plan of a stairwell: `s` goes up from this storey, `below` arrives from underneath."""
    shape = s or below
    if shape is None:
        return
    x0, x1 = shape.x0, shape.x1
    left, right = (x0, x0 + FLIGHT_WIDTH), (x1 - FLIGHT_WIDTH, x1)
    up_first = (s.risers[0] - 1) if s else 0
    down_last = (below.risers[1] - 1) if below else 0
    y_up = MID_LANDING_Y - up_first * TREAD_(s)
    if s:
        shown = up_first if below else min(up_first, 8)
        for k in range(shown + 1):
            y = y_up + k * s.tread
            d.line("STAIR", (left[0], y), (left[1], y))
        _break(d, left, y_up + (shown - 1.5) * s.tread if not below else MID_LANDING_Y - 3.2 * s.tread)
        arrow_up = y_up + (shown - 3 if not below else up_first - 4) * s.tread
        x = (left[0] + left[1]) / 2
        d.line("STAIR", (x, y_up - 300), (x, arrow_up))
        d.fill("STAIR", [(x, arrow_up + 300), (x - 60, arrow_up), (x + 60, arrow_up)])
        d.text("STAIR", f"上{sum(s.risers)}", x, y_up - 600, 3.0, "c")
    if below:
        y_down = MID_LANDING_Y - down_last * below.tread
        for k in range(down_last + 1):
            y = MID_LANDING_Y - k * below.tread
            d.line("STAIR", (right[0], y), (right[1], y))
        if not s:
            for k in range(below.risers[0]):
                y = MID_LANDING_Y - k * below.tread
                d.line("STAIR", (left[0], y), (left[1], y))
        x = (right[0] + right[1]) / 2
        d.line("STAIR", (x, y_down - 300), (x, MID_LANDING_Y - 700))
        d.fill("STAIR", [(x, MID_LANDING_Y - 400), (x - 60, MID_LANDING_Y - 700), (x + 60, MID_LANDING_Y - 700)])
        d.text("STAIR", f"下{sum(below.risers)}", x, y_down - 650, 3.0, "c")
    low = min(y_up if s else 1e9, MID_LANDING_Y - down_last * shape.tread)
    d.rect("HANDRAIL", left[1] + 40, low, right[0] - 40, MID_LANDING_Y + 60)
    if below or not s:
        mid = top_level
        k = getattr(d.page, "scale", 100.0)
        d.insert("DIM_ELEV", "_LEVEL", (x0 + x1) / 2 - 5 * k, 14950, 0, k, k, {"LEVEL": f"{mid:.3f}"})


def TREAD_(s: Stair | None) -> float:
    return s.tread if s else 0.0


def _break(d: Moved, left: tuple[float, float], y: float) -> None:
    """The 45 degree break line across a flight."""
    x0, x1 = left
    m = (x0 + x1) / 2
    d.line(
        "STAIR",
        (x0 - 100, y - 250),
        (m - 120, y - 30),
        (m - 40, y + 160),
        (m + 40, y - 160),
        (m + 120, y + 30),
        (x1 + 50, y + 230),
    )


def room_label(d: Moved, room: Room) -> None:
    """Room outline on SPACE, name, number and area with two decimals."""
    d.line("SPACE", *room.outline, closed=True, pen=0.05)
    x0, y0, x1, y1 = room.polygon.bounds
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    if room.name == "走道":
        x = 16800
    if room.name == "楼梯间":
        d.text("SPACE", room.name, x1 - 700, y0 + 1250, 3.0, "c")
        d.text("SPACE", room.number, x1 - 700, y0 + 800, 3.0, "c")
        return
    small = room.name in ("电梯井",)
    if small:
        y += 400
    d.text("SPACE", f"{room.name}{' ' + room.number if room.number and x1 - x0 > 3500 else ''}", x, y + 150, 3.5, "c")
    d.text("SPACE", f"{room.label_area:.2f}m²", x, y - 450, 3.0, "c")


def fixtures(d: Moved, index: int) -> None:
    """Sanitary ware, the lift car."""
    for k in range(3):
        d.insert("LVTRY", "LV-WC", 3100 + 900 * k, 16100)
        d.insert("LVTRY", "LV-WC", 6100 + 900 * k, 16100)
    for k in range(4):
        d.insert("LVTRY", "LV-UR", 5900, 13700 - 600 * k, -90)
    for k in range(2):
        d.insert("LVTRY", "LV-BASIN", 3100, 9300 + 700 * k, 90)
        d.insert("LVTRY", "LV-BASIN", 6100, 9300 + 700 * k, 90)
    d.rect("EVTR", 9550, 9650, 11450, 11350)
    d.line("EVTR", (9550, 9650), (11450, 11350))
    d.line("EVTR", (9550, 11350), (11450, 9650))


def facade_points(s: Storey, y: float) -> list[float]:
    """X of the axes and of the opening edges of an outer wall, in order."""
    xs = {float(x) for x in AXES_X}
    for o in s.openings:
        if o.along_x and o.y == y:
            xs |= {o.x - o.width / 2, o.x + o.width / 2}
    return sorted(xs)


def side_points(s: Storey, x: float) -> list[float]:
    ys = {float(y) for y in AXES_Y}
    for o in s.openings:
        if not o.along_x and o.x == x:
            ys |= {o.y - o.width / 2, o.y + o.width / 2}
    return sorted(ys)


def dimensions(d: Moved, s: Storey | None, rows: tuple[int, ...], lie: str = "") -> None:
    """Three rows of dimensions on each side: openings, axes, overall."""
    base = {1: 1600.0, 2: 2400.0, 3: 3200.0}
    for y0, sign in ((0.0, -1), (16200.0, 1)):
        face = y0 + sign * 100
        if 1 in rows and s:
            xs = facade_points(s, y0)
            for a, b in zip(xs, xs[1:], strict=False):
                d.dim((a, face), (b, face), y0 + sign * base[1])
        if 2 in rows:
            for k, (a, b) in enumerate(zip(AXES_X, AXES_X[1:], strict=False)):
                d.dim((a, face), (b, face), y0 + sign * base[2], shown=lie if k == 2 and y0 == 0 else "")
        d.dim((0, face), (36000, face), y0 + sign * base[3])
    for x0, sign in ((0.0, -1), (36000.0, 1)):
        face = x0 + sign * 100
        if 1 in rows and s:
            ys = side_points(s, x0)
            for a, b in zip(ys, ys[1:], strict=False):
                d.dim((face, a), (face, b), x0 + sign * base[1], True)
        if 2 in rows:
            for a, b in zip(AXES_Y, AXES_Y[1:], strict=False):
                d.dim((face, a), (face, b), x0 + sign * base[2], True)
        d.dim((face, 0), (face, 16200), x0 + sign * base[3], True)


def figure_title(page: Page, title: str, x: float, y: float) -> None:
    """Figure title with a double underline and its scale, millimetres on paper."""
    k = page.scale
    page.text("DIM_SYMB", title, x * k, y * k, 7.0, "c")
    w = len(title) * 7.2
    page.line("DIM_SYMB", ((x - w / 2 - 2) * k, (y - 3) * k), ((x + w / 2 + 2) * k, (y - 3) * k), pen=0.7)
    page.line("DIM_SYMB", ((x - w / 2 - 2) * k, (y - 4.5) * k), ((x + w / 2 + 2) * k, (y - 4.5) * k), pen=0.18)
    page.text("DIM_SYMB", f"1:{int(page.scale)}", (x + w / 2 + 6) * k, y * k, 5.0)


def plan(page: Page, v: Version, s: Storey) -> None:
    """Draw the plan of one storey on its page."""
    d = Moved(page, *PLACE)
    detailed = v.stage != "scheme"
    grid(d, 100)
    outline_lines(d, "WALL", s.wall_polygon())
    for x in AXES_X:
        for y in AXES_Y:
            d.line("COLUMN", *column_rect(x, y), closed=True)
            d.fill("COLUMN", column_rect(x, y))
    for o in s.openings:
        opening(d, o, detailed)
    below = v.storeys[s.index - 2].stairs if s.index > 1 else [None, None]
    here = s.stairs if s.stairs else [None, None]
    for up, under in zip(here, below, strict=True):
        mid = s.elevation - (under.risers[1] * under.riser if under else 0)
        stair(d, up, under, mid / 1000)
    fixtures(d, s.index)
    for room in s.rooms:
        room_label(d, room)
    dimensions(d, s, (1, 2, 3) if detailed else (2, 3), v.dimension_lie.get(s.title, ""))
    d.insert("DIM_ELEV", "_LEVEL", 28200, 7350, 0, 100, 100, {"LEVEL": level(s.elevation)})
    d.insert("DIM_ELEV", "_LEVEL", 4000, 10700, 0, 100, 100, {"LEVEL": level(s.elevation - 20)})
    if s.index == 1:
        _entrance(d)
        page.insert("DIM_SYMB", "_NORTH", 63500, 52500, 0, 100, 100)
        d.insert("DIM_SYMB", "_SECTION", 1500, -3300 + 200, 0, 100, 100, {"NO": "1"})
        d.insert("DIM_SYMB", "_SECTION", 1500, 16200 + 3300 - 200, 0, 100, -100, {"NO": "1"})
    figure_title(page, s.title, 355, 155)
    _notes(page, v, s)


def level(mm: float) -> str:
    """Elevation text: metres with three decimals, zero with its sign."""
    return "±0.000" if mm == 0 else f"{mm / 1000:.3f}"


def _entrance(d: Moved) -> None:
    """Steps and canopy line before the main doors, ramps at the side doors."""
    for k in range(3):
        e = 300 * k
        d.line(
            "STAIR",
            (12600 - e, -100),
            (12600 - e, -2300 + 1100 - e + 300),
            (23400 + e, -2300 + 1100 - e + 300),
            (23400 + e, -100),
        )
    d.insert("DIM_ELEV", "_LEVEL", 25000, -1000, 0, 100, 100, {"LEVEL": f"{GROUND / 1000:.3f}"})
    d.line("SURFACE", (-700, -100), (-700, 16900), (36700, 16900), (36700, -100), pen=0.18)
    d.text("PUB_TEXT", "室外散水宽600", 27000, 17050, 3.0)


def _notes(page: Page, v: Version, s: Storey) -> None:
    """Notes and the room list on the right of a plan."""
    k = page.scale
    x, y = 620.0, 440.0
    page.text("PUB_TEXT", "说明：", x * k, y * k, 5.0)
    notes = [
        "1. 图中未注明的墙体均为200厚加气混凝土砌块，轴线居中。",
        "2. 未注明的门垛宽均为100，或靠柱边设置。",
        "3. 卫生间比同层楼地面低20，坡向地漏，坡度1%。",
        "4. 门窗编号及数量详见门窗表（建施-02）。",
        "5. 临空处栏杆及楼梯扶手做法详见楼梯详图（建施-13）。",
        "6. 本层建筑面积593.68m²，为一个防火分区。",
    ]
    if v.stage == "scheme":
        notes = [notes[0], notes[5].replace("6.", "2.")]
    notes = [n.replace("建施", v.prefix) for n in notes]
    for i, note in enumerate(notes):
        page.text("PUB_TEXT", note, x * k, (y - 9 - 7 * i) * k, 3.5)
    if v.small_note == s.title:
        page.text("PUB_TEXT", "注：活动隔断由专业厂家二次深化设计", x * k, (y - 58) * k, 1.5)
    y = 360.0
    page.text("PUB_TEXT", f"{s.title[:2]}房间一览表", x * k, y * k, 5.0)
    rows = [r for r in s.rooms if r.name not in ("电梯井",)]
    widths, top = (18, 60, 34), y - 4
    for i in range(len(rows) + 2):
        page.line(
            "PUB_TAB",
            (x * k, (top - 7 * i) * k),
            ((x + sum(widths)) * k, (top - 7 * i) * k),
            pen=0.35 if i in (0, len(rows) + 1) else None,
        )
    for c in range(4):
        xx = x + sum(widths[:c])
        page.line(
            "PUB_TAB", (xx * k, top * k), (xx * k, (top - 7 * (len(rows) + 1)) * k), pen=0.35 if c in (0, 3) else None
        )
    for c, word in enumerate(("编号", "名称", "面积(m²)")):
        page.text("PUB_TAB", word, (x + sum(widths[:c]) + widths[c] / 2) * k, (top - 3.5) * k, 3.5, "cm")
    for i, room in enumerate(sorted(rows, key=lambda r: r.number or "~")):
        cells = (room.number or "-", room.name, f"{room.label_area:.2f}")
        for c, cell in enumerate(cells):
            page.text("PUB_TAB", cell, (x + sum(widths[:c]) + widths[c] / 2) * k, (top - 7 * i - 10.5) * k, 3.0, "cm")


def roof(page: Page, v: Version) -> None:
    """Roof plan: parapet, slopes, outlets, shaft heads."""
    d = Moved(page, *PLACE)
    grid(d, 100)
    for e in (-100, 100):
        d.rect("ROOF", e, e, 36000 - e, 16200 - e, pen=0.5)
    d.line("ROOF", (100, 8100), (35900, 8100), dash="DASHED")
    for x in (9000, 18000, 27000):
        d.line("ROOF", (x, 100), (x, 16100), dash="DASHED")
    for x in (4500, 13500, 22500, 31500):
        for y, sign in ((4000, -1), (12200, 1)):
            d.line("ROOF", (x, y), (x, y + sign * 1400))
            d.fill("ROOF", [(x, y + sign * 1800), (x - 80, y + sign * 1400), (x + 80, y + sign * 1400)])
            d.text("PUB_TEXT", "2%", x + 150, y + sign * 700, 3.5)
        for y in (350, 15850):
            d.arc("ROOF", x, y, 100)
            d.arc("ROOF", x, y, 60)
            d.text("PUB_TEXT", "雨水口", x + 200, y - 120, 3.0)
    d.rect("WALL", 8900, 8900, 12100, 11800, pen=0.5)
    d.rect("WALL", 9100, 9100, 11900, 11600, pen=0.5)
    d.text("PUB_TEXT", "电梯机房", 10500, 10500, 3.5, "c")
    d.rect("ROOF", 1900, 9500, 2600, 10200)
    d.text("PUB_TEXT", "上人孔", 2250, 10350, 3.0, "c")
    d.hatch("PUB_HATCH", [(100, 100), (35900, 100), (35900, 300), (100, 300)], "ANSI31", 2.0)
    d.hatch("PUB_HATCH", [(100, 15900), (35900, 15900), (35900, 16100), (100, 16100)], "ANSI31", 2.0)
    d.insert("DIM_ELEV", "_LEVEL", 17000, 6500, 0, 100, 100, {"LEVEL": "21.900"})
    d.insert("DIM_ELEV", "_LEVEL", 33000, 14800, 0, 100, 100, {"LEVEL": "23.300"})
    dimensions(d, None, (2, 3))
    figure_title(page, "屋顶平面图", 355, 155)
    k = page.scale
    page.text("PUB_TEXT", "说明：", 620 * k, 440 * k, 5.0)
    for i, note in enumerate(
        (
            "1. 屋面防水等级一级，做法详见设计说明。",
            "2. 雨水口及雨水管位置以给排水专业图纸为准。",
            "3. 女儿墙高1400，屋面检修孔做法详见标准图集。",
        )
    ):
        page.text("PUB_TEXT", note, 620 * k, (431 - 7 * i) * k, 3.5)
