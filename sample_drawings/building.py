"""The sample building as data: storeys, walls, openings, rooms, stairs, and how each version departs from it.

Lengths are millimetres, x runs east along the numbered axes, y north along the lettered axes, the origin is the
crossing of axis 1 and axis A. Nothing here draws; `sheets.py` and `draw_ifc.py` do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry import Polygon, box
from shapely.ops import unary_union

NAME = "松花江畔社区服务中心"
AXES_X = [0, 6000, 12000, 18000, 24000, 30000, 36000]
NAMES_X = ["1", "2", "3", "4", "5", "6", "7"]
AXES_Y = [0, 6600, 9000, 16200]
NAMES_Y = ["A", "B", "C", "D"]
WALL = 200
COLUMN = 500
HEIGHTS = [3900, 3600, 3600, 3600, 3600, 3600]
WORDS = ["一", "二", "三", "四", "五", "六"]
GROUND = -300
PARAPET = 1400
FLIGHT_WIDTH = 1300
TREAD = 280
RISER = 150
MID_LANDING_Y = 14760

Point = tuple[float, float]


@dataclass
class Wall:
    """A straight wall on its axis; `key` names it over versions."""

    key: str
    x0: float
    y0: float
    x1: float
    y1: float
    load_bearing: bool = False

    @property
    def along_x(self) -> bool:
        """Whether the wall runs east."""
        return self.y0 == self.y1

    def outline(self) -> Polygon:
        """Return the outline in plan."""
        half = WALL / 2
        return box(self.x0 - half, self.y0 - half, self.x1 + half, self.y1 + half)


@dataclass
class Opening:
    """A door or window, centred on (x, y) of a wall axis."""

    key: str
    tag: str
    x: float
    y: float
    along_x: bool
    width: float
    height: float
    sill: float = 0.0
    hinge: int = 1  # +1 hinge at the lower coordinate end, -1 at the upper
    side: int = 1  # +1 opens to the greater coordinate across the wall

    @property
    def is_door(self) -> bool:
        """Whether it is a door."""
        return "M" in self.tag

    @property
    def grade(self) -> str:
        """Return the fire grade in the tag, "" for none."""
        return next((g for g in "甲乙丙" if g in self.tag), "")

    @property
    def leaves(self) -> int:
        """Return the number of leaves."""
        return 2 if self.width >= 1200 else 1

    def outline(self) -> Polygon:
        """Return the outline in plan."""
        half, cut = self.width / 2, WALL / 2 + 1
        if self.along_x:
            return box(self.x - half, self.y - cut, self.x + half, self.y + cut)
        return box(self.x - cut, self.y - half, self.x + cut, self.y + half)


@dataclass
class Room:
    """A room with its net outline (between wall faces) and the area its label shows."""

    key: str
    name: str
    number: str
    outline: list[Point]
    shown_area: float | None = None  # None: the true area
    clear_height: float = 2800.0
    unnamed_in_model: bool = False

    @property
    def polygon(self) -> Polygon:
        """Return the net outline."""
        return Polygon(self.outline)

    @property
    def area(self) -> float:
        """Return the true area in square metres."""
        return round(self.polygon.area / 1e6, 2)

    @property
    def label_area(self) -> float:
        """Return the area the label shows."""
        return self.area if self.shown_area is None else self.shown_area


@dataclass
class Stair:
    """A two-flight stair in the rectangle x0 .. x1, 9100 .. 16100, going up from this storey."""

    name: str
    x0: float
    x1: float
    risers: tuple[int, int]
    tread: float = TREAD
    riser: float = RISER


@dataclass
class Storey:
    """One storey."""

    index: int  # 1 .. 6
    elevation: float
    height: float
    walls: list[Wall] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    stairs: list[Stair] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return the title of the plan."""
        return f"{WORDS[self.index - 1]}层平面图"

    def door(self, key: str) -> Opening:
        """Return an opening by key."""
        return next(o for o in self.openings if o.key == key)

    def room(self, key: str) -> Room:
        """Return a room by key."""
        return next(r for r in self.rooms if r.key == key)

    def wall_polygon(self) -> Polygon:
        """Return the walls less their openings."""
        walls = unary_union([w.outline() for w in self.walls])
        return walls.difference(unary_union([o.outline() for o in self.openings]))


