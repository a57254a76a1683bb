"""From spaces to sheets: framed regions, layouts, pages and storeys; nothing drawn is left without a sheet."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Field, Sheet, Space
from pipeline.sheets.fingerprint import content_hash
from pipeline.sheets.frames import Frame, find_frames
from pipeline.sheets.numbers import scale_of
from pipeline.sheets.paper import PREFERRED
from pipeline.sheets.places import (
    Box,
    area,
    centred,
    contains,
    entity_boxes,
    extent,
    ink,
    map_of,
    overlapping,
    seen,
    sheet_size,
)
from pipeline.sheets.titles import apply_fields, read_fields, words_of

STRAY = 3  # fewer marks than this outside all frames make no sheet of their own (they are counted and told)
LETTER_MM = 3.0  # usual cap height on paper


def find_sheets(drawing: Drawing) -> None:
    """Fill `drawing.sheets` from its spaces, with fields, entities and content hash. Replaces earlier ones."""
    drawing.sheets = []
    drawing.meta.pop("stray_entities", None)
    drawing.defects = [d for d in drawing.defects if d.code != "outside_frames"]
    for row, space in enumerate(drawing.spaces):
        boxes = entity_boxes(space.entities)
        if space.kind == SpaceKind.STOREY:
            _whole(drawing, row, space, boxes, 0)
        elif space.kind == SpaceKind.PAGE:
            _page(drawing, row, space, boxes)
        else:
            _space(drawing, row, space, boxes)
    for sheet in drawing.sheets:
        _finish(drawing, sheet)
    left = int(drawing.meta.get("stray_entities", 0))
    if left:
        drawing.defects.append(defect("outside_frames", count=left))


def _turns_of(drawing: Drawing, row: int) -> int:
    rotations = drawing.meta.get("rotations") or []
    return int(rotations[row]) // 90 % 4 if row < len(rotations) else 0


def _page(drawing: Drawing, row: int, space: Space, boxes: NDArray) -> None:
    """A page is one sheet, unless it holds two frames or more."""
    frames = [f for f in find_frames(drawing, space) if f.strong or f.inner]
    width, height = space.size_mm or (0.0, 0.0)
    turns = _turns_of(drawing, row)
    if len(frames) >= 2 and sum(area(f.box) for f in frames) > 0.5 * width * height:
        for frame in frames:
            _add(drawing, row, frame.box, 1.0, _turn(frame, turns), boxes, framed=True)
        _rest(drawing, row, space, boxes, [f.box for f in frames], 1.0)
        return
    _add(drawing, row, (0.0, 0.0, width, height), 1.0, turns, boxes, framed=bool(frames))


def _space(drawing: Drawing, row: int, space: Space, boxes: NDArray) -> None:
    """Model space or layout: one sheet a frame, else one sheet for all."""
    frames = find_frames(drawing, space)
    if not frames and space.kind == SpaceKind.MODEL and _shown_elsewhere(drawing, space):
        drawing.meta["model_shown_in_layouts"] = True
        return
    if not frames:
        _whole(drawing, row, space, boxes, 0)
        return
    scales = [_scale(space, frame) for frame in frames]
    for frame, scale in zip(frames, scales, strict=True):
        _add(drawing, row, frame.box, scale, _turn(frame, 0), boxes, framed=True)
    _rest(drawing, row, space, boxes, [f.box for f in frames], float(np.median(scales)))


def _shown_elsewhere(drawing: Drawing, space: Space) -> bool:
    """Whether the viewports of the layouts show all that model space holds (by source id)."""
    shown: set[str] = set()
    for other in drawing.spaces:
        if other.kind == SpaceKind.LAYOUT:
            used = np.unique(other.entities.source)
            shown.update(other.sources[i] for i in used[used >= 0].tolist())
    if not shown or not len(space.entities):
        return False
    known = np.array([source in shown for source in space.sources] or [False])
    rows = space.entities.source
    inside = (rows >= 0) & known[np.clip(rows, 0, len(known) - 1)]
    left = ~inside & seen(drawing, space) & ink(space.entities)
    if int(left.sum()) >= STRAY:
        return False
    _leave(drawing, int(left.sum()))
    return True


def _leave(drawing: Drawing, count: int) -> None:
    """Count entities that get no sheet; the reader of the file is told of them."""
    if count:
        drawing.meta["stray_entities"] = int(drawing.meta.get("stray_entities", 0)) + count


def _scale(space: Space, frame: Frame) -> float:
    """Return the plotted scale of a frame: the fit whose letters come out at a usual height."""
    candidates = sorted({f.scale for f in frame.fits})
    if len(candidates) == 1:
        return candidates[0]
    heights = space.texts.height
    if len(heights):
        x, y = space.texts.origin[:, 0], space.texts.origin[:, 1]
        inside = (x > frame.box[0]) & (x < frame.box[2]) & (y > frame.box[1]) & (y < frame.box[3]) & (heights > 0)
        if inside.any():
            letter = float(np.median(heights[inside]))
            return min(candidates, key=lambda s: (abs(math.log(letter / s / LETTER_MM)), s not in PREFERRED))
    return frame.fits[0].scale


def _turn(frame: Frame, default: int) -> int:
    """Return the quarter turns of a frame's content from the rotation of its labels."""
    if not frame.turns:
        return default
    quarters = [round(t / (math.pi / 2)) % 4 for t in frame.turns]
    return max(set(quarters), key=quarters.count)


