"""Passwords that people give for encrypted files, sealed under the installation's own secret.

AES-256-GCM; the key comes by HKDF-SHA-256 from `TUSHEN_SECRET_KEY`, or from a file `secret.key` in the data folder
that is made when first needed. What is sealed is bound to the content it opens (its SHA-256): copied to another row
it cannot be opened. See docs/decisions/0007.
"""

from __future__ import annotations

import base64
import logging
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipeline.settings import settings

_LOG = logging.getLogger(__name__)
_NONCE = 12
_INFO = b"tushen file password 1"


def seal(password: str, sha256: str) -> str:
    """Return a password as it may be stored beside the file with this content."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key()).encrypt(nonce, password.encode("utf-8", "surrogatepass"), sha256.encode("ascii"))
    return base64.b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, sha256: str) -> str:
    """Return the password again; "" for "" and where the secret is another one now (the file asks for it again)."""
    if not sealed:
        return ""
    try:
        raw = base64.b64decode(sealed, validate=True)
        plain = AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], sha256.encode("ascii"))
    except (InvalidTag, ValueError):
        _LOG.warning("a sealed password cannot be opened: the installation's secret has changed")
        return ""
    return plain.decode("utf-8", "surrogatepass")


def _key() -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(_secret())


def _secret() -> bytes:
    """Return the installation's secret; makes the file when there is none (two processes at once get the same)."""
    stated = settings().secret_key.get_secret_value()
    if stated:
        return stated.encode()
    path = settings().data_dir / "secret.key"
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, staged = tempfile.mkstemp(dir=path.parent, prefix=".secret")  # readable by us alone
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(staged, path)  # fails when another process was faster; then its secret counts
        except FileExistsError:
            return
    finally:
        os.unlink(staged)
