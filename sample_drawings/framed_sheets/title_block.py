"""Frames and title blocks as lines and texts in millimetres on paper."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from sample_drawings.framed_sheets.spec import SheetSpec, margin

WORDS: dict[str, tuple[str, str]] = {
    "number": ("图号", "DRAWING NO."),
    "title": ("图名", "DRAWING TITLE"),
    "scale": ("比例", "SCALE"),
    "discipline": ("专业", "DISCIPLINE"),
    "version": ("版次", "REV."),
    "date": ("日期", "DATE"),
    "building": ("子项名称", "SUB-ITEM"),
    "project": ("工程名称", "PROJECT"),
    "owner": ("建设单位", "CLIENT"),
    "job": ("工程编号", "PROJECT NO."),
    "stage": ("设计阶段", "STAGE"),
    "approved": ("审定", "APPROVED BY"),
    "checked": ("审核", "CHECKED BY"),
    "proofread": ("校对", "REVIEWED BY"),
    "drawn": ("制图", "DRAWN BY"),
    "design": ("设计", "DESIGNED BY"),
    "firm": ("设计单位", "DESIGN FIRM"),
    "count": ("张次", "SHEETS"),
}
OTHERS = {
    "project": ("松江新城住宅小区", "SONGJIANG NEW TOWN"),
    "owner": ("吉林市松江置业有限公司", "SONGJIANG ESTATES"),
    "job": ("2025-012", "2025-012"),
    "stage": ("施工图", "CONSTRUCTION"),
    "approved": ("孙国栋", "G. SUN"),
    "checked": ("周文博", "W. ZHOU"),
    "proofread": ("李雪梅", "X. LI"),
    "drawn": ("刘洋", "Y. LIU"),
    "design": ("王晨曦", "C. WANG"),
    "firm": ("吉林松江建筑设计研究院", "SONGJIANG ARCHITECTS"),
    "count": ("", ""),
}
Line = list[tuple[float, float]]


@dataclass
class Label:
    """A fixed text."""

    text: str
    x: float
    y: float
    height: float


@dataclass
class Value:
    """A text that differs from sheet to sheet."""

    key: str
    text: str
    x: float
    y: float
    height: float
    room: float  # width of its cell


@dataclass
class Block:
    """A frame with its title block."""

    rings: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)


def block_of(sheet: SheetSpec) -> Block:
    """Return the frame and title block of a sheet."""
    block = Block()
    w, h = sheet.paper
    edge = margin(sheet.size)
    inner = (25.0, edge, w - edge, h - edge)
    border = sheet.style.border
    if border != "inner" and sheet.style.build != "shared":
        block.rings.append(ring(0, 0, w, h))
    if border != "outer":
        block.rings.append(ring(*inner))
    if border == "double":
        block.rings.append(ring(inner[0] + 1.5, inner[1] + 1.5, inner[2] - 1.5, inner[3] - 1.5))
    {"right": _right, "bottom": _bottom, "corner": _corner, "countersign": _countersigned}[sheet.style.strip](
        sheet, block, inner
    )
    return block


def ring(x0: float, y0: float, x1: float, y1: float) -> Line:
    """Return the corners of a rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def sides(corners: Line, ends: str, seed: str) -> list[Line]:
    """Return the four lines of a ring; their ends fall short of the corners or run beyond them by some millimetres."""
    found = [[a, b] for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    if ends == "meet":
        return found
    rng = random.Random(f"ends {seed}")
    for line in found:
        (x0, y0), (x1, y1) = line
        long = math.hypot(x1 - x0, y1 - y0)
        u, v = (x1 - x0) / long, (y1 - y0) / long
        before, after = (_miss(ends, rng) for _ in range(2))
        line[:] = [(x0 - before * u, y0 - before * v), (x1 + after * u, y1 + after * v)]
    return found


def _miss(ends: str, rng: random.Random) -> float:
    """Return by how much a line runs beyond its corner (negative: falls short), mm on paper."""
    size = rng.uniform(1.2, 4.0)
    return {"gap": -size, "over": 1.5 * size}.get(ends) or rng.choice((-size, 0.0, 1.5 * size))


def _text_of(sheet: SheetSpec, key: str) -> str:
    english = sheet.style.wording == "en"
    if key in sheet.written:
        return sheet.written[key]
    if key in OTHERS:
        return OTHERS[key][english]
    return sheet.fields.get(key, "")


def _label(block: Block, sheet: SheetSpec, key: str, x: float, y: float, room: float, height: float = 3.0) -> None:
    """Set a label whose middle is at height y."""
    zh, en = WORDS[key]
    wording = sheet.style.wording
    if wording == "en":
        size = min(height, 2.5, 1.4 * room / len(en))
        block.labels.append(Label(en, x, y - size / 2, size))
    elif wording == "spaced":
        gap = {2: "  ", 3: " "}.get(len(zh), "")
        block.labels.append(Label(gap.join(zh), x, y - height / 2, min(height, 1.2 * room / len(zh))))
    elif wording == "chars":
        step = (room - 3.0) / max(len(zh), 2)
        for i, char in enumerate(zh):
            block.labels.append(Label(char, x + i * step, y - height / 2, min(height, 1.1 * step)))
    elif wording == "colon":
        block.labels.append(Label(f"{zh}：", x, y - height / 2, min(height, room / len(zh))))
    elif wording == "both":
        block.labels.append(Label(f"{zh} {en}", x, y - 1.0, 2.0))
    elif wording == "stacked":
        block.labels.append(Label(zh, x, y + 0.4, 2.5))
        block.labels.append(Label(en, x, y - 2.6, 1.6))
    else:
        block.labels.append(Label(zh, x, y - height / 2, min(height, 1.2 * room / len(zh))))


def _cell(
    block: Block,
    sheet: SheetSpec,
    key: str,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    label: float,
    big: bool = False,
) -> None:
    """Draw a cell with label and value; `label` is the width of the label's own cell."""
    height = 4.0 if big else 3.0
    text = _text_of(sheet, key)
    block.lines.append([(x0, y1), (x1, y1)])
    middle = (y0 + y1) / 2
    where = sheet.style.value_at
    if where == "inline":
        zh, en = WORDS[key]
        word = f"{en}: " if sheet.style.wording == "en" else f"{zh}："
        block.values.append(Value(key, word + text, x0 + 2, middle - height / 2, height, x1 - x0 - 4))
        return
    if where == "above":
        _label(block, sheet, key, x0 + 1.5, y1 - 2.4, x1 - x0, 2.2)
        x, y = x0 + 4, y0 + (y1 - y0) * 0.18
        room = x1 - x0 - 6
    else:
        block.lines.append([(x0 + label, y0), (x0 + label, y1)])
        _label(block, sheet, key, x0 + 1.5, middle, label)
        x, y, room = x0 + label + 2, middle - height / 2, x1 - x0 - label - 3
    if text:
        block.values.append(Value(key, text, x, y, height, room))


def _right(sheet: SheetSpec, block: Block, inner: tuple[float, float, float, float]) -> None:
    """A strip down the right edge."""
    wide = 70.0 if sheet.paper[1] > 400 else 55.0
    x0, x1 = inner[2] - wide, inner[2]
    block.lines.append([(x0, inner[1]), (x0, inner[3])])
    tall = 14.0 if sheet.style.value_at == "above" else 11.0
    keys = [
        "version",
        "date",
        "scale",
        "number",
        "discipline",
        "stage",
        "title",
        "drawn",
        "design",
        "proofread",
        "checked",
        "approved",
        "job",
        "building",
        "project",
        "owner",
        "firm",
    ]
    room = inner[3] - inner[1]
    small = min(tall, (room - 30) / (len(keys) + 3))
    y = inner[1]
    for key in keys:
        cell = small * (2.0 if key in ("title", "project") else 1.0)
        _cell(block, sheet, key, x0, y, x1, y + cell, 20.0, key in ("number", "title"))
        y += cell
    if y + 20 < inner[3]:
        block.labels.append(Label("注册执业章", x0 + 4, y + 8, 3.0))


def _bottom(sheet: SheetSpec, block: Block, inner: tuple[float, float, float, float]) -> None:
    """A strip along the bottom edge: columns of two or three cells."""
    y0, y1 = inner[1], inner[1] + 32.0
    block.lines.append([(inner[0], y1), (inner[2], y1)])
    columns = [
        ("firm", "owner"),
        ("project", "building"),
        ("approved", "checked"),
        ("proofread", "design"),
        ("drawn", "stage"),
        ("discipline", "job"),
        ("title", "scale"),
        ("date", "version"),
        ("number", "count"),
    ]
    total = inner[2] - inner[0]
    weights = [1.3, 1.3, 0.8, 0.8, 0.8, 0.8, 1.4, 0.9, 0.9]
    if total < 300:  # a small sheet has fewer cells
        columns = [("project", "building"), ("date", "discipline"), ("title", "scale"), ("number", "version")]
        weights = [1.2, 0.9, 1.3, 1.0]
    x = inner[0]
    for pair, weight in zip(columns, weights, strict=True):
        wide = total * weight / sum(weights)
        block.lines.append([(x, y0), (x, y1)])
        for key, low, high in ((pair[0], 16.0, 32.0), (pair[1], 0.0, 16.0)):
            label = min(18.0, 0.38 * wide)
            _cell(block, sheet, key, x, y0 + low, x + wide, y0 + high, label, key == "number")
        x += wide


def _corner(sheet: SheetSpec, block: Block, inner: tuple[float, float, float, float]) -> None:
    """A table of 180 x 56 in the lower right corner."""
    wide = min(180.0, inner[2] - inner[0])
    x0, y0 = inner[2] - wide, inner[1]
    rows = [
        [("scale", 0.34), ("date", 0.33), ("number", 0.33)],
        [("drawn", 0.34), ("discipline", 0.33), ("version", 0.33)],
        [("design", 0.34), ("title", 0.66)],
        [("proofread", 0.34), ("building", 0.66)],
        [("checked", 0.34), ("project", 0.66)],
        [("approved", 0.34), ("firm", 0.66)],
    ]
    tall = 11.0 if sheet.style.value_at == "above" else 9.0
    block.lines.append([(x0, y0), (x0, y0 + tall * len(rows))])
    for i, row in enumerate(rows):
        x = x0
        for key, share in row:
            wide_cell = share * wide
            _cell(block, sheet, key, x, y0 + i * tall, x + wide_cell, y0 + (i + 1) * tall, min(17.0, 0.33 * wide_cell))
            block.lines.append([(x + wide_cell, y0 + i * tall), (x + wide_cell, y0 + (i + 1) * tall)])
            x += wide_cell


def _countersigned(sheet: SheetSpec, block: Block, inner: tuple[float, float, float, float]) -> None:
    """The corner table and a countersigning table 会签栏 outside the frame, above left."""
    _corner(sheet, block, inner)
    x0, y0 = inner[0] + 2, inner[3] - 22
    for row in range(5):
        block.lines.append([(x0, y0 + 5 * row), (x0 + 100, y0 + 5 * row)])
    for column in range(5):
        block.lines.append([(x0 + 25 * column, y0), (x0 + 25 * column, y0 + 20)])
    for column, word in enumerate(("专 业", "实 名", "签 名", "日 期")):
        block.labels.append(Label(word, x0 + 25 * column + 6, y0 + 16, 2.5))
    for row, (word, name) in enumerate((("建筑", "王晨曦"), ("结构", "赵启明"), ("电气", "何永强"))):
        block.labels.append(Label(word, x0 + 4, y0 + 11 - 5 * row, 2.5))
        block.labels.append(Label(name, x0 + 29, y0 + 11 - 5 * row, 2.5))
        block.labels.append(Label("2024.01.0" + str(row + 1), x0 + 78, y0 + 11 - 5 * row, 2.5))