def _whole(drawing: Drawing, row: int, space: Space, boxes: NDArray, turns: int) -> None:
    """One sheet for all a space shows; real millimetres for model space and storeys, paper for layouts."""
    shown = seen(drawing, space)
    box = extent(boxes[shown], robust=True) or extent(boxes)
    if box is None:
        if space.kind == SpaceKind.STOREY:  # the reader made it: data of a model can be checked without any line
            box = (0.0, 0.0, 1.0, 1.0)
        else:
            return
    if space.kind == SpaceKind.LAYOUT and space.size_mm is not None:
        paper = (0.0, 0.0, *space.size_mm)
        if contains(paper, box, 0.25 * max(space.size_mm)):
            box = (min(box[0], 0.0), min(box[1], 0.0), max(box[2], paper[2]), max(box[3], paper[3]))
    _add(drawing, row, _roomy(box), 1.0, turns, boxes, framed=False, everything=True)


def _roomy(box: Box) -> Box:
    """Return a box with a size, even for a single point."""
    x0, y0, x1, y1 = box
    pad = max(1e-6, 1e-9 * max(map(abs, box)))
    if x1 - x0 < pad:
        x0, x1 = x0 - 0.5, x1 + 0.5
    if y1 - y0 < pad:
        y0, y1 = y0 - 0.5, y1 + 0.5
    return x0, y0, x1, y1


def _add(
    drawing: Drawing,
    row: int,
    box: Box,
    scale: float,
    turns: int,
    boxes: NDArray,
    *,
    framed: bool,
    everything: bool = False,
) -> None:
    ordinal = sum(1 for s in drawing.sheets if s.space == row) + 1
    if everything:
        chosen = np.isfinite(boxes).all(axis=1)
    else:
        chosen = overlapping(boxes, box) | centred(boxes, box)
    drawing.sheets.append(
        Sheet(
            id=f"{row}:{ordinal}",
            space=row,
            box=box,
            size_mm=sheet_size(box, scale, turns),
            to_space=map_of(box, scale, turns),
            scale=scale,
            framed=framed,
            entities=np.flatnonzero(chosen).astype(np.int32),
        )
    )


def _rest(drawing: Drawing, row: int, space: Space, boxes: NDArray, frames: list[Box], scale: float) -> None:
    """Give what lies outside all frames a sheet of its own; a few marks without words are only counted."""
    outside = np.isfinite(boxes).all(axis=1)
    for box in frames:
        outside &= ~(overlapping(boxes, box) | centred(boxes, box))
    marks = outside & ink(space.entities)
    texts = outside[space.texts.entity].any() if len(space.texts) else False
    around = extent(boxes[marks])
    if around is None or (int(marks.sum()) < STRAY and not texts):
        _leave(drawing, int(outside.sum()))
        return
    _add(drawing, row, _roomy(around), scale, 0, boxes, framed=False)
    sheet = drawing.sheets[-1]
    sheet.entities = np.flatnonzero(outside).astype(np.int32)
    sheet.fields["title"] = Field("图框外内容 / outside the frames", 1.0, "file")


def _finish(drawing: Drawing, sheet: Sheet) -> None:
    space = drawing.spaces[sheet.space]
    if space.kind == SpaceKind.STOREY:
        sheet.title = space.name
        sheet.fields["title"] = Field(space.name, 1.0, "file")
    else:
        fixed = dict(sheet.fields)
        sheet.fields = read_fields(space, sheet, words_of(space, sheet)) | fixed
        apply_fields(sheet)
        if not sheet.title:
            name = "" if space.kind == SpaceKind.PAGE else space.name
            sheet.title = name
        _paper_scale(space, sheet)
    sheet.content_hash = content_hash(space, sheet)


def _paper_scale(space: Space, sheet: Sheet) -> None:
    """Set the scale of sheets whose space is paper from what the title block says."""
    stated = scale_of(sheet.fields["scale"].value) if "scale" in sheet.fields else None
    if space.kind in (SpaceKind.PAGE, SpaceKind.LAYOUT) and sheet.scale == 1.0 and stated:
        sheet.scale = stated
    if sheet.framed and "scale" not in sheet.fields and sheet.scale != 1.0:
        sheet.fields["scale"] = Field(f"1:{sheet.scale:g}", 0.7, "file")
