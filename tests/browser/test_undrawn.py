"""A sheet without a picture says what is happening, comes by itself, and says so when it never will."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import DRAWN, Desk
from tests.browser.test_accessibility import grave
from tests.browser.test_bad_input import draft, settled
from tests.journeys.installation import PASSWORD, running
from tests.journeys.three_stages import SAMPLES, Cast

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PLANS = SAMPLES / "construction_v1" / "01_目录与说明.dxf"
_UNDRAWN = "UPDATE sheet SET pack_key = '', tiles_prefix = '', tile_levels = 0"


class Records:
    """The records of a running installation, to bring a sheet where it is between two stations."""

    def __init__(self, folder: Path) -> None:
        (self.path,) = (folder / "data").glob("*.sqlite3")

    def __call__(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.path, timeout=15)) as line, line:
            return line.execute(statement, values).fetchall()


def test_what_stands_where_a_drawing_should_be(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD}) as installation:
        cast = Cast(installation)
        desk = Desk(browser, installation.url, "institute", "undrawn")
        draft(desk, cast, "尚未绘制")
        desk.id("upload-files").set_input_files([str(PLANS)])
        expect(desk.page.locator('[data-testid="upload-row"][data-state="done"]')).to_have_count(1, timeout=DRAWN)
        settled(desk)
        submission = desk.page.url.split("/submissions/")[1].split("?")[0]
        expect(desk.id("open-sheets")).to_be_visible(timeout=DRAWN)
        records = Records(tmp_path)
        drawn = records("SELECT pack_key, tiles_prefix, tile_levels, id FROM sheet")
        assert drawn and all(row[0] for row in drawn)
        waiting(desk, submission, records, drawn)
        failed(desk, submission, records, drawn)
        gone(desk, submission, records, drawn[0][3])
        assert desk.foreign == [] and desk.errors == [], (desk.foreign, desk.errors)


def waiting(desk: Desk, submission: str, records: Records, drawn: list[Any]) -> None:
    """Opened before it is drawn: not a white page; the drawing comes without a reload."""
    records(_UNDRAWN)
    desk.open(f"submissions/{submission}/sheets/{drawn[0][3]}")
    expect(desk.id("not-drawn")).to_have_attribute("data-why", "waiting")
    expect(desk.id("not-drawn")).to_contain_text("正在绘制此图")
    desk.shot("waiting")
    assert grave(desk.page) == []
    desk.id("look-again").click()
    expect(desk.id("not-drawn")).to_be_visible()
    for row in drawn:
        records("UPDATE sheet SET pack_key = ?, tiles_prefix = ?, tile_levels = ? WHERE id = ?", *row)
    expect(desk.page.locator('[data-testid="sheet-canvas"][data-drawn="true"]')).to_be_visible(timeout=DRAWN)
    expect(desk.id("not-drawn")).to_have_count(0)
    desk.shot("drawn")


def failed(desk: Desk, submission: str, records: Records, drawn: list[Any]) -> None:
    """It could not be drawn: the reason and what to do."""
    records(_UNDRAWN)
    ((before,),) = records("SELECT defects FROM file")
    found = {"code": "not_drawn", "severity": "error", "zh": "1 张图未能绘制（内存不足）。", "en": "1 sheet not drawn."}
    found |= {"remedy_zh": "请查看原件。", "remedy_en": "Look at the original.", "count": 1}
    records("UPDATE file SET defects = ?", json.dumps([*json.loads(before), found]))
    desk.page.reload()
    expect(desk.id("not-drawn")).to_have_attribute("data-why", "failed")
    expect(desk.id("not-drawn")).to_contain_text("内存不足")
    desk.shot("failed")
    records("UPDATE file SET defects = ?", before)
    for row in drawn:
        records("UPDATE sheet SET pack_key = ?, tiles_prefix = ?, tile_levels = ? WHERE id = ?", *row)


def gone(desk: Desk, submission: str, records: Records, sheet: str) -> None:
    """A sheet that is no longer read but was corrected is found, told apart, and out of the table."""
    word = {"number": {"value": "建施-99", "confidence": 1.0, "origin": "person"}}
    records("UPDATE sheet SET state = 'gone', number = '建施-99', fields = ? WHERE id = ?", json.dumps(word), sheet)
    desk.open(f"submissions/{submission}?tab=sheets")
    desk.page.reload()
    expect(desk.id("gone-sheets")).to_contain_text("建施-99")
    expect(desk.page.locator(f'[data-testid="sheet-row"][data-sheet-id="{sheet}"]')).to_have_count(0)
    desk.shot("gone-in-the-table")
    desk.id("gone-sheets").get_by_role("link").click()
    expect(desk.id("not-drawn")).to_have_attribute("data-why", "gone")
    expect(desk.id("tool-cloud")).to_be_disabled()
    desk.shot("gone")
    assert grave(desk.page) == []
