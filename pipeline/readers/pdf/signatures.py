"""Digital signatures of a PDF (ISO 32000-1, 12.8): the fields for them, where they stand, and what a check gave.

A signature that cannot be checked is listed with the reason; nothing here costs the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pymupdf
from pymupdf import mupdf

from pipeline.drawing.model import Signature
from pipeline.drawing.safe_text import safe_text
from pipeline.drawing.signature_reasons import because
from pipeline.readers.pdf.columns import Frame

LIMIT = 100  # signatures of a file that are listed
DEPTH = 32  # nesting of form fields that is followed


@dataclass(slots=True)
class Place:
    """Where a page came to lie: what turns a field's rectangle into millimetres of its space."""

    space: int
    frame: Frame
    to_page: Any  # pymupdf.Matrix from the page's user space to page points, y down


@dataclass(slots=True)
class _Field:
    name: str
    signed: bool
    box: tuple[float, ...] = ()
    page: int = 0  # object number of the page, 0 unknown
    widgets: list[int] = field(default_factory=list)


def signatures(path: Path, doc: Any, password: str, places: dict[int, Place]) -> list[Signature]:
    """Return the signature fields of a file, in the order of its form; `places` are the pages by object number.

    Raises nothing for what is wrong with a signature: `integrity` "unknown" and `why` say it.
    """
    fields = _fields(doc)[:LIMIT]
    found = []
    checked = _checked(path, doc, password) if any(f.signed for f in fields) else {}
    for one in fields:
        if one.signed:
            made = checked.get(one.name) or checked.get(None) or because(Signature(one.name), "field_unreadable")
        else:
            made = because(Signature(one.name), "not_signed")
        made = replace(made, field=safe_text(one.name, 200)[0])
        made.space, made.box = _seal(one, places)
        found.append(made)
    return found


def _checked(path: Path, doc: Any, password: str) -> dict[str | None, Signature]:
    from pipeline.readers.pdf.signature_check import COMPARED, checked  # pyHanko is slow to load, few files are signed

    return checked(path, password, LIMIT, doc.xref_length() <= COMPARED)


def _fields(doc: Any) -> list[_Field]:
    """Return the signature fields of the form, walked with a bound."""
    root = mupdf.pdf_dict_gets(mupdf.pdf_trailer(pymupdf._as_pdf_document(doc)), "Root")
    form = mupdf.pdf_dict_gets(root, "AcroForm") if root.m_internal else root
    listed = mupdf.pdf_dict_gets(form, "Fields") if form.m_internal else form
    found: list[_Field] = []
    seen: set[int] = set()
    waiting = [(entry, "", "", 0) for entry in reversed(_entries(listed))]
    while waiting and len(found) < LIMIT:
        entry, prefix, kind, depth = waiting.pop()
        number = mupdf.pdf_to_num(entry)
        if number in seen or depth > DEPTH:
            continue
        if number:
            seen.add(number)
        own = mupdf.pdf_dict_gets(entry, "T")
        part = mupdf.pdf_to_text_string(own) if own.m_internal else ""
        name = f"{prefix}.{part}" if prefix and part else prefix or part
        said = mupdf.pdf_dict_gets(entry, "FT")
        kind = mupdf.pdf_to_name(said) if said.m_internal else kind
        children = _entries(mupdf.pdf_dict_gets(entry, "Kids"))
        named = [c for c in children if mupdf.pdf_dict_gets(c, "T").m_internal and mupdf.pdf_to_num(c) not in seen]
        if named:
            waiting += [(child, name, kind, depth + 1) for child in reversed(named)]
        elif kind == "Sig":
            shown = children[0] if children else entry
            value = mupdf.pdf_dict_gets(entry, "V")
            numbers = _entries(mupdf.pdf_dict_gets(shown, "Rect"))[:4]
            box = tuple(mupdf.pdf_to_real(v) for v in numbers)
            page = mupdf.pdf_to_num(mupdf.pdf_dict_gets(shown, "P"))
            widget = mupdf.pdf_to_num(shown)
            found.append(_Field(name, bool(value.m_internal), box, page, [widget] if widget else []))
    return found


def _entries(listed: Any) -> list[Any]:
    if not listed.m_internal:
        return []
    return [mupdf.pdf_array_get(listed, row) for row in range(min(mupdf.pdf_array_len(listed), 10_000))]


def _seal(one: _Field, places: dict[int, Place]) -> tuple[int, tuple[float, float, float, float] | None]:
    """Return the space and the box in it of a visible seal, (-1, None) of an invisible one."""
    place = places.get(one.page) or next((places[-w] for w in one.widgets if -w in places), None)
    if place is None or len(one.box) != 4 or one.box[0] == one.box[2] or one.box[1] == one.box[3]:
        return -1, None
    frame, rect = place.frame, pymupdf.Rect(one.box) * place.to_page
    low = (rect.x0 * frame.mm, (frame.height - rect.y1) * frame.mm)
    return place.space, (*low, rect.x1 * frame.mm, (frame.height - rect.y0) * frame.mm)
