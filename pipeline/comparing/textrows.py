"""Texts that one side has as one and the other as several: paragraphs and their lines, rows of dimensions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

import numpy as np

from pipeline.comparing.content import TextColumns, squash

MOST_LINES = 60  # of one text
LIKE_STRING = 0.6  # of the letters
MOST_LETTERS = 400  # of strings compared letter by letter
ACROSS = 0.5  # cap heights from the base line, within which a text stands on it


@dataclass(slots=True)
class TextChange:
    """One change of a text; rows are -1 where the side has none."""

    kind: str  # added removed modified moved
    old: int
    new: int
    delta: tuple[float, float] = (0.0, 0.0)  # new working mm
    distance: float = 0.0
    together: list[tuple[int, int]] = field(default_factory=list)  # (old, new) rows that moved as one block
    strings: tuple[str, str] | None = None  # where a side has the text as several: what stood there, what stands
    lines: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))  # further rows old and new
    within: str = ""  # the side (old, new) on which it is only a part of its row's text

    def swapped(self) -> TextChange:
        """The same change with its sides exchanged."""
        strings = None if self.strings is None else (self.strings[1], self.strings[0])
        lines, within = (self.lines[1], self.lines[0]), {"old": "new", "new": "old"}.get(self.within, "")
        return replace(self, old=self.new, new=self.old, strings=strings, lines=lines, within=within)


def alike(old: TextColumns, new: TextColumns, i: int, j: int) -> bool:
    """Similar height and direction."""
    ratio = old.height[i] / max(new.height[j], 1e-9)
    turn = np.abs(np.angle(np.exp(2j * (old.rotation[i] - new.rotation[j])))) / 2
    return bool(0.55 < ratio < 1.8 and turn < 0.2)


def alike_strings(one: str, two: str) -> bool:
    """Whether two strings share most of their letters in order."""
    matcher = SequenceMatcher(None, one[:MOST_LETTERS], two[:MOST_LETTERS], autojunk=False)
    return matcher.real_quick_ratio() >= LIKE_STRING and matcher.ratio() >= LIKE_STRING


def match_blocks(one: TextColumns, other: TextColumns, free_one: set[int], free_other: set[int]) -> None:
    """Take away a text that the other side has as several lines or words."""
    for i, inside in _inside(one, other, free_one, free_other):
        parts = _lines_of(one, other, i, sorted(inside)) if inside <= free_other else []
        parts = parts or _row_of(one, other, i, sorted(inside & free_other))
        if len(parts) > 1:
            free_one.discard(i)
            free_other.difference_update(parts)


def _lines_of(one: TextColumns, other: TextColumns, i: int, inside: list[int]) -> list[int]:
    """Texts that are the lines of a text, or all its letters; none where they are not."""
    lines = Counter(one.line_keys(i))
    parts = [j for j in inside if other.key[j] in lines]
    if Counter(other.key[j] for j in parts) == lines:
        return parts
    parts = [j for j in inside if other.key[j] in one.key[i]]
    return parts if sorted("".join(other.key[j] for j in parts)) == sorted(one.key[i]) else []


def _row_of(one: TextColumns, other: TextColumns, i: int, inside: list[int]) -> list[int]:
    """Neighbouring texts on the base line of a text that say together what it says; none where there are none."""
    row = _base_line(one, other, i, inside)
    for k in range(len(row)):
        said = ""
        for m in range(k, len(row)):
            said += other.key[row[m]]
            if said == one.key[i]:
                return row[k : m + 1]
            if not one.key[i].startswith(said):
                break
    return []


def _base_line(one: TextColumns, other: TextColumns, i: int, inside: list[int]) -> list[int]:
    """Those of some texts that stand on the base line of a text, in order."""
    turn = float(one.rotation[i])
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    row = [j for j in inside if alike(one, other, i, j)]
    row = [j for j in row if abs((other.centre[j] - one.centre[i]) @ across) <= ACROSS * one.height[i]]
    return sorted(row, key=lambda j: float(other.centre[j] @ along))


def changed_in_rows(one: TextColumns, other: TextColumns, free_one: set[int], free_other: set[int]) -> list[TextChange]:
    """One changed text of a row (a chain of dimensions) that the first side has as a single text."""
    changes = []
    for i, inside in _inside(one, other, free_one, free_other):
        row, words = _base_line(one, other, i, sorted(inside & free_other)), one.string[i].split()
        if len(row) < 3 or len(row) != len(words):
            continue
        differing = [k for k, j in enumerate(row) if squash(words[k]) != other.key[j]]
        if len(differing) == 1:
            free_one.discard(i)
            free_other.difference_update(row)
            k = differing[0]
            strings = (words[k], other.string[row[k]])
            changes.append(TextChange("modified", i, row[k], strings=strings, within="old"))
    return changes


def _inside(
    one: TextColumns, other: TextColumns, free_one: set[int], free_other: set[int]
) -> list[tuple[int, set[int]]]:
    """Free texts with the free texts of the other side whose middle lies in their box, grown by 1.5 heights."""
    if not free_one or not free_other:
        return []
    rows = np.array(sorted(free_other), np.int64)
    rows = rows[np.argsort(other.centre[rows, 0], kind="stable")]
    x, y = other.centre[rows].T
    found = []
    for i in sorted(free_one):
        grow = 1.5 * one.height[i]
        (x0, y0), (x1, y1) = one.box[i, :2] - grow, one.box[i, 2:] + grow
        low, high = np.searchsorted(x, [x0, x1])
        inside = rows[low:high][(y[low:high] >= y0) & (y[low:high] <= y1)]
        if 0 < len(inside) <= MOST_LINES:
            found.append((i, {int(j) for j in inside}))
    return found


def partly_changed(one: TextColumns, other: TextColumns, free_one: set[int], free_other: set[int]) -> list[TextChange]:
    """Paragraphs some lines of which changed, where the other side has the lines as texts of their own."""
    changes = []
    for i, inside in _inside(one, other, free_one, free_other):
        lines = one.line_keys(i)
        inside = {j for j in inside & free_other if alike(one, other, i, j)}
        if len(lines) < 2 or not inside:
            continue
        across = np.array([-np.sin(one.rotation[i]), np.cos(one.rotation[i])])
        ordered = sorted(inside, key=lambda j: -float(other.centre[j] @ across))
        kept = sum(len(other.key[j]) for j in ordered if other.key[j] in lines)
        if kept < LIKE_STRING / 2 * len(one.key[i]) and not alike_strings(
            one.key[i], "".join(other.key[j] for j in ordered)
        ):
            continue
        free_one.discard(i)
        free_other.difference_update(ordered)
        strings = (one.string[i], "\n".join(other.string[j] for j in ordered))
        changes.append(TextChange("modified", i, ordered[0], strings=strings, lines=([], ordered[1:])))
    return changes
