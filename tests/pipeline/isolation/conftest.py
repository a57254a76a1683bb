"""One zygote for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.isolation import kernel
from pipeline.isolation.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    if not kernel.LINUX:
        pytest.skip("the zygote needs Linux")
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()
