"""The sample set: every planted violation is found in each of its formats, and nothing else is reported."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from pipeline.drawing import snapshot
from pipeline.drawing.conclude import conclude
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets
from rules import stations
from rules.runner import Finding, check

SAMPLES = Path(__file__).parents[2] / "sample_drawings"
PLANTED = json.loads((SAMPLES / "planted.json").read_text("utf-8"))["violations"]
STAGES = {
    "scheme": "scheme", "construction_v1": "construction", "construction_v2": "construction", "as_built": "as_built",
}  # fmt: skip


@lru_cache(maxsize=1)
def drawings(version: str):
    result = []
    for path in sorted((SAMPLES / version).iterdir()):
        drawing = read_path(path, path.name)
        find_sheets(drawing)
        conclude(drawing)
        result.append((path.name, path.name, drawing))
    return result


@lru_cache(maxsize=4)
def findings(version: str) -> list[Finding]:
    return check(drawings(version), STAGES[version])


def _format(finding: Finding) -> str:
    return Path(finding.file_id).suffix[1:]


@pytest.mark.parametrize("version", STAGES)
def test_what_is_planted_is_found_and_nothing_else(version):
    planted: Counter[tuple[str, str]] = Counter()
    for row in PLANTED:
        if row["version"] == version:
            planted.update({(row["rule"], form): row["count"] for form in row["formats"]})
    found = Counter((f.rule_code, _format(f)) for f in findings(version) if f.outcome in ("violation", "advice"))
    assert found == planted


@pytest.mark.parametrize("version", STAGES)
def test_nothing_on_the_samples_is_left_undecided(version):
    assert [f.message_en for f in findings(version) if f.outcome == "undecided"] == []


def test_a_finding_stands_where_it_was_planted():
    missed = []
    for row in PLANTED:
        if not row["place_mm"] or row["version"] != "construction_v1":
            continue
        x, y = row["place_mm"]
        boxes = [
            f.box for f in findings("construction_v1")
            if f.rule_code == row["rule"] and f.box and _format(f) in ("dxf", "pdf")
        ]  # fmt: skip
        if not any(b[0] - 12 <= x <= b[2] + 12 and b[1] - 12 <= y <= b[3] + 12 for b in boxes):
            missed.append((row["rule"], row["place_mm"], boxes))
    assert not missed


def test_measured_values_are_the_planted_ones():
    for row in PLANTED:
        if row["version"] == "construction_v1" and "measured" in row and row["rule"] != "SET-013":
            values = {
                round(f.measured, 2) for f in findings("construction_v1") if f.rule_code == row["rule"] and f.measured
            }
            assert round(row["measured"], 2) in values, row["rule"]


def test_a_fault_that_stays_keeps_its_subject_over_versions():
    def subjects(version: str) -> set[str]:
        return {f.subject_key for f in findings(version) if f.rule_code == "FIR-025" and f.outcome == "advice"}

    assert subjects("construction_v1") == subjects("construction_v2") != set()


def test_the_station_finds_the_same_from_snapshots(tmp_path):
    files, named = [], []
    for number, (file_id, name, drawing) in enumerate(drawings("as_built")):
        path = tmp_path / str(number)
        path.write_bytes(snapshot.dump(drawing))
        files.append(path)
        named.append({"id": file_id, "name": name})
    body = json.loads(stations.check(files, {"stage": "as_built", "files": named})["findings.json"])
    assert body["schema"] == "tushen.findings/1"
    assert body["findings"] == json.loads(json.dumps([f.as_dict() for f in findings("as_built")]))


def test_proxy_objects_are_reported_and_nothing_passes_on_them():
    path = SAMPLES / "damaged" / "proxy_objects.dxf"
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    found = check([("f1", path.name, drawing)], "construction")
    assert {f.outcome for f in found if f.rule_code == "DRW-014"} == {"violation"}
    assert not [f for f in found if f.outcome in ("passed", "not_applicable") and f.rule_code not in ("DRW-024",)]
