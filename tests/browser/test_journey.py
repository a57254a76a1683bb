"""The journey in Chromium, on the embedded default and on the real servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.journey import journey
from tests.journeys.installation import PASSWORD, running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500)]


def test_three_people_on_the_embedded_default(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD}) as installation:
        journey(browser, installation, "embedded")


@pytest.mark.services
def test_three_people_on_the_real_servers(browser: Browser, tmp_path: Path, servers: dict[str, str]) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD, **servers}) as installation:
        journey(browser, installation, "servers")
