"""No screen has a serious or critical fault that axe-core can find, in light and in dark, in Chinese and in English."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.journeys.installation import PASSWORD, ROOT, running
from tests.journeys.three_stages import SAMPLES, Cast

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AXE = ROOT / "viewer" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
_RUN = """async () => {
  const { passes, violations } = await window.axe.run(document)
  return [passes.length, violations.map((it) => [it.impact, it.id, it.nodes.slice(0, 3).map((node) => node.html)])]
}"""


def grave(page: Page) -> list[str]:
    """Return what axe-core finds grave on a page; run in it by the debugger, which no CSP holds up."""
    page.wait_for_timeout(250)  # colours fade in
    page.evaluate(AXE.read_text("utf-8") + "; 0")
    passed, violations = page.evaluate(_RUN)
    assert passed > 10, "axe-core looked at nothing"
    return [f"{impact} {rule}: {nodes}" for impact, rule, nodes in violations if impact in GRAVE]


def handed_in(cast: Cast) -> tuple[str, str, str]:
    """Two small versions that are compared; returns (new submission, comparison, IFC file)."""
    institute, reviewer = cast["institute"], cast["reviewer"]
    ids: list[str] = []
    for folder in ("construction_v1", "construction_v2"):
        draft = institute.post(
            f"/api/projects/{cast.project_id}/submissions",
            {"stage": "construction", "building_id": cast.building_id, "title": folder},
        )
        for name in ("04_楼梯详图.dxf", "松花江畔社区服务中心.ifc"):
            assert institute.upload(draft["id"], SAMPLES / folder / name).status_code == 204
        institute.wait_until_read(draft["id"])
        institute.post(f"/api/submissions/{draft['id']}/deeds/submit", {"comment": ""})
        reviewer.post(f"/api/submissions/{draft['id']}/deeds/accept", {"comment": ""})
        if not ids:
            reviewer.post(f"/api/submissions/{draft['id']}/deeds/return", {"comment": "请修改"})
        ids.append(draft["id"])
    comparison = reviewer.post("/api/comparisons", {"old_id": ids[0], "new_id": ids[1]})["id"]
    assert reviewer.wait_for_comparison(comparison)["state"] == "ready"
    files = reviewer.get(f"/api/submissions/{ids[1]}/files")
    return ids[1], comparison, next(it["id"] for it in files if it["format"] == "ifc")


def test_no_screen_has_a_grave_fault(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD}) as installation:
        cast = Cast(installation)
        found: dict[str, list[str]] = {}
        outside = browser.new_page(base_url=installation.url, locale="zh-CN")
        outside.goto("/")
        expect(outside.get_by_test_id("log-in-form")).to_be_visible()
        found["log-in"] = grave(outside)
        submission, comparison, model = handed_in(cast)
        screens = [
            ("", "desk"),
            (f"projects/{cast.project_id}", "project"),
            (f"submissions/{submission}?tab=files", "files"),
            (f"submissions/{submission}?tab=sheets", "sheets"),
            (f"submissions/{submission}?tab=findings", "finding-group"),
            (f"submissions/{submission}?tab=differences", "comparison-row"),
            (f"submissions/{submission}/sheets", "sheet-canvas"),
            (f"comparisons/{comparison}", "difference"),
            (f"submissions/{submission}/models/{model}", "model-size"),
            (f"projects/{cast.project_id}/ledger", "ledger-row"),
            ("submissions/00000000000000000000000000000000", "trouble"),
        ]
        reviewer = Desk(browser, installation.url, "reviewer", "axe-reviewer")
        for path, sign in screens:
            reviewer.open(path)
            expect(reviewer.id(sign).first).to_be_visible(timeout=60_000)
            found[path.replace(submission, "…")] = grave(reviewer.page)
        for side in ("differences", "annotations", "layers", "search", "properties"):
            reviewer.open(f"submissions/{submission}/sheets")
            reviewer.id(f"side-{side}").click()
            found[f"side {side}"] = grave(reviewer.page)
        admin = Desk(browser, installation.url, "admin", "axe-admin")
        admin.open("people")
        expect(admin.id("person-row").first).to_be_visible()
        found["people"] = grave(admin.page)
        for _ in range(2):  # system → light → dark
            admin.id("theme").click()
        admin.id("language").click()
        found["people, dark, English"] = grave(admin.page)
        admin.open(f"submissions/{submission}?tab=findings")
        expect(admin.id("finding-group").first).to_be_visible()
        found["findings, dark, English"] = grave(admin.page)
        assert {name: faults for name, faults in found.items() if faults} == {}
        assert len(found) == len(screens) + 9
