"""The main job over HTTP: three stages of one building, from upload to acceptance.

One text for every set-up: the embedded default (test_embedded) and the real servers (tests/services).
"""

from __future__ import annotations

import json
from typing import Any

from tests.journeys.installation import PASSWORD, ROOT, Installation
from tests.journeys.person import Person

SAMPLES = ROOT / "sample_drawings"
PLANTED = json.loads((SAMPLES / "planted.json").read_text("utf-8"))
RING = [[240, 310], [260, 310], [260, 330], [240, 330], [240, 310]]  # round door M0721 of the third floor
ROLES = ("institute", "reviewer", "department", "acceptance", "city_office")


class Cast:
    """Everybody who takes part, in a project made for them."""

    def __init__(self, installation: Installation, prefix: str = "") -> None:
        self.url = installation.url
        admin = Person(self.url, "admin", PASSWORD)
        self.admin = admin
        self.people: dict[str, Person] = {}
        ids: dict[str, str] = {}
        for role in ROLES:
            organisation = admin.post("/api/organisations", {"name": f"{prefix}{role} 单位"})
            login = f"{prefix}{role}"
            made = admin.post(
                "/api/people",
                {"login": login, "name": f"{role} 某", "organisation_id": organisation["id"], "roles": [role],
                 "password": PASSWORD},
            )  # fmt: skip
            ids[role] = made["id"]
            self.people[role] = Person(self.url, login, PASSWORD)
        office = self.people["city_office"]
        project = office.post("/api/projects", {"name": "松花江畔社区服务中心", "code": "2404-220204-04-01-100001"})
        self.project_id = project["id"]
        building = office.post(
            f"/api/projects/{self.project_id}/buildings", {"name": "1# 楼", "use": "社区服务", "storeys": 6}
        )
        self.building_id = building["id"]
        for role in ROLES[:4]:
            office.call("PUT", f"/api/projects/{self.project_id}/members/{ids[role]}", json={"role": role})

    def __getitem__(self, role: str) -> Person:
        return self.people[role]

    def hand_in(self, stage: str, folder: str, *, only: tuple[str, ...] = (".dxf", ".pdf", ".ifc")) -> str:
        """Make a draft, upload the sample files of a folder and wait until they are read; return its id."""
        institute = self["institute"]
        draft = institute.post(
            f"/api/projects/{self.project_id}/submissions",
            {"stage": stage, "building_id": self.building_id, "title": folder},
        )
        for path in sorted((SAMPLES / folder).iterdir()):
            if path.suffix in only:
                institute.upload(draft["id"], path)
        institute.wait_until_read(draft["id"])
        return str(draft["id"])


