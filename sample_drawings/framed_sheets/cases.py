"""The variations: every way frames and title blocks are drawn, each with seeded details."""

from __future__ import annotations

from collections.abc import Iterator

from sample_drawings.framed_sheets.edges import edges
from sample_drawings.framed_sheets.maker import Maker, row
from sample_drawings.framed_sheets.spec import KEYS, SIZES, Case, SheetSpec, Style


def cases(seed: int = 1) -> list[Case]:
    """Return every named variation; `seed` decides numbers, titles, sizes and content."""
    make = Maker(seed)
    found = [*_arrangements(make), *_frames(make), *_blocks(make), *_traps(make), *_files(make), *edges(make)]
    for case in found:
        if case.format == "dxf" and case.mode == "model" and all(s.at == (0.0, 0.0) for s in case.sheets):
            row(case.sheets, case.gap)
    return found


def _arrangements(make: Maker) -> Iterator[Case]:
    block = Style(build="block", values="attrib")
    yield Case("four_in_a_row", "several frames", [make.sheet("A1", style=block) for _ in range(4)])
    yield Case("twenty_in_a_grid", "several frames", [make.sheet("A3") for _ in range(20)])
    mixed = [("A1", 100.0), ("A2", 50.0), ("A3", 200.0), ("A4v", 1.0), ("A0", 500.0), ("A2", 150.0)]
    yield Case("mixed_scales", "several scales and sizes", [make.sheet(size, k) for size, k in mixed])
    scales = (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 30.0, 200.0, 300.0, 500.0, 1000.0, 2000.0)
    yield Case("every_scale", "scaled 1:1 to 1:2000", [make.sheet("A2", k) for k in scales])
    stated = ("1:100", "1:150", "1:50")
    yield Case("at_paper_size", "model space at paper size", [make.sheet("A1", 1.0, scale=s) for s in stated])
    yield Case("quarter_turns", "rotated 90°", [make.sheet("A2", turn=t) for t in (90.0, 0.0, 270.0, 180.0)])
    yield Case("site_plan_12", "rotated by a small angle", [make.sheet("A1", 500.0, turn=12.0, content="site")])
    turns = (5.0, -7.3, 33.3, 101.0)
    yield Case("small_angles", "rotated by a small angle", [make.sheet("A2", turn=t) for t in turns])
    blocks = [make.sheet("A2", turn=t, style=Style(build="block", values="attrib")) for t in (12.0, -20.0)]
    yield Case("turned_blocks", "rotated by a small angle", blocks)
    lines = [make.sheet("A3", turn=t, style=Style(build="lines")) for t in (12.0, 8.0)]
    yield Case("turned_lines", "rotated by a small angle", lines)
    yield Case("touching", "touching frames", [make.sheet("A3") for _ in range(4)], gap=0.0)
    touching = [make.sheet("A2", style=Style(build="lines", border="outer")) for _ in range(4)]
    yield Case("touching_lines", "touching frames", touching, gap=0.0)
    far = [make.sheet("A2"), make.sheet("A2")]
    row(far, at=(487_123_456.0, 4_853_000_111.0))
    yield Case("far_away", "city coordinates", far)
    metres = [make.sheet("A1", 500.0, content="site"), make.sheet("A2", 500.0, content="site")]
    yield Case("in_metres", "drawing in metres", metres, unit=6)
    yield Case("with_strays", "marks outside the frames", [make.sheet("A2") for _ in range(2)], decoys=("outside",))


def _frames(make: Maker) -> Iterator[Case]:
    for build in ("lines", "polyline", "block", "nested", "xref", "exploded"):
        style = Style(build=build, layer="0" if build in ("lines", "exploded") else "PUB_TITLE")
        yield Case(f"frame_as_{build}", f"frame as {build}", [make.sheet(s, style=style) for s in ("A1", "A2", "A3")])
    long = [n for n in SIZES if "+" in n]
    yield Case("lengthened", "lengthened sizes", [make.sheet(n) for n in long])
    yield Case("upright", "upright sizes", [make.sheet(n, 50.0) for n in ("A4v", "A3v", "A2v", "A1v")])
    strip = Style(strip="bottom")
    yield Case("upright_bottom", "upright sizes", [make.sheet(n, 50.0, style=strip) for n in ("A4v", "A3v", "A2v")])
    for border in ("inner", "outer", "double"):
        style = Style(border=border)
        yield Case(
            f"border_{border}", f"frame line: {border}", [make.sheet(s, style=style) for s in ("A1", "A2", "A3")]
        )
    plain = Style(border="outer", build="lines", layer="0", strip="corner")
    yield Case("border_outer_lines", "frame line: outer", [make.sheet(s, style=plain) for s in ("A2", "A3")])
    odd = [
        make.sheet(s, k, style=Style(wording="en"))
        for s, k in (("ARCH D", 100.0), ("ARCH E1", 50.0), ("ANSI D", 100.0))
    ]
    yield Case("american_sizes", "ARCH and ANSI sizes", odd)


