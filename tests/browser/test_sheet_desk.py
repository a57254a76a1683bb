"""Sheet table, passwords, what was read, imported annotations and the identity of sheets, as people use them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.desk import DRAWN, LONG, Desk
from tests.browser.foreign_files import PASSWORD as FILE_PASSWORD
from tests.browser.foreign_files import changed_pdf, locked_pdf, marked_pdf, signed_pdf, unsure_dxf
from tests.browser.test_accessibility import grave
from tests.browser.test_bad_input import draft, settled
from tests.journeys.installation import PASSWORD, running
from tests.journeys.three_stages import SAMPLES, Cast

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PLANS = SAMPLES / "construction_v1" / "01_目录与说明.dxf"
BROKEN = SAMPLES / "damaged" / "truncated.dxf"
_PASTE = """([element, text]) => {
  const data = new DataTransfer()
  data.setData('text/plain', text)
  element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
}"""
_COPY = """(element) => {
  const data = new DataTransfer()
  element.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }))
  return data.getData('text/plain')
}"""
_COMPOSE = """(element) => {
  element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
  for (const key of ['Enter', 'ArrowDown', 'Escape', 'Tab'])
    element.dispatchEvent(new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true, cancelable: true }))
  return element.value
}"""


def test_the_desk_of_sheets(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD}) as installation:
        cast = Cast(installation)
        institute = Desk(browser, installation.url, "institute", "sheets-1-institute")
        first = upload(institute, cast, tmp_path)
        password(institute)
        table(institute)
        institute.deed("submit")
        reviewer = Desk(browser, installation.url, "reviewer", "sheets-2-reviewer")
        reviewer.open(f"submissions/{first}")
        reviewer.deed("accept")
        imported(reviewer, first)
        half_read(reviewer, first)
        second = second_version(cast, first)
        identity(reviewer, cast, first, second)
        for desk in (institute, reviewer):
            assert desk.foreign == [] and desk.errors == [], (desk.foreign, desk.errors)


def upload(desk: Desk, cast: Cast, folder: Path) -> str:
    """A draft with a framed DXF, a marked and a locked PDF and a broken drawing."""
    draft(desk, cast, "图纸表")
    desk.id("upload-files").set_input_files([str(path) for path in (PLANS, BROKEN, *foreign_files(folder))])
    expect(desk.page.locator('[data-testid="upload-row"][data-state="done"]')).to_have_count(7, timeout=LONG)
    settled(desk)
    return desk.page.url.split("/submissions/")[1].split("?")[0]


def foreign_files(folder: Path) -> list[Path]:
    """Make the files that other programs leave."""
    makers = (marked_pdf, locked_pdf, unsure_dxf, signed_pdf, changed_pdf)
    return [make(folder / make.__name__.replace("_", ".")) for make in makers]


def password(desk: Desk) -> None:
    """The locked file asks; a wrong password is said, the right one opens it."""
    row = desk.page.locator('[data-testid="file-row"][data-file-name="locked.pdf"]')
    expect(row.get_by_test_id("password-asked")).to_have_attribute("data-password", "needed")
    desk.shot("locked")
    for word, then in (("not this one", "wrong"), (FILE_PASSWORD, "")):
        row.get_by_test_id("give-password").click()
        desk.id("file-password").fill(word)
        if then:
            desk.shot("password")
        desk.id("password-save").click()
        if then:
            expect(row.get_by_test_id("password-asked")).to_have_attribute("data-password", then, timeout=LONG)
    expect(row.get_by_test_id("file-state")).to_have_attribute("data-state", "complete", timeout=LONG)
    settled(desk)
    row = desk.page.locator('[data-testid="file-row"][data-file-name="marked.pdf"]')
    expect(row.get_by_test_id("has-imported")).to_contain_text("3")
    row.get_by_test_id("file-details").locator("summary").first.click()
    expect(row.get_by_test_id("file-reading")).to_be_visible()
    signatures(desk)
    desk.shot("files")


def signatures(desk: Desk) -> None:
    """Who signed and when; a file that was changed after it is said loudly."""
    row = desk.page.locator('[data-testid="file-row"][data-file-name="signed.pdf"]')
    expect(row.get_by_test_id("signed")).to_be_visible()
    row.get_by_test_id("file-details").locator("summary").first.click()
    expect(row.get_by_test_id("signature")).to_have_attribute("data-integrity", "intact")
    expect(row.get_by_test_id("signature")).to_contain_text("Zhang Gong")
    row = desk.page.locator('[data-testid="file-row"][data-file-name="changed.pdf"]')
    expect(row.get_by_test_id("signature-changed")).to_be_visible()
    expect(row.get_by_test_id("signature")).to_have_attribute("data-integrity", "changed")
    expect(row.get_by_test_id("signature-alarm")).to_be_visible()
    expect(row.get_by_test_id("signature-why")).to_have_text("签名后内容被改动")
    row.scroll_into_view_if_needed()
    desk.shot("signatures")
    assert grave(desk.page) == []


def cell(desk: Desk, row: int, field: str) -> Locator:
    """Find a cell of the sheet table."""
    return desk.id("sheet-row").nth(row).get_by_test_id(f"cell-{field}")


def says(desk: Desk, row: int, field: str, text: str) -> None:
    """A cell shows a text."""
    expect(cell(desk, row, field).locator(".text")).to_have_text(text)


def text(desk: Desk, row: int, field: str) -> str:
    return cell(desk, row, field).locator(".text").inner_text()


def table(desk: Desk) -> None:
    """Work in the table by keyboard alone, then by its tools."""
    desk.id("tab-sheets").click()
    expect(desk.id("sheet-row").nth(3)).to_be_visible()
    desk.shot("table")
    keyboard(desk)
    pasted(desk)
    composing(desk)
    confirmed(desk)
    cell(desk, 0, "building").click()
    cell(desk, 2, "building").click(modifiers=["Shift"])
    desk.id("bulk-edit").click()
    desk.id("bulk-value").fill("1# 楼")
    desk.id("bulk-save").click()
    says(desk, 2, "building", "1# 楼")
    desk.shot("bulk")
    assert grave(desk.page) == []


def keyboard(desk: Desk) -> None:
    """F2, Enter, arrows with Shift, fill down, copy."""
    press = desk.page.keyboard.press
    cell(desk, 0, "date").click()
    press("F2")
    press("Control+a")
    desk.page.keyboard.type("2026-05")
    press("Enter")
    says(desk, 0, "date", "2026-05")
    expect(cell(desk, 1, "date")).to_have_class(re.compile(r"\bactive\b"))
    for key in ("ArrowUp", "Shift+ArrowDown", "Shift+ArrowDown", "Control+d"):
        press(key)
    says(desk, 2, "date", "2026-05")
    assert desk.page.evaluate(_COPY, desk.id("cell-input").element_handle()) == "2026-05\r\n2026-05\r\n2026-05"


def pasted(desk: Desk) -> None:
    """A block of two rows and two columns; one step back brings all four cells back."""
    before = [text(desk, row, "number") for row in range(3)]
    cell(desk, 0, "number").click()
    block = "改-01\t目录（改）\n改-02\t说明（改）\n"
    desk.page.evaluate(_PASTE, [desk.id("cell-input").element_handle(), block])
    says(desk, 1, "title", "说明（改）")
    assert text(desk, 0, "number") == "改-01" and text(desk, 2, "number") == before[2]
    expect(desk.id("undo-cells")).to_be_enabled()
    desk.shot("pasted")
    desk.page.keyboard.press("Control+z")
    says(desk, 0, "number", before[0])
    says(desk, 1, "number", before[1])


def composing(desk: Desk) -> None:
    """While an input method composes, its keys are its own."""
    entry = desk.id("cell-input")
    cell(desk, 2, "building").click()
    before = text(desk, 2, "building")
    desk.page.keyboard.insert_text("二号楼")  # as an input method hands over what was chosen
    assert desk.page.evaluate(_COMPOSE, entry.element_handle()) == "二号楼"
    expect(entry).to_have_class(re.compile(r"\bediting\b"))
    desk.page.keyboard.press("Escape")
    says(desk, 2, "building", before)


def confirmed(desk: Desk) -> None:
    """The filter leaves what is to be confirmed; a key confirms it."""
    waiting = int(desk.id("to-confirm-count").inner_text())
    assert waiting > 0
    desk.id("only-to-confirm").click()
    desk.page.locator('[data-unsure="true"]').first.click()
    desk.shot("to-confirm")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.id("to-confirm-count")).to_have_text(str(waiting - 1))
    desk.id("only-to-confirm").click()


def imported(desk: Desk, submission: str) -> None:
    """Marks of other programs: a layer that can be switched off, apart from ours, taken over into a draft."""
    desk.open(f"submissions/{submission}/sheets")
    desk.id("sheet-filter").fill("方施-01")
    desk.id("sheet-item").first.click()
    expect(desk.id("sheet-label")).to_contain_text("A-2")
    expect(desk.page.locator('[data-testid="sheet-canvas"][data-drawn="true"]')).to_be_visible(timeout=DRAWN)
    desk.id("side-annotations").click()
    expect(desk.id("imported-mark")).to_have_count(3)
    desk.shot("imported")
    shown = desk.id("sheet-canvas").screenshot()
    desk.id("show-imported").uncheck()
    desk.page.wait_for_timeout(400)
    assert desk.id("sheet-canvas").screenshot() != shown
    desk.id("show-imported").check()
    mark = desk.id("imported-mark").filter(has_text="王工")
    mark.get_by_role("button").first.click()
    desk.page.wait_for_timeout(500)
    desk.shot("imported-open")
    mark.get_by_test_id("take-over").click()
    expect(desk.page.locator('[data-testid="annotation"][data-annotation-state="draft"]')).to_have_count(1)
    expect(desk.id("imported-mark")).to_have_count(3)
    desk.shot("taken-over")
    desk.id("side-reading").click()
    expect(desk.id("sheet-reading")).to_be_visible()
    desk.shot("reading")
    assert grave(desk.page) == []


def half_read(desk: Desk, submission: str) -> None:
    """A sheet that was not fully read says so above its findings; who accepts the file is named with the reason."""
    desk.open(f"submissions/{submission}?tab=findings")
    expect(desk.id("half-read")).to_be_visible(timeout=LONG)
    desk.shot("half-read")
    desk.id("half-read").get_by_role("link").first.click()
    expect(desk.id("sheet-half-read")).to_be_visible()
    desk.shot("half-read-sheet")
    desk.id("more-reading").click()
    expect(desk.id("sheet-reading")).to_be_visible()
    desk.open(f"submissions/{submission}?tab=files")
    row = desk.page.locator('[data-testid="file-row"][data-file-name="truncated.dxf"]')
    row.get_by_test_id("accept-file").click()
    desk.id("accept-reason").fill("缺失部分与本次审查无关")
    desk.id("accept-save").click()
    expect(row.get_by_test_id("accepted-by")).to_contain_text("reviewer 某")
    row.get_by_test_id("file-details").locator("summary").first.click()
    expect(row.get_by_test_id("acceptance")).to_contain_text("缺失部分与本次审查无关")
    desk.shot("accepted")
    assert grave(desk.page) == []


def second_version(cast: Cast, first: str) -> str:
    """The same set again, by the interface: returned, drawn anew, handed in."""
    institute, reviewer = cast["institute"], cast["reviewer"]
    reviewer.post(f"/api/submissions/{first}/deeds/return", {"comment": "请修改"})
    row = institute.post(f"/api/projects/{cast.project_id}/submissions", {"stage": "construction", "title": "第二版"})
    assert institute.upload(row["id"], SAMPLES / "construction_v2" / PLANS.name).status_code == 204
    institute.wait_until_read(row["id"])
    institute.post(f"/api/submissions/{row['id']}/deeds/submit", {"comment": ""})
    reviewer.post(f"/api/submissions/{row['id']}/deeds/accept", {"comment": ""})
    return str(row["id"])


def identity(desk: Desk, cast: Cast, first: str, second: str) -> None:
    """A pair is corrected to another partner, then confirmed pairs carry the name of who said so."""
    comparison = cast["reviewer"].post("/api/comparisons", {"old_id": first, "new_id": second})["id"]
    assert cast["reviewer"].wait_for_comparison(comparison)["state"] == "ready"
    desk.open(f"comparisons/{comparison}")
    expect(desk.id("pair-box")).to_be_visible(timeout=DRAWN)
    desk.shot("pairs")
    desk.id("pair-confirm").click()
    expect(desk.id("pair-box")).to_have_attribute("data-status", "confirmed")
    expect(desk.id("pair-box")).to_contain_text("reviewer 某")
    desk.page.keyboard.press("]")
    expect(desk.id("pair-box")).to_have_attribute("data-status", "proposed")
    desk.id("pair-new").click()
    expect(desk.id("pair-box")).to_have_attribute("data-status", "confirmed", timeout=LONG)
    desk.shot("pair-new")
    desk.id("pair-other").click()
    desk.shot("pair-choose")
    assert grave(desk.page) == []
    desk.id("pair-partner").select_option(index=0)
    desk.id("pair-partner-save").click()
    expect(desk.id("pair-box")).to_have_attribute("data-status", "confirmed", timeout=LONG)
    expect(desk.id("canvas-old")).to_be_visible(timeout=LONG)
    desk.shot("pair-partner")
