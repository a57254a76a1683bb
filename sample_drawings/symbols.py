"""Blocks of the set: frames with title blocks, doors, windows, axis bubbles, marks, seals. Local units as noted."""

from __future__ import annotations

import math

from sample_drawings.building import NAME
from sample_drawings.paper import Block

STRIP = 70.0  # width of the title strip, mm on paper
CELLS: list[tuple[str, str, float]] = [  # label, attribute tag, height of the cell in mm; from the bottom up
    ("版次", "版次", 9),
    ("日期", "日期", 9),
    ("比例", "比例", 9),
    ("图号", "图号", 11),
    ("专业", "专业", 9),
    ("设计阶段", "设计阶段", 9),
    ("图名", "图名", 16),
    ("制图", "制图", 9),
    ("设计", "设计", 9),
    ("校对", "校对", 9),
    ("审核", "审核", 9),
    ("审定", "审定", 9),
    ("专业负责人", "专业负责人", 9),
    ("项目负责人", "项目负责人", 9),
    ("工程编号", "工程编号", 9),
    ("子项名称", "子项名称", 12),
    ("工程名称", "工程名称", 16),
    ("建设单位", "建设单位", 16),
]
FIRM = "吉林松江建筑设计研究院有限公司"
OWNER = "吉林市松江街道办事处"
PEOPLE = {
    "项目负责人": "陈立群",
    "专业负责人": "赵启明",
    "审定": "孙国栋",
    "审核": "周文博",
    "校对": "李雪梅",
    "设计": "王晨曦",
    "制图": "刘洋",
}


def frame(width: float, height: float, name: str) -> Block:
    """Sheet frame with the title strip on the right; units are millimetres on paper."""
    b = Block(name=name)
    b.rect("PUB_TITLE", 0, 0, width, height, pen=0.13)
    b.rect("PUB_TITLE", 25, 10, width - 10, height - 10, pen=1.0)
    x0, x1 = width - 10 - STRIP, width - 10
    b.line("PUB_TITLE", (x0, 10), (x0, height - 10), pen=0.5)
    y = 10.0
    for label, tag, cell in CELLS:
        b.text("PUB_TITLE", label, x0 + 2, y + cell / 2, 3.0, "lm")
        big = tag in ("图名", "图号", "工程名称")
        size = 4.0 if big else 3.0 if tag in ("建设单位", "子项名称") else 3.5
        b.attributes[tag] = (x0 + 21, y + cell / 2 - size / 2, size)
        y += cell
        b.line("PUB_TITLE", (x0, y), (x1, y), pen=0.18)
    b.line("PUB_TITLE", (x0 + 19, 10), (x0 + 19, y), pen=0.18)
    b.text("PUB_TITLE", "设计单位", x0 + STRIP / 2, y + 30, 3.0, "cm")
    b.attributes["设计单位"] = (x0 + 5, y + 18, 4.0)
    b.text("PUB_TITLE", "证书编号 A122000000（示例）", x0 + STRIP / 2, y + 10, 3.0, "cm")
    b.line("PUB_TITLE", (x0, y + 38), (x1, y + 38), pen=0.18)
    _countersign(b, x0, y + 38, height)
    return b


def _countersign(b: Block, x0: float, y: float, height: float) -> None:
    """The countersigning table and the room for seals above the title cells."""
    if height < 400:
        return
    b.text("PUB_TITLE", "会 签 栏", x0 + STRIP / 2, y + 46, 3.5, "cm")
    for row, discipline in enumerate(("建筑", "结构", "给排水", "暖通", "电气", "总图")):
        yy = y + 6 * row
        b.line("PUB_TITLE", (x0, yy + 6), (x0 + STRIP, yy + 6), pen=0.13)
        b.text("PUB_TITLE", discipline, x0 + 12, yy + 3, 3.0, "cm")
    for k in (1, 2):
        b.line("PUB_TITLE", (x0 + STRIP * k / 3, y), (x0 + STRIP * k / 3, y + 42), pen=0.13)
    for k, word in enumerate(("专业", "姓名", "日期")):
        b.text("PUB_TITLE", word, x0 + STRIP * (k + 0.5) / 3, y + 39, 3.0, "cm")
    b.line("PUB_TITLE", (x0, y + 42), (x0 + STRIP, y + 42), pen=0.13)
    b.line("PUB_TITLE", (x0, y + 50), (x0 + STRIP, y + 50), pen=0.18)
    b.text("PUB_TITLE", "注册执业章 / 出图专用章", x0 + STRIP / 2, height - 16, 3.0, "cm")


def door(width: float) -> Block:
    """Single leaf hinged at the origin, opening spans x 0 .. width, leaf swings to +y. Units mm."""
    b = Block(name=f"M-{int(width):04d}")
    b.line("WINDOW", (0, 0), (0, width), (40, width), (40, 0), closed=True, pen=0.25)
    b.arc("WINDOW", 0, 0, width, 0, 90, pen=0.13)
    return b


def double_door(width: float) -> Block:
    """Two equal leaves, opening spans x 0 .. width."""
    b = Block(name=f"M2-{int(width):04d}")
    leaf = width / 2
    b.line("WINDOW", (0, 0), (0, leaf), (40, leaf), (40, 0), closed=True, pen=0.25)
    b.line("WINDOW", (width, 0), (width, leaf), (width - 40, leaf), (width - 40, 0), closed=True, pen=0.25)
    b.arc("WINDOW", 0, 0, leaf, 0, 90, pen=0.13)
    b.arc("WINDOW", width, 0, leaf, 90, 180, pen=0.13)
    return b