def _blocks(make: Maker) -> Iterator[Case]:
    for strip in ("right", "bottom", "corner", "countersign"):
        style = Style(strip=strip)
        yield Case(f"strip_{strip}", f"title block: {strip}", [make.sheet(s, style=style) for s in ("A1", "A2", "A3")])
    for wording in ("spaced", "chars", "colon", "en", "both", "stacked"):
        for strip in ("right", "corner"):
            style = Style(wording=wording, strip=strip)
            sheets = [make.sheet(s, style=style) for s in ("A1", "A2")]
            yield Case(f"labels_{wording}_{strip}", f"labels: {wording}", sheets)
    for strip in ("right", "bottom", "corner"):
        for wording in ("zh", "en"):
            style = Style(value_at="above", strip=strip, wording=wording)
            yield Case(
                f"above_{strip}_{wording}", "label above value", [make.sheet(s, style=style) for s in ("A1", "A2")]
            )
    inline = Style(value_at="inline", strip="corner")
    yield Case("inline", "label and value in one text", [make.sheet("A2", style=inline) for _ in range(2)])
    yield Case("mtext_cells", "MTEXT cells", [make.sheet(s, style=Style(values="mtext")) for s in ("A1", "A2")])
    nameless = Style(build="block", values="attrib", block_name="X1", layer="0")
    yield Case(
        "attributes_nameless", "attributes", [make.sheet("A1", style=nameless), make.sheet("A3", style=nameless)]
    )
    long = {"title": "地下一层至地上三层给排水及消火栓自动喷淋平面图"}
    yield Case("two_lines", "long titles in two lines", [make.sheet("A1", fields=long), make.sheet("A2", fields=long)])


def _traps(make: Maker) -> Iterator[Case]:
    for key in ("number", "title", "scale"):
        sheets = [make.sheet("A2", fields={key: ""}, figure="", content="plan") for _ in range(2)]
        yield Case(f"missing_{key}", "values missing", sheets)
    yield Case(
        "blank_template",
        "values missing",
        [
            make.sheet(
                "A2",
                content="empty",
                fields=dict.fromkeys(KEYS, ""),
            )
        ],
    )
    swapped = make.sheet("A2")
    swapped.written = {"number": swapped.fields["scale"], "scale": swapped.fields["number"]}
    yield Case("number_and_scale_swapped", "values in the wrong cell", [swapped])
    crossed = make.sheet("A2")
    crossed.written = {"number": crossed.fields["title"], "title": crossed.fields["number"]}
    yield Case("number_and_title_swapped", "values in the wrong cell", [crossed])
    shifted = make.sheet("A2")
    shifted.written = {"title": "松江新城住宅小区", "project": shifted.fields["title"]}
    yield Case("title_and_project_swapped", "values in the wrong cell", [shifted])
    for decoy in ("table", "room", "reference", "stamp"):
        sheets = [make.sheet(s, decoys=(decoy,), content="plan") for s in ("A1", "A2")]
        yield Case(f"decoy_{decoy}", f"decoy: {decoy}", sheets)
    yield Case(
        "notes", "decoy: notes", [make.sheet("A1", content="notes", fields={"title": "建筑设计说明", "scale": ""})]
    )
    yield Case(
        "details",
        "detail sheets",
        [
            make.sheet("A1", 20.0, content="details", fields={"title": "墙身大样图（一）"}),
            make.sheet(
                "A1v", 20.0, content="details", fields={"title": "墙身大样图（二）"}, style=Style(strip="corner")
            ),
        ],
    )
    lied = make.sheet("A2", 100.0, scale="1:50")
    yield Case("stated_scale_is_not_true", "stated scale differs from the drawn one", [lied, make.sheet("A2")])
    sheets = [make.sheet("A2") for _ in range(8)]
    listing = [(s.fields["number"], s.fields["title"], s.size) for s in sheets]
    first = make.sheet("A2", content="list", fields={"title": "图纸目录", "scale": ""}, listing=listing)
    yield Case("set_with_list", "drawing list in the set", [first, *sheets])


