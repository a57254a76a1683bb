"""How soon the sample's A1 plan stands on the screen: first ink and fine drawing, in Chromium on the embedded default.

`python -m benchmarks.first_pixels [--url http://…] [--runs 7]` prints a Markdown table and writes
benchmarks/results/first_pixels.md. Without `--url` an installation of its own is started and reads the sample set.

Cold: a fresh browser context (nothing cached) opens the sheet by its address; counted from the start of the
navigation. Warm: the same person clicks the sheet in the list of another sheet; counted from the click. The
viewer sets the marks `tushen:first-tile` and `tushen:pack-drawn` after the frame that shows them was handed to
the screen; a run only counts when a picture taken then really shows ink.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.record import write
from tests.browser.conftest import FLAGS
from tests.journeys.installation import PASSWORD, running

NUMBER, OTHER = "建施-05", "建施-04"
GOAL_MS = 1000
LEAST_INK = 0.002  # share of pixels that differ from the ground
_MARKS = """([sheet, since]) => {
  const at = {}
  for (const it of performance.getEntriesByType('mark'))
    if (it.detail?.sheet === sheet && it.startTime > since && !(it.name in at)) at[it.name] = it.startTime - since
  return at
}"""
_CLICKED = (
    """() => { addEventListener('click', (event) => { window.clickedAt = event.timeStamp }, { capture: true }) }"""
)


@dataclass(frozen=True)
class Run:
    """One opening of the sheet; milliseconds since the navigation or the click."""

    first_ms: float
    first_by: str
    pack_ms: float
    requests: int


def main(arguments: list[str]) -> int:
    """Measure, print and write the table; 1 when the cold median misses the goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_pixels", description=__doc__)
    parser.add_argument("--url", help="a running installation with the sample project")
    parser.add_argument("--login", default="reviewer")
    parser.add_argument("--password", default=os.environ.get("TUSHEN_SAMPLE_PASSWORD", PASSWORD))
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with served(options.url) as url, chromium() as browser:
        sheet = find_sheets(url, options.login, options.password)
        cold = [opened_cold(browser, url, options, sheet) for _ in range(options.runs)]
        warm = opened_warm(browser, url, options, sheet, options.runs)
        version = browser.version
    text = report(cold, warm, sheet, load, version)
    print(text)
    write("first_pixels", text)
    return 0 if statistics.median(run.first_ms for run in cold) < GOAL_MS else 1


@contextmanager
def served(url: str | None) -> Iterator[str]:
    """Yield the address of an installation whose sample set is read: the given one, or one of our own."""
    if url:
        yield url.rstrip("/")
        return
    with (
        tempfile.TemporaryDirectory(prefix="tushen-first-") as folder,
        running(Path(folder), {"TUSHEN_SAMPLE_PASSWORD": PASSWORD}, sample=True) as installation,
    ):
        yield installation.url


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a headless Chromium with software WebGL."""
    path = os.environ.get("TUSHEN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def find_sheets(url: str, login: str, password: str, patience_s: float = 400) -> dict[str, Any]:
    """Return the plan's DXF sheet, once the whole sample set is drawn; `other` is the sheet to come from."""
    with httpx.Client(base_url=url, timeout=30) as client:
        client.post("/api/session", json={"login": login, "password": password}).raise_for_status()
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            ready = [
                submission
                for project in client.get("/api/projects").json()
                for submission in client.get(f"/api/projects/{project['id']}").json()["submissions"]
            ]
            if ready and all(it["progress"]["done"] >= it["progress"]["total"] > 0 for it in ready):
                return _chosen(client, ready)
            time.sleep(2)
    raise SystemExit("the sample set was not read in time")


def _chosen(client: httpx.Client, submissions: list[dict[str, Any]]) -> dict[str, Any]:
    for submission in submissions:
        sheets = client.get(f"/api/submissions/{submission['id']}/sheets").json()
        found = {it["number"]: it for it in sheets if it["file_name"].lower().endswith(".dxf")}
        if NUMBER in found:
            return {**found[NUMBER], "other": found[OTHER]["id"]}
    raise SystemExit(f"sheet {NUMBER} was not found")