def lift_door(width: float) -> Block:
    """Centre-opening lift door over x 0 .. width."""
    b = Block(name=f"DTM-{int(width):04d}")
    b.rect("EVTR", 0, -60, width / 2, -20)
    b.rect("EVTR", width / 2, -60, width, -20)
    return b


def window() -> Block:
    """Window of unit length (x 0 .. 1, scaled by its width) in a wall of 200 mm."""
    b = Block(name="C-4L")
    for y in (-100, -33, 33, 100):
        b.line("WINDOW", (0, y), (1, y), pen=0.18)
    return b


def bubble() -> Block:
    """Axis bubble of 8 mm, centre at the origin; units mm on paper."""
    b = Block(name="_AXISO", attributes={"A": (0, -2.0, 4.0)})
    b.arc("AXIS", 0, 0, 4, pen=0.18)
    return b


def level_mark() -> Block:
    """Elevation mark: triangle with its tip at the origin, value on the line above; units mm on paper."""
    b = Block(name="_LEVEL", attributes={"LEVEL": (1.0, 3.8, 3.0)})
    b.line("DIM_ELEV", (0, 0), (-3, 3), (14, 3))
    b.line("DIM_ELEV", (0, 0), (3, 3))
    return b


def north() -> Block:
    """North arrow 24 mm."""
    b = Block(name="_NORTH")
    b.arc("DIM_SYMB", 0, 0, 12, pen=0.25)
    b.fill("DIM_SYMB", [(0, 12), (-1.5, -11.9), (0, -9), (1.5, -11.9)])
    b.text("DIM_SYMB", "北", 0, 14, 5, "c")
    return b


def section_mark() -> Block:
    """Half of a section mark: cut stroke along y from the origin, view stroke to -x; units mm on paper."""
    b = Block(name="_SECTION", attributes={"NO": (-9, 1, 5)})
    b.line("DIM_SYMB", (0, 0), (0, 9), pen=0.7)
    b.line("DIM_SYMB", (0, 0), (-6, 0), pen=0.7)
    return b


def basin() -> Block:
    """Wash basin, 500 wide, back edge on y = 0; units mm."""
    b = Block(name="LV-BASIN")
    b.rect("LVTRY", 0, -450, 500, 0)
    b.arc("LVTRY", 250, -230, 160)
    return b


def closet() -> Block:
    """Squatting pan with its cabin 900 x 1400, back on y = 0; units mm."""
    b = Block(name="LV-WC")
    b.line("LVTRY", (0, 0), (0, -1400))
    b.line("LVTRY", (900, 0), (900, -1400), (700, -1400))
    b.line("LVTRY", (0, -1400), (150, -1400))
    b.arc("LVTRY", 150, -1400, 550, 0, 60)
    b.rect("LVTRY", 300, -850, 600, -200)
    b.arc("LVTRY", 450, -850, 150, 180, 360)
    return b


def urinal() -> Block:
    """Urinal 400 x 350, back on y = 0; units mm."""
    b = Block(name="LV-UR")
    b.line("LVTRY", (0, 0), (0, -200), (100, -350), (300, -350), (400, -200), (400, 0), closed=True)
    return b


def seal() -> Block:
    """As-built seal 竣工图章, 80 x 50; units mm on paper."""
    b = Block(
        name="竣工图章",
        attributes={
            "施工单位": (18, 30.5, 3.0),
            "编制人": (15, 23.5, 3.0),
            "审核人": (55, 23.5, 3.0),
            "技术负责人": (22, 16.5, 3.0),
            "编制日期": (58, 16.5, 3.0),
            "监理单位": (18, 9.5, 3.0),
            "总监": (12, 2.5, 3.0),
            "监理工程师": (62, 2.5, 3.0),
        },
    )
    b.rect("STAMP", 0, 0, 80, 50, pen=0.7)
    b.text("STAMP", "竣 工 图", 40, 40, 6.0, "c")
    for k in range(1, 6):
        b.line("STAMP", (0, 7 * k + 0.5), (80, 7 * k + 0.5))
    b.line("STAMP", (40, 14.5), (40, 28.5))
    b.line("STAMP", (40, 0), (40, 7.5))
    for word, x, y in (
        ("施工单位", 1.5, 30.5),
        ("编制人", 1.5, 23.5),
        ("审核人", 41.5, 23.5),
        ("技术负责人", 1.5, 16.5),
        ("编制日期", 41.5, 16.5),
        ("监理单位", 1.5, 9.5),
        ("总监", 1.5, 2.5),
        ("监理工程师", 41.5, 2.5),
    ):
        b.text("STAMP", word, x, y, 3.0)
    return b


SEAL_VALUES = {
    "施工单位": "吉林江城建设集团有限公司",
    "编制人": "高峰",
    "审核人": "马超群",
    "技术负责人": "郑海涛",
    "编制日期": "2026-09-15",
    "监理单位": "吉林正信工程监理有限公司",
    "总监": "韩志远",
    "监理工程师": "吴桐",
}


def shower_arrow(length: float) -> list[tuple[float, float]]:
    """Head of a filled arrow of `length` pointing to +y with its tip at the origin."""
    half = length * math.tan(math.radians(12))
    return [(0, 0), (-half, -length), (half, -length)]


def library() -> dict[str, Block]:
    """Return every block of the set by name."""
    blocks = [
        frame(841, 594, "TK_A1"),
        frame(594, 420, "TK_A2"),
        window(),
        bubble(),
        level_mark(),
        north(),
        section_mark(),
        basin(),
        closet(),
        urinal(),
        seal(),
        lift_door(1100),
    ]
    blocks += [door(w) for w in (700, 900, 1000)]
    blocks += [double_door(w) for w in (1200, 1500, 1800, 2400)]
    return {b.name: b for b in blocks}


PROJECT = NAME
