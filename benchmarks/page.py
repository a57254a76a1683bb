"""`python -m benchmarks.page`: join the measured results into docs/benchmarks.md."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
HEAD = """# Measured

Every figure here was measured on a machine with 2 shared cores and 24 GiB, Python 3.11, Chromium with software
WebGL. CPU seconds and ratios of the same run are what counts; wall times only where they are the question.
`make bench` repeats the parts whose command takes no arguments (they need the corpus of real drawings,
`TUSHEN_CORPUS`); `make docs` joins the tables of `benchmarks/results/` into this page.
"""
PARTS = (
    ("Reading the corpus", "reading", "python -m benchmarks.reading"),
    ("Hostile, cut and broken files", "hostile", "python -m benchmarks.hostile"),
    ("Reopening a snapshot", "snapshot", "python -m benchmarks.snapshot"),
    ("IFC: opening, geometry, reading", "ifc_reading", "python -m benchmarks.ifc_reading"),
    ("PDF page to drawing model", "pdf_reading", "python -m benchmarks.pdf_reading"),
    ("The loss meter", "ink", "python -m benchmarks.ink"),
    ("Shapes a model should have", "ifc_shapes", "python -m benchmarks.ifc_shapes"),
    ("DXF to drawing model", "dxf_reading", "python -m benchmarks.dxf_reading"),
    ("First pixels", "first_pixels", "python -m benchmarks.first_pixels"),
    ("Drawing", "rendering", "python -m benchmarks.rendering"),
    ("Comparing", "comparing", "python -m benchmarks.comparing --work DIR"),
    ("Comparing models of 10,000 elements", "model_comparing", "python -m benchmarks.model_comparing"),
    ("Comparing: speed of drawn sheets", "comparing_speed", "python -m benchmarks.comparing_speed"),
    ("Laying sheets on one another", "registration", "python -m benchmarks.registration"),
    ("Real revisions, by eye", "revisions", "python -m benchmarks.revisions"),
    ("Sheets: frames and title blocks", "sheets", "python -m benchmarks.sheets"),
    ("Sheets of the corpus, by eye", "sheets_corpus", "python -m benchmarks.sheets_corpus"),
    ("Killed at random moments", "kill_proof", "python scripts/kill_proof.py --moments 50"),
)


def page() -> str:
    """Return the page: a part per result file that is there."""
    parts = [HEAD]
    for title, name, command in PARTS:
        path = HERE / "results" / f"{name}.md"
        if path.exists():
            text = re.sub(r"\A# .*\n+", "", path.read_text("utf-8")).strip()
            parts.append(f"\n## {title}\n\nRepeat: `{command}`\n\n{text}\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
