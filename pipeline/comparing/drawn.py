"""Compare two drawn sheets (DXF, PDF, storey sections): register, match, form and name changes."""

from __future__ import annotations

import re
import time

import numpy as np

from pipeline.comparing.arrays import join_equal
from pipeline.comparing.boxes import Box
from pipeline.comparing.changes import Difference, ordered
from pipeline.comparing.comparison import SheetComparison, SheetSide
from pipeline.comparing.content import Content, TextColumns, content_of
from pipeline.comparing.dimensioning import compare_dimensions, undimensioned
from pipeline.comparing.illegible import readable
from pipeline.comparing.inversion import rotation_words
from pipeline.comparing.lettering import without_lettering
from pipeline.comparing.linework import Change, Measures, layer_changes, linework_changes
from pipeline.comparing.matching import both_layered, match
from pipeline.comparing.merging import layer_of, tidied
from pipeline.comparing.naming import Name, Namer, layer_meaning, main_layer, text_name
from pipeline.comparing.patterns import note, to_align, width_note, without_twin_of_wide, without_unplotted
from pipeline.comparing.places import Places, places_of
from pipeline.comparing.plotted_scale import OTHER_SCALE, plotted_otherwise
from pipeline.comparing.registration import Registration, register
from pipeline.comparing.segments import invert, map_segments, scale_of
from pipeline.comparing.textchanges import absorb_texts, join_lines, text_changes, text_reach, uniform_columns
from pipeline.comparing.texts import place_texts
from pipeline.comparing.view_changes import tell_views
from pipeline.comparing.views import laid_out, parts_of
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet

BUILDING_MM = (3e3, 2e6)  # diagonals a drawing of a building may have
ASSUMED_SCALE = 100.0  # for thresholds only, where no side states a scale
LARGEST_MOVE_MM = 2000.0  # a small thing gone here and an equal one come further away are two changes
COSMETIC_MEANINGS = ("frame", "dimension", "table")  # their lines; their texts count
UNKNOWN_SCALE = {
    "zh": "两张图的比例都未知，位移与长度按图面毫米给出。",
    "en": "No scale is known on either sheet; displacements and lengths are in millimetres on paper.",
}
LAYERS_APART = {
    "zh": "两张图的图层名称少有相同，图层的变化未作比对。",
    "en": "The layer names of both sheets have little in common; changes of layers were not compared.",
}
LETTERS = Name("笔画字", "letters drawn as strokes")
LIST = "目录"
STAGE = re.compile(r"[建竣方]施(?=-?\d)")
STAMP = re.compile(r"图章|印章|签章")
TITLE_BLOCK_MM = (200.0, 100.0)  # lower right corner of a framed sheet, mm on paper


def compare_drawn(
    old: Drawing, old_sheet: Sheet, new: Drawing, new_sheet: Sheet, points: list[list[list[float]]] | None = None
) -> SheetComparison:
    """Compare two sheets by what is drawn on them.

    Args:
        old: old drawing.
        old_sheet: one of its sheets.
        new: new drawing.
        new_sheet: one of its sheets.
        points: two or more point pairs [[[x, y] old, [x, y] new], …] in sheet millimetres, given by a person.

    Returns:
        SheetComparison; not comparable (with a reason) when the sheets cannot be laid on one another.
    """
    started = time.perf_counter()
    one, two = content_of(old, old_sheet), content_of(new, new_sheet)
    places = places_of(old, old_sheet, one, new, new_sheet, two)
    given = places.given(points)
    registration = register(to_align(one), to_align(two), given)
    if not registration.comparable and given is None and (len(one.measured) or len(two.measured)):
        by_lengths = register(to_align(undimensioned(one, two)), to_align(undimensioned(two, one)))
        registration = by_lengths if by_lengths.comparable else registration
    layout = laid_out(one, two, registration) if given is None else None
    if layout is not None:
        registration = layout.registration
    result = SheetComparison(side_of(old, old_sheet), side_of(new, new_sheet))
    tell_registration(result, registration, places)
    if registration.comparable:
        measures = measures_of(one, two, registration)
        result.tolerance_mm = measures.tolerance * measures.real
        note_hidden(one, two, result)
        if not one.scale_known and not two.scale_known:
            result.notes.append(UNKNOWN_SCALE)
        if plotted_otherwise(one, two, scale_of(registration.transform)):
            result.notes.append(OTHER_SCALE)
        parts = [(one, two, registration)] if layout is None else parts_of(layout)
        for first, second, own in parts:
            distances = measures if layout is None else measures_of(first, second, own)
            sides = (old, old_sheet, first), (new, new_sheet, second)
            result.differences += _differences(*sides, own, distances, result)
        if layout is not None:
            result.differences += tell_views(result, layout, places, (old_sheet.id, new_sheet.id))
            result.differences = ordered(result.differences)
    result.seconds = time.perf_counter() - started
    return result


