"""Errors of ours. Errors of a file are defects (data), never exceptions; this module knows no HTTP."""

from __future__ import annotations

from typing import Any


class TushenError(Exception):
    """Base of all errors: a stable code, a sentence in Chinese and English, details."""

    code = "internal"

    def __init__(self, zh: str, en: str, **details: Any) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.details = details


class NotFound(TushenError):
    """It does not exist, or it is not yours: the answer is the same."""

    code = "not_found"

    def __init__(self, zh: str = "未找到。", en: str = "Not found.", **details: Any) -> None:
        super().__init__(zh, en, **details)


class Conflict(TushenError):
    """Somebody else changed it meanwhile, or the state does not allow this deed."""

    code = "conflict"


class Refused(TushenError):
    """The input breaks a rule of ours."""

    code = "refused"


class Forbidden(TushenError):
    """You may see it but not do this to it."""

    code = "forbidden"


class NotSignedIn(TushenError):
    """No session, or it ended."""

    code = "not_signed_in"


class Transient(TushenError):
    """Storage, broker or a lock did not answer; trying again is right."""

    code = "transient"
