"""How each version of the set departs from the building as designed: planted violations and differences."""

from __future__ import annotations

from sample_drawings.building import Opening, Room, Storey, Version, Wall, rect, storeys


def _retag(s: Storey, key: str, tag: str, width: float, height: float) -> None:
    door = s.door(key)
    door.tag, door.width, door.height = tag, width, height


def scheme() -> Version:
    """设计方案: before the storeys were divided as later."""
    v = Version("scheme", "scheme", "方案设计", "方施", "2025-03-10", "A", storeys(), guid_seed="scheme")
    four = v.storeys[3]
    four.walls = [w for w in four.walls if w.key != "S1"]
    four.rooms = [r for r in four.rooms if r.key not in ("4S0", "4S1")]
    four.rooms.append(Room("4S0", "书画棋牌室", "401", rect(0, 0, 12000, 6600)))
    return v


def construction_v1() -> Version:
    """施工图第一版: the planted violations."""
    v = Version("construction_v1", "construction", "施工图设计", "建施", "2025-06-18", "1", storeys())
    s1, s2, s3, s4, s5, s6 = v.storeys
    _retag(s3, "3S1D", "M0721", 700, 2100)
    _retag(s4, "4LT2D", "M1221", 1200, 2100)
    s1.stairs[1].risers = (19, 7)
    s2.room("2S0").shown_area = 39.12
    s3.room("3NO").unnamed_in_model = True
    s5.room("5CO").clear_height = 2050
    v.corridor_height_5f = "2.05"
    _narrow_corridor(s6)
    v.guard_height = "1.05"
    v.epsg = "EPSG:4547"
    v.section_level = {"14.700": "14.800"}
    v.dimension_lie = {"二层平面图": "6300"}
    v.small_note = "四层平面图"
    v.scale_lie = {"五层平面图": "1:150"}
    v.no_date = "屋顶平面图"
    v.number_lie = {"北立面图": "建施-10"}
    v.ghost_sheet = True
    v.schedule_lie = {"M1021": -2}
    v.stray = True
    return v


def _narrow_corridor(s: Storey) -> None:
    """Let the activity room on 6F eat into the corridor between axes 5 and 6: 1200 mm stay clear."""
    s.walls = [w for w in s.walls if w.key != "C"]
    s.walls += [
        Wall("C1", 0, 9000, 24000, 9000),
        Wall("C2", 24000, 8000, 30000, 8000),
        Wall("C3", 30000, 9000, 36000, 9000),
        Wall("C4", 24000, 8000, 24000, 9000),
        Wall("C5", 30000, 8000, 30000, 9000),
    ]
    s.room("6NO").outline = rect(24000, 8000, 30000, 16200)
    s.door("6NOD").y = 8000
    s.room("6CO").outline = [
        (100, 6700),
        (35900, 6700),
        (35900, 8900),
        (30100, 8900),
        (30100, 7900),
        (23900, 7900),
        (23900, 8900),
        (100, 8900),
    ]


def _revised() -> list[Storey]:
    """The storeys as revised in version 2."""
    all_storeys = storeys()
    s1, s2, s3, s4, s5, s6 = all_storeys
    s2.door("2S1D").x += 300
    _retag(s3, "3S1D", "M0921", 900, 2100)
    _retag(s4, "4LT2D", "M1221", 1200, 2100)
    s5.walls = [w for w in s5.walls if w.key != "S1"]
    s5.rooms = [r for r in s5.rooms if r.key not in ("5S0", "5S1")]
    s5.rooms.append(Room("5S0", "大办公室", "501", rect(0, 0, 12000, 6600)))
    s4.openings.append(Opening("4WESTW2", "C1518", 0, 3300, False, 1500, 1800, 900))
    _retag(s5, "5HALLD1", "M1821", 1800, 2100)
    return all_storeys


def construction_v2() -> Version:
    """施工图第二版: cured except the stair door on 4F, with revisions of its own."""
    return Version("construction_v2", "construction", "施工图设计", "建施", "2025-07-25", "2", _revised())


def as_built() -> Version:
    """竣工图: what was really built."""
    v = Version("as_built", "as_built", "竣工图", "竣施", "2026-09-15", "1", _revised(), guid_seed="built")
    s1, s2, s3, s4, s5, s6 = v.storeys
    _retag(s4, "4LT2D", "FM乙1221", 1200, 2100)
    s3.door("3S3D").x += 300
    _retag(s1, "1EASTD", "M1824", 1800, 2400)
    partition = next(w for w in s4.walls if w.key == "S4")
    partition.x0 = partition.x1 = 24300
    s4.room("4S3").outline = rect(18000, 0, 24300, 6600)
    s4.room("4S4").outline = rect(24300, 0, 30000, 6600)
    s6.openings = [o for o in s6.openings if o.key != "6STW"]
    s2.stairs[0].risers = (13, 11)
    v.guard_height = "1.00"
    v.seal_missing = "五层平面图"
    return v


def versions() -> list[Version]:
    """Return every version of the set in order."""
    return [scheme(), construction_v1(), construction_v2(), as_built()]
