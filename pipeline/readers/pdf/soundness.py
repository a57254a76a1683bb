"""What a PDF says about itself before a page is read: page boxes, page count, scripts, end mark."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pymupdf
from pymupdf import mupdf

SIDE_LIMIT = 14_400.0  # points, ISO 32000-1 Annex C.2
XREF_LIMIT = 200_000
DEFLATE_RATIO = 1032  # no Flate stream unpacks to more than this many times its length
FORM_BYTES = 500  # what calling a form costs, in bytes of content that cost as much
FORM_DEPTH = 100
_DO = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?![\w.])")
_ACTIVE = (("/JavaScript", "JavaScript"), ("/JS", "JavaScript"), ("/Launch", "Launch"), ("/XFA", "XFA"))


def inherited(doc: Any, xref: int, key: str) -> tuple[str, str]:
    """Return kind and value of a page's key, from the nearest node of the page tree that has it; ("null", "") none."""
    seen: set[int] = set()
    try:
        while xref > 0 and xref not in seen and len(seen) < 64:
            seen.add(xref)
            kind, value = doc.xref_get_key(xref, key)
            if kind not in ("null", "undefined"):
                return kind, value
            kind, value = doc.xref_get_key(xref, "Parent")
            xref = int(value.split()[0]) if kind == "xref" else 0
    except Exception:  # a broken page object states nothing
        return "null", ""
    return "null", ""


def raw_box(doc: Any, xref: int, key: str = "MediaBox") -> list[float] | None:
    """Return the four numbers of a page box as the file states them (inherited too), None if it is not that."""
    kind, value = inherited(doc, xref, key)
    try:
        if kind == "xref":
            kind, value = "array", doc.xref_object(int(value.split()[0]), compressed=True)
    except Exception:  # a broken object states nothing
        return None
    return _numbers(value) if kind == "array" else None


def _numbers(text: str) -> list[float] | None:
    body = text.strip().strip("[]").split()
    if len(body) != 4 or not all(_NUMBER.fullmatch(v) for v in body):
        return None
    return [float(v) for v in body]


def box_is_sound(box: list[float] | None, user_unit: float) -> bool:
    """Return whether a page box is four finite numbers with sides of 1 to 14 400 user units."""
    if box is None or not all(math.isfinite(v) for v in box):
        return False
    width, height = abs(box[2] - box[0]), abs(box[3] - box[1])
    limit = SIDE_LIMIT * max(1.0, user_unit)
    return 1.0 <= width <= limit and 1.0 <= height <= limit


def show_memberships(doc: Any) -> None:
    """Make the groups of an OCMD show whenever one of them does, in memory: content "shown when X is off" is read too.

    A policy such as /AllOff or an expression (/VE with /Not) would hide it once all groups are switched on.
    """
    for xref in range(1, min(doc.xref_length(), XREF_LIMIT)):
        try:
            if doc.xref_get_key(xref, "Type")[1] != "/OCMD":
                continue
            for key in ("P", "VE"):
                if doc.xref_get_key(xref, key)[0] != "null":
                    doc.xref_set_key(xref, key, "null")
        except Exception:  # a broken object hides what it hides
            continue


def declared_pages(doc: Any) -> int | None:
    """Return /Count of the page tree's root, None if it is not a number."""
    try:
        kind, value = doc.xref_get_key(doc.pdf_catalog(), "Pages")
        if kind != "xref":
            return None
        kind, value = doc.xref_get_key(int(value.split()[0]), "Count")
        return int(value) if kind == "int" else None
    except Exception:  # a broken catalogue states nothing
        return None


def active_content(doc: Any, each: Callable[[int, str], None] = lambda xref, text: None) -> set[str]:
    """Return the kinds of scripts and launch actions in the file's objects; none of them is ever run.

    `each` is called with the number and the words of every object: it costs much to write them out twice.
    """
    found: set[str] = set()
    for xref in range(1, min(doc.xref_length(), XREF_LIMIT)):
        try:
            text = doc.xref_object(xref, compressed=True)
        except Exception:  # a broken object is the page reading's concern
            continue
        each(xref, text)
        for token, word in _ACTIVE:
            if token in text and re.search(re.escape(token) + r"(?![A-Za-z])", text):
                found.add(word)
    return found


