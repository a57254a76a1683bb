"""Facts about a set of drawings, each with its place and certainty: what a rule may name.

Places are millimetres on the sheet (origin lower left; storeys of a model: millimetres of reality). Lengths in
facts are millimetres of reality, areas square metres. Nothing here reads a file; `rules.engine.reading` fills it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry import Polygon

Box = tuple[float, float, float, float]


@dataclass(slots=True, frozen=True)
class Place:
    """Where a fact comes from: file, sheet (its key, "" for the file as a whole), box in sheet mm, source ids."""

    file_id: str
    sheet_key: str = ""
    sheet_number: str = ""
    box: Box | None = None
    source_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class TextFact:
    """A text: string, cap height in mm on paper, centre in sheet mm, meaning of its layer."""

    string: str
    height_mm: float
    x: float
    y: float
    turned: bool
    meaning: str
    place: Place


@dataclass(slots=True)
class OpeningFact:
    """A door or window: tag, nominal size in mm, fire grade 甲 乙 丙 or ""."""

    tag: str
    kind: str  # door | window | lift_door | shutter
    width_mm: float
    height_mm: float
    grade: str
    x: float
    y: float
    certainty: float
    place: Place
    box: Box | None = None


@dataclass(slots=True)
class RoomFact:
    """A room: its names, the area its label states, the area its outline has, its outline in mm of reality."""

    name: str
    number: str
    stated_m2: float | None
    measured_m2: float | None
    outline: Polygon | None  # mm of reality, in sheet millimetres times scale
    clear_height_mm: float | None
    certainty: float
    place: Place


@dataclass(slots=True)
class FlightFact:
    """A stair flight: number of risers, riser height, tread depth (mm), None where not stated."""

    stair: str
    risers: int | None
    riser_mm: float | None
    tread_mm: float | None
    total_mm: float | None
    text: str
    certainty: float
    place: Place


@dataclass(slots=True)
class DimensionFact:
    """A linear dimension: shown number, measured length (None when only drawn), ends in sheet mm."""

    shown: str
    value: float | None  # the number it shows, mm; None when it shows no plain number
    measured_mm: float | None
    override: bool
    p: tuple[float, float]
    q: tuple[float, float]
    base: float | None  # y (horizontal) or x (vertical) of the dimension line, sheet mm
    place: Place

    @property
    def horizontal(self) -> bool:
        """Whether it runs along the sheet rather than up."""
        return abs(self.q[0] - self.p[0]) >= abs(self.q[1] - self.p[1])


@dataclass(slots=True)
class LevelFact:
    """An elevation mark: value in metres and where its text stands."""

    value_m: float
    x: float
    y: float
    string: str
    place: Place


@dataclass(slots=True)
class StatementFact:
    """A height a note states: topic guard | corridor_height, value in metres, the sentence."""

    topic: str
    value_m: float
    sentence: str
    place: Place


@dataclass(slots=True)
class RowFact:
    """A row of a table on a sheet: header word -> cell text."""

    cells: dict[str, str]
    place: Place


@dataclass(slots=True)
class ListFact:
    """A row of a drawing list 图纸目录: number and title, size and version where the list names them ("" if not)."""

    number: str
    title: str
    size: str
    version: str
    place: Place


@dataclass(slots=True)
class SheetFacts:
    """Everything known of one sheet."""

    place: Place
    format: str
    kind: str  # model layout page storey
    number: str
    title: str
    discipline: str
    state: str
    framed: bool
    scanned: bool
    size_mm: tuple[float, float]
    scale: float  # as the sheet finder gives it
    real_scale: float  # from the dimensions where they agree, else `scale`
    scale_known: bool
    accepted: bool = False  # a person answers by name for the damaged file it lies in
    fields: dict[str, str] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)  # field -> a person's value, and what was read
    known_as: str = ""  # the name as it was read, where a person said something
    texts: list[TextFact] = field(default_factory=list)
    openings: list[OpeningFact] = field(default_factory=list)
    rooms: list[RoomFact] = field(default_factory=list)
    flights: list[FlightFact] = field(default_factory=list)
    dimensions: list[DimensionFact] = field(default_factory=list)
    levels: list[LevelFact] = field(default_factory=list)
    statements: list[StatementFact] = field(default_factory=list)
    rows: list[RowFact] = field(default_factory=list)
    listed: list[ListFact] = field(default_factory=list)
    list_unread: list[Place] = field(default_factory=list)  # rows of its drawing list that could not be read, or all
    blocks: list[str] = field(default_factory=list)

    @property
    def is_plan(self) -> bool:
        """Whether the sheet is a floor plan, where doors and rooms are to be looked for."""
        if self.kind == "storey":
            return True
        return "平面" in self.title and not any(
            w in self.title for w in ("楼梯", "详图", "大样", "总平面", "屋顶", "屋面")
        )

    @property
    def complete(self) -> bool:
        """Whether the sheet was read completely, or is damaged and a person answers for it; a scan never is."""
        return not self.scanned and (self.state == "complete" or (self.state == "damaged" and self.accepted))

    def subject(self, *parts: object) -> str:
        """Name something on this sheet so that the name holds over versions: format, sheet title, parts."""
        return "|".join([self.format, self.known_as or self.title or self.number, *(str(part) for part in parts)])

    def cell(self, x: float, y: float) -> str:
        """Name a place coarsely: cells of 5 mm on paper, of 500 mm in a model."""
        size = 500.0 if self.kind == "storey" else 5.0
        return f"{round(x / size)},{round(y / size)}"

    @property
    def name(self) -> str:
        """What people call the sheet."""
        if self.number == self.title:
            return self.title or self.place.sheet_key
        return " ".join(part for part in (self.number, self.title) if part)


@dataclass(slots=True)
class FileFacts:
    """One file of the set: its state, its sheets, what the reader said."""

    file_id: str
    name: str
    format: str
    state: str
    sheets: list[SheetFacts] = field(default_factory=list)
    defects: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)  # code, count, details
    georeference: dict[str, Any] = field(default_factory=dict)
    outside: list[Place] = field(default_factory=list)  # drawn things outside every frame
    unnamed_spaces: list[Place] = field(default_factory=list)
    spaces: int = 0
    accepted_by: str = ""  # who answers by name for a damaged file; counts for no other state

    @property
    def place(self) -> Place:
        """The file as a whole."""
        return Place(self.file_id)

    @property
    def complete(self) -> bool:
        """Whether the file was read completely, or is damaged and a person answers for it."""
        return self.state == "complete" or (self.state == "damaged" and bool(self.accepted_by))

    def lower(self, state: str, sheets: Mapping[str, str]) -> None:
        """Take over the states of the record where they are worse than those of the reading (the measured ink)."""
        self.state = _worse(self.state, state)
        for sheet in self.sheets:
            sheet.state = _worse(sheet.state, sheets.get(sheet.place.sheet_key, ""))

    def accept(self, who: str) -> None:
        """Note who answers for the file as it was read."""
        self.accepted_by = who
        for sheet in self.sheets:
            sheet.accepted = bool(who) and self.state == "damaged"


_STATES = ("complete", "damaged", "partial", "rejected")


def _worse(one: str, other: str) -> str:
    """Return the worse of two states; a word that is none counts for nothing."""
    return max((state for state in (one, other) if state in _STATES), key=_STATES.index, default=one)


@dataclass(slots=True)
class SetFacts:
    """The whole set handed to a rule."""

    files: list[FileFacts]

    def sheets(self, *formats: str) -> Iterator[SheetFacts]:
        """Yield the sheets of all files, or of those formats."""
        for file in self.files:
            if not formats or file.format in formats:
                yield from file.sheets

    def formats(self) -> list[str]:
        """Return the formats there are, in a fixed order."""
        return sorted({file.format for file in self.files})

    def whole(self, form: str) -> bool:
        """Whether every file of a format (and of none) is complete, so that "it is not there" may be said."""
        return all(file.complete for file in self.files if file.format in (form, "other", "archive"))
