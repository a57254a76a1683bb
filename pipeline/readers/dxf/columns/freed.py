"""Gives freed memory back to the system: the pieces of a scan leave holes that nothing later fits into."""

from __future__ import annotations

import ctypes

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc only


def give_back() -> None:
    """Give back what is free; does nothing where the C library is another than glibc."""
    if _TRIM is not None:
        _TRIM(0)
