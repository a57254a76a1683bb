"""Blocks of a drawn plan beside those of the sample set: furniture, parked cars, doors and windows in other hands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sample_drawings import symbols as sample
from sample_drawings.paper import Block

F, W = "FURNITURE", "WINDOW"


def bed() -> Block:
    """A bed, its head at the origin, lying towards +x."""
    b = Block(name="BED-1")
    h = 500.0
    b.rect(F, 0, -h, 2000, h)
    b.rect(F, 80, -h + 120, 430, h - 120)
    b.line(F, (650, -h), (550, h))
    return b


def double_bed() -> Block:
    """A double bed with its back on y = 0, and two night tables."""
    b = Block(name="BED-2")
    b.rect(F, -900, -2050, 900, 0)
    for s in (-1, 1):
        b.rect(F, min(s * 120, s * 780), -450, max(s * 120, s * 780), -80)
        b.rect(F, min(s * 950, s * 1400), -450, max(s * 950, s * 1400), 0)
        b.arc(F, s * 1175, -225, 120)
    b.line(F, (-900, -700), (900, -700))
    return b


def sofa() -> Block:
    """Three seats with their back on y = 0 and a low table."""
    b = Block(name="SOFA")
    b.rect(F, -1050, -850, 1050, 0)
    b.line(F, (-900, -850), (-900, -200), (900, -200), (900, -850))
    for x in (-300, 300):
        b.line(F, (x, -850), (x, -200))
    b.rect(F, -600, -1900, 600, -1300)
    return b


def chair() -> Block:
    """A chair before a table that lies towards +y."""
    b = Block(name="CHAIR")
    b.rect(F, -225, -225, 225, 200)
    b.arc(F, 0, -160, 240, 200, 340)
    return b


def table() -> Block:
    """A table for four, centred."""
    b = Block(name="TABLE-4")
    b.rect(F, -700, -400, 700, 400)
    for x in (-350, 350):
        b.insert(F, "CHAIR", x, -620)
        b.insert(F, "CHAIR", x, 620, 180)
    return b


def desk() -> Block:
    """A desk with its chair and a screen, centred."""
    b = Block(name="DESK")
    b.rect(F, -700, -350, 700, 350)
    b.line(F, (-250, 150), (250, 150), (200, 230), (-200, 230), closed=True)
    b.insert(F, "CHAIR", 0, -600)
    return b


def meeting() -> Block:
    """A long table with twelve chairs, centred."""
    b = Block(name="MEETING-12")
    b.line(F, (-1600, -600), (1600, -600), (1800, 0), (1600, 600), (-1600, 600), (-1800, 0), closed=True)
    for x in (-1250, -625, 0, 625, 1250):
        b.insert(F, "CHAIR", x, -850)
        b.insert(F, "CHAIR", x, 850, 180)
    b.insert(F, "CHAIR", -2050, 0, 270)
    b.insert(F, "CHAIR", 2050, 0, 90)
    return b


def pupil() -> Block:
    """A pupil's desk facing west."""
    b = Block(name="PUPIL")
    b.rect(F, -200, -300, 200, 300)
    b.rect(F, 300, -200, 650, 200)
    return b


def board() -> Block:
    """A blackboard along x."""
    b = Block(name="BOARD")
    b.rect(F, -1800, -30, 1800, 30)
    return b


def stall() -> Block:
    """A parking stall 2400 x 5300 from y = 0 upwards with a car."""
    b = Block(name="CAR-2453")
    b.line(F, (-1200, 0), (-1200, 5300), (1200, 5300), (1200, 0), closed=True)
    b.line(F, (-800, 400), (-900, 900), (-900, 4400), (-750, 4900), (750, 4900), (900, 4400), (900, 900), (800, 400))
    b.line(F, (-800, 400), (800, 400))
    b.line(F, (-700, 1500), (-600, 3500), (600, 3500), (700, 1500), closed=True)
    return b


def pan() -> Block:
    """A water closet with its back on y = 0."""
    b = Block(name="LV-PAN")
    b.rect("LVTRY", -220, -200, 220, 0)
    b.line("LVTRY", (-180, -200), (-180, -480))
    b.line("LVTRY", (180, -200), (180, -480))
    b.arc("LVTRY", 0, -480, 180, 180, 360)
    return b


