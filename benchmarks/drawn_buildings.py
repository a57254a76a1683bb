"""Random buildings as sources of the comparison benchmark: a DXF floor plan and an IFC model for every seed.

python -m benchmarks.drawn_buildings --seeds 21 22 23 --out DIR

writes DIR/dxf/drawn21.dxf, DIR/ifc/model21.ifc and so on. Housing slabs, towers, schools, offices, garages and hospital
wards, straight, in L and U shape, with turned wings and round walls; drawn as Chinese offices draw, now and then as an
English or German one. The same seed gives the same building. benchmarks.comparing draws them itself with --drawn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.drawn import model, sheet
from benchmarks.drawn.compose import building


def sources(seeds: list[int], out: Path) -> None:
    """Draw the buildings of seeds into out/dxf and out/ifc."""
    for kind in ("dxf", "ifc"):
        (out / kind).mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        drawn = building(seed)
        sheet.write(drawn, out / "dxf" / f"drawn{seed}.dxf")
        model.write(drawn, out / "ifc" / f"model{seed}.ifc")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    sources(given.seeds, given.out)


if __name__ == "__main__":
    main()
