"""Draw the whole sample set: `python -m sample_drawings.make [folder]`."""

from __future__ import annotations

import sys
from pathlib import Path

from sample_drawings import damaged, draw_dxf, draw_ifc, draw_pdf, planted
from sample_drawings.building import NAME, Version
from sample_drawings.sheets import pages
from sample_drawings.versions import versions

HERE = Path(__file__).parent


def make_version(v: Version, folder: Path) -> list[Path]:
    """Draw one version in three formats and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = pages(v)
    groups: dict[str, list] = {}  # type: ignore[type-arg]
    for page in drawn:
        groups.setdefault(page.group, []).append(page)
    made = []
    for group, members in groups.items():
        path = folder / f"{group}.dxf"
        if group.startswith("04"):
            draw_dxf.write_layout(members[0], path)
        else:
            draw_dxf.write_model(
                members, path, "R2004" if group.startswith("03") else "R2010", v.stray and group.startswith("02")
            )
        made.append(path)
    pdf = folder / f"{v.prefix}_建筑专业全套.pdf"
    draw_pdf.write(drawn, pdf, f"{NAME} {v.stage_word}")
    made.append(pdf)
    model = folder / f"{NAME}.ifc"
    draw_ifc.write(v, model)
    return [*made, model]


def make(folder: Path = HERE) -> list[Path]:
    """Draw everything below `folder` and return the files."""
    made: list[Path] = []
    for v in versions():
        made += make_version(v, folder / v.key)
    planted.write(folder)
    return made + damaged.make(folder / "damaged", folder / "construction_v2")


if __name__ == "__main__":
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(path, path.stat().st_size)
