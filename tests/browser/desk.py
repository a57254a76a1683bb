"""What a person does in the viewer, in words; every step leaves a screenshot in test-results/screens."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.installation import PASSWORD, ROOT

SCREENS = ROOT / "test-results" / "screens"
LONG = 240_000  # reading a set takes its time on two cores
DRAWN = 60_000


class Desk:
    """One person's browser window."""

    def __init__(self, browser: Browser, url: str, login: str, name: str) -> None:
        context = browser.new_context(viewport={"width": 1600, "height": 950}, locale="zh-CN", base_url=url)
        self.page: Page = context.new_page()
        self.url, self.name, self.count = url, name, 0
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self._watch(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto("/")
        self.id("login").fill(login)
        self.id("password").fill(PASSWORD)
        self.shot("log-in")
        self.id("log-in").click()
        expect(self.id("desk")).to_be_visible(timeout=15_000)
        self.shot("desk")

    def _watch(self, address: str) -> None:
        if not address.startswith((self.url, "data:", "blob:")):
            self.foreign.append(address)

    def id(self, name: str) -> Locator:
        """Find by data-testid."""
        return self.page.get_by_test_id(name)

    def shot(self, step: str) -> None:
        """Take a screenshot."""
        self.count += 1
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{self.name}-{self.count:02d}-{step}.png")

    def open(self, path: str) -> None:
        """Go to a page of the viewer by its address."""
        self.page.goto(f"/#/{path}")

    def hand_in(self, project_id: str, stage: str, files: list[Path], *, title: str) -> str:
        """Make a draft, drop the files, wait until they are read, submit; return the submission's id."""
        self.open(f"projects/{project_id}")
        self.id(f"new-submission-{stage}").click()
        self.id("submission-title").fill(title)
        self.id("submission-create").click()
        expect(self.id("submission")).to_be_visible()
        self.id("upload-files").set_input_files([str(f) for f in files])
        expect(self.page.locator('[data-testid="upload-row"][data-state="done"]')).to_have_count(
            len(files), timeout=LONG
        )
        self.shot(f"{stage}-uploaded")
        expect(self.page.locator('[data-testid="submission"][data-reading="ready"]')).to_be_visible(timeout=LONG)
        self.shot(f"{stage}-read")
        self.deed("submit")
        return self.page.url.split("/submissions/")[1].split("?")[0].split("/")[0]

    def deed(self, name: str, comment: str = "") -> None:
        """Do a deed on the submission that is shown."""
        self.id(f"deed-{name}").click()
        if comment:
            self.id("deed-comment").fill(comment)
        self.shot(f"deed-{name}")
        self.id("deed-confirm").click()
        expect(self.id("deed-dialog")).to_have_count(0)

    def open_sheet(self, submission_id: str, number: str) -> None:
        """Open the sheets of a submission and go to one by its number; wait until it is drawn."""
        self.open(f"submissions/{submission_id}/sheets")
        self.id("sheet-filter").fill(number)
        self.id("sheet-item").first.click()
        expect(self.id("sheet-number")).to_contain_text(number)
        expect(self.page.locator('[data-testid="sheet-canvas"][data-drawn="true"]')).to_be_visible(timeout=DRAWN)

    def inked(self, area: Locator) -> float:
        """Return the share of pixels of an element that differ from its commonest colour."""
        import io

        import numpy as np
        from PIL import Image

        picture = np.asarray(Image.open(io.BytesIO(area.screenshot())).convert("L")).astype(int)
        ground = int(np.bincount(picture.ravel()).argmax())
        return float((np.abs(picture - ground) > 40).mean())
