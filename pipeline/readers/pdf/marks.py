"""Marks that other programs put on a page (ISO 32000-1, 12.5): taken out of the drawing, kept as annotations.

What a page draws excludes its mark-ups: they are somebody's remarks, and would otherwise be compared and checked as
design. Form fields and watermarks stay part of what the page draws. Objects are walked by the page's own array,
never through MuPDF's list, which is quadratic on hostile files.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

import pymupdf
from pymupdf import mupdf

from pipeline.drawing.model import ImportedAnnotation
from pipeline.drawing.safe_text import safe_text
from pipeline.readers.pdf.columns import Frame
from pipeline.readers.pdf.paths import rgba

LIMIT = 10_000  # marks of a file
ENTRIES = 100_000  # entries of a page's array that are looked at
POINTS = 20_000  # of one mark
_CONTENT = frozenset({"Widget", "Watermark"})  # drawn with the page
_SILENT = frozenset({"Popup", "Link", "PrinterMark", "TrapNet", ""})  # neither drawn nor said
_KINDS = {
    "Polygon": "polygon", "PolyLine": "polyline", "Line": "line", "Square": "rectangle", "Circle": "ellipse",
    "Ink": "ink", "FreeText": "text", "Text": "note", "Highlight": "highlight", "Underline": "highlight",
    "StrikeOut": "highlight", "Squiggly": "highlight", "Stamp": "stamp",
}  # fmt: skip
_HIDDEN = 2 | 32  # flags: hidden, not viewed
_REVIEW = "Review"
_TAG = re.compile(r"<[^>]{0,10000}>")
_INK = re.compile(r"(?:\d*\.?\d+\s+){1,4}(?:rg|g|k)\b")  # colour of the letters in a default appearance
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+\-Z])(\d\d)?'?(\d\d)?)?")


@dataclass(slots=True)
class Mark:
    """A mark as its object states it; points in the page's own user space."""

    kind: str
    strokes: list[list[tuple[float, float]]]
    number: int  # of its object, 0 for a direct one
    source: str
    parent: int = 0  # object it answers
    answers: bool = False
    words: dict[str, str] = field(default_factory=dict)  # text author subject created
    color: int = 0xFF0000FF


@dataclass(slots=True)
class Taken:
    """The marks of one page and what was left alone."""

    marks: list[Mark] = field(default_factory=list)
    status: dict[int, str] = field(default_factory=dict)  # object -> review status
    widgets: list[int] = field(default_factory=list)  # objects of form fields, which stay
    hidden: int = 0
    beyond: int = 0


def take_out(doc: Any, number: int, left: int = LIMIT) -> Taken:
    """Return the marks of a page (counted from 0), at most `left`, and take them out of it in memory.

    To be called before the page is loaded; the file itself is never written.
    """
    found = Taken()
    page = mupdf.pdf_lookup_page_obj(pymupdf._as_pdf_document(doc), number)
    listed = mupdf.pdf_dict_gets(page, "Annots")
    count = mupdf.pdf_array_len(listed) if listed.m_internal else 0
    if not count:
        return found
    kept = []
    for row in range(min(count, ENTRIES)):
        entry = mupdf.pdf_array_get(listed, row)
        kind = _name(entry, "Subtype")
        if kind in _CONTENT:
            if not _is_unsigned(entry):
                kept.append(entry)
            found.widgets.append(mupdf.pdf_to_num(entry))
        elif kind not in _SILENT:
            if len(found.marks) < left:
                _note(found, entry, kind, f"{number + 1}:{row + 1}")
            else:
                found.beyond += 1
    found.beyond += max(0, count - ENTRIES)
    if len(kept) == count:
        return found
    remaining = mupdf.pdf_new_array(pymupdf._as_pdf_document(doc), max(1, len(kept)))
    for entry in kept:
        mupdf.pdf_array_push(remaining, entry)
    mupdf.pdf_dict_puts(page, "Annots", remaining)
    return found


def _is_unsigned(entry: Any) -> bool:
    """Return whether a form field is a place for a signature that shows nothing; MuPDF draws an arrow of its own."""
    kind = mupdf.pdf_dict_get_inheritable(entry, mupdf.pdf_new_name("FT"))
    return (
        bool(kind.m_internal) and mupdf.pdf_to_name(kind) == "Sig" and not mupdf.pdf_dict_gets(entry, "AP").m_internal
    )


