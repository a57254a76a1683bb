"""What stands on the sheets: plans, elevations, details, notes, lists; and what may be taken for a title block."""

from __future__ import annotations

import random

from sample_drawings.framed_sheets.spec import SheetSpec
from sample_drawings.paper import Drawn

ROOMS = ("办公室", "会议室", "卫生间", "走道", "楼梯间", "配电间", "门厅", "储藏室")
ROOMS_EN = ("OFFICE", "MEETING", "TOILET", "CORRIDOR", "STAIR", "STORE", "HALL", "PANTRY")


def content_of(sheet: SheetSpec, seed: int) -> Drawn:
    """Return the content of a sheet in millimetres on paper."""
    rng = random.Random(f"{seed} {sheet.fields.get('number')} {sheet.fields.get('title')} {sheet.size}")
    drawn = Drawn()
    w, h = sheet.paper
    low = 46.0 if sheet.style.strip == "bottom" else 70.0 if sheet.style.strip in ("corner", "countersign") else 22.0
    right = w - 85.0 if sheet.style.strip == "right" else w - 18.0
    box = (38.0, low, max(right, 110.0), h - (34.0 if sheet.style.strip == "countersign" else 18.0))
    kinds = {
        "plan": _plan,
        "elevation": _elevation,
        "details": _details,
        "notes": _notes,
        "list": _listing,
        "site": _site,
        "empty": _nothing,
    }
    kinds[sheet.content](drawn, sheet, box, rng)
    for decoy in sheet.decoys:
        {"table": _decoy_table, "room": _decoy_room, "reference": _decoy_reference, "stamp": _decoy_stamp}[decoy](
            drawn, box, rng
        )
    return drawn


Box = tuple[float, float, float, float]


def _figure(drawn: Drawn, sheet: SheetSpec, x: float, y: float, title: str, scale: str) -> None:
    """Write a figure title with its scale beside it."""
    if not title:
        return
    drawn.text("DIM_SYMB", title, x, y, 7.0)
    wide = 7.0 * len(title) * (0.6 if title.isascii() else 1.0)
    drawn.line("DIM_SYMB", (x, y - 2), (x + wide, y - 2), pen=0.7)
    if scale:
        drawn.text("DIM_SYMB", scale, x + wide + 6, y, 5.0)


def _title(sheet: SheetSpec) -> str:
    return sheet.fields["title"] if sheet.figure is None else sheet.figure


