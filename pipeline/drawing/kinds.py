"""Names for the small integers and words that the drawing model stores."""

from enum import IntEnum, StrEnum


class Format(StrEnum):
    """File formats Tushen reads; `other` is everything it names but does not read."""

    DXF = "dxf"
    IFC = "ifc"
    PDF = "pdf"
    OTHER = "other"


class State(StrEnum):
    """How a file's reading ended. Rules may say "passed" only on `complete`."""

    COMPLETE = "complete"
    DAMAGED = "damaged"
    PARTIAL = "partial"
    REJECTED = "rejected"


class SpaceKind(StrEnum):
    """What a space of a drawing is."""

    MODEL = "model"  # DXF model space, millimetres of reality
    LAYOUT = "layout"  # DXF paper space, millimetres on paper
    PAGE = "page"  # PDF page, millimetres on paper
    STOREY = "storey"  # IFC storey section, millimetres of reality


class EntityKind(IntEnum):
    """Kind of an entity, the same words for all formats."""

    LINE = 1
    POLYLINE = 2
    ARC = 3
    CIRCLE = 4
    ELLIPSE = 5
    SPLINE = 6
    TEXT = 7
    HATCH = 8  # pattern hatch: parts are boundary loops
    FILL = 9  # solid fill: parts are rings, even-odd
    POINT = 10
    IMAGE = 11  # part is the picture's outline
    WIPEOUT = 12  # part is the outline; paints the background colour
    PATH = 13  # PDF path with several parts
    SECTION = 14  # IFC cut outline of an element
    PROXY = 15  # something we know is there and cannot draw


class Severity(StrEnum):
    """How bad a defect of a file is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
