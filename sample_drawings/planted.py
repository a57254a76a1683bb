"""What is planted in the set: violations of rules and differences between versions, as data and as a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sample_drawings.plans import PLACE

Row = dict[str, Any]


def on_plan(x: float, y: float) -> list[float]:
    """Sheet millimetres of a place given in building millimetres."""
    return [round((PLACE[0] + x) / 100, 1), round((PLACE[1] + y) / 100, 1)]


def _v(
    version: str,
    formats: str,
    rule: str,
    sheet: str,
    what: str,
    place: list[float] | None = None,
    count: int = 1,
    **values: Any,
) -> Row:
    return {
        "version": version,
        "formats": formats.split(),
        "rule": rule,
        "sheet": sheet,
        "what": what,
        "place_mm": place,
        "count": count,
        **values,
    }


def violations() -> list[Row]:
    """Every planted violation; `count` findings are expected in each of its formats."""
    v1, v2, built = "construction_v1", "construction_v2", "as_built"
    return [
        _v(
            v1,
            "dxf pdf ifc",
            "FIR-001",
            "建施-05",
            "三层办公室疏散门 M0721 洞口宽 0.70 m < 0.80 m",
            on_plan(7300, 6600),
            tag="M0721",
            measured=0.70,
            demanded=0.80,
        ),
        _v(
            v1,
            "dxf pdf ifc",
            "FIR-025",
            "建施-06",
            "四层 LT-2 楼梯间门为普通门 M1221，应为乙级防火门",
            on_plan(34500, 9000),
            tag="M1221",
        ),
        _v(v2, "dxf pdf ifc", "FIR-025", "建施-06", "同上，第二版未改正", on_plan(34500, 9000), tag="M1221"),
        _v(v1, "dxf pdf ifc", "GEN-006", "建施-13", "LT-2 一层第一跑 19 级 > 18 级", measured=19, demanded=18),
        _v(v1, "dxf pdf", "GEN-011", "建施-01", "设计说明：临空栏杆高度 1.05 m < 1.10 m", measured=1.05, demanded=1.10),
        _v(v1, "dxf pdf", "GEN-011", "建施-13", "楼梯详图：临空栏杆高度 1.05 m < 1.10 m", measured=1.05, demanded=1.10),
        _v(
            built,
            "dxf pdf",
            "GEN-011",
            "竣施-01",
            "竣工图：临空栏杆高度 1.00 m < 1.10 m（再次出现）",
            measured=1.00,
            demanded=1.10,
        ),
        _v(
            built,
            "dxf pdf",
            "GEN-011",
            "竣施-13",
            "竣工图楼梯详图：临空栏杆高度 1.00 m < 1.10 m（再次出现）",
            measured=1.00,
            demanded=1.10,
        ),
        _v(
            v1,
            "dxf pdf ifc",
            "GEN-010",
            "建施-08",
            "六层走道 ⑤~⑥ 轴间净宽 1.20 m < 1.30 m",
            on_plan(27000, 7300),
            measured=1.20,
            demanded=1.30,
        ),
        _v(v1, "dxf pdf", "FIR-006", "建施-01", "设计说明：五层走道净高 2.05 m < 2.10 m", measured=2.05, demanded=2.10),
        _v(v1, "ifc", "FIR-006", "5F", "五层走道净高 2.05 m < 2.10 m", measured=2.05, demanded=2.10),
        _v(v1, "dxf pdf", "SET-001", "建施-00", "目录列有“建施-14 墙身大样图”，图纸中没有", number="建施-14"),
        _v(
            v1,
            "dxf pdf",
            "SET-001",
            "建施-00",
            "目录列有“建施-11 北立面图”，图纸中没有此图号（误标为建施-10）",
            number="建施-11",
        ),
        _v(v1, "dxf pdf", "SET-002", "建施-10", "图号建施-10 重复：南立面图、北立面图", number="建施-10"),
        _v(
            v1,
            "dxf pdf",
            "SET-006",
            "建施-07",
            "标题栏比例 1:150，图名比例与实际均为 1:100",
            stated="1:150",
            drawn="1:100",
        ),
        _v(v1, "dxf pdf", "SET-009", "建施-12", "剖面标高 14.700 误标为 14.800", shown=14.8, true=14.7),
        _v(
            v1,
            "dxf",
            "DRW-011",
            "建施-04",
            "③~④ 轴尺寸实测 6000，标注为 6300（假尺寸）",
            on_plan(15000, -2400),
            measured=6000,
            shown="6300",
        ),
        _v(
            v1,
            "dxf pdf",
            "SET-011",
            "建施-04",
            "同一假尺寸使分尺寸之和 36300 ≠ 总尺寸 36000",
            on_plan(18000, -2800),
            measured=36300,
            demanded=36000,
        ),
        _v(v1, "dxf pdf", "SET-012", "建施-02", "门窗表 M1021 合计 31，平面为 33", tag="M1021", listed=31, drawn=33),
        _v(
            v1,
            "dxf pdf ifc",
            "SET-013",
            "建施-04",
            "办公室 201 面积标注 39.12 m²，实为 37.12 m²",
            on_plan(3000, 3300),
            shown=39.12,
            measured=37.12,
        ),
        _v(v1, "dxf pdf", "DRW-003", "建施-09", "标题栏日期空缺", field="日期"),
        _v(v1, "dxf pdf", "DRW-009", "建施-06", "字高 1.5 mm 的注释", [620.0, 382.0], measured=1.5),
        _v(v1, "dxf", "DRW-101", "", "图框外有遗留线段（02_平面图.dxf）"),
        _v(
            v1,
            "ifc",
            "DRW-020",
            "",
            "投影坐标系 EPSG:4547（中央经线 114°）不适用于吉林市，应为 EPSG:4551",
            found="EPSG:4547",
            wanted="EPSG:4551",
        ),
        _v(v1, "ifc", "DRW-024", "3F", "三层小会议室空间没有名称和编号"),
        _v(built, "dxf pdf", "DRW-007", "竣施-07", "五层平面图缺竣工图章"),
    ]


def _d(pair: str, kind: str, cls: str, sheet: str, what: str, place: list[float] | None = None, **values: Any) -> Row:
    return {"pair": pair, "kind": kind, "cls": cls, "sheet": sheet, "what": what, "place_mm": place, **values}


def differences() -> list[Row]:
    """Every planted difference between neighbouring versions."""
    a, b = "construction_v1>construction_v2", "construction_v2>as_built"
    return [
        _d(
            a,
            "moved",
            "geometry",
            "建施-04",
            "二层 202 办公室门 M1021 东移 300 mm",
            on_plan(7450, 6600),
            delta_mm=[300, 0],
            tag="M1021",
        ),
        _d(
            a,
            "modified",
            "geometry",
            "建施-05",
            "三层门 M0721 改为 M0921（宽 700 → 900）",
            on_plan(7300, 6600),
            old="M0721",
            new="M0921",
        ),
        _d(
            a,
            "removed",
            "geometry",
            "建施-07",
            "五层 ② 轴隔墙取消，501、502 合并",
            on_plan(6000, 3300),
            element="5/wall/S1",
        ),
        _d(
            a,
            "modified",
            "text",
            "建施-07",
            "五层办公室 37.12 m² ×2 → 大办公室 75.52 m²",
            on_plan(6000, 3300),
            old="37.12",
            new="75.52",
        ),
        _d(a, "added", "geometry", "建施-06", "四层西墙增加窗 C1518", on_plan(0, 3300), tag="C1518"),
        _d(
            a,
            "modified",
            "geometry",
            "建施-07",
            "五层会议室东门 M1521 改为 M1821",
            on_plan(22400, 9000),
            old="M1521",
            new="M1821",
        ),
        _d(
            a,
            "moved",
            "geometry",
            "建施-08",
            "六层 ⑤~⑥ 轴走道北墙由距 A 轴 8000 北移至 9000",
            on_plan(27000, 8500),
            delta_mm=[0, 1000],
        ),
        _d(
            a,
            "modified",
            "geometry",
            "建施-03",
            "LT-2 一层第一跑 19 级改为 13 级",
            on_plan(34500, 11500),
            old=19,
            new=13,
        ),
        _d(a, "modified", "text", "建施-01", "临空栏杆高度 1.05 → 1.10", old="1.05", new="1.10"),
        _d(a, "modified", "text", "建施-13", "楼梯详图临空栏杆高度 1.05 → 1.10", old="1.05", new="1.10"),
        _d(a, "modified", "text", "建施-04", "201 面积 39.12 → 37.12", on_plan(3000, 3300), old="39.12", new="37.12"),
        _d(a, "modified", "text", "建施-12", "标高 14.800 → 14.700", old="14.800", new="14.700"),
        _d(a, "modified", "text", "建施-04", "尺寸 6300 → 6000", on_plan(15000, -2400), old="6300", new="6000"),
        _d(a, "removed", "text", "建施-06", "字高 1.5 mm 的注释取消", [620.0, 382.0]),
        _d(
            b,
            "modified",
            "attribute",
            "竣施-06",
            "四层 LT-2 门 M1221 改为 FM乙1221",
            on_plan(34500, 9000),
            old="M1221",
            new="FM乙1221",
        ),
        _d(
            b,
            "moved",
            "geometry",
            "竣施-05",
            "三层 304 办公室门 M1021 东移 300 mm",
            on_plan(19450, 6600),
            delta_mm=[300, 0],
            tag="M1021",
        ),
        _d(
            b,
            "modified",
            "geometry",
            "竣施-03",
            "一层东端外门 M1524 改为 M1824",
            on_plan(36000, 7800),
            old="M1524",
            new="M1824",
        ),
        _d(
            b,
            "moved",
            "geometry",
            "竣施-06",
            "四层 ⑤ 轴隔墙东移 300 mm，两侧面积改变",
            on_plan(24150, 3300),
            delta_mm=[300, 0],
            element="4/wall/S4",
        ),
        _d(
            b,
            "modified",
            "text",
            "竣施-06",
            "法律援助室 37.12 → 39.04 m²",
            on_plan(21150, 3300),
            old="37.12",
            new="39.04",
        ),
        _d(b, "modified", "text", "竣施-06", "调解室 37.12 → 35.20 m²", on_plan(27150, 3300), old="37.12", new="35.20"),
        _d(b, "removed", "geometry", "竣施-08", "六层储藏间北窗 C1518 取消", on_plan(10500, 16200), tag="C1518"),
        _d(
            b,
            "modified",
            "geometry",
            "竣施-04",
            "LT-1 二层 12+12 级改为 13+11 级",
            on_plan(1500, 12000),
            old="12+12",
            new="13+11",
        ),
        _d(b, "modified", "text", "竣施-01", "临空栏杆高度 1.10 → 1.00", old="1.10", new="1.00"),
        _d(b, "modified", "text", "竣施-13", "楼梯详图临空栏杆高度 1.10 → 1.00", old="1.10", new="1.00"),
    ]


def write(folder: Path) -> None:
    """Write planted.json and PLANTED.md."""
    body = {"schema": "tushen.planted/1", "violations": violations(), "differences": differences()}
    (folder / "planted.json").write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [
        "# What is planted in the sample set",
        "",
        "Written by `python -m sample_drawings.make`; the same as `planted.json`. Places are millimetres on the sheet,",
        "origin at the lower left corner of the paper.",
        "",
        "## Violations",
        "",
        "| version | formats | rule | sheet | place | what |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r['version']} | {' '.join(r['formats'])} | {r['rule']} | {r['sheet']} | {r['place_mm'] or ''} | "
        f"{r['what']} |"
        for r in body["violations"]
    ]
    lines += [
        "",
        "## Differences",
        "",
        "| from > to | kind | class | sheet | place | what |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r['pair']} | {r['kind']} | {r['cls']} | {r['sheet']} | {r['place_mm'] or ''} | {r['what']} |"
        for r in body["differences"]
    ]
    lines += [
        "",
        "Every sheet of a later version also has another 版次 and 日期 in its title block; as-built sheets carry",
        "the seal and numbers 竣施-xx, and the as-built model has new GlobalIds throughout.",
        "",
    ]
    (folder / "PLANTED.md").write_text("\n".join(lines), encoding="utf-8")
