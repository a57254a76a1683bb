"""Keeps what a benchmark found: a Markdown table for the page and, where asked for, one line a case as TSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def write(name: str, text: str) -> None:
    """Write `results/<name>.md`, which `benchmarks.page` joins into the page."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, "utf-8")


def record(name: str, text: str, head: str, rows: Iterable[str]) -> None:
    """Print a table and write `results/<name>.md` and `.tsv`; `head` and `rows` are lines with tabs."""
    print(text)
    write(name, text + "\n")
    (RESULTS / f"{name}.tsv").write_text("\n".join([head, *rows]) + "\n", "utf-8")


def named(name: str, chosen: Sequence[str], all_parts: Sequence[str]) -> str:
    """Return the name of the results of some parts; all parts together have the plain name."""
    return name if set(chosen) == set(all_parts) else "_".join((name, *chosen))
