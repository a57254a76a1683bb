"""`make bench` calls each benchmark of the page with a list of arguments."""

import importlib
import inspect

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.page import HERE, PARTS


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_can_be_called_with_arguments(name):
    inspect.signature(importlib.import_module(f"benchmarks.{name}").main).bind([])


def test_every_result_stands_on_the_page():
    kept = {path.stem for path in (HERE / "results").glob("*.md")}
    assert kept <= {name for _, name, _ in PARTS}
