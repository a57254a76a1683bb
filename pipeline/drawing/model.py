"""A drawing as read from one file: spaces, sheets, elements, defects, coverage, completeness."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.drawing.completeness import Completeness
from pipeline.drawing.defects import Defect
from pipeline.drawing.kinds import Format, SpaceKind, State
from pipeline.drawing.tables import (
    F64,
    DimensionTable,
    ElementTable,
    EntityTable,
    InsertTable,
    MeshTable,
    TextTable,
)

SCHEMA = "tushen.drawing/2"


@dataclass(slots=True)
class Layer:
    """A layer (DXF layer, PDF optional-content group, IFC class) with its default look."""

    name: str
    color: int = 0x000000FF  # 0xRRGGBBAA
    visible: bool = True
    plotted: bool = True
    meaning: str = ""  # wall, column, door, window, axis, dimension, text, room, stair, frame, hatch, "" unknown


@dataclass(slots=True)
class Coverage:
    """What was read and what was not; counts by entity type of the file."""

    read: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)  # skipped type -> defect code
    share: float = 1.0  # part of the drawn content understood, 0..1

    def settle(self) -> None:
        """Set `share` from the counts."""
        read, skipped = sum(self.read.values()), sum(self.skipped.values())
        self.share = 1.0 if read + skipped == 0 else read / (read + skipped)


@dataclass(slots=True)
class Space:
    """Model space, a paper layout, a PDF page or a storey section.

    Coordinates are millimetres: of reality for `model` and `storey`, of paper for `layout` and `page`.
    `unit_mm` is the size of one unit of the file, so file coordinates are `xy / unit_mm`
    (PDF: y already flipped to point up, page unrotated). For layouts `plot_scale` is 1.
    """

    name: str
    kind: SpaceKind
    unit_mm: float = 1.0
    size_mm: tuple[float, float] | None = None  # paper size where the file states it
    elevation_mm: float | None = None  # storeys: height of the storey, mm
    entities: EntityTable = field(default_factory=EntityTable)
    texts: TextTable = field(default_factory=TextTable)
    inserts: InsertTable = field(default_factory=InsertTable)
    dimensions: DimensionTable = field(default_factory=DimensionTable)
    sources: list[str] = field(default_factory=list)  # DXF handle, GlobalId, PDF path number
    scanned: bool = False  # PDF page that is only a picture
    label: str = ""  # page label of a PDF ("A-01"), "" where the file names none


PERSON = "person"  # origin of a field that a person answers for


@dataclass(slots=True)
class Field:
    """A value read from a title block, how sure we are (0..1) and where it came from."""

    value: str
    confidence: float
    origin: str = ""  # attribute | cell | text | ocr | file | PERSON


@dataclass(slots=True)
class Ink:
    """The loss meter's reading of one sheet: how much of an independent rendering our model draws too."""

    share: float | None = None  # 0..1; None where it was not measured (`why` says so)
    by: str = ""  # the independent renderer and its version: "pdfium 5.1", "ezdxf 1.4.5", "shapes"
    why: str = ""  # why it was not measured, or what the renderer itself could not draw; "" where all is well
    causes: dict[str, float] = field(default_factory=dict)  # defect code (or "unexplained") -> share of the ink lost


@dataclass(slots=True)
class ImportedAnnotation:
    """A mark that another program put on the file (PDF annotation); coordinates are those of its space."""

    space: int  # row in Drawing.spaces
    kind: str  # cloud polygon polyline line rectangle ellipse ink text note highlight stamp other
    points: list[tuple[float, float]] = field(default_factory=list)  # mm of the space: outline, or corners of the box
    text: str = ""
    author: str = ""
    subject: str = ""
    created: str = ""  # ISO 8601, "" unknown
    color: int = 0xFF0000FF  # 0xRRGGBBAA
    source: str = ""  # the file's own name of it (PDF /NM) or its object number
    reply_to: str = ""  # `source` of the annotation it answers
    status: str = ""  # the file's own review status, "" none


@dataclass(slots=True)
class Signature:
    """A digital signature found in the file and what its check gave."""

    field: str
    signer: str = ""
    organisation: str = ""
    signed_at: str = ""  # ISO 8601, "" unknown
    integrity: str = "unknown"  # intact | changed | unknown
    trust: str = "unknown"  # trusted | untrusted | unknown
    trust_why: str = ""  # code of `signature_reasons.TRUST`
    trust_why_zh: str = ""  # the same in words
    trust_why_en: str = ""
    covers_whole_file: bool = False
    why: str = ""  # code of `signature_reasons`: why "unknown" or "changed", or what was added later; "" nothing to say
    why_zh: str = ""  # the same in words
    why_en: str = ""
    space: int = -1  # row in Drawing.spaces of the visible seal, -1 invisible
    box: tuple[float, float, float, float] | None = None  # x0 y0 x1 y1 of the visible seal, mm of the space


@dataclass(slots=True)
class Sheet:
    """One sheet: a framed region of a space, a layout, a page or a storey.

    Sheet coordinates are millimetres on paper with the origin at the lower left corner of the frame
    (storeys and unframed model spaces: millimetres of reality, `scale` 1). `to_space` maps them to
    space coordinates: x = a*u + b*v + tx, y = c*u + d*v + ty with (a, b, c, d, tx, ty).
    """

    id: str  # stable within the file: "<space row>:<ordinal>"
    space: int  # row in Drawing.spaces
    box: tuple[float, float, float, float]  # x0 y0 x1 y1 of the frame in space coordinates
    size_mm: tuple[float, float]  # on paper (or of reality where scale is 1 and no paper is known)
    to_space: tuple[float, float, float, float, float, float]
    scale: float = 1.0  # millimetres of reality for one millimetre of the sheet
    framed: bool = False
    number: str = ""
    title: str = ""
    discipline: str = ""
    fields: dict[str, Field] = field(default_factory=dict)  # number title scale date version building discipline ...
    entities: F64 | Any = field(default_factory=lambda: np.zeros(0, np.int32))  # (k,) int32 entity rows that lie on it
    content_hash: str = ""  # of geometry and texts, independent of handles and order
    state: State = State.COMPLETE
    missing: list[str] = field(default_factory=list)  # defect codes that concern this sheet
    ink: Ink = field(default_factory=Ink)


@dataclass(slots=True)
class Drawing:
    """Everything read from one file. Never the file itself."""

    format: Format
    sha256: str
    reader_version: str
    spaces: list[Space] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    elements: ElementTable = field(default_factory=ElementTable)
    meshes: MeshTable = field(default_factory=MeshTable)
    annotations: list[ImportedAnnotation] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    completeness: Completeness = field(default_factory=Completeness)
    state: State = State.COMPLETE
    meta: dict[str, Any] = field(default_factory=dict)  # application, version, georeference, units ...

    def page_of(self, sheet: Sheet) -> int:
        """Return the page of a sheet of a PDF, from 0: its spaces are named "<page> <label>" (pages may be missing)."""
        head = self.spaces[sheet.space].name.split(" ", 1)[0]
        return int(head) - 1 if head.isdigit() else sheet.space