def _files(make: Maker) -> Iterator[Case]:
    def paper(size: str, **more: object) -> SheetSpec:
        return make.sheet(size, 1.0, scale=make.rng.choice(("1:100", "1:50", "1:200")), **more)

    for strip in ("right", "bottom", "corner"):
        pages = [paper(s, style=Style(strip=strip)) for s in ("A1", "A2", "A3")]
        yield Case(f"pdf_{strip}", "PDF, a frame a page", pages, "pdf", "pages")
    for wording in ("spaced", "chars", "en", "both", "stacked"):
        pages = [paper(s, style=Style(wording=wording, strip="corner")) for s in ("A1", "A2")]
        yield Case(f"pdf_labels_{wording}", f"labels: {wording}", pages, "pdf", "pages")
    above = [paper("A2", style=Style(value_at="above")), paper("A3", style=Style(value_at="above", strip="bottom"))]
    yield Case("pdf_above", "label above value", above, "pdf", "pages")
    two = [paper("A3") for _ in range(4)]
    for index, sheet in enumerate(two):
        sheet.at = (8.0 + 428.0 * (index % 2), 8.0)
    yield Case("pdf_two_frames", "PDF, two frames a page", two, "pdf", "two_on_a_page")
    stacked = [paper("A2") for _ in range(2)]
    stacked[1].at = (0.0, 420.0)
    yield Case("pdf_two_touching", "PDF, two frames a page", stacked, "pdf", "two_on_a_page")
    turned = [paper(s) for s in ("A1", "A3")]
    for sheet in turned:  # drawn lying on an upright page that is shown turned
        sheet.turn, sheet.at = 90.0, (sheet.paper[1], 0.0)
    turned[1].turn, turned[1].at = -90.0, (0.0, turned[1].paper[0])
    yield Case("pdf_rotated", "PDF, rotated pages", turned, "pdf", "rotated")
    slanted = [paper("A3"), paper("A3")]
    slanted[0].at, slanted[1].at = (10.0, 10.0), (440.0, 10.0)
    yield Case("pdf_english_list", "PDF, two frames a page", slanted, "pdf", "two_on_a_page")
    yield Case(
        "layouts",
        "layouts with viewports",
        [make.sheet(s, style=Style(build="block", values="attrib")) for s in ("A1", "A2")],
        "dxf",
        "layout",
    )
    yield Case(
        "layouts_text", "layouts with viewports", [make.sheet("A2", 50.0), make.sheet("A3", 20.0)], "dxf", "layout"
    )


def mixtures(seed: int, count: int = 24) -> list[Case]:
    """Return files of chance: every choice drawn at random. Never tuned on."""
    make = Maker(seed)
    rng = make.rng
    found = []
    for index in range(count):
        pdf = rng.random() < 0.3
        sheets = []
        for _ in range(rng.randrange(1, 6)):
            style = Style(
                strip=rng.choice(("right", "bottom", "corner", "countersign")),
                wording=rng.choice(("zh", "zh", "spaced", "chars", "colon", "en", "both", "stacked")),
                value_at=rng.choice(("beside", "beside", "beside", "above", "inline")),
                border=rng.choice(("pair", "pair", "inner", "outer", "double")),
                build=rng.choice(("lines", "polyline", "block", "nested", "xref", "exploded")),
                values=rng.choice(("text", "text", "attrib", "mtext")),
                layer=rng.choice(("0", "PUB_TITLE", "A-图框")),
                block_name=rng.choice(("TK", "A1图框", "X", "BORDER")),
            )
            if style.wording == "chars" and style.value_at != "beside":
                style.value_at = "beside"
            if style.value_at == "inline" and style.wording != "en":
                style.wording = "zh"
            size = rng.choice([n for n in SIZES if n[0] == "A" and n[1] in "01234"])
            if SIZES[size][0] < 300 and style.strip == "countersign":
                style.strip = "corner"
            k = 1.0 if pdf else rng.choice((1.0, 20.0, 50.0, 100.0, 100.0, 150.0, 200.0, 500.0))
            scale = rng.choice(("1:100", "1:150")) if k == 1.0 else None
            decoys = tuple(d for d in ("table", "room", "reference", "stamp") if rng.random() < 0.15)
            turn = 0.0 if pdf else rng.choice((0.0, 0.0, 0.0, 90.0, 12.0, -5.5, 180.0))
            sheets.append(make.sheet(size, k, style=style, decoys=decoys, turn=turn, scale=scale))
        case = Case(f"chance_{index:02d}", "chance", sheets, "pdf" if pdf else "dxf", "pages" if pdf else "model")
        if not pdf:
            row(sheets, rng.choice((5.0, 40.0, 200.0)), 3)
        found.append(case)
    return found
