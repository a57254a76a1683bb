"""The main job on the embedded default: SQLite, local folder, filesystem transport."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.installation import PASSWORD, running
from tests.journeys.three_stages import three_stages


@pytest.mark.timeout(900)
def test_three_stages_on_the_embedded_default(tmp_path: Path) -> None:
    with running(tmp_path, {"TUSHEN_ADMIN_PASSWORD": PASSWORD}) as installation:
        three_stages(installation)
    assert installation.process is not None and installation.process.returncode == 0, installation.tail()
