"""The main job as three people live it in the browser, over one running installation."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.desk import LONG, Desk
from tests.journeys.installation import ROOT, Installation
from tests.journeys.three_stages import Cast

SAMPLES = ROOT / "sample_drawings"
SUFFIXES = (".dxf", ".pdf", ".ifc")


def files_of(folder: str) -> list:
    """Return the drawing files of a sample folder."""
    return [p for p in sorted((SAMPLES / folder).iterdir()) if p.suffix in SUFFIXES]


def journey(browser: Browser, installation: Installation, name: str) -> None:
    """Upload, findings, mark, return, second version, differences, approval, as-built, acceptance."""
    cast = Cast(installation)
    institute = Desk(browser, installation.url, "institute", f"{name}-1-institute")
    reviewer = Desk(browser, installation.url, "reviewer", f"{name}-2-reviewer")
    acceptance = Desk(browser, installation.url, "acceptance", f"{name}-3-acceptance")

    first = institute.hand_in(cast.project_id, "construction", files_of("construction_v1"), title="施工图 第一次报审")
    look_at_submission(institute)
    review_and_return(reviewer, first)
    answer(institute, first)

    second = institute.hand_in(cast.project_id, "construction", files_of("construction_v2"), title="施工图 第二次报审")
    approve(reviewer, second)

    built = institute.hand_in(cast.project_id, "as_built", files_of("as_built"), title="竣工图")
    accept_as_built(acceptance, built)
    for desk in (institute, reviewer, acceptance):
        assert desk.foreign == [], desk.foreign
        assert desk.errors == [], desk.errors


def look_at_submission(desk: Desk) -> None:
    """Files with states and hashes, sheets with numbers, findings."""
    desk.id("tab-files").click()
    expect(desk.id("file-row")).to_have_count(len(files_of("construction_v1")))
    expect(desk.id("hash").first).to_be_visible()
    desk.shot("files")
    desk.id("tab-sheets").click()
    assert desk.id("sheet-row").count() >= 30
    desk.shot("sheets")
    desk.id("tab-findings").click()
    expect(desk.id("finding-group").nth(4)).to_be_visible(timeout=LONG)  # the rules run after the reading
    desk.shot("findings")


def review_and_return(desk: Desk, submission_id: str) -> None:
    """Take it in, look at a plan, walk findings by keyboard, draw a cloud, publish, return."""
    desk.open(f"submissions/{submission_id}")
    desk.deed("accept")
    desk.open_sheet(submission_id, "建施-05")
    assert desk.inked(desk.id("sheet-canvas")) > 0.005
    desk.shot("plan")
    desk.page.keyboard.press("n")
    expect(
        desk.page.locator('[data-testid="finding"][aria-current="true"], [data-testid="finding"].open').first
    ).to_be_visible()
    desk.page.wait_for_timeout(600)
    desk.shot("finding")
    desk.page.keyboard.press("a")
    desk.id("tool-cloud").click()
    box = desk.id("sheet-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.42, box["y"] + box["height"] * 0.4
    desk.page.mouse.click(x, y)
    desk.page.mouse.move(x + 90, y + 60, steps=4)
    desk.page.mouse.click(x + 170, y + 160)
    desk.id("annotation-text").fill("疏散门净宽不足，请改为不小于 0.80 m。")
    desk.id("annotation-nature").select_option("mandatory")
    desk.id("annotation-save").click()
    expect(desk.page.locator('[data-testid="annotation"][data-annotation-state="draft"]')).to_have_count(1)
    desk.shot("draft")
    desk.id("publish").click()
    expect(desk.page.locator('[data-testid="annotation"][data-annotation-state="published"]')).to_have_count(1)
    desk.shot("published")
    model_view(desk, submission_id)
    desk.open(f"submissions/{submission_id}")
    desk.deed("return", "请按意见修改后重新报审。")
    expect(desk.page.locator('[data-testid="submission"][data-submission-state="returned"]')).to_be_visible()


def model_view(desk: Desk, submission_id: str) -> None:
    """Open the model, choose a storey, pick an element."""
    desk.open(f"submissions/{submission_id}")
    desk.id("tab-files").click()
    desk.id("open-model").first.click()
    expect(desk.id("model-view")).to_be_visible()
    expect(desk.id("storey").first).to_be_visible(timeout=60_000)
    desk.page.wait_for_timeout(1500)
    assert desk.inked(desk.id("model-canvas")) > 0.02
    desk.shot("model")
    desk.id("storey").nth(2).click()
    desk.page.wait_for_timeout(1500)
    desk.shot("model-storey")
    box = desk.id("model-canvas").bounding_box()
    assert box is not None
    for fx, fy in ((0.5, 0.5), (0.45, 0.55), (0.55, 0.45), (0.4, 0.5), (0.6, 0.5), (0.5, 0.6)):
        desk.page.mouse.click(box["x"] + box["width"] * fx, box["y"] + box["height"] * fy)
        desk.page.wait_for_timeout(800)
        if desk.id("picked-guid").count():
            break
    expect(desk.id("picked-guid")).to_be_visible()
    desk.shot("model-picked")


def answer(desk: Desk, submission_id: str) -> None:
    """The institute sees the published mark and answers it."""
    desk.open_sheet(submission_id, "建施-05")
    desk.id("side-annotations").click()
    mark = desk.page.locator('[data-testid="annotation"][data-annotation-state="published"]')
    expect(mark).to_have_count(1)
    mark.get_by_role("button").first.click()
    desk.id("reply-text").fill("已改为 M0921。")
    desk.id("reply-send").click()
    expect(desk.id("reply")).to_have_count(1)
    desk.shot("reply")


def compare_view(desk: Desk, submission_id: str) -> None:
    """Open the comparison of this submission and walk its differences."""
    desk.open(f"submissions/{submission_id}")
    desk.id("tab-differences").click()
    expect(desk.id("comparisons")).to_be_visible()
    if desk.id("comparison-row").count():
        desk.id("comparison-row").first.get_by_role("link").click()
    else:
        desk.id("compare-start").click()
    expect(desk.id("compare-view")).to_be_visible(timeout=LONG)
    expect(desk.id("difference").first).to_be_visible(timeout=60_000)
    desk.page.wait_for_timeout(2500)
    desk.shot("compare")
    desk.page.keyboard.press("n")
    desk.page.wait_for_timeout(1500)
    desk.shot("compare-difference")


def approve(desk: Desk, submission_id: str) -> None:
    """Second version: differences, old findings, approval."""
    desk.open(f"submissions/{submission_id}")
    desk.deed("accept")
    compare_view(desk, submission_id)
    desk.page.keyboard.press("s")
    desk.open(f"submissions/{submission_id}")
    desk.id("tab-findings").click()
    expect(desk.id("finding-group").first).to_be_visible()
    desk.shot("second-findings")
    desk.deed("approve", "同意。")
    expect(desk.page.locator('[data-testid="submission"][data-submission-state="approved"]')).to_be_visible()
    desk.shot("approved")


def accept_as_built(desk: Desk, submission_id: str) -> None:
    """As-built against the approved construction drawings, decided difference by difference."""
    desk.open(f"submissions/{submission_id}")
    desk.deed("accept")
    compare_view(desk, submission_id)
    expect(desk.page.locator('[data-testid="difference"]').first).to_be_visible()
    desk.page.keyboard.press("a")
    desk.page.wait_for_timeout(800)
    desk.shot("decided")
    desk.open(f"submissions/{submission_id}")
    desk.deed("return", "请按差异清单整改。")
    expect(desk.page.locator('[data-testid="submission"][data-submission-state="returned"]')).to_be_visible()
    desk.shot("returned")
