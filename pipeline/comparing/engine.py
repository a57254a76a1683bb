"""The door of this room: compare two sheets, or two drawings sheet by sheet."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.comparing import VERSION
from pipeline.comparing.changes import Difference, invert
from pipeline.comparing.comparison import Comparison, SheetComparison, SheetSide, place_alone, place_of_pair
from pipeline.comparing.content import content_of
from pipeline.comparing.drawn import compare_drawn, side_of
from pipeline.comparing.elements import ElementMatch
from pipeline.comparing.identity import SheetIdentity
from pipeline.comparing.indicators import indicators
from pipeline.comparing.inversion import OPPOSITE
from pipeline.comparing.model_changes import compare_models, compare_storeys
from pipeline.comparing.pairing import descriptions_of, pair_sheets
from pipeline.comparing.scans.pixels import Pictures
from pipeline.comparing.scans.scanned import compare_scanned, is_scan
from pipeline.comparing.sections.laying import is_section_pair
from pipeline.comparing.sections.storeys import pair_storeys
from pipeline.comparing.sections.telling import compare_section
from pipeline.comparing.segments import lengths
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet

DIRECTION = (Format.IFC, Format.DXF, Format.PDF, Format.OTHER)  # which side of a pair of formats is computed as the old
GivenPoints = dict[tuple[str, str], list[list[list[float]]]]  # (old sheet, new sheet) -> pairs of points, sheet mm
ONLY_TWO_ZH = "图号、图名和内容都不能说明两张图是同一张；因为两份文件各只有这一张图，仍作比对。"
ONLY_TWO_EN = (
    "Neither number, title nor content say that the sheets are one; they are compared as the only ones of their files."
)
Models = tuple[list[Difference], ElementMatch, float]


def compare_sheets(
    old: Drawing,
    old_sheet: Sheet,
    new: Drawing,
    new_sheet: Sheet,
    points: list[list[list[float]]] | None = None,
    models: Models | None = None,
    pictures: dict[str, Pictures] | None = None,
) -> SheetComparison:
    """Compare two sheets.

    Two storeys of IFC models are compared element by element; everything else by what is drawn. Sheets whose
    content hash is equal are not compared (drawn sheets of one format; models only when the files are equal).
    A pair is always computed in one direction (`forward`) and inverted where it was asked for in the other, so
    that the answer to "what was done" and to "how is it undone" are one answer.

    Args:
        old: old drawing.
        old_sheet: one of its sheets.
        new: new drawing.
        new_sheet: one of its sheets.
        points: two or more point pairs [[[x, y] in old sheet mm, [x, y] in new sheet mm], …] given by a person.
        models: result of `compare_models(old, new)` when the caller compares several storeys of two models.
        pictures: pixels of scanned sheets, by the SHA-256 of the drawing; without them scans are not compared.
    """
    if not forward(old, new, old_sheet, new_sheet):
        swapped = None if points is None else [[there, here] for here, there in points]
        turned = None if models is None else (invert(models[0]), models[1].invert(), models[2])
        return _compared(new, new_sheet, old, old_sheet, swapped, turned, pictures or {}).invert()
    return _compared(old, old_sheet, new, new_sheet, points, models, pictures or {})


def forward(old: Drawing, new: Drawing, old_sheet: Sheet | None = None, new_sheet: Sheet | None = None) -> bool:
    """Whether a pair is computed as it was asked for: models, drawings, plots, scans; else by content hash."""
    sides = []
    for drawing, sheet in ((old, old_sheet), (new, new_sheet)):
        own = (sheet.content_hash, sheet.id) if sheet is not None else ("", "")
        scan = sheet is not None and is_scan(drawing, sheet)
        sides.append((scan, DIRECTION.index(drawing.format), drawing.sha256, *own))
    return sides[0] <= sides[1]


def _compared(
    old: Drawing,
    old_sheet: Sheet,
    new: Drawing,
    new_sheet: Sheet,
    points: list[list[list[float]]] | None,
    models: Models | None,
    pictures: dict[str, Pictures],
) -> SheetComparison:
    both_models = old.format == Format.IFC and new.format == Format.IFC
    if old.sha256 and old.sha256 == new.sha256 and old_sheet.id == new_sheet.id:
        return _identical(old, old_sheet, new, new_sheet)
    if both_models:
        found, match, seconds = models or compare_models(old, new)
        own = [d for d in found if _belongs(d, old_sheet, new_sheet)]
        result = compare_storeys(old, old_sheet, new, new_sheet, own, match)
        result.seconds = seconds
        return result
    same = old.format == new.format and old_sheet.content_hash == new_sheet.content_hash
    scan = is_scan(new, new_sheet)  # scans come last in `forward`; their lines and texts say nothing of the picture
    if (
        old_sheet.content_hash
        and same
        and points is None
        and not scan
        and _layers_equal(old, old_sheet, new, new_sheet)
    ):
        return _identical(old, old_sheet, new, new_sheet)
    if scan:
        return compare_scanned(old, old_sheet, new, new_sheet, pictures, points)
    if is_section_pair(old, old_sheet, new, new_sheet):
        return compare_section(old, old_sheet, new, new_sheet, points)
    return compare_drawn(old, old_sheet, new, new_sheet, points)


def _layers_equal(old: Drawing, old_sheet: Sheet, new: Drawing, new_sheet: Sheet) -> bool:
    """Whether each layer name holds the same length of lines (the content hash says nothing of layers)."""
    totals = []
    for drawing, sheet in ((old, old_sheet), (new, new_sheet)):
        content = content_of(drawing, sheet)
        size = np.bincount(content.layer, lengths(content.seg), minlength=len(content.layers))
        totals.append({name: size[row] for row, name in enumerate(content.layers) if size[row] > 0})
    one, two = totals
    return set(one) == set(two) and all(abs(one[name] - two[name]) <= 1e-3 * one[name] + 1 for name in one)


def _belongs(difference: Difference, old_sheet: Sheet, new_sheet: Sheet) -> bool:
    """A difference belongs to the pair of its new storey (its old one when it was removed)."""
    if difference.kind == "removed":
        return difference.sheet_old == old_sheet.id
    return difference.sheet_new == new_sheet.id


def _identical(old: Drawing, old_sheet: Sheet, new: Drawing, new_sheet: Sheet) -> SheetComparison:
    result = SheetComparison(
        side_of(old, old_sheet), side_of(new, new_sheet), identical=True, confidence=1.0, margin=1.0
    )
    result.method = "content"
    result.notes.append(
        {"zh": "两张图内容完全相同，无差异。", "en": "The content of both sheets is equal; there is no difference."}
    )
    return result


def compare_drawings(
    old: Drawing,
    new: Drawing,
    pairs: list[SheetIdentity] | None = None,
    pictures: dict[str, Pictures] | None = None,
    points: GivenPoints | None = None,
) -> Comparison:
    """Compare two drawings sheet by sheet.

    Args:
        old: old drawing with its sheets found.
        new: new drawing likewise.
        pairs: which sheets belong together (ids of the sheets); by default `pair_sheets` decides.
        pictures: pixels of scanned sheets, by the SHA-256 of the drawing; without them scans are not compared.
        points: for pairs of sheets (old id, new id) point pairs [[[x, y] old sheet mm, [x, y] new sheet mm], …]
            a person gave.

    Returns:
        Comparison with one SheetComparison a pair and the sheets without a partner.
    """
    if not forward(old, new):
        swapped = None if pairs is None else [_swapped(pair) for pair in pairs]
        return compare_drawings(new, old, swapped, pictures, _swapped_points(points)).invert()
    started = time.perf_counter()
    result = Comparison(_file_side(old), _file_side(new), engine=VERSION)
    if pairs is None:
        pairs = pair_storeys(old, new, pair_sheets(descriptions_of(old), descriptions_of(new)))
        pairs = _only_two(old, new, pairs)
    olds, news = {s.id: s for s in old.sheets}, {s.id: s for s in new.sheets}
    both_models = old.format == Format.IFC and new.format == Format.IFC
    models = compare_models(old, new) if both_models and old.sha256 != new.sha256 else None
    told: set[str] = set()
    for pair in pairs:
        if pair.old is None or pair.new is None:
            result.unpaired.append(_unpaired(pair, olds, news))
            continue
        given = (points or {}).get((pair.old, pair.new))
        one = compare_sheets(old, olds[pair.old], new, news[pair.new], given, models, pictures)
        one.relation = pair.relation
        if pair.reason_zh:
            one.paired = {"zh": pair.reason_zh, "en": pair.reason_en}
        one.differences = [d for d in one.differences if d.key not in told]
        told.update(d.key for d in one.differences)
        result.sheets.append(one)
    if models is not None:
        rest = [d for d in models[0] if d.key not in told]
        if rest:  # elements of storeys without a partner
            result.sheets.append(compare_storeys(old, None, new, None, rest, models[1]))
    result.sheets.sort(key=place_of_pair)
    result.unpaired.sort(key=place_alone)
    result.indicators = indicators(old, new, [(one.old.sheet, one.new.sheet) for one in result.sheets])
    result.seconds = time.perf_counter() - started
    return result


def _only_two(old: Drawing, new: Drawing, pairs: list[SheetIdentity]) -> list[SheetIdentity]:
    """The pair of two drawings of one sheet each that nothing else joins: who names two files wants them compared."""
    if len(old.sheets) != 1 or len(new.sheets) != 1 or any(pair.old and pair.new for pair in pairs):
        return pairs
    both = old.sheets[0].id, new.sheets[0].id
    return [SheetIdentity(*both, by=["only"], relation="unsure", reason_zh=ONLY_TWO_ZH, reason_en=ONLY_TWO_EN)]


def _swapped_points(points: GivenPoints | None) -> GivenPoints | None:
    if points is None:
        return None
    return {(new, old): [[there, here] for here, there in given] for (old, new), given in points.items()}


def _swapped(pair: SheetIdentity) -> SheetIdentity:
    return replace(pair, old=pair.new, new=pair.old, relation=OPPOSITE.get(pair.relation, pair.relation))


def _file_side(drawing: Drawing) -> SheetSide:
    return side_of(drawing, None)


def _unpaired(pair: SheetIdentity, olds: dict[str, Sheet], news: dict[str, Sheet]) -> dict[str, Any]:
    """A sheet without a partner, for the report."""
    sheet = olds[pair.old] if pair.old is not None else news[str(pair.new)]
    return {
        "side": "old" if pair.old is not None else "new",
        "sheet": sheet.id,
        "number": sheet.number,
        "title": sheet.title,
        "ordinal": list(olds if pair.old is not None else news).index(sheet.id),
        "relation": pair.relation,
        "candidates": [one.sheet for one in pair.candidates],
        "zh": pair.reason_zh,
        "en": pair.reason_en,
    }
