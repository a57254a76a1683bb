"""Differences between a storey of a model and a drawing, by element where the model knows what a line is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.comparing.content import TextColumns, squash
from pipeline.comparing.linework import Change, Measures, linework_changes
from pipeline.comparing.matching import Side
from pipeline.comparing.merging import tidied
from pipeline.comparing.sections.comparable import LeftOut, leave_out_elements, leave_out_heights, leave_out_lines
from pipeline.comparing.sections.explaining import sides_of
from pipeline.comparing.sections.laying import LaidStorey
from pipeline.comparing.sections.moving import moved_outlines
from pipeline.comparing.sections.rooms import room_changes
from pipeline.comparing.sections.symbols import with_symbols
from pipeline.comparing.segments import box_of, lengths
from pipeline.drawing.model import Drawing, Sheet

ELEMENT = "element"  # detail of a change: row of its element
LEAST_MM = 30.0  # kernels and plotters cut small bodies a little differently; smaller things are not told


@dataclass(slots=True)
class SectionChanges:
    """What came out, in new working millimetres, not yet placed in the files."""

    changes: list[Change]
    rooms: TextColumns  # names of the rooms, which are the texts of the old side
    notes: list[dict[str, str]] = field(default_factory=list)


def section_changes(laid: LaidStorey, drawing: Drawing, sheet: Sheet, measures: Measures) -> SectionChanges:
    """Compare a laid storey with the drawing.

    Args:
        laid: the storey on the drawing.
        drawing: the drawing.
        sheet: its sheet.
        measures: distances.
    """
    left = LeftOut()
    measures = replace(measures, least=max(measures.least, LEAST_MM / measures.about))
    model_side, drawn_side = sides_of(laid, measures)
    redrawn = with_symbols(laid, model_side, drawn_side, measures, left)
    if redrawn is not None:
        laid = redrawn
        model_side, drawn_side = sides_of(laid, measures)
    space = drawing.spaces[sheet.space]
    leave_out_elements(model_side, laid, left)
    leave_out_heights(model_side, laid, left)
    leave_out_lines(drawn_side, laid, drawing, space, measures, left)
    one, two = laid.plan.cut, laid.drawn
    moved = moved_outlines(model_side, drawn_side, laid, measures)
    changes = linework_changes(model_side, drawn_side, one.layer, two.layer, measures)
    changes = _by_element(changes, laid, model_side)
    changes = [*moved, *tidied(changes, measures, one, two)]
    dimensions = {squash(text) for text in space.dimensions.shown if text}
    texts, rooms = room_changes(laid, measures, left, dimensions)
    found = SectionChanges([*changes, *texts], rooms)
    _tell_elements(changes, laid)
    found.notes = [*_cut_notes(laid), *left.notes()]
    return found


def _by_element(changes: list[Change], laid: LaidStorey, side: Side) -> list[Change]:
    """Tell apart elements that are missing side by side: each is a change of its own."""
    result: list[Change] = []
    for change in changes:
        objects = change.old_objects
        own_kind = change.kind == "removed" and len(objects) > 0
        elements = np.unique(laid.plan.element[objects]).tolist() if own_kind else []
        if len(elements) < 2:
            result.append(change)
            continue
        for row in elements:
            own = objects[laid.plan.element[objects] == row]
            free = side.free[np.isin(side.free_object, own)]
            whole = side.seg[np.isin(side.obj, own)]
            ink = whole if lengths(free).sum() >= 0.5 * lengths(whole).sum() else free
            if not len(ink):
                continue
            layers = laid.plan.cut.layer[np.isin(side.obj, own)]
            parts = {"old_objects": own, "old_layers": layers}
            result.append(replace(change, box=box_of(ink), details=dict(change.details), **parts))
    return result


def _tell_elements(changes: list[Change], laid: LaidStorey) -> None:
    """Say of every change which element of the model it touches."""
    table = laid.model.elements
    for change in changes:
        objects = change.old_objects
        if not len(objects):
            continue
        rows = laid.plan.element[objects]
        rows = rows[rows >= 0]
        if not len(rows):
            continue
        row = int(np.bincount(rows).argmax())
        change.details[ELEMENT] = row
        change.details["ifc_class"] = table.ifc_class[row]


def _cut_notes(laid: LaidStorey) -> list[dict[str, str]]:
    """At which height the storey was cut, where that is not the usual one."""
    above, notes = round(laid.plan.above_mm), []
    if laid.plan.together:
        names = ", ".join(laid.plan.together)
        notes.append(
            {
                "zh": f"同标高的楼层一并剖切：{names}。",
                "en": f"Storeys at the same height are cut together with it: {names}.",
            }
        )
    if laid.plan.default:
        return notes
    return [
        *notes,
        {
            "zh": f"图纸与楼层标高以上 {above} mm 处的剖切吻合最好，模型按此高度剖切。",
            "en": f"The drawing fits a cut {above} mm above the level of the storey best; the model is cut there.",
        },
    ]