def inflates_beyond(doc: Any, xrefs: list[int], limit: int) -> bool:
    """Return whether the Flate streams of a page unpack to more than `limit` bytes, unpacking no more than that."""
    left = limit
    for xref in xrefs:
        raw = doc.xref_stream_raw(xref) or b""
        if len(raw) * DEFLATE_RATIO <= left and "[" not in doc.xref_get_key(xref, "Filter")[1]:
            left -= len(raw)
            continue
        for _ in range(2):  # two filters behind one another at most
            unpacked = _inflate(raw, left + 1)
            if unpacked is None:
                break
            if len(unpacked) > left:
                return True
            raw = unpacked
        left -= len(raw)
    return left < 0


def contents(page: Any) -> bytes:
    """Return the content of a page, decoded; nothing where it cannot be had (playing the page tells why)."""
    try:
        return bytes(page.read_contents())
    except Exception:  # a broken stream states nothing
        return b""


def unfolds_beyond(
    doc: Any, page: Any, content: bytes, limit: int, each: Callable[[bytes], None] = lambda data: None
) -> bool:
    """Return whether a page's forms (XObjects drawn within one another) unfold to more than `limit` bytes of content.

    A form counts as often as it is drawn, with FORM_BYTES a time for the work of calling it. Each form is looked at
    once, however often and deep it is drawn; a circle counts once (MuPDF does not follow it). `each` is called with
    the content of every form drawn.
    """
    inner = pymupdf._as_pdf_page(page.this).obj()
    resources = mupdf.pdf_dict_get_inheritable(inner, mupdf.pdf_new_name("Resources"))
    if not _forms(resources):
        return False
    known: dict[int, float] = {}

    def weight(content: bytes, resources: Any, depth: int) -> float:
        total = float(len(content))
        forms = _forms(resources) if depth < FORM_DEPTH and b"Do" in content else {}
        if not forms:
            return total
        for name, times in Counter(_DO.findall(content)).items():
            form = forms.get(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name))
            if form is None:
                continue
            number = mupdf.pdf_to_num(form)
            if number not in known:
                known[number] = 0.0
                own = mupdf.pdf_dict_gets(form, "Resources")
                data = doc.xref_stream(number) or b""
                each(data)
                known[number] = weight(data, own if own.m_internal else resources, depth + 1)
            total += times * (known[number] + FORM_BYTES)
        return total

    return weight(content, resources, 0) > limit


def _forms(resources: Any) -> dict[bytes, Any]:
    """Return name -> form of a resource dictionary."""
    listed = mupdf.pdf_dict_gets(resources, "XObject") if resources.m_internal else resources
    found = {}
    for row in range(min(mupdf.pdf_dict_len(listed), XREF_LIMIT) if listed.m_internal else 0):
        entry = mupdf.pdf_dict_get_val(listed, row)
        if mupdf.pdf_to_name(mupdf.pdf_dict_gets(entry, "Subtype")) == "Form":
            found[mupdf.pdf_to_name(mupdf.pdf_dict_get_key(listed, row)).encode("utf-8", "surrogateescape")] = entry
    return found


def _inflate(raw: bytes, limit: int) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(raw, limit)
    except zlib.error:
        return None


def user_unit(doc: Any, xref: int) -> float:
    """Return /UserUnit of a page, 1 if absent or absurd."""
    try:
        kind, value = doc.xref_get_key(xref, "UserUnit")
        number = float(value) if kind in ("int", "float", "real") else 1.0
    except Exception:  # a broken page object states nothing
        return 1.0
    return number if 0 < number <= 75_000 else 1.0
