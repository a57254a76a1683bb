"""IDS files: a wrong value is a violation, missing data is undecided, a model read in part has not passed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import ifctester.ids as ids
import pytest

from rules import ids as station

MODEL = next((Path(__file__).parents[2] / "sample_drawings" / "construction_v1").glob("*.ifc"))


@pytest.fixture
def run(tmp_path):
    def go(kind: str, requirement, state: str = "complete", required: bool = False, data: bytes = b"") -> list[dict]:
        document = ids.Ids(title="要求", author="a@b.cn", version="1", date="2026-11-23")
        versions = ["IFC4", "IFC4X3_ADD2"]
        spec = ids.Specification(name="要求", ifcVersion=versions, minOccurs=1 if required else 0)
        spec.applicability.append(ids.Entity(name=kind))
        spec.requirements.append(requirement)
        document.specifications.append(spec)
        path = tmp_path / "a.ids"
        document.to_xml(str(path))
        model = tmp_path / "m.bin" if data else MODEL
        if data:
            model.write_bytes(data)
        out = station.check([model, path], {"id": "f", "name": "a.ids", "state": state})
        assert json.loads(out["report.json"])["specifications"]
        return json.loads(out["findings.json"])["findings"]

    return go


def riser(most: str):
    limit = ids.Restriction(base="double", options={"maxInclusive": most})
    return ids.Property(
        "Pset_StairFlightCommon", "RiserHeight", limit, "IFCPOSITIVELENGTHMEASURE", cardinality="required"
    )


def test_a_wrong_value_is_a_violation_with_its_elements(run):
    (found,) = run("IFCSTAIRFLIGHT", riser("0.14"))
    assert found["outcome"] == "violation" and found["measured"] == 20 and len(found["source_ids"]) == 20


def test_values_in_order_have_passed_only_on_a_model_read_whole(run):
    assert [f["outcome"] for f in run("IFCSTAIRFLIGHT", riser("0.175"))] == ["passed"]
    assert [f["outcome"] for f in run("IFCSTAIRFLIGHT", riser("0.175"), "partial")] == ["undecided"]


def test_a_property_that_is_not_there_is_undecided(run):
    missing = ids.Property("Pset_Nowhere", "Nothing", None, "IFCLABEL", cardinality="required")
    assert [f["outcome"] for f in run("IFCDOOR", missing)] == ["undecided"]


def test_required_elements_that_are_not_there_are_a_violation(run):
    name = ids.Attribute(name="Name")
    assert [f["outcome"] for f in run("IFCPILE", name, required=True)] == ["violation"]
    assert [f["outcome"] for f in run("IFCPILE", name)] == ["not_applicable"]


def zipped(data: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("model.ifc", data)
    return archive.getvalue()


@pytest.mark.parametrize(
    "damage",
    [zipped, lambda d: d.replace(b"'IFC4'", b"'IFC4X3_RC2'"), lambda d: d.replace(b"'IFC4'", b"'IFC4_ADD2_TC1'")],
    ids=["archive", "release candidate", "corrigendum"],
)
def test_models_that_the_library_does_not_open_by_itself_are_checked(run, damage):
    (found,) = run("IFCSTAIRFLIGHT", riser("0.14"), data=damage(MODEL.read_bytes()))
    assert found["outcome"] == "violation" and len(found["source_ids"]) == 20


@pytest.mark.parametrize("said", ["甲区".encode("gb18030"), rb"\X2\753A533A"], ids=["raw GBK", "escape without end"])
def test_repaired_strings_are_what_is_checked(run, said):
    rows = MODEL.read_bytes()
    begin = rows.index(b"'", rows.index(b",", rows.index(b"IFCPROJECT("))) + 1
    data = rows[:begin] + said + rows[rows.index(b"'", begin) :]
    words = "町区" if said.isascii() else "甲区"
    assert [f["outcome"] for f in run("IFCPROJECT", ids.Attribute(name="Name", value=words), data=data)] == ["passed"]
    assert [f["outcome"] for f in run("IFCPROJECT", ids.Attribute(name="Name", value="乙"), data=data)] == ["violation"]


def test_a_model_that_cannot_be_opened_says_why(run):
    with pytest.raises(ValueError, match="header"):
        run("IFCWALL", ids.Attribute(name="Name"), data=b"PDF")


def test_what_is_no_ids_is_refused(tmp_path):
    bad = tmp_path / "bad.ids"
    bad.write_text("<a/>", "utf-8")
    with pytest.raises(Exception, match="ids|IDS|valid|XML|xml"):
        station.check([MODEL, bad], {"id": "f", "name": "bad.ids", "state": "complete"})