def _plan(drawn: Drawn, sheet: SheetSpec, box: Box, rng: random.Random) -> None:
    x0, y0, x1, y1 = box[0] + 18, box[1] + 34, box[2] - 10, box[3] - 8
    columns, rows = max(2, int((x1 - x0) // 60)), max(1, int((y1 - y0) // 70))
    xs = [x0 + (x1 - x0) * i / columns for i in range(columns + 1)]
    ys = [y0 + (y1 - y0) * i / rows for i in range(rows + 1)]
    for i, x in enumerate(xs):
        drawn.line("DOTE", (x, y0 - 8), (x, y1))
        drawn.arc("AXIS", x, y0 - 12, 4)
        drawn.text("AXIS", str(i + 1), x, y0 - 13.5, 3.5, "c")
    for i, y in enumerate(ys):
        drawn.line("DOTE", (x0 - 8, y), (x1, y))
        drawn.arc("AXIS", x0 - 12, y, 4)
        drawn.text("AXIS", "ABCDEFGHJKLMN"[i % 13], x0 - 12, y - 1.7, 3.5, "c")
    english = sheet.style.wording == "en"
    for i in range(columns):
        drawn.text("PUB_DIM", str(rng.choice((3600, 3900, 4200, 7200))), (xs[i] + xs[i + 1]) / 2, y0 - 5, 2.5, "c")
        for j in range(rows):
            drawn.rect("WALL", xs[i] + 1, ys[j] + 1, xs[i + 1] - 1, ys[j + 1] - 1)
            drawn.rect("WALL", xs[i] + 2.5, ys[j] + 2.5, xs[i + 1] - 2.5, ys[j + 1] - 2.5)
            name = rng.choice(ROOMS_EN if english else ROOMS)
            drawn.text("SPACE", name, (xs[i] + xs[i + 1]) / 2, (ys[j] + ys[j + 1]) / 2, 3.5, "c")
            drawn.text("WINDOW_TEXT", rng.choice(("M1021", "C1518", "FM乙1221")), xs[i] + 6, ys[j] + 6, 2.5)
            drawn.arc("WINDOW", xs[i] + 4, ys[j] + 4, 9, 0, 90)
    drawn.text("PUB_TEXT", "NOTE: SEE A-501 FOR DETAILS" if english else "注：做法详见建施-21", x0, box[1] + 1, 3.0)
    _figure(drawn, sheet, x0 + 20, box[1] + 7, _title(sheet), sheet.fields.get("scale") or "")


def _elevation(drawn: Drawn, sheet: SheetSpec, box: Box, rng: random.Random) -> None:
    x0, y0, x1, y1 = box[0] + 18, box[1] + 26, box[2] - 20, box[3] - 12
    drawn.line("GROUND", (x0 - 10, y0), (x1 + 10, y0), pen=0.7)
    drawn.rect("SURFACE", x0, y0, x1, y1)
    floors = max(2, int((y1 - y0) // 28))
    for i in range(floors):
        y = y0 + (y1 - y0) * i / floors
        drawn.line("SURFACE", (x0, y), (x1, y))
        drawn.text("DIM_ELEV", f"{3.6 * i:.3f}", x1 + 3, y + 1, 3.0)
        x = x0 + 8
        while x + 12 < x1:
            drawn.rect("WINDOW", x, y + 6, x + 10, y + 18)
            x += rng.choice((18, 20, 24))
    _figure(drawn, sheet, x0 + 20, box[1] + 7, _title(sheet), sheet.fields.get("scale") or "")


def _details(drawn: Drawn, sheet: SheetSpec, box: Box, rng: random.Random) -> None:
    """Several details, each with its own title and scale; one of them may look like a sheet."""
    names = ["女儿墙大样", "窗台大样", "勒脚大样", "雨篷大样", "台阶大样", "檐口大样"]
    rng.shuffle(names)
    y = box[3] - 52
    index = 0
    while y > box[1] + 10:
        x = box[0] + 8
        while x + 70 < box[2]:
            drawn.rect("WALL", x, y, x + 40, y + 40)
            drawn.rect("PUB_HATCH", x + 6, y + 6, x + 20, y + 34)
            drawn.text("PUB_DIM", str(rng.randrange(60, 400, 20)), x + 20, y + 42, 2.5, "c")
            drawn.text("DIM_SYMB", names[index % len(names)], x, y - 8, 5.0)
            drawn.text("DIM_SYMB", rng.choice(("1:10", "1:20", "1:5")), x + 34, y - 8, 3.5)
            index += 1
            x += 80
        y -= 70
    if _title(sheet):
        _figure(drawn, sheet, box[0] + 20, box[3] - 4, _title(sheet), "")


def _notes(drawn: Drawn, sheet: SheetSpec, box: Box, rng: random.Random) -> None:
    lines = [
        "一、设计依据：本工程设计合同，工程名称：松江新城住宅小区。",
        "1. 图中尺寸除标高外均以毫米为单位，比例 1:100 为主。",
        "2. 门窗详见建施-02，楼梯详见建施-15。",
        "3. 设计：王晨曦　审核：周文博",
        "4. 版本以最新日期为准。",
        "二、建设单位应提供地质勘察报告。",
        "5. 图号按《房屋建筑制图统一标准》编排。",
    ]
    y = box[3] - 14
    drawn.text("PUB_TEXT", _title(sheet), box[0] + 30, y, 8.0)
    for line in lines[: max(2, int((box[3] - box[1]) // 14))]:
        y -= 10
        drawn.text("PUB_TEXT", line, box[0] + 4, y, 3.5)


def _listing(drawn: Drawn, sheet: SheetSpec, box: Box, rng: random.Random) -> None:
    """A drawing list 图纸目录."""
    rows = [("序号", "图号", "图名", "图幅", "版次", "备注")]
    rows += [(str(i), n, t, s, "A", "") for i, (n, t, s) in enumerate(sheet.listing, 1)]
    drawn.text("PUB_TEXT", "图 纸 目 录", (box[0] + box[2]) / 2, box[3] - 8, 6.0, "c")
    table(drawn, box[0] + 2, box[3] - 16, (10, 26, 62, 14, 12, 18), rows, 6.5, 2.8)


def table(
    drawn: Drawn, x: float, y: float, widths: tuple[float, ...], rows: list[tuple[str, ...]], step: float, height: float
) -> None:
    """Draw a table downwards from (x, y)."""
    wide = sum(widths)
    for i in range(len(rows) + 1):
        drawn.line("PUB_TAB", (x, y - i * step), (x + wide, y - i * step))
    at = x
    for k in range(len(widths) + 1):
        drawn.line("PUB_TAB", (at, y), (at, y - len(rows) * step))
        at += widths[k] if k < len(widths) else 0
    for i, row in enumerate(rows):
        at = x
        for word, width in zip(row, widths, strict=True):
            if word:
                drawn.text("PUB_TAB", word, at + 1.5, y - (i + 0.5) * step - height / 2, height)
            at += width


def _site(drawn: Drawn, sheet: SheetSpec, box: Box, rng: random.Random) -> None:
    points = [
        (box[0] + (box[2] - box[0]) * a, box[1] + 20 + (box[3] - box[1] - 24) * b)
        for a, b in ((0.05, 0.1), (0.9, 0.02), (0.96, 0.8), (0.5, 0.97), (0.1, 0.85))
    ]
    drawn.line("GROUND", *points, closed=True, pen=0.7)
    for i in range(5):
        x = box[0] + 20 + rng.random() * max(10.0, box[2] - box[0] - 70)
        y = box[1] + 30 + rng.random() * max(10.0, box[3] - box[1] - 80)
        drawn.rect("WALL", x, y, x + 30, y + 16)
        drawn.text("PUB_TEXT", f"{i + 1}#楼 18F", x + 4, y + 6, 3.0)
        drawn.text("PUB_DIM", f"X={rng.uniform(4.85e6, 4.86e6):.3f}", x + 31, y, 2.2)
    _figure(drawn, sheet, box[0] + 30, box[1] + 5, _title(sheet), sheet.fields.get("scale") or "")


def _nothing(drawn: Drawn, sheet: SheetSpec, box: Box, rng: random.Random) -> None:
    """Leave the sheet empty but for one line."""
    drawn.line("WALL", (box[0], box[1]), (box[2], box[3]))


def _decoy_table(drawn: Drawn, box: Box, rng: random.Random) -> None:
    """A schedule of standard drawings whose heads are the labels of a title block."""
    rows = [
        ("图号", "图名", "比例", "日期"),
        ("12J201-A5", "平屋面建筑构造", "1:10", "2012.03"),
        ("15J403-1", "楼梯栏杆", "1:20", "2015.06"),
        ("建施-99", "标准节点", "1:5", "2019.01"),
    ]
    table(drawn, box[0] + 6, box[3] - 4, (26, 40, 16, 20), rows, 6.0, 2.5)


def _decoy_room(drawn: Drawn, box: Box, rng: random.Random) -> None:
    """A rectangle of A3 proportion in the plan with a word of title blocks in it."""
    drawn.rect("WALL", box[0] + 30, box[1] + 60, box[0] + 72, box[1] + 89.7)
    drawn.rect("WALL", box[0] + 80, box[1] + 60, box[0] + 80 + 84.1, box[1] + 60 + 59.4)
    drawn.text("SPACE", "设计", box[0] + 84, box[1] + 66, 3.0)
    drawn.text("SPACE", "校对室", box[0] + 100, box[1] + 66, 3.0)


def _decoy_reference(drawn: Drawn, box: Box, rng: random.Random) -> None:
    """Index marks and references to other sheets."""
    for i, word in enumerate(("建施-17", "详见 结施-08", "A-501")):
        drawn.arc("DIM_LEAD", box[2] - 20, box[3] - 20 - 14 * i, 5)
        drawn.text("DIM_LEAD", word, box[2] - 24, box[3] - 21 - 14 * i, 2.5)


def _decoy_stamp(drawn: Drawn, box: Box, rng: random.Random) -> None:
    """A seal with its own date, number and names."""
    x, y = box[2] - 62, box[1] + 24
    drawn.rect("STAMP", x, y, x + 58, y + 34)
    for i, word in enumerate(("施工图出图专用章", "证书编号：A122000000", "有效期至：2027.12.31")):
        drawn.text("STAMP", word, x + 3, y + 24 - 9 * i, 3.0)


def bare_plan(seed: int) -> Drawn:
    """Return a plan without any frame: axis lines that span paper sizes, its outline, and a schedule in one bay."""
    rng = random.Random(f"{seed} bare plan")
    drawn = Drawn()
    xs, ys = [423.0 * i for i in range(4)], [299.0 * i for i in range(4)]  # paper to 1 %, as chance makes them
    for x in xs:
        drawn.line("DOTE", (x, ys[0] - 20), (x, ys[-1] + 20))
    for y in ys:
        drawn.line("DOTE", (xs[0] - 20, y), (xs[-1] + 20, y))
    for x, y in ((x, y) for x in xs for y in ys):
        drawn.rect("COLUMN", x - 3, y - 3, x + 3, y + 3)
    drawn.rect("WALL", xs[0] - 2, ys[0] - 2, xs[-1] + 2, ys[-1] + 2)
    drawn.rect("WALL", xs[1], ys[1], xs[2], ys[2])
    _decoy_table(drawn, (xs[1] + 60, ys[1] + 20, xs[2] - 60, ys[2] - 70), rng)
    _decoy_table(drawn, (xs[-1] + 60, ys[1], xs[-1] + 400, ys[2]), rng)
    drawn.text("SPACE", "设计室", xs[1] + 80, ys[1] + 40, 3.5)
    return drawn
