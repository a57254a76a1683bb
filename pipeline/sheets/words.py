"""The words of a space: its texts as columns, single characters that spell a label joined, labels known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.model import Sheet, Space
from pipeline.drawing.sheet_space import on_sheet, to_sheet
from pipeline.sheets.labels import field_of, inline

F64 = NDArray[np.float64]
SINGLE = re.compile(r"^[\u4e00-\u9fff]$")
SPREAD = 7.0  # characters of one label stand at most this many letter heights apart


@dataclass(slots=True)
class Words:
    """Texts of a space (several joined ones count as one), with the label each is, if any."""

    string: list[str] = field(default_factory=list)
    origin: F64 = field(default_factory=lambda: np.zeros((0, 2)))  # (w, 2) left end of the first base line, mm
    height: F64 = field(default_factory=lambda: np.zeros(0))  # (w,) cap height
    width: F64 = field(default_factory=lambda: np.zeros(0))  # (w,) along the base line
    rotation: F64 = field(default_factory=lambda: np.zeros(0))  # (w,) radians
    entity: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))  # (w,) row of the (first) text
    label: list[str | None] = field(default_factory=list)  # field a label names
    both: list[tuple[str, str] | None] = field(default_factory=list)  # field and value of texts that hold both

    def __len__(self) -> int:
        return len(self.string)


def named(label: str | None, both: tuple[str, str] | None) -> str:
    """Return the field that a word names as a label or together with its value, "" where it names none."""
    return label or (both[0] if both else "")


def words_in(space: Space) -> Words:
    """Return the words of a space."""
    texts = space.texts
    if not len(texts):
        return Words()
    string = list(texts.string)
    origin, height = texts.origin.copy(), texts.height.copy()
    width, rotation = texts.width.copy(), texts.rotation.copy()
    gone: set[int] = set()
    for run in _spelled(string, origin, height, rotation):
        first, last = run[0], run[-1]
        string[first] = "".join(string[i] for i in run)
        width[first] = float(np.hypot(*(origin[last] - origin[first]))) + width[last]
        gone.update(run[1:])
    kept = np.array([i for i in range(len(string)) if i not in gone], dtype=np.int64)
    known: dict[str, tuple[str | None, tuple[str, str] | None]] = {}
    labels: list[str | None] = []
    both: list[tuple[str, str] | None] = []
    for i in kept.tolist():
        text = string[i]
        if text not in known:
            name = field_of(text)
            known[text] = (name, None if name else inline(text))
        labels.append(known[text][0])
        both.append(known[text][1])
    return Words(
        [string[i] for i in kept.tolist()], origin[kept], height[kept], width[kept], rotation[kept],
        texts.entity[kept], labels, both,
    )  # fmt: skip


def _spelled(string: list[str], origin: F64, height: F64, rotation: F64) -> list[list[int]]:
    """Return runs of single characters on one line that together are a label (图 | 号)."""
    singles = [i for i, text in enumerate(string) if len(text) <= 3 and SINGLE.match(text.strip())]
    if len(singles) < 2:
        return []
    rows = np.array(singles)
    turn = rotation[rows]
    u = np.cos(turn) * origin[rows, 0] + np.sin(turn) * origin[rows, 1]
    v = -np.sin(turn) * origin[rows, 0] + np.cos(turn) * origin[rows, 1]
    tall = np.maximum(height[rows], 1e-9)
    order = np.lexsort((u, np.round(v / (0.3 * np.median(tall))), np.round(turn, 2)))
    runs: list[list[int]] = []
    for place in order.tolist():
        row = singles[place]
        if runs:
            last = runs[-1][-1]
            step = origin[row] - origin[last]
            along = float(np.cos(rotation[row]) * step[0] + np.sin(rotation[row]) * step[1])
            across = float(-np.sin(rotation[row]) * step[0] + np.cos(rotation[row]) * step[1])
            level = abs(across) < 0.3 * height[row] and abs(rotation[row] - rotation[last]) < 0.02
            if level and 0 < along < SPREAD * height[row] and abs(height[row] - height[last]) < 0.1 * height[row]:
                runs[-1].append(row)
                continue
        runs.append([row])
    found = []
    for run in runs:
        found += _labels_in(run, string)
    return found


def _labels_in(run: list[int], string: list[str]) -> list[list[int]]:
    """Return the labels that a run of characters spells, longest first from the left."""
    found = []
    start = 0
    while start < len(run) - 1:
        for end in range(min(len(run), start + 8), start + 1, -1):
            if field_of("".join(string[i].strip() for i in run[start:end])) is not None:
                found.append(run[start:end])
                start = end - 1
                break
        start += 1
    return found


@dataclass(slots=True)
class Word:
    """A text in sheet millimetres, upright."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    height: float
    row: int  # row in Words
    label: str | None = None  # the field it names
    both: tuple[str, str] | None = None  # field and value where it holds both

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


def words_of(words: Words, space: Space, sheet: Sheet) -> list[Word]:
    """Return the words of a sheet that stand upright on it."""
    if not len(words):
        return []
    a, _, c, _, _, _ = sheet.to_space
    turn, unit = np.arctan2(c, a), float(np.hypot(a, c))
    tilt = words.rotation - turn
    upright = (np.abs(np.sin(tilt)) <= 0.05) & (np.cos(tilt) > 0)
    rows = np.flatnonzero(on_sheet(space, sheet)[words.entity] & upright)
    place = to_sheet(words.origin[rows], sheet.to_space)
    found: list[Word] = []
    for i, (x, y) in zip(rows.tolist(), place.tolist(), strict=True):
        height, width = words.height[i] / unit, words.width[i] / unit
        lines = words.string[i].count("\n")
        found.append(
            Word(
                words.string[i],
                x,
                y - lines * height * 5 / 3,
                x + width,
                y + height,
                height,
                i,
                words.label[i],
                words.both[i],
            )  # fmt: skip
        )
    return found