def _note(found: Taken, entry: Any, kind: str, place: str) -> None:
    """Keep one mark; a review state is kept as the status of the mark it is about. `place` names a nameless one."""
    flags = mupdf.pdf_to_int(mupdf.pdf_dict_gets(entry, "F"))
    about = mupdf.pdf_dict_gets(entry, "IRT")
    parent = mupdf.pdf_to_num(about) if about.m_internal else 0
    state = _text(entry, "State", 60)
    if state and parent:
        if _text(entry, "StateModel", 60) in (_REVIEW, "") or parent not in found.status:
            found.status[parent] = state
        return
    if flags & _HIDDEN and not parent:
        found.hidden += 1
        return
    number = mupdf.pdf_to_num(entry)
    name = _KINDS.get(kind, "other")
    if name in ("polygon", "rectangle") and _name(mupdf.pdf_dict_gets(entry, "BE"), "S") == "C":
        name = "cloud"
    found.marks.append(
        Mark(
            kind=name,
            strokes=_strokes(entry, kind),
            number=number,
            source=_text(entry, "NM", 200) or (str(number) if number else place),
            parent=parent,
            answers=bool(parent) and _name(entry, "RT") != "Group",
            words={
                "text": _text(entry, "Contents", 20_000) or _plain(_text(entry, "RC", 200_000)),
                "author": _text(entry, "T", 200),
                "subject": _text(entry, "Subj", 200) or ("" if name != "other" else kind),
                "created": iso_date(_text(entry, "CreationDate", 40) or _text(entry, "M", 40)),
            },
            color=_color(entry, kind),
        )
    )


def _name(entry: Any, key: str) -> str:
    value = mupdf.pdf_dict_gets(entry, key) if entry.m_internal else entry
    return mupdf.pdf_to_name(value) if value.m_internal and mupdf.pdf_is_name(value) else ""


def _text(entry: Any, key: str, limit: int) -> str:
    value = mupdf.pdf_dict_gets(entry, key)
    if not value.m_internal:
        return ""
    try:
        if mupdf.pdf_is_stream(value):  # /RC may be a stream
            text = mupdf.pdf_load_stream(value).fz_buffer_extract().decode("utf-8", "replace")
        elif mupdf.pdf_is_name(value):
            text = mupdf.pdf_to_name(value)
        else:
            text = mupdf.pdf_to_text_string(value) if mupdf.pdf_is_string(value) else ""
    except Exception:  # a string that cannot be decoded says nothing
        return ""
    return safe_text(text, limit)[0].strip()


def _plain(rich: str) -> str:
    """Return rich text (XHTML) as plain lines."""
    lines = re.sub(r"(?i)</p\s*>|<br\s*/?>", "\n", rich)
    return html.unescape(_TAG.sub("", lines)).strip()


def iso_date(text: str) -> str:
    """Return a PDF date (D:YYYYMMDDHHmmSSOHH'mm') as ISO 8601, "" if it is none."""
    found = _DATE.match(text)
    if found is None:
        return ""
    year, month, day, hour, minute, second, sign, off_hour, off_minute = found.groups()
    if not (1 <= int(month or 1) <= 12 and 1 <= int(day or 1) <= 31):
        return ""
    date = f"{year}-{month or '01'}-{day or '01'}"
    if hour is None:
        return date
    zone = "Z" if sign == "Z" else f"{sign}{off_hour or '00'}:{off_minute or '00'}" if sign else ""
    return f"{date}T{hour}:{minute or '00'}:{second or '00'}{zone}"


def _numbers(value: Any, limit: int = 2 * POINTS) -> list[float]:
    if not value.m_internal:
        return []
    count = min(mupdf.pdf_array_len(value), limit)
    return [mupdf.pdf_to_real(mupdf.pdf_array_get(value, row)) for row in range(count)]


def _pairs(numbers: list[float]) -> list[tuple[float, float]]:
    return list(zip(numbers[0::2], numbers[1::2], strict=False))


