"""Shapes of requests and answers about sheets, findings and comparisons."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

FieldName = Literal["number", "title", "discipline", "scale", "date", "version", "building"]


Place = tuple[FiniteFloat, FiniteFloat]  # sheet millimetres


class SheetCounts(BaseModel):
    """What hangs on a sheet."""

    violations: int = 0
    advice: int = 0
    undecided: int = 0
    annotations: int = 0
    imported: int = 0


class SheetOut(BaseModel):
    """A sheet with its title block and where it comes from."""

    id: str
    file_id: str
    submission_id: str
    file_name: str
    sha256: str
    version: int
    stage: str
    ordinal: int
    kind: str
    number: str
    title: str
    discipline: str
    scale: float
    width_mm: float
    height_mm: float
    framed: bool
    scanned: bool
    entities: int
    fields: dict[str, Any]
    state: str
    missing: list[Any]
    pack: bool
    tile_levels: int
    label: str  # the page label of a PDF
    ink: dict[str, Any] | None  # the loss meter: share, by, why, causes
    row_version: int  # of the title block
    to_confirm: list[str]  # fields the machine is not sure of
    counts: SheetCounts


Said = Annotated[str, Field(max_length=200)]


class TitleBlock(BaseModel):
    """What a person says of a title block; null takes a person's word back: it is again as it was read."""

    model_config = ConfigDict(extra="forbid")
    number: Annotated[str, Field(max_length=80)] | None = None
    title: Said | None = None
    discipline: Annotated[str, Field(max_length=40)] | None = None
    scale: Annotated[str, Field(max_length=40)] | None = None
    date: Said | None = None
    version: Said | None = None
    building: Said | None = None


class SheetChange(BaseModel):
    """What changes about one sheet, in the version somebody saw; `confirm` names fields that are right as they are."""

    sheet_id: str
    row_version: int
    values: TitleBlock = TitleBlock()
    confirm: list[FieldName] = []


class SheetChanges(BaseModel):
    """Changes of the sheet table; all are done or none."""

    changes: Annotated[list[SheetChange], Field(min_length=1, max_length=2000)]


class FindingOut(BaseModel):
    """A rule's outcome with its evidence."""

    id: str
    submission_id: str
    version: int  # of the submission
    file_id: str | None
    sha256: str | None  # of the file
    sheet_id: str | None
    sheet_number: str | None
    rule_code: str
    rule_version: str
    rule_title_zh: str
    rule_title_en: str
    outcome: str
    clause: str
    clause_status: str
    message_zh: str
    message_en: str
    measured: float | None
    demanded: str
    unit: str
    box: list[float] | None
    source_ids: list[Any]
    evidence: dict[str, Any]
    certainty: float
    status: str
    reason: str
    carried_from: str | None


class DecideFinding(BaseModel):
    """A person's word on a finding."""

    status: Literal["open", "accepted", "rejected", "closed"]
    reason: Annotated[str, Field(max_length=4000)] = ""


class NewComparison(BaseModel):
    """Old and new submission."""

    old_id: str
    new_id: str


class SideOut(BaseModel):
    """One side of a comparison: which version, and the content of its files."""

    version: int
    stage: str
    sha256: list[str]


class ComparisonOut(BaseModel):
    """A comparison with its pairs of sheets."""

    id: str
    old_id: str
    new_id: str
    old: SideOut
    new: SideOut
    state: str
    pairs: list[Any]


class PairDecision(BaseModel):
    """A person's word on a pair: right as it is, not the same, this partner, no partner, or ask the machine again.

    `seen` is the status the pair had when it was looked at; `pair` names both sheets, `alone` one. `align` gives
    two to eight points [[x, y] old sheet mm, [x, y] new sheet mm] that are the same place, or none to take them back.
    """

    pair_id: str
    seen: Literal["proposed", "confirmed", "rejected"] = "proposed"
    decision: Literal["confirm", "reject", "pair", "alone", "reset", "align"]
    old_sheet_id: str | None = None
    new_sheet_id: str | None = None
    points: Annotated[list[tuple[Place, Place]], Field(max_length=8)] = []


class DifferenceOut(BaseModel):
    """One change a person would name."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    comparison_id: str
    old_sheet_id: str | None
    new_sheet_id: str | None
    kind: str
    cls: str
    what: str
    box_old: list[float] | None
    box_new: list[float] | None
    delta_mm: list[float] | None
    old: str
    new: str
    guid_old: str
    guid_new: str
    layer: str
    material: bool
    certainty: float
    decision: str
    note: str


class DecideDifference(BaseModel):
    """A person's word on a difference."""

    decision: Literal["open", "seen", "fine", "remark", "accepted", "rectify", "review"]
    note: Annotated[str, Field(max_length=4000)] = ""


class Hit(BaseModel):
    """A text that was looked for."""

    sheet_id: str
    text: str
    box: list[float] | None
