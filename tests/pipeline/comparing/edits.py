"""Edits planted into the small plan, drawn by hypothesis: what was done and what a comparison must say."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.pipeline.comparing.drawings import LABELS, Label, Stroke, door, plan, shifted

SPOTS = ((2600, 1500), (7600, 1500), (11600, 7200), (16600, 1400), (2000, 9200), (13000, 10700), (16600, 10500))


@dataclass(frozen=True)
class Edit:
    """One edit: `kind` and `cls` a comparison must tell, and where (mm of the plan)."""

    name: str
    kind: str
    cls: str
    at: int
    amount: tuple[int, int] = (0, 0)


def edits(most: int = 3) -> st.SearchStrategy[list[Edit]]:
    """Return up to `most` edits that do not touch one another."""
    doors = st.builds(
        lambda at, angle, far: Edit("move door", "moved", "geometry", at, _polar(angle, far)),
        st.integers(0, 3), st.integers(0, 23), st.integers(60, 1500),
    )  # fmt: skip
    one = st.one_of(
        doors,
        st.builds(lambda at: Edit("remove door", "removed", "geometry", at), st.integers(0, 3)),
        st.builds(
            lambda at, angle, far: Edit("add wall", "added", "geometry", 10 + at, _polar(angle, far)),
            st.integers(0, 6), st.integers(0, 23), st.integers(300, 900),
        ),
        st.builds(lambda at: Edit("add door", "added", "geometry", 10 + at), st.integers(0, 6)),
        st.builds(lambda at: Edit("change text", "modified", "text", 20 + at), st.integers(0, 4)),
        st.builds(lambda at: Edit("remove text", "removed", "text", 20 + at), st.integers(0, 4)),
        st.builds(
            lambda at, angle, far: Edit("move text", "moved", "text", 20 + at, _polar(angle, far)),
            st.integers(0, 4), st.integers(0, 23), st.integers(400, 900),
        ),
    )  # fmt: skip
    return st.lists(one, min_size=1, max_size=most, unique_by=lambda edit: edit.at)


def _polar(angle: int, far: int) -> tuple[int, int]:
    turn = angle * math.pi / 12
    return (round(far * math.cos(turn)), round(far * math.sin(turn)))


def edited(wanted: list[Edit]) -> tuple[list[Stroke], list[Label]]:
    """Return the plan with the edits made."""
    strokes, labels = plan()
    gone = set()
    for edit in wanted:
        dx, dy = edit.amount
        if edit.name == "move door":
            strokes = shifted(strokes, edit.at, dx, dy)
        elif edit.name == "remove door":
            strokes = [stroke for stroke in strokes if stroke[2] != edit.at]
        elif edit.name == "add wall":
            x, y = SPOTS[edit.at - 10]
            strokes = [*strokes, ([(x, y), (x + dx, y + dy)], 1, -1)]
        elif edit.name == "add door":
            strokes = [*strokes, *door(*SPOTS[edit.at - 10], 750, 90 + edit.at)]
        else:
            row = edit.at - 20
            string, x, y, height = labels[row]
            if edit.name == "remove text":
                gone.add(row)
            else:
                labels[row] = (string + "X" if edit.name == "change text" else string, x + dx, y + dy, height)
    return strokes, [label for row, label in enumerate(labels) if row not in gone]


def place_of(edit: Edit) -> tuple[float, float]:
    """Return about where an edit is, on the new plan (where it was, if it is gone)."""
    if edit.at < 10:
        points = [point for stroke in plan()[0] if stroke[2] == edit.at for point in stroke[0]]
        x, y = points[0]
    else:
        x, y = SPOTS[edit.at - 10] if edit.at < 20 else LABELS[edit.at - 20][1:3]
    return (x + edit.amount[0], y + edit.amount[1]) if edit.kind == "moved" else (x, y)
