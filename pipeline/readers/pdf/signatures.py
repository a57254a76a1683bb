"""Digital signatures of a PDF (ISO 32000-1, 12.8): listed, and their integrity verified with pyHanko.

Only what the file itself can prove: the digest over the signed bytes, the signature over the digest, and whether
what was added after signing was allowed; and whether the certificate leads to a root of the operator's trust list
(`trust`). No certificate is fetched and no revocation asked. A signature that cannot be checked is listed with the
reason; nothing here costs the drawing.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pymupdf
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, extract_contents
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pymupdf import mupdf

from pipeline.drawing.model import Signature
from pipeline.drawing.safe_text import safe_text
from pipeline.drawing.signature_reasons import TRUST, reason
from pipeline.readers.base import CARE
from pipeline.readers.pdf.columns import Frame
from pipeline.readers.pdf.trust import is_national, trust_of

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it has to say comes out as `why`
LIMIT = 100  # signatures of a file that are listed
COMPARED = 50_000  # objects of a file up to which later changes are gone through
DEPTH = 32  # nesting of form fields that is followed
_ADDED = {
    ModificationLevel.NONE: "nothing_added",
    ModificationLevel.LTA_UPDATES: "proofs_added",
    ModificationLevel.FORM_FILLING: "fields_filled",
    ModificationLevel.ANNOTATIONS: "annotations_added",
}
KINDS = ("/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/ETSI.RFC3161", "/adbe.pkcs7.sha1")


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
    checked = _checked(path, password, doc.xref_length() <= COMPARED) if any(f.signed for f in fields) else {}
    for one in fields:
        if one.signed:
            made = checked.get(one.name) or checked.get(None) or _because(Signature(one.name), "field_unreadable")
        else:
            made = _because(Signature(one.name), "not_signed")
        made = replace(made, field=safe_text(one.name, 200)[0])
        made.space, made.box = _seal(one, places)
        found.append(made)
    return found


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


def _because(made: Signature, code: str, **details: str) -> Signature:
    """Say why in both languages; what the file or the library said is made safe to show."""
    safe = {name: safe_text(value, 160)[0] for name, value in details.items()}
    made.why, made.why_zh, made.why_en = reason(code, **safe)
    return made


def _checked(path: Path, password: str, compare: bool) -> dict[str | None, Signature]:
    """Return field name -> what the check gave; under None why no signature of the file could be checked."""
    found: dict[str | None, Signature] = {}
    try:
        with path.open("rb") as stream:
            reader = PdfFileReader(stream, strict=False)
            if reader.encrypted:
                reader.decrypt(password)
            for name, value, entry in enumerate_sig_fields(reader, filled_status=True):
                if len(found) < LIMIT:
                    found[name] = _check(reader, name, value, entry, compare)
    except Exception as error:  # pyHanko refuses files that MuPDF repairs
        found[None] = _because(Signature(""), "file_unreadable", error=f"{type(error).__name__}: {error}")
    return found


def _check(reader: Any, name: str, value: Any, entry: Any, compare: bool) -> Signature:
    made = Signature(name)
    try:
        kind = str(value.get_object().get("/SubFilter", ""))
        if "sm2" in kind.lower():
            return _because(made, "national_algorithm")
        if kind not in KINDS:
            return _because(made, "kind_unknown", kind=kind.lstrip("/") or "-")
        signature = _opened(reader, value, entry, name)
        if signature is None:
            return _because(made, "national_algorithm")
        _signer(made, signature)
        _integrity(made, signature, kind, compare)
        _trust(made, signature)
    except Exception as error:  # whatever is in there was written by a stranger
        made.integrity = "unknown"
        _because(made, "check_failed", error=f"{type(error).__name__}: {error}")
    return made


def _opened(reader: Any, value: Any, entry: Any, name: str) -> EmbeddedPdfSignature | None:
    """Return a signature as pyHanko has it, None for one with the Chinese national algorithms, which it knows not."""
    try:
        signature = EmbeddedPdfSignature(reader, entry, name)
        return None if is_national(b"", signature.signer_info) else signature
    except Exception:
        if is_national(extract_contents(value.get_object())):
            return None
        raise


def _trust(made: Signature, signature: EmbeddedPdfSignature) -> None:
    """Say whether the signer's certificate leads to a root of the trust list; only of a signature that is good."""
    made.trust, code = "unknown", "not_checked"
    if made.why not in ("bytes_changed", "certificate_mismatch"):
        others = signature.other_embedded_certs
        at = signature.self_reported_timestamp
        made.trust, code = trust_of(signature.signer_cert, others, CARE.trust_roots, at)
    made.trust_why, (made.trust_why_zh, made.trust_why_en) = code, TRUST[code]


def _signer(made: Signature, signature: Any) -> None:
    subject = signature.signer_cert.subject.native
    made.signer = _one(subject.get("common_name"))
    made.organisation = _one(subject.get("organization_name"))
    at = signature.self_reported_timestamp
    made.signed_at = at.isoformat() if at is not None else ""


def _one(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return safe_text(", ".join(str(v) for v in values if v), 200)[0]


def _integrity(made: Signature, signature: Any, kind: str, compare: bool) -> None:
    """Set what the digests say, and what was added to the file after this signature."""
    content = signature.signed_data["encap_content_info"]
    if kind == "/ETSI.RFC3161":
        token = content["content"]
        stamped = token.parsed["message_imprint"]["hashed_message"].native
        made.signed_at = token.parsed["gen_time"].native.isoformat()
        named = "tst_info"
        digest = hashlib.new(signature.md_algorithm, bytes(token.parsed.dump())).digest()
        fits = stamped == signature.compute_digest()
    elif kind == "/adbe.pkcs7.sha1":  # the digest of the bytes is the signed content itself
        named, inner = "data", content["content"].native
        digest = hashlib.new(signature.md_algorithm, inner).digest()
        fits = inner == signature.compute_digest("sha1")
    else:
        named, digest, fits = "data", signature.compute_digest(), True
    intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, named, digest)
    if not (intact and fits):
        made.integrity = "changed"
        _because(made, "bytes_changed")
        return
    if not valid:
        made.integrity = "changed"
        _because(made, "certificate_mismatch")
        return
    made.integrity = "intact"
    signature.compute_integrity_info(skip_diff=not compare)
    made.covers_whole_file = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if made.covers_whole_file:
        return
    if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        made.integrity = "unknown"
        _because(made, "bytes_left_out")
    elif not compare:
        _because(made, "too_many_objects")
    else:
        _later(made, signature)


def _later(made: Signature, signature: Any) -> None:
    """Judge what was appended after signing: further signatures and filled fields are allowed, other content is not."""
    later = signature.diff_result
    allowed = signature.docmdp_level
    level = later.modification_level if isinstance(later, DiffResult) else ModificationLevel.OTHER
    if level == ModificationLevel.OTHER or (allowed is not None and level.value > allowed.value):
        made.integrity = "changed"
        _because(made, "content_changed")
    elif level in _ADDED:
        _because(made, _ADDED[level])
