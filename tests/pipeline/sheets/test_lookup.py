"""Looking words up by columns says what a walk over all words says, ties and order included."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sheets.lookup import DROP_MM, RIGHT_MM, Standing, linked
from pipeline.sheets.words import Word

PLACE = st.one_of(st.integers(0, 60).map(float), st.floats(0, 150, allow_nan=False))
LINKED_MM = 30.0


@st.composite
def words(draw: st.DrawFn) -> Word:
    x, y = draw(PLACE), draw(PLACE)
    height = draw(st.sampled_from([2.5, 3.0, 3.5, 7.0]))
    lines = draw(st.sampled_from([0, 0, 0, 1, 3]))
    name = draw(st.sampled_from([None, None, None, "number", "title", "scale"]))
    width = draw(st.sampled_from([1.0, 4.0, 8.0, 40.0]))
    return Word("w", x, y - lines * height * 5 / 3, x + width, y + height, height, 0, name)


def inside(found: list[Word], cell) -> list[Word]:
    return [
        w
        for w in found
        if cell[0] <= min(w.middle[0], w.x0 + 2 * w.height) <= cell[2] and cell[1] <= w.middle[1] <= cell[3]
    ]


def right_of(label: Word, word: Word) -> bool:
    height = label.y1 - label.y0
    level = abs(word.middle[1] - label.middle[1])
    near = -0.5 * height <= word.x0 - label.x1 <= RIGHT_MM
    return near and level <= max(0.9 * height, 0.75 * (word.y1 - word.y0))


def below(label: Word, word: Word) -> bool:
    gap = label.y0 - word.y1
    return -0.3 * label.height <= gap <= DROP_MM and word.x0 < label.x1 + 15.0 and word.x1 > label.x0


def next_line(found: list[Word], last: Word) -> Word | None:
    for w in found:
        close = abs(w.x0 - last.x0) < last.height or abs(w.middle[0] - last.middle[0]) < last.height
        if 0 <= last.y0 - w.y1 <= 1.2 * last.height and abs(w.height - last.height) < 0.05 * last.height and close:
            return w
    return None


def groups_of(found: list[Word]) -> set[frozenset[int]]:
    """The groups by joining every pair, whatever the order."""
    groups = [{i} for i in range(len(found))]
    for i, one in enumerate(found):
        for j in range(i):
            two = found[j]
            if max(abs(one.middle[0] - two.middle[0]), abs(one.middle[1] - two.middle[1])) < LINKED_MM:
                joined = next(g for g in groups if i in g) | next(g for g in groups if j in g)
                groups = [g for g in groups if not g & joined] + [joined]
    return {frozenset(g) for g in groups}


@settings(max_examples=150, deadline=None)
@given(st.lists(words(), max_size=25), st.tuples(PLACE, PLACE, PLACE, PLACE))
def test_words_in_a_cell(found, corners):
    cell = (min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2]))
    assert [id(w) for w in Standing(found).inside(cell)] == [id(w) for w in inside(found, cell)]


@settings(max_examples=150, deadline=None)
@given(st.lists(words(), max_size=25))
def test_the_nearest_word_right_and_below(found):
    labels = [w for w in found if w.label]
    values = [w for w in found if not w.label]
    on = Standing(labels)
    for some in (values, labels):
        columns = Standing(some)
        for label in labels:
            right = [w for w in some if w is not label and right_of(label, w)]
            nearest = columns.nearest_right(label)
            assert (nearest[1] if nearest else None) is min(right, key=lambda w: w.x0 - label.x1, default=None)
            others = [w for w in labels if w is not label]
            under = [w for w in some if w is not label and below(label, w) and not any(right_of(o, w) for o in others)]
            nearest = columns.nearest_below(label, on)
            assert (nearest[1] if nearest else None) is min(under, key=lambda w: label.y0 - w.y1, default=None)
            assert columns.next_line(label) is next_line(some, label)


@settings(max_examples=100, deadline=None)
@given(st.lists(words(), max_size=20))
def test_groups_of_near_labels(found):
    groups = linked(found, LINKED_MM).tolist()
    assert {frozenset(i for i, g in enumerate(groups) if g == one) for one in groups} == groups_of(found)


def test_no_words_are_no_answer():
    none = Standing([])
    label = Word("图号", 0.0, 0.0, 8.0, 3.0, 3.0, 0, "number")
    assert none.inside((0, 0, 1, 1)) == [] and none.nearest_right(label) is None and len(none) == 0
    assert none.nearest_below(label, none) is None and none.next_line(label) is None and len(linked([], 1.0)) == 0
