"""Cases of every rule: outcome, code, what it is about, facts. The first word is the outcome that must come out."""

from __future__ import annotations

from rules.engine.facts import SetFacts
from tests.rules import builders as b

TITLED = {
    "number": "建施-03",
    "title": "一层平面图",
    "scale": "1:100",
    "date": "2025-06-18",
    "project": "甲",
    "designer": "乙",
}
CHAIN = [b.dim(6000, 100, 160, 50), b.dim(6000, 160, 220, 50)]
LISTED = b.sheet(
    number="建施-00",
    title="图纸目录",
    listed=[b.listed("建施-00", "图纸目录"), b.listed("建施-03", "首层平面图")],
)
SCHEDULE = b.sheet(number="建施-02", title="门窗表", rows=[b.row(设计编号="M0921", 洞口尺寸="900×2100", 合计="2")])
NOTES = b.sheet(number="建施-01", title="设计说明", texts=[b.text("坐标系：CGCS2000，中央子午线126°")])
STAIR = b.room("楼梯间", 0, 0, 2800, 7000, "LT-1")


def _flat(name: str, stated: float) -> SetFacts:
    return b.facts(b.sheet(rooms=[b.room(name, 0, 0, 5800, 6400, "201", stated)]))


CASES: list[tuple[str, str, str, SetFacts]] = [
    ("advice", "FIR-001", "a door of 700", b.facts(b.sheet(openings=[b.door("M0721", 700)]))),
    ("passed", "FIR-001", "a door of 900", b.facts(b.sheet(openings=[b.door("M0921", 900)]))),
    ("not_applicable", "FIR-001", "no doors", b.facts(b.sheet())),
    ("undecided", "FIR-001", "a half-read file", b.facts(b.sheet(openings=[b.door("M0921", 900)]), state="partial")),
    ("advice", "FIR-006", "2.05 m", b.facts(b.sheet(rooms=[b.room("走道", 0, 0, 9000, 2000, clear_height_mm=2050.0)]))),
    ("passed", "FIR-006", "2.40 m", b.facts(b.sheet(rooms=[b.room("走道", 0, 0, 9000, 2000, clear_height_mm=2400.0)]))),
    ("not_applicable", "FIR-006", "no corridor", b.facts(b.sheet())),
    ("advice", "FIR-025", "a plain door", b.facts(b.sheet(rooms=[STAIR], openings=[b.door("M1221", 1200, "", 14, 2)]))),
    (
        "passed", "FIR-025", "grade 乙",
        b.facts(b.sheet(rooms=[STAIR], openings=[b.door("FM乙1221", 1200, "乙", 14, 2)])),
    ),
    ("undecided", "FIR-025", "no door found", b.facts(b.sheet(rooms=[STAIR]))),
    ("not_applicable", "FIR-025", "no stair", b.facts(b.sheet())),
    ("advice", "GEN-006", "19 risers", b.facts(b.sheet(flights=[b.riser_text("150×19=2850")]))),
    ("advice", "GEN-006", "1 riser", b.facts(b.sheet(flights=[b.riser_text("150×1=150")]))),
    ("passed", "GEN-006", "18 risers", b.facts(b.sheet(flights=[b.riser_text("150×18=2700")]))),
    ("not_applicable", "GEN-006", "no texts", b.facts(b.sheet())),
    ("advice", "GEN-008", "a riser of 180", b.facts(b.sheet(flights=[b.riser_text("180×10=1800")]))),
    ("advice", "GEN-008", "a tread of 250", b.facts(b.sheet(flights=[b.riser_text("250×10=2500")]))),
    (
        "passed", "GEN-008", "150 and 280",
        b.facts(b.sheet(flights=[b.riser_text("150×10=1500"), b.riser_text("280×9=2520")])),
    ),
    ("not_applicable", "GEN-008", "no texts", b.facts(b.sheet())),
    ("advice", "GEN-010", "1200 wide", b.facts(b.sheet(rooms=[b.room("走道", 0, 0, 20000, 1200)]))),
    ("passed", "GEN-010", "exactly 1300", b.facts(b.sheet(rooms=[b.room("走道", 0, 0, 20000, 1300)]))),
    ("not_applicable", "GEN-010", "an office", b.facts(b.sheet(rooms=[b.room("办公室", 0, 0, 900, 900)]))),
    ("advice", "GEN-011", "1.05 m", b.facts(b.sheet(statements=[b.guard(1.05)]))),
    ("passed", "GEN-011", "1.10 m", b.facts(b.sheet(statements=[b.guard(1.10)]))),
    ("not_applicable", "GEN-011", "nothing stated", b.facts(b.sheet())),
    ("violation", "SET-001", "a listed sheet is missing", b.facts(LISTED)),
    ("violation", "SET-001", "a sheet is not listed", b.facts(LISTED, b.sheet(), b.sheet(number="建施-09"))),
    ("undecided", "SET-001", "missing in a half-read set", b.facts(LISTED, state="damaged")),
    ("passed", "SET-001", "the same set", b.facts(LISTED, b.sheet())),
    ("undecided", "SET-001", "a scan may be the list", b.facts(b.sheet(scanned=True))),
    ("not_applicable", "SET-001", "no list", b.facts(b.sheet())),
    ("violation", "SET-002", "a number twice", b.facts(b.sheet(), b.sheet(title="二层平面图"))),
    ("passed", "SET-002", "numbers differ", b.facts(b.sheet(), b.sheet(number="建施-04"))),
    ("not_applicable", "SET-002", "no numbers", b.facts(b.sheet(number=""))),
    ("violation", "SET-003", "another title", b.facts(LISTED, b.sheet(title="屋顶平面图"))),
    ("passed", "SET-003", "首层 is 一层", b.facts(LISTED, b.sheet())),
    ("not_applicable", "SET-003", "no list", b.facts(b.sheet())),
    ("advice", "SET-005", "another version", b.facts(LISTED, b.sheet(fields={"version": "B"}))),
    ("advice", "SET-005", "A2 listed as A1", b.facts(LISTED, b.sheet(size_mm=(594.0, 420.0)))),
    ("passed", "SET-005", "size and version", b.facts(LISTED, b.sheet(fields={"version": "A 版"}))),
    ("passed", "SET-005", "a lengthened A1 is A1", b.facts(LISTED, b.sheet(size_mm=(1051.0, 594.0)))),
    ("not_applicable", "SET-005", "no list", b.facts(b.sheet())),
    ("violation", "SET-006", "1:150 stated", b.facts(b.sheet(fields={"scale": "1:150"}))),
    ("violation", "SET-006", "1/150 stated", b.facts(b.sheet(fields={"scale": "1/150"}))),
    ("passed", "SET-006", "1:100 stated", b.facts(b.sheet(fields={"scale": "1：100"}))),
    ("not_applicable", "SET-006", "no scale stated", b.facts(b.sheet())),
    (
        "violation", "SET-009", "a mark 100 mm off",
        b.facts(
            b.sheet(
                title="1-1剖面图",
                levels=[b.level(z, 100 + z * 10 + (z == 7.5)) for z in (0, 3.9, 7.5, 11.1)],
            ),
        ),
    ),
    (
        "passed", "SET-009", "marks in place",
        b.facts(b.sheet(levels=[b.level(z, 100 + z * 10) for z in (0, 3.9, 7.5, 11.1)])),
    ),
    ("not_applicable", "SET-009", "three marks", b.facts(b.sheet(levels=[b.level(z, z * 10) for z in (0, 3, 6)]))),
    (
        "violation", "SET-011", "parts of 12000, total 12300",
        b.facts(b.sheet(dimensions=[*CHAIN, b.dim(12300, 100, 220, 42)])),
    ),
    ("passed", "SET-011", "parts make the total", b.facts(b.sheet(dimensions=[*CHAIN, b.dim(12000, 100, 220, 42)]))),
    ("not_applicable", "SET-011", "no total", b.facts(b.sheet(dimensions=CHAIN))),
    (
        "violation", "SET-012", "one on the plan, two listed",
        b.facts(SCHEDULE, b.sheet(openings=[b.door("M0921", 900)])),
    ),
    (
        "violation", "SET-012", "not listed",
        b.facts(SCHEDULE, b.sheet(openings=[b.door("M0921", 900)] * 2 + [b.door("M1021", 1000)])),
    ),
    ("passed", "SET-012", "two and two", b.facts(SCHEDULE, b.sheet(openings=[b.door("M0921", 900)] * 2))),
    (
        "passed", "SET-012", "one plan for two storeys",
        b.facts(SCHEDULE, b.sheet(title="二~三层平面图", openings=[b.door("M0921", 900)])),
    ),
    (
        "undecided", "SET-012", "a plan of no clear storey",
        b.facts(SCHEDULE, b.sheet(title="标准层平面图", openings=[b.door("M0921", 900)])),
    ),
    ("not_applicable", "SET-012", "no schedule", b.facts(b.sheet())),
    ("violation", "SET-013", "39.12 for 37.12", _flat("办公室", 39.12)),
    ("passed", "SET-013", "37.12 for 37.12", _flat("办公室", 37.12)),
    ("not_applicable", "SET-013", "no rooms", b.facts(b.sheet())),
    ("violation", "SET-015", "150×13=1900", b.facts(b.sheet(flights=[b.riser_text("150×13=1900")]))),
    ("passed", "SET-015", "150×13=1950", b.facts(b.sheet(flights=[b.riser_text("150×13=1950")]))),
    ("not_applicable", "SET-015", "no texts", b.facts(b.sheet())),
    ("violation", "DRW-003", "no date", b.facts(b.sheet(fields={**TITLED, "date": " "}))),
    ("passed", "DRW-003", "all there", b.facts(b.sheet(fields=TITLED))),
    ("undecided", "DRW-003", "no title block", b.facts(b.sheet())),
    ("not_applicable", "DRW-003", "no frame", b.facts(b.sheet(framed=False))),
    (
        "advice", "DRW-007", "one of two without a seal",
        b.facts(b.sheet(blocks=["竣工图章"]), b.sheet(title="二层平面图")),
    ),
    (
        "passed", "DRW-007", "sealed by words",
        b.facts(b.sheet(texts=[b.text(w) for w in ("竣 工 图", "施工单位", "监理单位")])),
    ),
    ("undecided", "DRW-007", "no seal anywhere", b.facts(b.sheet())),
    ("not_applicable", "DRW-007", "no sheets", b.facts()),
    ("violation", "DRW-009", "1.5 mm", b.facts(b.sheet(texts=[b.text("注", 1.5)]))),
    ("passed", "DRW-009", "2.5 mm", b.facts(b.sheet(texts=[b.text("注", 2.5)]))),
    ("violation", "DRW-009", "2 mm in a PDF", b.facts(b.sheet(format="pdf", texts=[b.text("注", 2)]), format="pdf")),
    ("not_applicable", "DRW-009", "no texts", b.facts(b.sheet())),
    ("violation", "DRW-011", "6300 on 6000", b.facts(b.sheet(dimensions=[b.dim(6300, 0, 60, 0, 6000.0)]))),
    ("passed", "DRW-011", "6000 on 6000.4", b.facts(b.sheet(dimensions=[b.dim(6000, 0, 60, 0, 6000.4)]))),
    ("not_applicable", "DRW-011", "no objects", b.facts(b.sheet(dimensions=[b.dim(6000, 0, 60, 5)]))),
    (
        "violation", "DRW-014", "12 proxies",
        b.facts(defects=[("proxy_objects", 12, {"layers": "WALL"})], state="partial"),
    ),
    ("passed", "DRW-014", "none", b.facts()),
    ("not_applicable", "DRW-014", "a PDF", b.facts(format="pdf")),
    ("violation", "DRW-020", "EPSG:4547", b.facts(format="ifc", georeference={"projected_crs": {"Name": "EPSG:4547"}})),
    (
        "violation", "DRW-020", "114° in the notes",
        b.facts(b.sheet(title="设计说明", texts=[b.text("CGCS2000，中央子午线114°")])),
    ),
    ("passed", "DRW-020", "EPSG:4551", b.facts(format="ifc", georeference={"projected_crs": {"Name": "EPSG:4551"}})),
    (
        "passed", "DRW-020", "4551 by its name",
        b.facts(format="ifc", georeference={"projected_crs": {"Name": "CGCS2000 / GK CM 126E"}, "epsg": 4551}),
    ),
    (
        "violation", "DRW-020", "another zone by its name",
        b.facts(format="ifc", georeference={"projected_crs": {"Name": "CGCS2000 / GK CM 114E"}, "epsg": 4547}),
    ),
    (
        "undecided", "DRW-020", "a name nobody knows",
        b.facts(format="ifc", georeference={"projected_crs": {"Name": "local grid"}}),
    ),
    ("passed", "DRW-020", "126° in the notes", b.facts(NOTES)),
    ("undecided", "DRW-020", "a model without one", b.facts(format="ifc")),
    ("not_applicable", "DRW-020", "plans only", b.facts(b.sheet())),
    ("violation", "DRW-024", "a nameless space", b.facts(format="ifc", spaces=2, unnamed_spaces=[b.PLACE])),
    ("passed", "DRW-024", "all named", b.facts(format="ifc", spaces=2)),
    ("not_applicable", "DRW-024", "no spaces", b.facts(format="ifc")),
    ("violation", "DRW-101", "two lines outside", b.facts(b.sheet(), outside=[b.PLACE])),
    ("passed", "DRW-101", "nothing outside", b.facts(b.sheet())),
    ("not_applicable", "DRW-101", "no frames", b.facts(b.sheet(framed=False))),
]  # fmt: skip
