"""How long one unit is where the file does not say."""

from __future__ import annotations

import io
from pathlib import Path

import ezdxf
import pytest

from pipeline.readers.dxf.reader import DxfReader
from tests.pipeline.readers.dxf.columns.equality import by_library


@pytest.mark.parametrize("rare", ["", "INSERT"])
def test_a_file_without_header_declares_no_unit(tmp_path: Path, rare: str) -> None:
    document = ezdxf.new("R12")
    space = document.modelspace()
    space.add_line((0, 0), (100, 0))
    if rare == "INSERT":
        space.add_blockref("NOWHERE", (0, 0))
    stream = io.StringIO()
    document.write(stream)
    text = stream.getvalue()
    start, end = text.index("  0\nSECTION\n  2\nHEADER"), text.index("ENDSEC\n") + len("ENDSEC\n")
    path = tmp_path / "bare.dxf"
    path.write_text(text[:start] + text[end:])
    for drawing in (DxfReader().read(path, path.name), by_library(path)):
        assert drawing.meta["unit_mm"] == 1.0
        assert "unit_unknown" in [found.code for found in drawing.defects]