def outcomes(findings: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Return rule code -> outcomes found."""
    seen: dict[str, set[str]] = {}
    for finding in findings:
        seen.setdefault(finding["rule_code"], set()).add(finding["outcome"])
    return seen


def planted_codes(version: str) -> set[str]:
    """Return the rule codes planted in a version of the sample set."""
    return {item["rule"] for item in PLANTED["violations"] if item["version"] == version}


def check_reading(cast: Cast, submission_id: str) -> list[dict[str, Any]]:
    """Every file and every sheet ended in a state, with hash and picture."""
    institute = cast["institute"]
    files = institute.get(f"/api/submissions/{submission_id}/files")
    assert {f["format"] for f in files} == {"dxf", "pdf", "ifc"}
    assert all(f["state"] == "complete" and len(f["sha256"]) == 64 for f in files), [
        (f["name"], f["state"], [d["code"] for d in f["defects"]]) for f in files
    ]
    sheets = institute.get(f"/api/submissions/{submission_id}/sheets")
    numbers = {s["number"] for s in sheets}
    assert any(n.endswith("-04") for n in numbers), numbers
    for sheet in sheets:
        assert sheet["pack"], sheet
        assert len(sheet["sha256"]) == 64
    plan = next(s for s in sheets if s["number"].endswith("-04") and s["file_name"].endswith(".dxf"))
    assert institute.get(f"/api/sheets/{plan['id']}/pack")[:4] == b"TSPK"
    assert institute.get(f"/api/sheets/{plan['id']}/tiles/0/0/0.webp")[8:12] == b"WEBP"
    model = next(f for f in files if f["format"] == "ifc")
    assert institute.get(f"/api/files/{model['id']}/model.glb")[:4] == b"glTF"
    return list(sheets)


def three_stages(installation: Installation) -> None:
    """Institute hands in, reviewer returns, institute hands in again, approval, as-built, acceptance."""
    cast = Cast(installation)
    institute, reviewer, acceptance = cast["institute"], cast["reviewer"], cast["acceptance"]

    first = cast.hand_in("construction", "construction_v1")
    sheets = check_reading(cast, first)
    institute.post(f"/api/submissions/{first}/deeds/submit", {"comment": ""})
    findings = reviewer.get(f"/api/submissions/{first}/findings")
    found = {code for code, seen in outcomes(findings).items() if seen & {"violation", "advice"}}
    built_rules = {rule["code"] for rule in reviewer.get("/api/rules")}
    expected = planted_codes("construction_v1") & built_rules
    assert len(expected) >= 10 and expected <= found, expected - found

    reviewer.post(f"/api/submissions/{first}/deeds/accept", {"comment": ""})
    plan = next(s for s in sheets if s["number"].endswith("-05") and s["file_name"].endswith(".dxf"))
    mark = reviewer.post(
        f"/api/sheets/{plan['id']}/annotations",
        {"kind": "cloud", "nature": "mandatory", "text": "疏散门净宽不足，请改。",
         "geometry": {"type": "Polygon", "coordinates": [RING]}},
    )  # fmt: skip
    assert institute.get(f"/api/sheets/{plan['id']}/annotations") == []  # a draft is private
    reviewer.post(f"/api/submissions/{first}/annotations/publish")
    assert [a["id"] for a in institute.get(f"/api/sheets/{plan['id']}/annotations")] == [mark["id"]]
    reviewer.post(f"/api/submissions/{first}/deeds/return", {"comment": "请按意见修改后重新报审。"})
    institute.post(f"/api/annotations/{mark['id']}/replies", {"text": "已改为 M0921。"})

    second = cast.hand_in("construction", "construction_v2")
    shown = institute.get(f"/api/submissions/{second}")
    assert (shown["version"], shown["previous_id"]) == (2, first)
    institute.post(f"/api/submissions/{second}/deeds/submit", {"comment": ""})
    check_differences(reviewer, first, second, "construction_v1>construction_v2")
    old = {f["rule_code"] for f in reviewer.get(f"/api/submissions/{second}/findings") if f["carried_from"]}
    assert "FIR-025" in old, "the finding that was not cured must be known as the old one"
    reviewer.post(f"/api/submissions/{second}/deeds/accept", {"comment": ""})
    reviewer.post(f"/api/submissions/{second}/deeds/approve", {"comment": "同意。"})

    built = cast.hand_in("as_built", "as_built")
    institute.post(f"/api/submissions/{built}/deeds/submit", {"comment": ""})
    acceptance.post(f"/api/submissions/{built}/deeds/accept", {"comment": ""})
    rows = check_differences(acceptance, second, built, "construction_v2>as_built")
    for row in rows[:3]:
        decided = acceptance.patch(f"/api/differences/{row['id']}", {"decision": "rectify", "note": "现场复核"})
        assert decided["decision"] == "rectify"
    acceptance.post(f"/api/submissions/{built}/deeds/return", {"comment": "请整改。"})

    verification = cast["city_office"].get("/api/ledger/verification")
    assert verification["intact"] is True and verification["checked"] > 20


def check_differences(person: Person, old: str, new: str, planted: str) -> list[dict[str, Any]]:
    """Compare two submissions and find what was planted; return the differences."""
    comparison = person.post("/api/comparisons", {"old_id": old, "new_id": new})
    comparison = person.wait_for_comparison(comparison["id"])
    assert comparison["state"] == "ready", comparison
    rows: list[dict[str, Any]] = person.get(f"/api/comparisons/{comparison['id']}/differences")
    kinds = {row["kind"] for row in rows}
    assert {item["kind"] for item in PLANTED["differences"] if item["pair"] == planted} <= kinds, kinds
    assert all(row["box_new"] or row["box_old"] or row["cls"] == "attribute" for row in rows)
    return rows
