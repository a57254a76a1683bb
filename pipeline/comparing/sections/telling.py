"""Compare a storey of a model with a drawn sheet: lay, compare, name by element."""

from __future__ import annotations

import time
from dataclasses import replace

from pipeline.comparing.changes import Difference, ordered
from pipeline.comparing.comparison import SheetComparison
from pipeline.comparing.content import content_of
from pipeline.comparing.drawn import UNKNOWN_SCALE, finished, measures_of, note_hidden, side_of, tell_registration
from pipeline.comparing.naming import element_name
from pipeline.comparing.places import places_of
from pipeline.comparing.sections.compare import ELEMENT, section_changes
from pipeline.comparing.sections.laying import lay
from pipeline.comparing.segments import invert
from pipeline.comparing.texts import place_texts
from pipeline.drawing.model import Drawing, Sheet


def compare_section(
    old: Drawing, old_sheet: Sheet, new: Drawing, new_sheet: Sheet, points: list[list[list[float]]] | None = None
) -> SheetComparison:
    """Compare a storey (old) with a drawn sheet (new); the other direction is the inverse of this one.

    Args:
        old: a model.
        old_sheet: one of its storeys.
        new: a drawing.
        new_sheet: its sheet.
        points: two or more point pairs [[[x, y] old, [x, y] new], …] in sheet millimetres, given by a person.

    Returns:
        SheetComparison; not comparable (with a reason) when the two cannot be laid on one another.
    """
    started = time.perf_counter()
    places = places_of(old, old_sheet, content_of(old, old_sheet), new, new_sheet, content_of(new, new_sheet))
    given = places.given(points)
    laid = lay(old, old_sheet, new, new_sheet, given)
    result = SheetComparison(side_of(old, old_sheet), side_of(new, new_sheet))
    tell_registration(result, laid.registration, places)
    if laid.registration.comparable:
        one, two = laid.plan.cut, laid.drawn
        measures = measures_of(one, two, laid.registration)
        result.tolerance_mm = measures.tolerance * measures.real
        if not two.scale_known and not one.scale_known:
            result.notes.append(UNKNOWN_SCALE)
        found = section_changes(laid, new, new_sheet, measures)
        result.notes += found.notes
        note_hidden(one, two, result)
        transform = laid.registration.transform
        one = replace(one, texts=place_texts(found.rooms, invert(transform)))
        told = finished(found.changes, (old, old_sheet, one), (new, new_sheet, two), transform, measures)
        result.differences = ordered([_named(difference, old) for difference in told])
    result.seconds = time.perf_counter() - started
    return result


def _named(difference: Difference, model: Drawing) -> Difference:
    """Name a difference after the element it touches."""
    if ELEMENT not in difference.details:
        return difference
    details = dict(difference.details)
    row, table = int(details.pop(ELEMENT)), model.elements
    name = element_name(table.ifc_class[row], table.name[row], table.tag[row])
    return replace(difference, what=name.zh, what_en=name.en, guid_old=table.global_id[row], details=details)