def _strokes(entry: Any, kind: str) -> list[list[tuple[float, float]]]:
    """Return the outline of a mark, one list a stroke; the corners of its rectangle where it has no other."""
    found: list[list[tuple[float, float]]] = []
    if kind in ("Polygon", "PolyLine"):
        found = [_pairs(_numbers(mupdf.pdf_dict_gets(entry, "Vertices")))]
        if not found[0]:  # PDF 2.0: /Path, whose segments are points or curves
            path = mupdf.pdf_dict_gets(entry, "Path")
            count = min(mupdf.pdf_array_len(path), POINTS) if path.m_internal else 0
            found = [
                [_pairs(n)[-1] for n in (_numbers(mupdf.pdf_array_get(path, r)) for r in range(count)) if len(n) > 1]
            ]
    elif kind == "Line":
        found = [_pairs(_numbers(mupdf.pdf_dict_gets(entry, "L")))]
    elif kind == "Ink":
        lists = mupdf.pdf_dict_gets(entry, "InkList")
        count = min(mupdf.pdf_array_len(lists), POINTS) if lists.m_internal else 0
        found = [_pairs(_numbers(mupdf.pdf_array_get(lists, row))) for row in range(count)]
    elif kind in ("Highlight", "Underline", "StrikeOut", "Squiggly"):
        corners = _pairs(_numbers(mupdf.pdf_dict_gets(entry, "QuadPoints")))
        found = [_around(corners[at : at + 4]) for at in range(0, len(corners) - 3, 4)]
    elif kind == "FreeText":  # a call-out: its box, then the line it points with
        called = _name(entry, "IT") == "FreeTextCallout"
        leader = _pairs(_numbers(mupdf.pdf_dict_gets(entry, "CL"), 6)) if called else []
        box = _around(_pairs(_numbers(mupdf.pdf_dict_gets(entry, "Rect"), 4)))
        inset = _numbers(mupdf.pdf_dict_gets(entry, "RD"), 4)
        if len(inset) == 4 and len(box) == 4:
            (x0, y0), (x1, y1) = box[0], box[2]
            box = _around([(x0 + inset[0], y0 + inset[1]), (x1 - inset[2], y1 - inset[3])])
        found = [box, leader]
    found = [stroke for stroke in found if stroke]
    return found or [_around(_pairs(_numbers(mupdf.pdf_dict_gets(entry, "Rect"), 4)))]


def _around(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the four corners of the box around points."""
    if not points:
        return []
    (x0, x1), (y0, y1) = ((min(v), max(v)) for v in zip(*points, strict=True))
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _color(entry: Any, kind: str) -> int:
    parts = _numbers(mupdf.pdf_dict_gets(entry, "C"), 4)
    if kind == "FreeText":  # /C is its background; the default appearance holds the colour of the letters
        said = _INK.findall(_text(entry, "DA", 1000))
        parts = [float(value) for value in said[-1].split()[:-1]] if said else parts
    opacity = mupdf.pdf_dict_gets(entry, "CA")
    share = mupdf.pdf_to_real(opacity) if opacity.m_internal else 1.0
    return rgba(tuple(parts), share) if len(parts) in (1, 3, 4) else rgba((1.0, 0.0, 0.0), share)


def placed(found: Taken, page: Any, frame: Frame, space: int) -> list[ImportedAnnotation]:
    """Return the marks of a page (loaded, rotation 0) as annotations of a space; a mark of many strokes gives many."""
    a, b, c, d, e, f = page.transformation_matrix
    mm, height = frame.mm, frame.height
    names = {mark.number: mark.source for mark in found.marks if mark.number}
    made = []
    for mark in found.marks:
        for order, stroke in enumerate(mark.strokes):
            first = order == 0
            made.append(
                ImportedAnnotation(
                    space=space,
                    kind="polyline" if mark.kind == "text" and not first else mark.kind,
                    points=[((a * x + c * y + e) * mm, (height - b * x - d * y - f) * mm) for x, y in stroke],
                    text=mark.words["text"] if first else "",
                    author=mark.words["author"],
                    subject=mark.words["subject"],
                    created=mark.words["created"],
                    color=mark.color,
                    source=mark.source if first else f"{mark.source}/{order + 1}",
                    reply_to=names.get(mark.parent, str(mark.parent)) if mark.answers else "",
                    status=found.status.get(mark.number, "") if first and mark.number else "",
                )
            )
    return made
