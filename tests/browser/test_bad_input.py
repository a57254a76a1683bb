"""Broken files through the browser: each ends in its own state with a sentence, the good ones are read."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import LONG, Desk
from tests.journeys.installation import PASSWORD, running
from tests.journeys.three_stages import SAMPLES, Cast

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
DAMAGED = SAMPLES / "damaged"
GOOD = SAMPLES / "construction_v1" / "04_楼梯详图.dxf"
# the states each file may end in
EXPECTED = {
    "empty.dxf": {"rejected"},
    "encrypted.pdf": {"rejected"},
    "garbage.ifc": {"rejected"},
    "not_a_drawing.pdf": {"rejected", "damaged"},
    "really_a_pdf.dxf": {"rejected", "complete", "partial", "damaged"},
    "truncated.dxf": {"damaged", "partial"},
    "truncated.ifc": {"damaged", "partial"},
    "truncated.pdf": {"damaged", "partial"},
    "proxy_objects.dxf": {"partial", "damaged", "complete"},
}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_DROP = """([name, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const transfer = new DataTransfer()
  transfer.items.add(new File([bytes], name))
  const zone = document.querySelector('[data-testid="drop-zone"]')
  zone.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
}"""


def draft(desk: Desk, cast: Cast, title: str, stage: str = "construction") -> None:
    """Make a draft in the browser and stay on it."""
    desk.open(f"projects/{cast.project_id}")
    desk.id(f"new-submission-{stage}").click()
    desk.id("submission-title").fill(title)
    desk.id("submission-create").click()
    expect(desk.id("drop-zone")).to_be_visible()


def settled(desk: Desk) -> None:
    """Wait until nothing is being read any more."""
    wanted = (
        '[data-testid="submission"]:is([data-reading="ready"],[data-reading="partly_ready"],[data-reading="refused"])'
    )
    expect(desk.page.locator(wanted)).to_be_visible(timeout=LONG)
    expect(
        desk.page.locator('[data-testid="file-row"]:is([data-file-state="waiting"],[data-file-state="reading"])')
    ).to_have_count(0, timeout=LONG)


def states(page: Page) -> dict[str, str]:
    """Return the state of every file by its name."""
    rows = page.get_by_test_id("file-row").all()
    return {str(row.get_attribute("data-file-name")): str(row.get_attribute("data-file-state")) for row in rows}


def sentences(page: Page, name: str) -> list[str]:
    """Return the sentences about a file as they stand on the page."""
    row = page.locator(f'[data-testid="file-row"][data-file-name="{name}"]')
    return [text for text in row.get_by_test_id("defect").all_text_contents() if text.strip()]


def test_each_broken_file_ends_in_its_own_state_with_a_sentence_in_both_languages(
    browser: Browser, tmp_path: Path
) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD}) as installation:
        cast = Cast(installation)
        desk = Desk(browser, installation.url, "institute", "bad-input")
        submission = broken_files(desk, cast)
        zip_with_chinese_names(desk, cast)
        reviewer = Desk(browser, installation.url, "reviewer", "bad-input-reviewer")
        accepted_by_name(desk, reviewer, submission)
        assert desk.errors == reviewer.errors == []
        assert desk.foreign == reviewer.foreign == []


def broken_files(desk: Desk, cast: Cast) -> str:
    """Hand in every broken file beside a good one; returns the submission's id."""
    draft(desk, cast, "残损文件")
    submission = desk.page.url.split("/submissions/")[1].split("?")[0]
    desk.id("upload-files").set_input_files([str(GOOD), *(str(DAMAGED / name) for name in EXPECTED)])
    arrived = desk.page.locator('[data-testid="upload-row"]:is([data-state="done"],[data-state="failed"])')
    expect(arrived).to_have_count(len(EXPECTED) + 1, timeout=LONG)
    settled(desk)
    desk.shot("broken-zh")
    seen = states(desk.page)
    assert seen[GOOD.name] == "complete"
    for name, wanted in EXPECTED.items():
        assert seen[name] in wanted, (name, seen[name])
    said = {name: sentences(desk.page, name) for name in EXPECTED if seen[name] != "complete"}
    assert all(said.values()), said
    assert all(_HAN.search(text) and "→" in text for texts in said.values() for text in texts[:1]), said
    desk.id("language").click()
    for name in said:
        english = sentences(desk.page, name)
        assert len(english) == len(said[name])
        assert english[0] and not _HAN.search(english[0].split("→")[0].split("“")[0]), (name, english)
    desk.shot("broken-en")
    desk.id("language").click()
    desk.id("tab-sheets").click()
    expect(desk.page.locator('[data-testid="sheet-row"][data-sheet-number="建施-13"]').first).to_be_visible()
    return submission


def zip_with_chinese_names(desk: Desk, cast: Cast) -> None:
    """Drop a zip of Chinese Windows onto the page: names come out right, junk is named, the drawing is read."""
    draft(desk, cast, "压缩包", "scheme")
    data = base64.b64encode((DAMAGED / "gbk_names.zip").read_bytes()).decode()
    desk.page.evaluate(_DROP, ["图纸.zip", data])
    expect(desk.page.locator('[data-testid="upload-row"][data-state="done"]')).to_have_count(1, timeout=LONG)
    expect(desk.page.locator('[data-testid="file-row"][data-file-name="01_目录与说明.dxf"]')).to_be_visible(
        timeout=LONG
    )
    settled(desk)
    seen = states(desk.page)
    desk.shot("zip")
    assert seen["01_目录与说明.dxf"] == "complete"
    assert seen["空文件.pdf"] == "rejected"
    expect(desk.page.locator('[data-file-name="01_目录与说明.dxf"]')).to_contain_text("建筑/")
    assert not [name for name in seen if "�" in name], seen
    archive = desk.page.locator('[data-testid="file-row"][data-file-name="图纸.zip"]')
    assert "Thumbs.db" in " ".join(archive.all_text_contents()) or "Thumbs.db" in seen, seen


def accepted_by_name(desk: Desk, reviewer: Desk, submission: str) -> None:
    """What is rejected is taken out, the rest handed in; the reviewer accepts a damaged file with a reason."""
    desk.open(f"submissions/{submission}?tab=files")
    expect(desk.id("file-row").first).to_be_visible()
    desk.page.on("dialog", lambda dialog: dialog.accept())
    rejected = [name for name, state in states(desk.page).items() if state == "rejected"]
    for name in rejected:
        row = desk.page.locator(f'[data-testid="file-row"][data-file-name="{name}"]')
        row.get_by_test_id("remove-file").click()
        expect(row).to_have_count(0, timeout=15_000)
    settled(desk)
    desk.deed("submit")
    reviewer.open(f"submissions/{submission}")
    reviewer.deed("accept")
    row = reviewer.page.locator('[data-testid="file-row"][data-file-name="truncated.dxf"]')
    row.get_by_test_id("accept-file").click()
    reviewer.id("accept-reason").fill("缺失部分与本次审查无关，设计院已说明。")
    reviewer.id("accept-save").click()
    expect(row.get_by_test_id("accept-file")).to_have_count(0)
    expect(row).to_contain_text("审图人员")
    reviewer.shot("accepted-file")
