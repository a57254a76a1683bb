"""Memory that goes back to the system: what is freed leaves holes between what stays that nothing later fits into."""

from __future__ import annotations

import ctypes
import math
import mmap

import numpy as np
from numpy.typing import NDArray

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc only
_SMALL_BYTES = 1 << 16


def give_back() -> None:
    """Give back what is free; does nothing where the C library is another than glibc."""
    if _TRIM is not None:
        _TRIM(0)


def apart(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return zeros (float64) in memory of their own, which goes back to the system with the array.

    As long as nothing is written to a stretch of it, it takes no memory.
    """
    size = 8 * math.prod(shape)
    if size < _SMALL_BYTES:
        return np.zeros(shape)
    return np.frombuffer(mmap.mmap(-1, size), np.float64).reshape(shape)
