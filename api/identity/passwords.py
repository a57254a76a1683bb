"""Passwords: argon2id hashes, random initial passwords."""

from __future__ import annotations

import secrets
from functools import lru_cache

from pwdlib import PasswordHash

from pipeline.errors import Refused

SHORTEST = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash. Raises Refused when the password is too short or absurdly long."""
    if not SHORTEST <= len(password) <= 200:
        raise Refused(f"密码至少 {SHORTEST} 个字符。", f"A password has at least {SHORTEST} characters.")
    return _hasher().hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Compare; for an unknown person (None) the same work is done in vain, so that time tells nothing."""
    fits = _hasher().verify(password[:200], stored if stored is not None else _nobody())
    return fits and stored is not None


def random_password() -> str:
    """Return a password of 4 groups of 4 letters that can be read aloud (about 79 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
