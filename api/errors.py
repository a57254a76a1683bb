"""Errors only the web knows, and the table that gives every error class its HTTP status."""

from __future__ import annotations

from pipeline.errors import Conflict, Forbidden, NotFound, NotSignedIn, Refused, Transient, TushenError


class WrongLogin(NotSignedIn):
    """Unknown login, wrong password, or an account that was switched off: one answer for all three."""

    code = "wrong_login"

    def __init__(self) -> None:
        super().__init__("账号或密码不正确。", "Login or password is wrong.")


class Throttled(TushenError):
    """Too many failed attempts for this account or from this network."""

    code = "throttled"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"尝试次数过多，请在 {seconds} 秒后重试。",
            f"Too many attempts. Try again in {seconds} s.",
            retry_after=seconds,
        )


class BadCsrf(Forbidden):
    """The request did not come from our own page."""

    code = "bad_csrf"

    def __init__(self) -> None:
        super().__init__(
            "页面已过期或请求来源不符，请刷新页面后重试。",
            "The page is out of date or the request came from elsewhere. Reload it.",
        )


class HashMismatch(Refused):
    """What arrived is not what was sent; nothing of it was kept."""

    code = "hash_mismatch"


class TooLarge(Refused):
    """The upload is larger than this installation allows."""

    code = "too_large"


class Stale(Conflict):
    """Somebody changed the row since it was read; `details["present"]` is the row as it is now."""

    code = "stale"


class PreconditionRequired(Refused):
    """`If-Match` is demanded here."""

    code = "precondition_required"


class Invalid(Refused):
    """The body or a parameter has the wrong shape."""

    code = "invalid"


class BadUpload(Refused):
    """The resumable upload protocol was not kept."""

    code = "bad_upload"


STATUS: list[tuple[type[TushenError], int]] = [
    (PreconditionRequired, 428),
    (TooLarge, 413),
    (Throttled, 429),
    (NotFound, 404),
    (Conflict, 409),
    (Refused, 422),
    (Forbidden, 403),
    (NotSignedIn, 401),
    (Transient, 503),
    (TushenError, 500),
]


def status_of(error: TushenError) -> int:
    """Return the HTTP status of an error: the first class of the table it belongs to."""
    return next(status for cls, status in STATUS if isinstance(error, cls))


def body_of(error: TushenError) -> dict[str, object]:
    """Return the JSON body of an error, the same four fields for all."""
    return {"error": error.code, "zh": error.zh, "en": error.en, "details": error.details}