@dataclass
class Version:
    """One hand-in of the set and what is particular about it."""

    key: str  # folder name
    stage: str  # scheme construction as_built
    stage_word: str
    prefix: str  # 方施 建施 竣施
    date: str
    edition: str
    storeys: list[Storey] = field(default_factory=list)
    guard_height: str = "1.10"
    corridor_height_5f: str = "2.40"
    epsg: str = "EPSG:4551"
    section_level: dict[str, str] = field(default_factory=dict)  # right level -> level as shown on the section
    dimension_lie: dict[str, str] = field(default_factory=dict)  # sheet title -> shown text of bay 3-4
    small_note: str = ""  # sheet title that carries a note 1.5 mm high
    scale_lie: dict[str, str] = field(default_factory=dict)  # sheet title -> scale in the title block
    no_date: str = ""  # sheet title whose date cell is empty
    number_lie: dict[str, str] = field(default_factory=dict)  # sheet title -> wrong number in its title block
    ghost_sheet: bool = False  # the drawing list names a sheet that is not there
    schedule_lie: dict[str, int] = field(default_factory=dict)  # tag -> count in the schedule, off by this
    stray: bool = False  # lines far outside every frame
    seal_missing: str = ""  # as-built: sheet title without the seal
    guid_seed: str = "design"


