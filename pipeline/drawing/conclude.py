"""The last word on a reading: state of the file, state of each sheet, once the sheets are known."""

from __future__ import annotations

from pipeline.drawing.completeness import gate
from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import Severity, SpaceKind, State
from pipeline.drawing.model import Drawing

# defects that say something about single pages: details["page"] counts from 1
_PAGE_CODES = frozenset(
    {
        "page_failed",
        "page_scanned",
        "page_size_invalid",
        "page_keys_invalid",
        "page_content_cut",
        "page_mixed",
        "page_ocr_text",
        "page_patterns",
    }
)


def conclude(drawing: Drawing) -> None:
    """Set `drawing.state` and every sheet's `state` and `missing` (in place); call after `find_sheets`.

    A drawing without sheets is rejected and always says why. A sheet carries the state of its file, except
    that trouble with another page of a PDF does not touch it.
    """
    if not drawing.sheets and not any(d.severity == Severity.ERROR for d in drawing.defects):
        drawing.defects.append(defect("no_content"))
    drawing.state = gate(drawing.completeness, drawing.defects, len(drawing.sheets))
    general = sorted({d.code for d in drawing.defects if d.code not in _PAGE_CODES and _matters(d.severity)})
    only_pages = not any(d.loses_content for d in drawing.defects if d.code not in _PAGE_CODES)
    for sheet in drawing.sheets:
        space = drawing.spaces[sheet.space]
        own = {d.code for d in drawing.defects if d.code in _PAGE_CODES and _page_of(space.name, d.details)}
        sheet.missing = sorted({*general, *own})
        sheet.state = drawing.state
        if space.kind == SpaceKind.PAGE and drawing.state == State.PARTIAL and only_pages and not own:
            whole = drawing.completeness.trailer is not False
            sheet.state = State.DAMAGED if not whole or drawing.completeness.repaired else State.COMPLETE


def _matters(severity: Severity) -> bool:
    return severity != Severity.INFO


def _page_of(name: str, details: dict[str, object]) -> bool:
    return str(details.get("page", "")) == name.split(" ")[0]
