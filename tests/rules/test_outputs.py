"""Outputs: no formula in a table, valid SARIF and BCF, one JSON document, worst first in text."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pytest

from rules.engine.context import load_pack
from rules.outputs import bcf, sarif, table, text
from rules.outputs import json as json_output
from rules.runner import run_facts
from tests.rules import builders as b

GUID = "3xHgpJKdDIHBrufvibxX_7"


@pytest.fixture
def findings():
    doors = [b.door("M0721", 700), b.door("M0921", 900)]
    bad = b.sheet(openings=doors, fields={"scale": "1:150"}, number="=1+1")
    found = [f.as_dict() for f in run_facts(b.facts(bad), "construction", load_pack())]
    found[0]["source_ids"] = [GUID, "A1"]
    return found


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1+1", "\r=1"])
def test_a_dangerous_cell_is_text(cell):
    assert table.safe(cell).startswith("'")


def test_harmless_cells_stay_as_they_are():
    assert [table.safe(c) for c in ("一层平面图", 1.05, None, ">= 0.80")] == ["一层平面图", "1.05", "", ">= 0.80"]


def test_csv_opens_with_a_mark_and_holds_every_finding(findings):
    data = table.write_csv(findings)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert data.startswith(b"\xef\xbb\xbf") and len(rows) == len(findings) + 1
    assert not [c for row in rows for c in row if c.startswith(("=", "+", "@"))]


def test_xlsx_has_no_formula(findings):
    with zipfile.ZipFile(io.BytesIO(table.write_xlsx(findings))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_sarif_says_fail_only_for_violations(findings):
    log = json.loads(sarif.write(findings, {"f1": "平面 图.dxf"}))
    results = log["runs"][0]["results"]
    assert log["version"] == "2.1.0" and len(results) == len(findings)
    assert {r["kind"] for r in results if r["properties"]["outcome"] == "advice"} == {"review"}
    assert all((r["level"] == "error") == (r["kind"] == "fail") for r in results)


def test_bcf_has_a_topic_for_each_open_finding_and_is_the_same_twice(findings):
    first = bcf.write(findings, "2026-11-23T00:00:00Z", {"f1": "model.ifc"})
    assert first == bcf.write(findings, "2026-11-23T00:00:00Z", {"f1": "model.ifc"})
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        topics = [n for n in archive.namelist() if n.endswith("markup.bcf")]
        views = [n for n in archive.namelist() if n.endswith(".bcfv")]
        for name in topics + views:
            ElementTree.fromstring(archive.read(name))
        picked = [c.get("IfcGuid") for n in views for c in ElementTree.fromstring(archive.read(n)).iter("Component")]
    assert len(topics) == sum(f["outcome"] in ("violation", "advice", "undecided") for f in findings)
    assert picked == [GUID]


def test_json_counts_and_text_begins_with_the_worst(findings):
    document = json.loads(json_output.write(findings, stage="construction"))
    assert document["schema"] == "tushen.findings/1" and sum(document["counts"].values()) == len(findings)
    lines = text.write(findings).splitlines()
    assert lines[0].startswith("不满足") and "满足" in lines[-1]
    assert "条款待核" in text.write(findings)
