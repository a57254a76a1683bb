"""A symmetric plan is refused until a person gives matching points, by keyboard and by pointer; then it is compared."""

from __future__ import annotations

import math
from pathlib import Path

import ezdxf
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import LONG, Desk
from tests.browser.test_accessibility import grave
from tests.journeys.installation import PASSWORD, running
from tests.journeys.three_stages import Cast

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
WIDTH, HEIGHT, ANGLE = 12000.0, 8000.0, 30.0
PAD = 12  # pixels the viewer leaves around a sheet


def draw(path: Path, degrees: float, *, more: bool) -> Path:
    """Write a plan without texts that looks the same turned by 180°; `more`: with one wall more."""
    angle = math.radians(degrees)
    document = ezdxf.new("R2010", units=4)
    space = document.modelspace()

    def line(*points: tuple[float, float]) -> None:
        turned = [
            (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in points
        ]
        space.add_lwpolyline(turned)

    x, y = WIDTH / 2, HEIGHT / 2
    line((-x, -y), (x, -y), (x, y), (-x, y), (-x, -y))
    for side in (1, -1):
        line((0, 0), (side * 900, 0), (side * 900, side * y))
        for at, far in ((2100, 900), (3500, 1400), (4800, 500)):
            line((side * at, side * far), (side * at, side * y))
        line((side * 900, side * 2600), (side * x, side * 2600))
    if more:
        line((-3000, 1000), (-3000, 2200))
    document.saveas(path)
    return path


def compared(cast: Cast, folder: Path) -> str:
    """Hand both versions in and have them compared; returns the comparison."""
    institute, reviewer = cast["institute"], cast["reviewer"]
    ids: list[str] = []
    for name, degrees in (("old", 0.0), ("new", ANGLE)):
        draft = institute.post(
            f"/api/projects/{cast.project_id}/submissions",
            {"stage": "construction", "building_id": cast.building_id, "title": name},
        )
        (folder / name).mkdir()
        path = draw(folder / name / "plan.dxf", degrees, more=name == "new")
        assert institute.upload(draft["id"], path).status_code == 204
        institute.wait_until_read(draft["id"])
        institute.post(f"/api/submissions/{draft['id']}/deeds/submit", {"comment": ""})
        reviewer.post(f"/api/submissions/{draft['id']}/deeds/accept", {"comment": ""})
        if not ids:
            reviewer.post(f"/api/submissions/{draft['id']}/deeds/return", {"comment": "请修改"})
        ids.append(draft["id"])
    comparison = str(reviewer.post("/api/comparisons", {"old_id": ids[0], "new_id": ids[1]})["id"])
    assert reviewer.wait_for_comparison(comparison)["state"] == "ready"
    return comparison


def click(desk: Desk, side: str, place: tuple[float, float], size: tuple[float, float]) -> None:
    """Click a place of a sheet that is shown as a whole; shares of its width and height from the lower left corner."""
    box = desk.id(f"canvas-{side}").bounding_box()
    assert box is not None
    step = max(size[0] / (box["width"] - 2 * PAD), size[1] / (box["height"] - 2 * PAD))
    x = box["x"] + box["width"] / 2 + (place[0] - 0.5) * size[0] / step
    y = box["y"] + box["height"] / 2 - (place[1] - 0.5) * size[1] / step
    desk.page.mouse.click(x, y)
    desk.page.wait_for_timeout(400)


def test_two_points_by_keyboard_and_pointer_lay_a_symmetric_plan(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD}) as installation:
        cast = Cast(installation)
        comparison = compared(cast, tmp_path)
        (pair,) = cast["reviewer"].get(f"/api/comparisons/{comparison}")["pairs"]
        assert not pair["comparable"] and "对应点" in pair["reason"]["zh"]
        desk = Desk(browser, installation.url, "reviewer", "points-reviewer")
        desk.open(f"comparisons/{comparison}")
        expect(desk.id("not-comparable")).to_contain_text("对应点", timeout=LONG)
        for side in ("old", "new"):
            expect(desk.page.locator(f'[data-testid="canvas-{side}"][data-drawn="true"]')).to_be_visible(timeout=LONG)
        desk.id("align-start").focus()
        desk.page.keyboard.press("Enter")
        expect(desk.id("align-ask")).to_contain_text("旧图")
        desk.page.keyboard.press("x")  # the middle of the old sheet, where lines end
        expect(desk.id("align-ask")).to_contain_text("新图")
        desk.page.keyboard.press("Backspace")
        expect(desk.id("align-ask")).to_contain_text("旧图")
        desk.page.keyboard.press("x")
        desk.page.keyboard.press("x")
        expect(desk.id("align-send")).to_be_disabled()
        sizes = {}
        for side in ("old", "new"):
            sheet = cast["reviewer"].get(f"/api/sheets/{pair[f'{side}_sheet']}")
            sizes[side] = (sheet["width_mm"], sheet["height_mm"])
        click(desk, "old", (1.0, 1.0), sizes["old"])
        angle = math.radians(ANGLE)
        corner = (
            WIDTH / 2 * math.cos(angle) - HEIGHT / 2 * math.sin(angle),
            WIDTH / 2 * math.sin(angle) + HEIGHT / 2 * math.cos(angle),
        )
        extent = (
            WIDTH * math.cos(angle) + HEIGHT * math.sin(angle),
            WIDTH * math.sin(angle) + HEIGHT * math.cos(angle),
        )
        click(desk, "new", (0.5 + corner[0] / extent[0], 0.5 + corner[1] / extent[1]), sizes["new"])
        expect(desk.id("align-send")).to_be_enabled()
        desk.shot("points")
        assert grave(desk.page) == []
        desk.id("align-send").click()
        expect(desk.id("difference")).to_have_count(1, timeout=LONG)
        expect(desk.id("align-box")).to_contain_text("2 个对应点")
        desk.shot("aligned")
        (pair,) = cast["reviewer"].get(f"/api/comparisons/{comparison}")["pairs"]
        turn = math.degrees(math.atan2(pair["transform"][1][0], pair["transform"][0][0]))
        assert turn == pytest.approx(ANGLE, abs=0.01) and pair["comparable"] and pair["status"] == "confirmed"
        desk.id("align-take-back").click()
        expect(desk.id("not-comparable")).to_be_visible(timeout=LONG)
        assert desk.errors == []
