"""The check of a PDF's signatures with pyHanko.

Only what the file itself can prove: the digest over the signed bytes, the signature over the digest, and whether
what was added after signing was allowed; and whether the certificate leads to a root of the operator's trust list
(`trust`). No certificate is fetched and no revocation asked.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, extract_contents
from pyhanko.sign.validation.status import SignatureCoverageLevel

from pipeline.drawing.model import Signature
from pipeline.drawing.safe_text import safe_text
from pipeline.drawing.signature_reasons import TRUST, because
from pipeline.readers.base import CARE
from pipeline.readers.pdf.trust import is_national, trust_of

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it has to say comes out as `why`
COMPARED = 50_000  # objects of a file up to which later changes are gone through
_ADDED = {
    ModificationLevel.NONE: "nothing_added",
    ModificationLevel.LTA_UPDATES: "proofs_added",
    ModificationLevel.FORM_FILLING: "fields_filled",
    ModificationLevel.ANNOTATIONS: "annotations_added",
}
KINDS = ("/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/ETSI.RFC3161", "/adbe.pkcs7.sha1")


def checked(path: Path, password: str, limit: int, compare: bool) -> dict[str | None, Signature]:
    """Return field name -> what the check gave, of `limit` at most; None -> why no signature could be checked.

    `compare`: go through what was added to the file after a signature.
    """
    found: dict[str | None, Signature] = {}
    try:
        with path.open("rb") as stream:
            reader = PdfFileReader(stream, strict=False)
            if reader.encrypted:
                reader.decrypt(password)
            for name, value, entry in enumerate_sig_fields(reader, filled_status=True):
                if len(found) < limit:
                    found[name] = _check(reader, name, value, entry, compare)
    except Exception as error:  # pyHanko refuses files that MuPDF repairs
        found[None] = because(Signature(""), "file_unreadable", error=f"{type(error).__name__}: {error}")
    return found


def _check(reader: Any, name: str, value: Any, entry: Any, compare: bool) -> Signature:
    made = Signature(name)
    try:
        kind = str(value.get_object().get("/SubFilter", ""))
        if "sm2" in kind.lower():
            return because(made, "national_algorithm")
        if kind not in KINDS:
            return because(made, "kind_unknown", kind=kind.lstrip("/") or "-")
        signature = _opened(reader, value, entry, name)
        if signature is None:
            return because(made, "national_algorithm")
        _signer(made, signature)
        _integrity(made, signature, kind, compare)
        _trust(made, signature)
    except Exception as error:  # whatever is in there was written by a stranger
        made.integrity = "unknown"
        because(made, "check_failed", error=f"{type(error).__name__}: {error}")
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
        because(made, "bytes_changed")
        return
    if not valid:
        made.integrity = "changed"
        because(made, "certificate_mismatch")
        return
    made.integrity = "intact"
    signature.compute_integrity_info(skip_diff=not compare)
    made.covers_whole_file = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if made.covers_whole_file:
        return
    if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        made.integrity = "unknown"
        because(made, "bytes_left_out")
    elif not compare:
        because(made, "too_many_objects")
    else:
        _later(made, signature)


def _later(made: Signature, signature: Any) -> None:
    """Judge what was appended after signing: further signatures and filled fields are allowed, other content is not."""
    later = signature.diff_result
    allowed = signature.docmdp_level
    level = later.modification_level if isinstance(later, DiffResult) else ModificationLevel.OTHER
    if level == ModificationLevel.OTHER or (allowed is not None and level.value > allowed.value):
        made.integrity = "changed"
        because(made, "content_changed")
    elif level in _ADDED:
        because(made, _ADDED[level])
