"""Where entities come from: the handles of a scan as one column, the names of all others as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray


class Sources:
    """Names of entities by number: a handle, `@` and its place in the file where it has none, or what was given."""

    def __init__(self, handles: NDArray[np.bytes_] | None = None) -> None:
        """Take the handles of a scan, empty where there is none."""
        self._handles = np.zeros(0, "S1") if handles is None else handles
        self._others: list[str] = []

    def __len__(self) -> int:
        return len(self._handles) + len(self._others)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts(np.arange(len(self))))

    def append(self, text: str) -> int:
        """Add a name; returns its number."""
        self._others.append(text)
        return len(self) - 1

    def extend(self, texts: Iterable[str]) -> None:
        """Add names."""
        self._others.extend(texts)

    def texts(self, numbers: NDArray) -> list[str]:
        """Return the names of some entities, "" where a number is none; numbers ascend."""
        begin, first, end = np.searchsorted(numbers, (0, len(self._handles), len(self)))
        rows = numbers[begin:first]
        found = self._handles[rows].astype("U").tolist()
        if "" in found:
            found = [text or f"@{row}" for text, row in zip(found, (rows + 1).tolist(), strict=True)]
        others = [self._others[row] for row in (numbers[first:end] - len(self._handles)).tolist()]
        return [""] * int(begin) + found + others + [""] * (len(numbers) - int(end))
