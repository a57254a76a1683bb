"""Draw the framed sheets: `python -m sample_drawings.framed_sheets.make FOLDER [SEED]`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from sample_drawings.framed_sheets import write_dxf, write_pdf
from sample_drawings.framed_sheets.cases import cases, mixtures
from sample_drawings.framed_sheets.edges import edge_mixtures
from sample_drawings.framed_sheets.spec import Case


@dataclass
class Made:
    """A file that was drawn, what it refers to, and what a reader must find in it."""

    path: Path
    references: list[Path]
    truth: dict


def make_case(case: Case, folder: Path, seed: int = 1) -> Made:
    """Draw one case below `folder` with its truth beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    *references, path = (write_pdf if case.format == "pdf" else write_dxf).write(case, folder, seed)
    path.with_suffix(".json").write_text(json.dumps(case.truth(), ensure_ascii=False, indent=1), "utf-8")
    return Made(path, list(references), case.truth())


def make(folder: Path, seed: int = 1, *, chance: bool = False) -> list[Made]:
    """Draw all named variations (or the files of chance) and return them."""
    chosen = [*mixtures(seed), *edge_mixtures(seed)] if chance else cases(seed)
    return [make_case(case, folder, seed) for case in chosen]


if __name__ == "__main__":
    for made in make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        print(made.path, len(made.truth["sheets"]))
