"""From spaces to sheets: framed regions, layouts, pages and storeys; nothing drawn is left without a sheet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Field, Sheet, Space
from pipeline.sheets.agreeing import agree, weigh
from pipeline.sheets.fingerprint import content_hash
from pipeline.sheets.frame import Frame, scale_of_frame, turn_of
from pipeline.sheets.frames import find_frames
from pipeline.sheets.numbers import scale_of
from pipeline.sheets.places import (
    Box,
    bordering,
    centred,
    contains,
    entity_boxes,
    extent,
    ink,
    map_of,
    map_of_ring,
    overlapping,
    seen,
    sheet_size,
    turned_boxes,
)
from pipeline.sheets.titles import apply_fields, read_fields, stated_scale
from pipeline.sheets.words import Word, Words, words_in, words_of

STRAY = 3  # fewer marks than this outside all frames make no sheet of their own (they are counted and told)


def find_sheets(drawing: Drawing) -> None:
    """Fill `drawing.sheets` from its spaces, with fields, entities and content hash. Replaces earlier ones."""
    drawing.sheets = []
    drawing.meta.pop("stray_entities", None)
    drawing.defects = [d for d in drawing.defects if d.code != "outside_frames"]
    words: dict[int, Words] = {}
    for row, space in enumerate(drawing.spaces):
        boxes = entity_boxes(space.entities)
        if space.kind == SpaceKind.STOREY:
            _whole(drawing, row, space, boxes)
            continue
        words[row] = words_in(space)
        if space.kind == SpaceKind.PAGE:
            _page(drawing, row, space, boxes, words[row])
        else:
            _space(drawing, row, space, boxes, words[row])
    for sheet in drawing.sheets:
        _finish(drawing, sheet, words.get(sheet.space))
    agree(drawing)
    left = int(drawing.meta.get("stray_entities", 0))
    if left:
        drawing.defects.append(defect("outside_frames", count=left))


def _turns_of(drawing: Drawing, row: int) -> int:
    rotations = drawing.meta.get("rotations") or []
    return int(rotations[row]) // 90 % 4 if row < len(rotations) else 0


def _page(drawing: Drawing, row: int, space: Space, boxes: NDArray, words: Words) -> None:
    """A page is one sheet, unless it holds two frames or more."""
    frames = find_frames(drawing, space, words)
    width, height = space.size_mm or (0.0, 0.0)
    turns = _turns_of(drawing, row)
    several = [f for f in frames if f.area < 0.75 * width * height]
    if len(several) >= 2 and sum(f.area for f in several) > 0.5 * width * height:
        outside = np.isfinite(boxes).all(axis=1)
        for frame in several:
            outside &= ~_add_frame(drawing, row, space, frame, 1.0, boxes)
        _rest(drawing, row, space, boxes, outside, 1.0)
        return
    _add(drawing, row, (0.0, 0.0, width, height), 1.0, turns, boxes, framed=bool(frames))


def _space(drawing: Drawing, row: int, space: Space, boxes: NDArray, words: Words) -> None:
    """Model space or layout: one sheet a frame, else one sheet for all."""
    frames = find_frames(drawing, space, words)
    if not frames and space.kind == SpaceKind.MODEL and _shown_elsewhere(drawing, space):
        drawing.meta["model_shown_in_layouts"] = True
        return
    if not frames:
        _whole(drawing, row, space, boxes)
        return
    scales = [scale_of_frame(frame, stated_scale(words, frame)) for frame in frames]
    outside = np.isfinite(boxes).all(axis=1)
    for frame, scale in zip(frames, scales, strict=True):
        outside &= ~_add_frame(drawing, row, space, frame, scale, boxes)
    _rest(drawing, row, space, boxes, outside, float(np.median(scales)))


def _add_frame(
    drawing: Drawing, row: int, space: Space, frame: Frame, scale: float, boxes: NDArray
) -> NDArray[np.bool_]:
    """Add the sheet of a frame; return which entities lie on it."""
    to_space, size = map_of_ring(frame.ring(), scale, turn_of(frame))
    if to_space[0] and to_space[1]:  # neither upright nor a quarter turn
        own, local = (0.0, 0.0, *size), turned_boxes(space.entities, to_space)
    else:
        own, local = frame.box, boxes
    edge = 1e-7 * max(own[2] - own[0], own[3] - own[1])
    within = (own[0] + edge, own[1] + edge, own[2] - edge, own[3] - edge)
    chosen = overlapping(local, within) | centred(local, own) | bordering(local, own)
    ordinal = sum(1 for s in drawing.sheets if s.space == row) + 1
    rows = np.flatnonzero(chosen).astype(np.int32)
    drawing.sheets.append(Sheet(f"{row}:{ordinal}", row, frame.box, size, to_space, scale, framed=True, entities=rows))
    return chosen


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


def _whole(drawing: Drawing, row: int, space: Space, boxes: NDArray) -> None:
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
    _add(drawing, row, _roomy(box), 1.0, 0, boxes, framed=False, everything=True)


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


def _rest(drawing: Drawing, row: int, space: Space, boxes: NDArray, outside: NDArray[np.bool_], scale: float) -> None:
    """Give what lies outside all frames a sheet of its own; a few marks without words are only counted."""
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


def _finish(drawing: Drawing, sheet: Sheet, words: Words | None) -> None:
    space = drawing.spaces[sheet.space]
    if words is None:
        sheet.title = space.name
        sheet.fields["title"] = Field(space.name, 1.0, "file")
    else:
        fixed = dict(sheet.fields)
        own = words_of(words, space, sheet)
        sheet.fields = read_fields(space, *_sideways(space, sheet, words, own))
        weigh(space, sheet, own)
        sheet.fields |= fixed
        apply_fields(sheet)
        if not sheet.title:
            sheet.title = "" if space.kind == SpaceKind.PAGE else space.name
        _paper_scale(space, sheet)
    sheet.content_hash = content_hash(space, sheet, drawing.sha256)


def _sideways(space: Space, sheet: Sheet, words: Words, own: list[Word]) -> tuple[Sheet, list[Word]]:
    """Return the sheet as its title block is to be read: turned by a quarter where the block stands sideways on it."""
    if sum(w.label is not None or w.both is not None for w in own) >= 3:
        return sheet, own
    a, b, c, d, tx, ty = sheet.to_space
    w, h = sheet.size_mm
    turns = (  # the sheet seen from its right edge, and from its left edge
        ((b, -a, d, -c, tx + a * w, ty + c * w), (h, w)),
        ((-b, a, -d, c, tx + b * h, ty + d * h), (h, w)),
    )
    best = (0, sheet, own)
    for to_space, size in turns:
        view = replace(sheet, to_space=to_space, size_mm=size)
        seen_so = words_of(words, space, view)
        labels = sum(w.label is not None or w.both is not None for w in seen_so)
        if labels >= max(3, best[0] + 1):
            best = (labels, view, seen_so)
    return best[1], best[2]


def _paper_scale(space: Space, sheet: Sheet) -> None:
    """Set the scale of sheets whose space is paper from what the title block says."""
    stated = scale_of(sheet.fields["scale"].value) if "scale" in sheet.fields else None
    if space.kind in (SpaceKind.PAGE, SpaceKind.LAYOUT) and sheet.scale == 1.0 and stated:
        sheet.scale = stated
