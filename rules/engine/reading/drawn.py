"""Facts of drawn sheets (DXF, PDF): texts, openings, rooms, flights, levels, tables, statements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Sheet, Space
from pipeline.drawing.sheet_space import on_sheet, to_sheet
from pipeline.sheets.drawing_list import read_lists
from rules.engine.facts import FileFacts, FlightFact, LevelFact, ListFact, OpeningFact, Place, SheetFacts, TextFact
from rules.engine.reading import words
from rules.engine.reading.measures import locate, read_dimensions, table_dimensions
from rules.engine.reading.outlines import outside_frames, read_rooms
from rules.engine.reading.tables import read_tables

F64 = NDArray[np.float64]


class OnSheet:
    """One sheet of a space with its transform turned round: space millimetres to sheet millimetres."""

    def __init__(self, drawing: Drawing, sheet: Sheet):
        self.drawing, self.sheet = drawing, sheet
        self.space: Space = drawing.spaces[sheet.space]
        a, b, c, d, _, _ = sheet.to_space
        self.factor = float(np.sqrt(abs(a * d - b * c))) or 1.0  # space mm per sheet mm
        self.mask = on_sheet(self.space, sheet)

    def to_sheet(self, xy: F64) -> F64:
        """Map (n, 2) space points to sheet mm."""
        return to_sheet(np.asarray(xy, dtype=np.float64).reshape(-1, 2), self.sheet.to_space)

    def meaning(self, layer: int) -> str:
        """Return what a layer row means, "" when unknown."""
        return self.drawing.layers[layer].meaning if 0 <= layer < len(self.drawing.layers) else ""

    def source(self, entity: int) -> tuple[str, ...]:
        """Return the source id of an entity row as a tuple of none or one."""
        row = int(self.space.entities.source[entity])
        return (self.space.sources[row],) if 0 <= row < len(self.space.sources) else ()


def read_drawn(facts: FileFacts, drawing: Drawing) -> None:
    """Fill the facts of a DXF or PDF file."""
    paper = {SpaceKind.LAYOUT, SpaceKind.PAGE}
    drawn = [s for s in drawing.sheets if s.framed or drawing.spaces[s.space].kind in paper]
    for sheet in drawn or drawing.sheets:
        facts.sheets.append(_read_sheet(facts, OnSheet(drawing, sheet)))
    _read_lists(facts, drawing)
    facts.outside = outside_frames(facts, drawing)


def _read_lists(facts: FileFacts, drawing: Drawing) -> None:
    """Give every sheet the rows of the drawing list it bears."""
    sheets = {sheet.place.sheet_key: sheet for sheet in facts.sheets}
    spaces = {sheet.id: drawing.spaces[sheet.space] for sheet in drawing.sheets}
    for found in read_lists(drawing):
        made = sheets.get(found.sheet)
        if made is None:
            continue
        space = spaces[found.sheet]
        for row in found.rows:
            sources = (int(space.entities.source[entity]) for entity in row.entities)
            ids = tuple(space.sources[source] for source in sources if 0 <= source < len(space.sources))
            place = replace(made.place, box=row.box, source_ids=ids)
            made.listed.append(ListFact(row.number, row.title, row.size, row.version, place))
        made.list_unread = [replace(made.place, box=box) for box in found.unread]
        if not found.rows:
            made.list_unread = [made.place]


def _read_sheet(facts: FileFacts, on: OnSheet) -> SheetFacts:
    sheet = on.sheet
    place = Place(facts.file_id, sheet.id, sheet.number)
    made = SheetFacts(
        place, facts.format, on.space.kind.value, sheet.number, sheet.title, sheet.discipline, sheet.state.value,
        sheet.framed, on.space.scanned, sheet.size_mm, sheet.scale, sheet.scale, True,
        fields={key: field.value for key, field in sheet.fields.items()},
    )  # fmt: skip
    made.texts = _texts(on, place)
    made.blocks = _blocks(on)
    made.dimensions = read_dimensions(on, made.texts, place)
    _settle_scale(made, on)
    if on.space.kind == SpaceKind.MODEL:
        known = table_dimensions(on, place)
        locate(known, made.dimensions)
        made.dimensions += known
    read_rooms(on, made)
    _read_strings(made)
    made.rows = read_tables(made.texts)
    return made


def _settle_scale(made: SheetFacts, on: OnSheet) -> None:
    """Take the scale that most dimensions agree on (number shown / length drawn) where there are enough."""
    ratios = []
    for d in made.dimensions:
        length = float(np.hypot(d.q[0] - d.p[0], d.q[1] - d.p[1]))
        if d.value and length > 1:
            ratios.append(d.value / length)
    made.scale_known = on.space.kind == SpaceKind.MODEL or bool(made.fields.get("scale"))
    if len(ratios) < 4:
        return
    middle = float(np.median(ratios))
    agreeing = sum(abs(r - middle) < 0.02 * middle for r in ratios)
    if agreeing >= 0.6 * len(ratios):
        made.real_scale, made.scale_known = round(middle, 1), True


def _texts(on: OnSheet, place: Place) -> list[TextFact]:
    table = on.space.texts
    if not len(table):
        return []
    rows = np.flatnonzero(on.mask[np.asarray(table.entity, dtype=np.int64)])
    along = np.stack([np.cos(table.rotation[rows]), np.sin(table.rotation[rows])], axis=1)
    up = np.stack([-along[:, 1], along[:, 0]], axis=1)
    half_w, half_h = table.width[rows, None] / 2, table.height[rows, None] / 2
    start = table.origin[rows]
    centre = on.to_sheet(start + along * half_w + up * half_h)
    far = on.to_sheet(start + along * half_w * 2 + up * half_h * 2)
    near = on.to_sheet(start)
    turned = on.to_sheet(start + along) - near
    result = []
    for i, row in enumerate(rows):
        entity = int(table.entity[row])
        corners = np.array([near[i], far[i]])
        low, high = corners.min(axis=0), corners.max(axis=0)
        box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        result.append(
            TextFact(
                table.string[row],
                float(table.height[row]) / on.factor,
                float(centre[i, 0]),
                float(centre[i, 1]),
                bool(abs(turned[i, 1]) > abs(turned[i, 0])),
                on.meaning(int(on.space.entities.layer[entity])),
                Place(place.file_id, place.sheet_key, place.sheet_number, box, on.source(entity)),
            )  # fmt: skip
        )
    return result


def _blocks(on: OnSheet) -> list[str]:
    used = np.unique(on.space.entities.insert[on.mask]).tolist() if len(on.space.inserts) else []
    return sorted({on.space.inserts.name[int(row)] for row in used if row >= 0})


def _read_strings(made: SheetFacts) -> None:
    """Openings, flights, levels and statements from the texts of a sheet."""
    tall = "剖面" in made.title or "立面" in made.title
    for text in made.texts:
        string = text.string.strip()
        if made.is_plan:
            _opening(made, text, string)
        for match in words.STEPS.finditer(string):
            _flight(made, text, int(match[1]), int(match[2]), int(match[3]), match[0])
        value = words.level_of(string) if tall else None
        if value is not None:
            made.levels.append(LevelFact(value, text.x, text.y, string, text.place))
        made.statements += words.statement_facts(string, text.place)


def _opening(made: SheetFacts, text: TextFact, string: str) -> None:
    found = words.opening_kind(string) if text.meaning not in ("table", "frame") else None
    if found:
        kind, width, height, grade = found
        made.openings.append(
            OpeningFact(string, kind, width, height, grade, text.x, text.y, 0.8, text.place, text.place.box)
        )


def _flight(made: SheetFacts, text: TextFact, first: int, count: int, total: int, string: str) -> None:
    """A riser text 150×13=1950 or a tread text 280×12=3360; a text beyond both ranges is something else."""
    if 100 <= first <= 219:
        fact = FlightFact("", count, float(first), None, float(total), string, 0.8, text.place)
    elif 220 <= first <= 400:
        fact = FlightFact("", None, None, float(first), float(total), string, 0.8, text.place)
    else:
        return
    made.flights.append(fact)
