"""Opening a PDF: encryption, what its owner forbids, and what is in the file beside its pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pymupdf

from pipeline.drawing.defects import defect
from pipeline.drawing.model import Drawing
from pipeline.drawing.safe_text import safe_text
from pipeline.readers.pdf import soundness
from pipeline.readers.pdf.oddities import Forms

MARK = b"%%EOF"
TAIL_BYTES = 1024
_HANDLER = re.compile(rb"/Filter\s*/([A-Za-z][A-Za-z0-9._-]*)")
_STREAM_FILTERS = frozenset(
    {b"FlateDecode", b"LZWDecode", b"ASCII85Decode", b"ASCIIHexDecode", b"RunLengthDecode", b"DCTDecode", b"Crypt",
     b"CCITTFaxDecode", b"JBIG2Decode", b"JPXDecode", b"Fl", b"LZW", b"A85", b"AHx", b"RL", b"DCT", b"CCF"}
)  # fmt: skip
_FORBIDDEN = ((4, "打印 print"), (8, "修改 change"), (16, "复制 copy"), (32, "批注 annotate"))  # ISO 32000-1, table 22


def opened(path: Path, drawing: Drawing, password: str) -> Any | None:
    """Return the open document, None if no page of it can be had; the reason is a defect of the drawing."""
    try:
        doc = pymupdf.open(path, filetype="pdf")
    except Exception as error:
        drawing.defects.append(_why_shut(path, error))
        return None
    if doc.needs_pass and not (password and doc.authenticate(password)):
        drawing.defects.append(defect("pdf_encrypted"))
        if password:
            drawing.defects.append(defect("pdf_password_wrong"))
        doc.close()
        return None
    _restrictions(doc, drawing)
    return doc


def _why_shut(path: Path, error: Exception) -> Any:
    """Return the defect of a file that does not open at all."""
    with path.open("rb") as stream:
        head = stream.read(1 << 20)
        size = stream.seek(0, 2)
        stream.seek(max(0, size - (1 << 16)))
        data = head + stream.read()
    why = without_path(error, path)
    if b"/Encrypt" not in data:
        return defect("unreadable", why=why)
    handlers = {name for name in _HANDLER.findall(data) if name not in _STREAM_FILTERS}
    foreign = handlers - {b"Standard"}
    if foreign:
        return defect("pdf_encrypted_foreign", handler=safe_text(b", ".join(sorted(foreign)).decode("ascii"), 60)[0])
    return defect("pdf_encryption_broken", why=why) if handlers else defect("unreadable", why=why)


def _restrictions(doc: Any, drawing: Drawing) -> None:
    """Say what the owner's password forbids; Tushen reads the drawing and changes nothing in it."""
    if not (doc.metadata or {}).get("encryption"):
        return
    drawing.meta["encryption"] = safe_text(str(doc.metadata["encryption"]), 100)[0]
    forbidden = [words for bit, words in _FORBIDDEN if not doc.permissions & bit]
    if forbidden:
        drawing.defects.append(defect("pdf_restricted", what=", ".join(forbidden)))


def end_mark(path: Path, drawing: Drawing) -> None:
    """Note whether the file ends with its end mark, and what comes after it."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - TAIL_BYTES))
        tail = stream.read(TAIL_BYTES)
    drawing.completeness.trailer = MARK in tail
    if not drawing.completeness.trailer:
        drawing.defects.append(defect("truncated", mark=MARK.decode()))
        return
    after = tail[tail.rindex(MARK) + len(MARK) :].strip(b"\r\n \t\x00")
    if after:
        drawing.defects.append(defect("trailing_bytes", count=len(after)))


def beside_the_pages(doc: Any, drawing: Drawing) -> None:
    """Take over the document's own words about itself, and name scripts and attachments."""
    meta = doc.metadata or {}
    for key in ("title", "author", "creator", "producer", "creationDate", "modDate"):
        value = safe_text(str(meta.get(key) or ""), 500)[0]
        if value:
            drawing.meta[key] = value
    forms = Forms(doc)
    what = soundness.active_content(doc, forms.add)
    circle = forms.circle()
    if circle:
        drawing.defects.append(defect("pdf_form_cycle", source_id=str(circle), first=circle))
    if what:
        drawing.defects.append(defect("active_content", what=", ".join(sorted(what))))
    names = [safe_text(str(name), 255)[0] for name in _attachments(doc)]
    if names:
        drawing.meta["attachments"] = names
        drawing.defects.append(defect("pdf_attachments", count=len(names), names=", ".join(names[:5])))


def _attachments(doc: Any) -> list[str]:
    try:
        return list(doc.embfile_names())[:100] if doc.embfile_count() else []
    except Exception:  # a broken name tree names nothing
        return []


def without_path(error: Exception, path: Path) -> str:
    """Return an error's sentence without the place of the file on this machine."""
    return safe_text(str(error).replace(str(path), path.suffix or "file"), 120)[0]
