"""Whether a signer's certificate leads to a root the operator trusts (RFC 5280, with pyHanko's validator).

Nothing is fetched: the chain is built from what the signature carries, and no revocation is asked. The roots come with
the call (`base.CARE`); None means that no list is configured, and then nothing can be said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime
from typing import Any

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator import errors as refused

TRUSTED, UNTRUSTED, UNKNOWN = "trusted", "untrusted", "unknown"
NATIONAL = "1.2.156.10197."  # object identifiers of the Chinese national algorithms (GM/T 0006): SM2, SM3 …
_NATIONAL_DER = bytes.fromhex("2a811ccf55")


def trust_of(
    certificate: Any, others: Iterable[Any], roots: tuple[bytes, ...] | None, signed_at: datetime | None
) -> tuple[str, str]:
    """Return trusted, untrusted or unknown, and the code of `signature_reasons.TRUST` that says why.

    Args:
        certificate: the signer's, as asn1crypto has it.
        others: certificates that came with the signature.
        roots: trusted roots as DER; None when no list is configured.
        signed_at: when the signer says to have signed; aware, None unknown. No time stamp proves it.
    """
    if roots is None:
        return UNKNOWN, "no_list"
    anchors, chain = [x509.Certificate.load(der) for der in roots], list(others)
    try:
        _validate(certificate, chain, anchors, datetime.now(UTC))
    except refused.ExpiredError:
        return _expired(certificate, chain, anchors, signed_at)
    except refused.PathBuildingError:
        return UNTRUSTED, "issuer_unknown"
    except refused.RevokedError:
        return UNTRUSTED, "revoked"
    except (refused.ValidationError, refused.PathError):
        return UNTRUSTED, "chain_broken"
    except Exception:  # whatever is in there was written by a stranger
        return UNKNOWN, "chain_unreadable"
    return TRUSTED, "chain_found"


def is_national(contents: bytes, signer_info: Any = None) -> bool:
    """Whether a signature (its CMS as bytes, and its signer's part where it could be read) is SM2 or SM3."""
    if signer_info is None:
        return _NATIONAL_DER in contents
    named = (signer_info[part]["algorithm"].dotted for part in ("digest_algorithm", "signature_algorithm"))
    return any(one.startswith(NATIONAL) for one in named)


def _expired(certificate: Any, chain: list[Any], anchors: list[Any], signed_at: datetime | None) -> tuple[str, str]:
    """A certificate that was valid when it signed proves little by a time the signer says himself: unknown."""
    if signed_at is None or signed_at > datetime.now(UTC):
        return UNTRUSTED, "expired"
    try:
        _validate(certificate, chain, anchors, signed_at)
    except Exception:
        return UNTRUSTED, "expired"
    return UNKNOWN, "expired_since"


def _validate(certificate: Any, chain: list[Any], anchors: list[Any], moment: datetime) -> None:
    """Build and validate the path. Raises what the validator raises."""
    context = ValidationContext(
        trust_roots=anchors, other_certs=chain, moment=moment, allow_fetching=False, revocation_mode="soft-fail"
    )
    _ended(CertificateValidator(certificate, chain, context).async_validate_path())


def _ended(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that waits for nothing outside: without a loop, which needs sockets a locked child has not."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    work.close()
    raise asyncio.InvalidStateError("the validator waits for something outside")
