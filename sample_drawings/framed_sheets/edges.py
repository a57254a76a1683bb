"""Frames that share long lines with their neighbours, frames whose lines do not meet, and plans that are no frames."""

from __future__ import annotations

from collections.abc import Iterator

from sample_drawings.framed_sheets.maker import Maker, grid, row
from sample_drawings.framed_sheets.spec import SIZES, Case, SheetSpec, Style

SHARED = Style(build="shared")
BARE = Style(build="shared", border="outer", layer="0")


def edges(make: Maker) -> Iterator[Case]:
    """Yield the named variations."""

    def placed(sizes: str, columns: int, style: Style, k: float = 100.0, turn: float = 0.0) -> list[SheetSpec]:
        sheets = [make.sheet(size, k, style=style) for size in sizes.split()]
        grid(sheets, columns, turn, at=(1000.0, 500.0))
        return sheets

    yield Case("shared_row", "frames that share long lines", placed("A3 A3 A3 A3", 4, SHARED))
    yield Case("shared_row_bare", "frames that share long lines", placed("A2 A2 A2", 3, BARE))
    for strip in ("bottom", "corner", "countersign"):
        style = Style(build="shared", border="outer", layer="0", strip=strip)
        yield Case(f"shared_row_{strip}", "frames that share long lines", placed("A2 A2 A2", 3, style, 50.0))
    yield Case("shared_column", "frames that share long lines", placed("A2 A2 A2", 1, BARE))
    yield Case("shared_grid", "frames that share long lines", placed("A3 " * 12, 4, SHARED))
    yield Case("shared_grid_bare", "frames that share long lines", placed("A1 " * 9, 3, BARE, 150.0))
    yield Case("shared_base_line", "frames that share long lines", placed("A1 A2 A3 A4v", 4, SHARED))
    yield Case("shared_base_line_bare", "frames that share long lines", placed("A0 A1 A2 A3", 4, BARE))
    yield Case("shared_turned", "frames that share long lines", placed("A3 " * 6, 3, SHARED, 100.0, 12.0))
    yield Case("shared_turned_bare", "frames that share long lines", placed("A2 " * 4, 2, BARE, 200.0, -33.0))
    yield Case("shared_paper", "frames that share long lines", placed("A3 " * 4, 2, SHARED, 1.0))
    for ends in ("gap", "over", "mixed"):
        for border in ("pair", "outer", "inner"):
            style = Style(build="lines", ends=ends, border=border, layer="0" if border == "outer" else "PUB_TITLE")
            sheets = [make.sheet(size, k, style=style) for size, k in (("A1", 100.0), ("A2", 50.0), ("A3", 200.0))]
            yield Case(f"ends_{ends}_{border}", f"lines that do not meet: {ends}", sheets)
    slanted = [make.sheet("A2", turn=t, style=Style(build="lines", ends="mixed")) for t in (12.0, -7.3, 90.0)]
    yield Case("ends_turned", "lines that do not meet: mixed", slanted)
    close = [make.sheet("A3", style=Style(build="lines", ends="gap", border="outer")) for _ in range(4)]
    yield Case("ends_gap_touching", "lines that do not meet: gap", close, gap=0.0)
    nested = [make.sheet("A2", style=Style(build="nested", ends="over")) for _ in range(2)]
    yield Case("ends_nested", "lines that do not meet: over", nested)
    pair = [make.sheet("A3", 1.0, scale="1:100", style=SHARED) for _ in range(2)]
    grid(pair, 2, at=(8.0, 8.0))
    yield Case("pdf_shared", "PDF, two frames a page", pair, "pdf", "two_on_a_page")
    stacked = [make.sheet("A2", 1.0, scale="1:50", style=BARE) for _ in range(2)]
    grid(stacked, 1)
    yield Case("pdf_shared_stacked", "PDF, two frames a page", stacked, "pdf", "two_on_a_page")
    loose = [make.sheet("A3", 1.0, scale="1:100", style=Style(build="lines", ends=e)) for e in ("gap", "over")]
    loose[0].at, loose[1].at = (10.0, 10.0), (440.0, 10.0)
    yield Case("pdf_ends", "PDF, two frames a page", loose, "pdf", "two_on_a_page")
    for k in (100.0, 1.0):
        yield Case(f"no_frame_{k:g}", "no frame at all", [], decoys=("plan",), decoy_k=k)
    beside = [make.sheet("A1", style=Style(build="lines", border="outer", layer="0"))]
    row(beside, at=(300_000.0, 0.0))
    yield Case("plan_beside_frame", "no frame at all", beside, decoys=("plan",))


def edge_mixtures(seed: int, count: int = 16) -> list[Case]:
    """Return files of chance whose frames share long lines or do not meet at their corners. Never tuned on."""
    make = Maker(seed + 1_000_003)
    rng = make.rng
    found = []
    for index in range(count):
        shared = rng.random() < 0.5
        style = Style(
            strip=rng.choice(("right", "bottom", "corner", "countersign")),
            wording=rng.choice(("zh", "spaced", "chars", "colon", "en", "both", "stacked")),
            value_at=rng.choice(("beside", "beside", "above")),
            border=rng.choice(("pair", "outer") if shared else ("pair", "outer", "inner", "double")),
            build="shared" if shared else "lines",
            ends=rng.choice(("gap", "over", "mixed")),
            layer=rng.choice(("0", "PUB_TITLE")),
        )
        if style.wording == "chars":
            style.value_at = "beside"
        k = rng.choice((1.0, 20.0, 50.0, 100.0, 150.0, 200.0, 500.0))
        names = [n for n in SIZES if n[0] == "A" and n[1] in "01234" and SIZES[n][0] >= 297]
        same = rng.choice(names)
        sheets = []
        for _ in range(rng.randrange(2, 7)):
            decoys = tuple(d for d in ("table", "room", "reference", "stamp") if rng.random() < 0.15)
            size = same if shared and rng.random() < 0.8 else rng.choice(names)
            stated = rng.choice(("1:100", "1:150")) if k == 1.0 else None
            sheets.append(make.sheet(size, k, style=style, decoys=decoys, scale=stated))
        if shared:
            grid(sheets, rng.randrange(1, 4), rng.choice((0.0, 0.0, 90.0, 12.0, -5.5)), at=(1000.0, 1000.0))
        else:
            for sheet in sheets:
                sheet.turn = rng.choice((0.0, 0.0, 90.0, 12.0, -5.5))
            row(sheets, rng.choice((5.0, 40.0, 200.0)), 3)
        found.append(Case(f"edges_{index:02d}", "chance: shared lines, open corners", sheets))
    return found
