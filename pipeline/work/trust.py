"""The operator's trust list: a folder of root certificates that the signatures of drawings may lead to."""

from __future__ import annotations

import base64
import hashlib
import logging
from pathlib import Path

from asn1crypto import pem, x509

from pipeline.settings import settings

_LOG = logging.getLogger(__name__)
SUFFIXES = (".pem", ".crt", ".cer", ".der")
_BYTES_LIMIT = 1 << 20  # of one file


def roots_in(folder: Path) -> tuple[list[bytes], list[str]]:
    """Return the certificates (DER) of a folder, each once, and the names of files that hold none.

    Raises OSError when the folder cannot be listed.
    """
    found: list[bytes] = []
    odd = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        try:
            held = _certificates(path.read_bytes()[:_BYTES_LIMIT])
        except (ValueError, TypeError, OSError):
            held = []
        found += held
        odd += [] if held else [path.name]
    return list(dict.fromkeys(found)), odd


def trust_roots() -> list[str] | None:
    """Return the configured roots as a station takes them (base64 of DER), None when no folder is configured."""
    folder = settings().trust_roots_dir
    if folder is None:
        return None
    try:
        found, odd = roots_in(folder)
    except OSError as error:  # a list that cannot be read trusts nobody, which is said with every signature
        _LOG.error("the folder of trusted roots cannot be read: %s", error)
        return []
    if odd:
        _LOG.warning("no certificate in %s of the folder of trusted roots", ", ".join(odd))
    return [base64.b64encode(one).decode("ascii") for one in found]


def fingerprint() -> str:
    """Return what changes whenever the trust list does, "" while none is configured."""
    return fingerprint_of(trust_roots())


def fingerprint_of(roots: list[str] | None) -> str:
    """Return the fingerprint of roots as `trust_roots` gives them."""
    return "" if roots is None else hashlib.sha256("\n".join(sorted(roots)).encode("ascii")).hexdigest()[:12]


def _certificates(data: bytes) -> list[bytes]:
    """Return the certificates of one file as DER. Raises ValueError or TypeError for what is none."""
    if not pem.detect(data):
        return [_whole(data)]
    return [_whole(der) for kind, _, der in pem.unarmor(data, multiple=True) if kind == "CERTIFICATE"]


def _whole(der: bytes) -> bytes:
    certificate = x509.Certificate.load(der, strict=True)
    _ = certificate.native, certificate.public_key.native  # all of it can be read
    return der