def sink() -> Block:
    """A kitchen counter with two bowls and a hob, back on y = 0."""
    b = Block(name="LV-SINK")
    b.rect("LVTRY", -1300, -600, 1300, 0)
    b.rect("LVTRY", -1100, -480, -700, -120)
    b.rect("LVTRY", -660, -480, -300, -120)
    for x in (500, 850):
        b.arc("LVTRY", x, -300, 120)
        b.arc("LVTRY", x, -300, 70)
    return b


THINGS = {
    "bed": "BED-1",
    "double_bed": "BED-2",
    "sofa": "SOFA",
    "table": "TABLE-4",
    "desk": "DESK",
    "meeting": "MEETING-12",
    "pupil": "PUPIL",
    "board": "BOARD",
    "stall": "CAR-2453",
    "pan": "LV-PAN",
    "sink": "LV-SINK",
    "closet": "LV-WC",
    "basin": "LV-BASIN",
}
WARE = ("pan", "sink", "closet", "basin")


def library() -> list[Block]:
    """Furniture and ware, those that are nested in others first."""
    made = [chair(), bed(), double_bed(), sofa(), table(), desk(), meeting(), pupil(), board(), stall(), pan(), sink()]
    return [*made, sample.closet(), sample.basin(), sample.bubble(), sample.level_mark(), sample.section_mark()]


@dataclass
class Hand:
    """How doors and windows are drawn: whether leaves have a thickness, how many lines a window has."""

    thick_leaf: bool
    lines: int


def door(name: str, width: float, hand: Hand) -> Block:
    """A door over x 0 .. width, hinged at the origin, opening to +y; two leaves from 1200 on."""
    b = Block(name=name)
    leaves = [(0.0, 1, width)] if width < 1200 else [(0.0, 1, width / 2), (width, -1, width / 2)]
    for x, sign, leaf in leaves:
        if hand.thick_leaf:
            b.line(W, (x, 0), (x, leaf), (x + sign * 40, leaf), (x + sign * 40, 0), closed=True)
        else:
            b.line(W, (x, 0), (x, leaf))
        b.arc(W, x, 0, leaf, 0 if sign > 0 else 90, 90 if sign > 0 else 180)
    return b


def slide(name: str, width: float) -> Block:
    """A sliding door over x 0 .. width, centred on y = 0."""
    b = Block(name=name)
    m = width / 2
    b.rect(W, 0, -40, m + 40, 0)
    b.rect(W, m - 40, 0, width, 40)
    return b


def lift_door(name: str, width: float) -> Block:
    """The lift door of the sample set under a name of its own."""
    return replace(sample.lift_door(width), name=name)


def window(name: str, width: float, thick: float, hand: Hand) -> Block:
    """A window over x 0 .. width in a wall of a thickness, centred on y = 0."""
    b = Block(name=name)
    h = thick / 2
    for k in range(hand.lines):
        y = -h + thick * k / (hand.lines - 1)
        b.line(W, (0, y), (width, y))
    if width > 1:
        for x in (0.0, width):
            b.line(W, (x, -h), (x, h))
    return b


def frame(width: float, height: float, name: str, cells: list[tuple[str, str, float]]) -> Block:
    """A sheet frame with its title block at the lower right corner, as offices abroad have it; mm on paper."""
    b = Block(name=name)
    b.rect("PUB_TITLE", 0, 0, width, height)
    b.rect("PUB_TITLE", 20, 10, width - 10, height - 10)
    x0, x1, y = width - 190, width - 10, 10.0
    for label, tag, cell in cells:
        b.text("PUB_TITLE", label, x0 + 2, y + cell - 4, 2.0, "l")
        b.attributes[tag] = (x0 + 40, y + cell / 2 - 1.75, 3.5)
        y += cell
        b.line("PUB_TITLE", (x0, y), (x1, y))
    b.line("PUB_TITLE", (x0, 10), (x0, y))
    return b