def side_of(drawing: Drawing, sheet: Sheet | None) -> SheetSide:
    """Identity of one side for the report."""
    if sheet is None:
        return SheetSide("", drawing.sha256, str(drawing.format))
    space = drawing.spaces[sheet.space]
    return SheetSide(
        str(drawing.meta.get("name", "")),
        drawing.sha256,
        str(drawing.format),
        sheet.id,
        sheet.number,
        sheet.title,
        sheet.scale,
        space.unit_mm,
        next((k for k, one in enumerate(drawing.sheets) if one is sheet), -1),
    )


def measures_of(old: Content, new: Content, registration: Registration) -> Measures:
    """Tolerances of a pair, in new working millimetres."""
    scale = scale_of(registration.transform)
    real = 1.0
    if (old.scale_known and not new.scale_known) or plotted_otherwise(old, new, scale):
        real = 1.0 / scale
    about = real if new.scale_known or old.scale_known else ASSUMED_SCALE
    tolerance = max(old.tolerance_mm * scale, new.tolerance_mm)
    if not old.paper and not new.paper and not 0.5 < scale < 2.0:  # one of two model spaces is read in a wrong unit
        tolerance = min(old.tolerance_mm * scale, new.tolerance_mm)
        if BUILDING_MM[0] <= old.diagonal <= BUILDING_MM[1] and not BUILDING_MM[0] <= new.diagonal <= BUILDING_MM[1]:
            about = real = 1.0 / scale
    paper = max([c.real_per_space * f for c, f in ((old, scale), (new, 1.0)) if c.paper] or [0.0])
    gap = min(max(60.0 / about, 0.6 * paper), 4e-3 * new.diagonal) if new.diagonal > 0 else 60.0
    return Measures(
        tolerance=tolerance,
        gap=max(gap, 3 * tolerance),
        reach=min(LARGEST_MOVE_MM / about, 0.25 * new.diagonal),
        least=max(3 * tolerance, min(10.0 / about, 1e-3 * new.diagonal)),
        real=real,
        about=about,
        diagonal=new.diagonal if new.diagonal > 0 else np.inf,
    )


def tell_registration(result: SheetComparison, registration: Registration, places: Places) -> None:
    """Copy the registration into the result, in file and in sheet coordinates."""
    result.comparable, result.method = registration.comparable, registration.method
    result.confidence, result.margin = min(1.0, registration.confidence), registration.margin
    result.mirrored = registration.mirrored
    result.reason_zh, result.reason_en = registration.reason_zh, registration.reason_en
    if registration.comparable:
        result.transform = places.in_file(registration.transform)
        result.transform_sheet = places.in_sheet(registration.transform)
    if registration.mirrored:
        result.notes.append({"zh": "两张图互为镜像，已按镜像对齐。", "en": "The sheets are mirrored; aligned as such."})


def _differences(
    before: tuple[Drawing, Sheet, Content],
    after: tuple[Drawing, Sheet, Content],
    registration: Registration,
    measures: Measures,
    result: SheetComparison,
) -> list[Difference]:
    """All differences of a registered pair."""
    transform, old, new = registration.transform, before[0], after[0]
    one, two, *left_out = without_unplotted(before[2], after[2], transform, measures.tolerance)
    result.notes += [note(lines, of_old) for lines, of_old in zip(left_out, (True, False), strict=True) if lines]
    one, two, *thin = without_twin_of_wide(one, two, transform, measures.tolerance)
    result.notes += [width_note(count, of_old) for count, of_old in zip(thin, (True, False), strict=True) if count]
    dimensions = compare_dimensions(one, two, transform, measures.tolerance)
    one, two = dimensions.one, dimensions.two
    result.notes += dimensions.notes
    letters = without_lettering(one, two, transform, measures.tolerance)
    one, two = letters.one, letters.two
    result.notes += letters.notes()
    first, second = match(one, map_segments(transform, one.seg), two, measures.tolerance)
    if both_layered(one, two) and not (first.layer >= 0).any():
        result.notes.append(LAYERS_APART)
    changes = linework_changes(first, second, one.layer, two.layer, measures)
    changes = tidied(changes, measures, one, two)
    relayered, bulk = layer_changes(first, second, one.layers, two.layers, one.layer, two.layer, measures.gap)
    placed, written, unread = readable(place_texts(one.texts, transform), two.texts, text_reach(measures))
    result.notes += unread
    texts = uniform_columns(letters.kept(text_changes(placed, written, measures)), placed, written)
    if Format.PDF in (old.format, new.format):
        texts = join_lines(texts, placed, written, measures)
    texts = absorb_texts(changes, texts, placed, written, measures)
    changes = join_equal(changes, measures)
    for was, now, count in bulk:
        result.notes.append(
            {
                "zh": f"图层整体更名：{was} → {now}（{count} 个对象），不作为差异。",
                "en": f"Layer renamed as a whole: {was} → {now} ({count} objects), not a difference.",
                "back_zh": f"图层整体更名：{now} → {was}（{count} 个对象），不作为差异。",
                "back_en": f"Layer renamed as a whole: {now} → {was} ({count} objects), not a difference.",
            }
        )
    sides = (*before[:2], one), (*after[:2], two)
    return finished([*changes, *relayered, *dimensions.changes, *letters.alone, *texts], *sides, transform, measures)


