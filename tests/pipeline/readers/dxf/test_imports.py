"""A reading process starts without the libraries; they are loaded when something rare is there."""

import subprocess
import sys

_ALONE = "import sys, pipeline.readers.dxf.reader; print(sorted({'ezdxf', 'shapely', 'scipy'} & set(sys.modules)))"


def test_the_reader_alone_loads_no_library():
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
