"""A reading process starts without what few files need: pyHanko for signatures, shapely for odd clips and pens."""

import subprocess
import sys

import pymupdf
import pytest

_READ = """
import sys
from pathlib import Path
from pipeline.readers.pdf.reader import PdfReader
drawing = PdfReader().read(Path(sys.argv[1]), "a.pdf")
assert len(drawing.spaces[0].entities) == 1
print(*sorted({'pyhanko', 'shapely', 'scipy'} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("content", "loaded"),
    [("0 0 100 100 re W n 10 w 0 0 m 90 90 l S", ""), ("0 0 m 100 0 l 0 100 l h W n 0 0 m 90 90 l S", "shapely")],
)
def test_libraries_are_loaded_when_something_rare_is_there(tmp_path, content, loaded):
    doc = pymupdf.open()
    page = doc.new_page(width=200, height=200)
    page.draw_line((0, 0), (9, 9))
    doc.update_stream(page.get_contents()[0], content.encode())
    doc.save(tmp_path / "a.pdf")
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(tmp_path / "a.pdf")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == loaded