def finished(
    changes: list[Change],
    before: tuple[Drawing, Sheet, Content],
    after: tuple[Drawing, Sheet, Content],
    transform: np.ndarray,
    measures: Measures,
) -> list[Difference]:
    """Name changes (new working mm) and express their places in file and sheet coordinates, in a fixed order.

    Args:
        changes: of one sheet pair.
        before: old drawing, sheet and content.
        after: new drawing, sheet and content.
        transform: 2×3, old working mm -> new working mm.
        measures: distances of the pair.
    """
    (old, old_sheet, one), (new, new_sheet, two) = before, after
    old_space, new_space = old.spaces[old_sheet.space], new.spaces[new_sheet.space]
    namers = (Namer(one, old_space), Namer(two, new_space))
    places = places_of(old, old_sheet, one, new, new_sheet, two)
    dimensions = (_dimension_texts(old_space.dimensions.shown), _dimension_texts(new_space.dimensions.shown))
    placed = place_texts(one.texts, transform)
    sheets = (old_sheet, new_sheet)
    return ordered(
        [
            _finish(change, one, two, placed, namers, places, transform, measures, dimensions, sheets)
            for change in changes
        ]
    )


def note_hidden(one: Content, two: Content, result: SheetComparison) -> None:
    """Say how many entities lie on layers that are off."""
    if one.hidden or two.hidden:
        result.notes.append(
            {
                "zh": f"关闭图层上的对象未参与比对：旧图 {one.hidden} 个，新图 {two.hidden} 个。",
                "en": f"Entities on layers that are off were not compared: {one.hidden} old, {two.hidden} new.",
            }
        )


def _dimension_texts(shown: list[str]) -> set[str]:
    return {re.sub(r"\s+", "", text) for text in shown if text}


def _finish(
    change: Change,
    one: Content,
    two: Content,
    placed: TextColumns,
    namers: tuple[Namer, Namer],
    places: Places,
    transform: np.ndarray,
    measures: Measures,
    dimensions: tuple[set[str], set[str]],
    sheets: tuple[Sheet, Sheet],
) -> Difference:
    """Name a change, judge it and express its places in file and sheet coordinates."""
    on_new = change.kind != "removed" and (change.cls != "text" or change.new_text >= 0)
    layer_row, content = layer_of(change, one, two)
    meaning = layer_meaning(content, layer_row)
    old_text = change.old or (placed.string[change.old_text] if change.old_text >= 0 else "")
    new_text = change.new or (two.texts.string[change.new_text] if change.new_text >= 0 else "")
    back = invert(transform)
    old_place = change.box_from or change.box
    old_box, new_box = places.box(back, old_place), change.box
    if change.cls == "text":
        shown = re.sub(r"\s+", "", old_text) in dimensions[0] or re.sub(r"\s+", "", new_text) in dimensions[1]
        name = _text_name(change, old_text or new_text, meaning, shown)
        name_back = _text_name(change, new_text or old_text, meaning, shown)
        if shown:
            change.details["dimension"] = True
    else:
        name, name_back = _names(change, namers, old_box)
    if change.attribute == "length":
        old_text, new_text = _lengths(change, measures)
    if change.attribute == "rotation":
        old_text, new_text = (
            "0°",
            rotation_words(float(change.details["rotated_degrees"]), bool(change.details["mirrored"])),
        )
    delta_back = None
    delta = None if change.delta is None else (change.delta[0] * measures.real, change.delta[1] * measures.real)
    if change.delta is not None:
        along = back[:, :2] @ np.array(change.delta) * _real_of_old(one, two, transform)
        delta_back = (float(along[0]), float(along[1]))
    moves = change.kind in ("moved", "modified")
    return Difference(
        kind=change.kind,
        cls=change.cls,
        what=name.zh,
        what_en=name.en,
        what_old=name_back.zh,
        what_old_en=name_back.en,
        bbox=places.new_file_box(new_box),
        bbox_from=places.new_file_box(old_place) if moves else None,
        bbox_to=places.old_file_box(places.box(back, new_box)) if moves else None,
        bbox_in_old=places.old_file_box(old_box),
        box_old=places.old_sheet_box(old_box),
        box_new=places.new_sheet_box(new_box),
        delta=delta,
        delta_in_old=delta_back,
        old=old_text if change.kind != "added" else "",
        new=new_text if change.kind != "removed" else "",
        layer=content.layers[layer_row] if 0 <= layer_row < len(content.layers) else "",
        layer_old=_old_layer(change, one),
        material=_material(
            change, meaning, places.new_sheet_box(change.box), sheets[1 if on_new else 0], old_text, new_text, name.zh
        ),
        certainty=change.certainty,
        attribute=change.attribute,
        matched_by="place" if change.kind == "modified" else "",
        consequence=bool(change.details.get("consequence")),
        details={**change.details, **places.members(back, change.members)},
        sheet_old=sheets[0].id,
        sheet_new=sheets[1].id,
    )


