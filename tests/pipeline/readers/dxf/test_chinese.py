"""Pictures of Chinese texts: whatever the file is encoded in, the same picture as the kept one.

The kept pictures (`golden/NAME.png`) are ink grids, 96 cells wide: grey is the share of a cell that is inked. They are
made with `python -m tests.pipeline.readers.dxf.test_chinese` after the large pictures were looked at.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.pipeline.readers.dxf.chinese import DRAWINGS, SIMPLIFIED, document, encoded, lines, picture

GOLDEN = Path(__file__).parent / "golden"
WIDE = 96
MEAN, WORST = 0.012, 0.45  # shares of a cell: over all cells, in the worst cell


def ink_grid(image: Image.Image) -> np.ndarray:
    """Return the inked share of the cells of a picture, (h, 96), 0..1."""
    grey = image.convert("L")
    high = max(1, round(WIDE * grey.height / grey.width))
    return 1.0 - np.asarray(grey.resize((WIDE, high), Image.Resampling.BOX), float) / 255


def kept(name: str) -> np.ndarray:
    return np.asarray(Image.open(GOLDEN / f"{name}.png"), float) / 255


def alike(found: np.ndarray, golden: np.ndarray) -> bool:
    """Tell whether two grids show the same but for the smoothing of edges."""
    if found.shape != golden.shape:
        return False
    apart = np.abs(found - golden)
    return bool(apart.mean() < MEAN and apart.max() < WORST)


VARIANTS = [
    ("simplified", "R2000", "ANSI_936", "gbk"),
    ("simplified", "R2000", "ANSI_1252", "gbk"),
    ("simplified", "R12", "ANSI_936", "utf-8"),
    ("simplified", "R2010", "ANSI_936", "utf-8"),
    ("simplified", "R2018", "ANSI_936", "gbk"),
    ("traditional", "R2000", "ANSI_950", "big5"),
    ("traditional", "R2000", "ANSI_936", "big5"),
    ("traditional", "R2010", "ANSI_950", "utf-8"),
    ("escaped", "R2000", "ANSI_936", "gbk"),
    ("escaped", "R2010", "ANSI_1252", "utf-8"),
    ("styled", "R2000", "ANSI_936", "gbk"),
    ("paragraphs", "R2010", "ANSI_936", "utf-8"),
]


@pytest.mark.parametrize(("name", "version", "codepage", "encoding"), VARIANTS)
def test_the_picture_is_the_kept_one(tmp_path, name, version, codepage, encoding):
    path = tmp_path / "a.dxf"
    path.write_bytes(encoded(DRAWINGS[name](version), codepage, encoding))
    assert alike(ink_grid(picture(path)), kept(name))


def test_garbled_text_would_be_seen(tmp_path):
    doc = document("R2000")
    lines(doc, tuple(s.encode("gbk").decode("cp1252", "replace") for s in SIMPLIFIED))
    path = tmp_path / "a.dxf"
    path.write_bytes(encoded(doc, "ANSI_936", "utf-8"))
    assert not alike(ink_grid(picture(path)), kept("simplified"))


def test_one_lost_line_would_be_seen(tmp_path):
    doc = document("R2000")
    lines(doc, (*SIMPLIFIED[:-2], "", SIMPLIFIED[-1]))
    path = tmp_path / "a.dxf"
    path.write_bytes(encoded(doc, "ANSI_936", "gbk"))
    assert not alike(ink_grid(picture(path)), kept("simplified"))


def main() -> None:
    """Make the kept pictures anew."""
    for name, version, codepage, encoding in {v[0]: v for v in reversed(VARIANTS)}.values():
        path = GOLDEN / "making.dxf"
        path.write_bytes(encoded(DRAWINGS[name](version), codepage, encoding))
        grid = ink_grid(picture(path))
        path.unlink()
        Image.fromarray(np.round(grid * 255).astype(np.uint8)).save(GOLDEN / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
