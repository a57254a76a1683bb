"""Memory that goes back to the system: what is freed leaves holes between what stays that nothing later fits into."""

from __future__ import annotations

import ctypes
import math
import mmap
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_SMALL_BYTES = 1 << 16
# not shared with a process that is forked later; Windows knows no such flags and no fork
_PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    """Return glibc's `malloc_trim`; None elsewhere, on Windows there is not even a library to look it up in."""
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):
        return None


def give_back() -> None:
    """Give back what is free; does nothing where the C library is another than glibc."""
    trim = _trim()
    if trim is not None:
        trim(0)


def apart(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return zeros (float64) in memory of their own, which goes back to the system with the array.

    As long as nothing is written to a stretch of it, it takes no memory.
    """
    size = 8 * math.prod(shape)
    if size < _SMALL_BYTES:
        return np.zeros(shape)
    return np.frombuffer(mmap.mmap(-1, size, **_PRIVATE), np.float64).reshape(shape)