def rect(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    """Net outline of a room between axis lines."""
    h = WALL / 2
    return [(x0 + h, y0 + h), (x1 - h, y0 + h), (x1 - h, y1 - h), (x0 + h, y1 - h)]


SOUTH = {
    1: ["便民服务大厅", "接待室", None, None, "社区医务室", "居家养老服务室"],
    2: ["办公室", "办公室", "图书阅览室", "图书阅览室", "书库", "办公室"],
    3: ["办公室", "办公室", "办公室", "办公室", "档案室", "办公室"],
    4: ["书画室", "棋牌室", "心理咨询室", "法律援助室", "调解室", "志愿者之家"],
    5: ["办公室", "办公室", "党员活动室", "党员活动室", "财务室", "办公室"],
    6: ["排练室", "化妆室", "器材室", "健身室", "健身室", "休息室"],
}
HALL = {1: "政务服务大厅", 2: "多功能厅", 3: "大会议室", 4: "舞蹈室", 5: "会议室", 6: "活动室"}
NORTH = {1: "值班室", 2: "办公室", 3: "小会议室", 4: "音乐室", 5: "办公室", 6: "活动室"}


def _outer(s: Storey) -> None:
    s.walls += [
        Wall("S", 0, 0, 36000, 0, True),
        Wall("N", 0, 16200, 36000, 16200, True),
        Wall("W", 0, 0, 0, 16200, True),
        Wall("E", 36000, 0, 36000, 16200, True),
    ]


def _south(s: Storey) -> None:
    n = s.index
    hall = n == 1
    if hall:
        s.walls += [Wall("B1", 0, 6600, 12000, 6600), Wall("B2", 24000, 6600, 36000, 6600)]
    else:
        s.walls.append(Wall("B", 0, 6600, 36000, 6600))
    i = 0
    names = SOUTH[n]
    while i < 6:
        x0 = AXES_X[i]
        j = i + 1
        while j < 6 and names[j] == names[i] and names[i] in (None, "图书阅览室", "党员活动室", "健身室"):
            j += 1
        x1 = AXES_X[j]
        if i:
            s.walls.append(Wall(f"S{i}", x0, 0, x0, 6600))
        if names[i] is None:
            outline = [(x0 + 100, 100), (x1 - 100, 100), (x1 - 100, 6700), (x0 + 100, 6700)]
            s.rooms.append(Room(f"{n}S{i}", "门厅", f"{n}0{i + 1}", outline, clear_height=3000))
        else:
            s.rooms.append(Room(f"{n}S{i}", names[i], f"{n}0{i + 1}", rect(x0, 0, x1, 6600)))
            wide = j - i > 1
            tag, width = ("M1521", 1500) if wide else ("M1021", 1000)
            if wide:
                for k, x in enumerate((x0 + 1500, x1 - 1500)):
                    s.openings.append(Opening(f"{n}S{i}D{k}", tag, x, 6600, True, width, 2100, side=-1))
            else:
                s.openings.append(Opening(f"{n}S{i}D", tag, x0 + 1300, 6600, True, width, 2100, side=-1))
        i = j
    for i in range(6):
        if hall and i in (2, 3):
            s.openings.append(Opening(f"1MAIN{i}", "M2427", AXES_X[i] + 3000, 0, True, 2400, 2700, side=-1))
        else:
            s.openings.append(Opening(f"{n}SW{i}", "C2418", AXES_X[i] + 3000, 0, True, 2400, 1800, 900))


def _north(s: Storey) -> None:
    n = s.index
    s.walls.append(Wall("C", 0, 9000, 36000, 9000))
    for x in (3000, 6000, 9000, 12000, 24000, 30000, 33000):
        s.walls.append(Wall(f"N{x}", x, 9000, x, 16200))
    s.walls.append(Wall("LIFT", 9000, 11700, 12000, 11700))
    add = s.rooms.append
    add(Room(f"{n}LT1", "楼梯间", "LT-1", rect(0, 9000, 3000, 16200)))
    add(Room(f"{n}WCM", "男卫生间", f"{n}07", rect(3000, 9000, 6000, 16200), clear_height=2500))
    add(Room(f"{n}WCF", "女卫生间", f"{n}08", rect(6000, 9000, 9000, 16200), clear_height=2500))
    add(Room(f"{n}EV", "电梯井", "DT-1", rect(9000, 9000, 12000, 11700)))
    add(Room(f"{n}ST", "储藏间", f"{n}09", rect(9000, 11700, 12000, 16200)))
    add(Room(f"{n}HALL", HALL[n], f"{n}10", rect(12000, 9000, 24000, 16200)))
    add(Room(f"{n}NO", NORTH[n], f"{n}11", rect(24000, 9000, 30000, 16200)))
    add(Room(f"{n}EL", "配电间", f"{n}12", rect(30000, 9000, 33000, 16200)))
    add(Room(f"{n}LT2", "楼梯间", "LT-2", rect(33000, 9000, 36000, 16200)))
    o = s.openings.append
    o(Opening(f"{n}LT1D", "FM乙1221", 1500, 9000, True, 1200, 2100, side=-1))
    o(Opening(f"{n}LT2D", "FM乙1221", 34500, 9000, True, 1200, 2100, side=-1))
    o(Opening(f"{n}WCMD", "M0921", 4500, 9000, True, 900, 2100))
    o(Opening(f"{n}WCFD", "M0921", 7500, 9000, True, 900, 2100))
    o(Opening(f"{n}EVD", "DTM1121", 10500, 9000, True, 1100, 2100))
    o(Opening(f"{n}STD", "M0921", 12000, 14000, False, 900, 2100, side=-1))
    o(Opening(f"{n}HALLD0", "M1521", 13600, 9000, True, 1500, 2100))
    o(Opening(f"{n}HALLD1", "M1521", 22400, 9000, True, 1500, 2100))
    o(Opening(f"{n}NOD", "M1021", 25300, 9000, True, 1000, 2100))
    o(Opening(f"{n}ELD", "FM甲1021", 31500, 9000, True, 1000, 2100, side=-1))
    for key, x, tag, width, sill in (
        ("LT1W", 1500, "C1518", 1500, 900),
        ("WCMW", 4500, "C0912", 900, 1500),
        ("WCFW", 7500, "C0912", 900, 1500),
        ("STW", 10500, "C1518", 1500, 900),
        ("HALLW0", 15000, "C2418", 2400, 900),
        ("HALLW1", 21000, "C2418", 2400, 900),
        ("NOW", 27000, "C2418", 2400, 900),
        ("ELW", 31500, "C0912", 900, 1500),
        ("LT2W", 34500, "C1518", 1500, 900),
    ):
        o(Opening(f"{n}{key}", tag, x, 16200, True, width, int(tag[-2:]) * 100, sill))
    for key, x, side in (("WEST", 0, -1), ("EAST", 36000, 1)):
        if n == 1:
            o(Opening(f"1{key}D", "M1524", x, 7800, False, 1500, 2400, side=side))
        else:
            o(Opening(f"{n}{key}W", "C1518", x, 7800, False, 1500, 1800, 900))
    corridor = [(100, 6700), (35900, 6700), (35900, 8900), (100, 8900)]
    add(Room(f"{n}CO", "走道", "", corridor, clear_height=2400))


def storeys() -> list[Storey]:
    """Return the six storeys of the building as designed, without any fault."""
    result, level = [], 0.0
    for index, height in enumerate(HEIGHTS, 1):
        s = Storey(index, level, height)
        _outer(s)
        _south(s)
        _north(s)
        if index < 6:
            half = int(height / RISER) // 2
            s.stairs = [Stair("LT-1", 100, 2900, (half, half)), Stair("LT-2", 33100, 35900, (half, half))]
        result.append(s)
        level += height
    return result


def counts(version: Version) -> dict[str, tuple[float, float, list[int]]]:
    """Return tag -> (width, height, count per storey) of a version, as drawn."""
    table: dict[str, tuple[float, float, list[int]]] = {}
    for storey in version.storeys:
        for o in storey.openings:
            row = table.setdefault(o.tag, (o.width, o.height, [0] * 6))
            row[2][storey.index - 1] += 1
    return dict(sorted(table.items(), key=lambda item: (not item[0].startswith("FM"), "M" not in item[0], item[0])))
