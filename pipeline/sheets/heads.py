"""Labels that are the heads of a table's columns: a schedule of drawings has the words of a title block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.sheets.words import Words

F64 = NDArray[np.float64]
LEAST = 3  # heads in a row
APART = 45.0  # letter heights between the starts of neighbouring heads
BELOW = 12.0  # letter heights in which the values of a column begin


def heads_of(words: Words, labels: NDArray) -> NDArray[np.bool_]:
    """Return (n,) which labels stand in a row of three or more with two values or more below each.

    Args:
        words: the words of a space.
        labels: (n,) rows of `words` that are labels.
    """
    found = np.zeros(len(labels), bool)
    if len(labels) < LEAST:
        return found
    value = np.ones(len(words), bool)
    value[labels] = False
    turns = np.round(words.rotation / 0.02).astype(np.int64)
    for turn in np.unique(turns[labels]).tolist():
        rows, own = np.flatnonzero(turns == turn), np.flatnonzero(turns[labels] == turn)
        if len(own) < LEAST:
            continue
        angle = float(np.median(words.rotation[rows]))
        c, s = np.cos(angle), np.sin(angle)
        u = c * words.origin[:, 0] + s * words.origin[:, 1]
        v = c * words.origin[:, 1] - s * words.origin[:, 0]
        rows = rows[np.argsort(v[rows], kind="stable")]
        for run in _runs(own, labels, u, v, words.height):
            full = [_has_values(words, int(labels[i]), rows, u, v, value) for i in run]
            if sum(full) >= max(LEAST, 2 * len(run) / 3):
                found[run] = True
    return found


def _runs(own: NDArray, labels: NDArray, u: F64, v: F64, height: F64) -> list[list[int]]:
    """Return runs of labels on one line, from the left."""
    tall = max(float(np.median(height[labels[own]])), 1e-9)
    order = own[np.lexsort((u[labels[own]], np.round(v[labels[own]] / (0.5 * tall))))]
    runs: list[list[int]] = []
    for i in order.tolist():
        if runs:
            one, two = int(labels[runs[-1][-1]]), int(labels[i])
            level = abs(v[one] - v[two]) < 0.4 * height[two]
            if level and 0 < u[two] - u[one] < APART * height[two]:
                runs[-1].append(i)
                continue
        runs.append([i])
    return [run for run in runs if len(run) >= LEAST]


def _has_values(words: Words, label: int, rows: NDArray, u: F64, v: F64, value: NDArray[np.bool_]) -> bool:
    """Whether the two nearest words below a label are values. `rows`: words of its direction, `v` ascending."""
    height = float(words.height[label])
    first, last = np.searchsorted(v[rows], [v[label] - BELOW * height, v[label] - 0.5 * height])
    near = rows[first:last]
    under = near[(u[near] < u[label] + words.width[label]) & (u[near] + words.width[near] > u[label])]
    if len(under) < 2:
        return False
    return bool(value[under[-2:]].all())
