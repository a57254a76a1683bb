"""A reading process starts without what few files need: pyHanko for signatures, shapely for odd clips and pens."""

import subprocess
import sys

import pytest

from tests.pipeline.readers.pdf.pages import saved

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
    path = saved(tmp_path, content)
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loaded