def _names(change: Change, namers: tuple[Namer, Namer], old_box: Box) -> tuple[Name, Name]:
    """Names of a change of linework: on the new sheet and on the old one (one name where a side has nothing)."""
    if change.details.get("lettering"):
        return LETTERS, LETTERS
    found = []
    if len(change.new_objects):
        found.append(namers[1].name(change.new_objects, change.new_layers, change.box, change.texts))
    if len(change.old_objects) or not found:
        found.append(namers[0].name(change.old_objects, change.old_layers, old_box, change.texts))
    if change.members:
        count = len(change.members)
        found = [Name(f"{count} × {one.zh}", f"{count} × {one.en}") for one in found]
    return found[0], found[-1]


def _text_name(change: Change, text: str, meaning: str, dimension: bool) -> Name:
    """Name of a text change told from the side where it reads `text`."""
    if change.details.get("places"):
        count = int(change.details["places"])
        return Name(f"文字 {count} 处统一", f"{count} equal texts")
    if change.details.get("texts"):
        count = int(change.details["texts"])
        return Name(f"文字 {count} 处整体", f"block of {count} texts")
    return text_name(text, meaning, dimension)


def _real_of_old(one: Content, two: Content, transform: np.ndarray) -> float:
    """Millimetres of reality of one old working millimetre."""
    return scale_of(transform) if two.scale_known and not one.scale_known else 1.0


def _old_layer(change: Change, one: Content) -> str:
    """Most frequent layer of a change on the old side, "" when it has none there."""
    row = main_layer(change.old_layers)
    return one.layers[row] if 0 <= row < len(one.layers) else ""


def _lengths(change: Change, measures: Measures) -> tuple[str, str]:
    """Lengths of a stretched line before and after, in mm of reality."""
    full = float(change.details["full_mm"]) * measures.real
    rest = full - float(change.details["piece_mm"]) * measures.real
    return (f"{rest:.0f}", f"{full:.0f}") if change.details["side"] == "added" else (f"{full:.0f}", f"{rest:.0f}")


def _same_but_stage(old: str, new: str) -> bool:
    """Whether two texts differ only in the stage a sheet number names (建施-13, 竣施-13)."""
    return bool(old) and old != new and STAGE.sub("施", old) == STAGE.sub("施", new)


def _material(change: Change, meaning: str, box: Box, sheet: Sheet, old: str, new: str, name: str) -> bool:
    """Whether the change touches what is built; the others are cosmetic."""
    if (
        change.attribute == "layer"
        or change.details.get("consequence")
        or (change.cls == "text" and change.kind == "moved")
    ):
        return False
    if change.cls == "geometry" and meaning in COSMETIC_MEANINGS:
        return False
    if change.details.get("places"):
        return False  # a revision column
    if change.cls == "text" and change.kind == "modified" and LIST in sheet.title:
        return False  # rows of the drawing list that moved up or down; rows gone or new are told
    if _same_but_stage(old, new) or STAMP.search(name):
        return False
    if sheet.framed:
        width, height = sheet.size_mm
        block = (width - TITLE_BLOCK_MM[0], TITLE_BLOCK_MM[1])
        if box[0] >= block[0] and box[3] <= block[1] and height > 2 * TITLE_BLOCK_MM[1]:
            return False
    return True