def fresh(browser: Browser, url: str, options: argparse.Namespace) -> BrowserContext:
    """Return a context that is signed in and has loaded nothing yet."""
    context = browser.new_context(viewport={"width": 1600, "height": 950}, locale="zh-CN", base_url=url)
    answer = context.request.post("/api/session", data={"login": options.login, "password": options.password})
    if not answer.ok:
        raise SystemExit(f"{options.login} could not log in: {answer.status}")
    return context


def opened_cold(browser: Browser, url: str, options: argparse.Namespace, sheet: dict[str, Any]) -> Run:
    """Open the sheet by its address with empty caches."""
    context = fresh(browser, url, options)
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"/#/submissions/{sheet['submission_id']}/sheets/{sheet['id']}", wait_until="commit")
    run = measured(page, sheet["id"], 0.0, len(sent))
    context.close()
    return run


def opened_warm(browser: Browser, url: str, options: argparse.Namespace, sheet: dict[str, Any], runs: int) -> list[Run]:
    """Click the sheet in the list while another one is shown; every run opens the other one first."""
    out = []
    for _ in range(runs):
        context = fresh(browser, url, options)
        page = context.new_page()
        page.goto(f"/#/submissions/{sheet['submission_id']}/sheets/{sheet['other']}", wait_until="commit")
        measured(page, sheet["other"], 0.0, 0)
        page.evaluate(_CLICKED)
        page.locator(f'[data-sheet-id="{sheet["id"]}"]').click()
        since = float(page.evaluate("window.clickedAt"))
        out.append(measured(page, sheet["id"], since, 0))
        context.close()
    return out


def measured(page: Page, sheet_id: str, since_ms: float, requests: int) -> Run:
    """Wait for the marks of a sheet and return when its first ink and its pack were painted."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        marks = {} if page.url == "about:blank" else page.evaluate(_MARKS, [sheet_id, since_ms])
        if "tushen:pack-drawn" in marks:
            break
        page.wait_for_timeout(30)
    else:
        raise SystemExit("the sheet was not drawn in 60 s")
    if inked(page) < LEAST_INK:
        raise SystemExit("the marks were set but the picture is empty")
    first = min(marks, key=lambda name: float(marks[name]))
    return Run(float(marks[first]), first.removeprefix("tushen:"), float(marks["tushen:pack-drawn"]), requests)


def inked(page: Page) -> float:
    """Return the share of pixels of the drawing that differ clearly from its commonest grey."""
    shot = page.locator('[data-testid="sheet-canvas"]').screenshot()
    grey = np.asarray(Image.open(io.BytesIO(shot)).convert("L")).astype(int)
    return float((np.abs(grey - int(np.bincount(grey.ravel()).argmax())) > 40).mean())


def report(cold: list[Run], warm: list[Run], sheet: dict[str, Any], load: float, version: str) -> str:
    """Return the Markdown text of both tables."""
    size = f"{sheet['width_mm']:.0f} × {sheet['height_mm']:.0f} mm, {sheet['entities']} entities"
    lines = [
        "# First pixels",
        "",
        f"`python -m benchmarks.first_pixels`: sheet {sheet['number']} {sheet['title']} of the sample "
        f"({sheet['file_name']}, {size}), embedded default, headless Chromium {version} with software WebGL, "
        f"{len(cold)} runs each; load average {load:.1f} on {os.cpu_count()} cores when it began.",
        "",
        "Milliseconds from the navigation (cold: a fresh browser, nothing cached, sheet by its address) or the click "
        "(warm: out of the list of sheets) until the frame was handed to the screen.",
        "",
        "| opened | first ink, median | max | by | fine drawing, median | max |",
        "|---|---:|---:|---|---:|---:|",
    ]
    for name, runs in (("cold", cold), ("warm", warm)):
        first, pack = [run.first_ms for run in runs], [run.pack_ms for run in runs]
        by = ", ".join(sorted({run.first_by for run in runs}))
        lines.append(
            f"| {name} | {statistics.median(first):.0f} | {max(first):.0f} | {by} "
            f"| {statistics.median(pack):.0f} | {max(pack):.0f} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
