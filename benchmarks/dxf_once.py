"""One reading of a DXF in a process that loads nothing else: `python -m benchmarks.dxf_once READER FILE`.

Prints CPU seconds and resident memory as JSON; used by `benchmarks.dxf_reading`, whose own imports would count twice.
"""

from __future__ import annotations

import gc
import importlib
import sys
import time
from pathlib import Path

LIBRARIES = ("shapely", "pipeline.readers.dxf.columns.rare", "pipeline.readers.dxf.hatches", "ezdxf.xclip")


def peak_mb() -> float:
    """Return the highest resident set of this process so far, MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("no VmHWM")


def read_once(reader: str, path: Path) -> dict[str, float]:
    """Read a drawing once and return CPU seconds and peak memory.

    Our reader loads ezdxf and shapely only when a drawing needs them: as "loaded" they are there before, so that the
    seconds of reading leave out imports as those of ezdxf do.
    """
    if reader == "ezdxf":
        import ezdxf

        def read() -> object:
            return ezdxf.readfile(path)
    else:
        from pipeline.readers.dxf.reader import DxfReader

        if reader == "loaded":
            for name in LIBRARIES:
                importlib.import_module(name)

        def read() -> object:
            return DxfReader().read(path, path.name)

    gc.collect()
    base, begun = peak_mb(), time.process_time()
    kept = read()
    used = time.process_time() - begun
    found = {"read_s": used, "process_s": time.process_time(), "peak_mb": peak_mb(), "base_mb": base}
    del kept
    return found


if __name__ == "__main__":
    measured = read_once(sys.argv[1], Path(sys.argv[2]))
    import json  # not before the reading

    print(json.dumps(measured))
