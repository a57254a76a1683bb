"""Letters a plotter's font did not have: they come out as dots, question marks or boxes, one for each letter.

"卧室" plotted in a Latin font reads "··" or "??". Such a text is compared by its other letters and by how many letters
are missing; it is read as the nearest text of the other sheet that fits, and the result says how many texts that are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.comparing.content import TextColumns, squash
from pipeline.comparing.drift import anchors, near_pairs
from pipeline.comparing.patterns import note_of_side
from pipeline.drawing.tables import F64

STAND_INS = "·?¿□\ufffd\u25af"  # what plotters put for a letter the font lacks
ANY = "\0"
BLANKS = re.compile(r"\s+")
FOREIGN = re.compile(rf"[^\x00-\x7f]|[{re.escape(STAND_INS)}]")  # letters outside ASCII may be missing in a font
STAND_IN = re.compile(rf"[{re.escape(STAND_INS)}]")
CANDIDATES = 12
NOTE_ZH = "{side}上有 {count} 个文字的部分字符因字体缺字显示为“·”或“?”，只比对了其余字符和字数，缺失的字符请人工核对。"
NOTE_EN = (
    "{count} texts of the {side} sheet show · or ? where their font lacks a letter; only the other letters and how "
    "many there are were compared, please look at the missing ones."
)


@dataclass(slots=True)
class Words:
    """What texts may be read as: strings, where each stands, and whose they are (an owner is read once)."""

    string: list[str]
    places: Sequence[F64]  # arrays (w, 2): the points by which a text may be set, mm
    owner: Sequence[int]


def words_of(texts: TextColumns) -> Words:
    """The lines of texts, each at the place of its text."""
    lines = [(line, row) for row, string in enumerate(texts.string) for line in string.split("\n") if line.strip()]
    rows = np.array([row for _, row in lines], np.int64)
    return Words([line for line, _ in lines], [a[rows] for a in anchors(texts)], list(range(len(lines))))


def read_as(texts: TextColumns, words: Words, reach: float) -> tuple[TextColumns, int]:
    """Texts with missing letters, compared as the nearest words they fit; each word is used once.

    Args:
        texts: in new working mm.
        words: of the other side, in new working mm.
        reach: farthest word looked at, mm.

    Returns:
        (the texts with the keys of those words, how many texts that are).
    """
    if not words.string or not any(lacks_letters(string) for string in texts.string):
        return texts, 0
    fitting: dict[str, list[int]] = {}
    for word, string in enumerate(words.string):
        fitting.setdefault(_form(string), []).append(word)
    alike: dict[str, list[int]] = {}
    for row, string in enumerate(texts.string):
        alike.setdefault(_form(string), []).append(row)
    pairs = [
        pair
        for form, some in alike.items()
        if form in fitting and any(lacks_letters(texts.string[row]) for row in some)
        for pair in _near(texts, some, words, fitting[form], reach)
    ]
    keys, taken = list(texts.key), set()
    read: set[int] = set()
    for _, row, word in sorted(pairs):
        if row not in read and words.owner[word] not in taken and _fits(texts.string[row], words.string[word]):
            read.add(row)
            taken.add(words.owner[word])
            keys[row] = squash(words.string[word])
    told = sum(keys[row] != texts.key[row] for row in read)
    return replace(texts, key=keys), told


def _form(string: str) -> str:
    """A string with one sign for every letter that a font may lack."""
    return FOREIGN.sub(ANY, BLANKS.sub("", string).casefold())


def lacks_letters(string: str) -> bool:
    """Whether a text shows signs for letters that its font lacks."""
    return STAND_IN.search(string) is not None


def _near(
    texts: TextColumns, rows: list[int], words: Words, some: list[int], reach: float
) -> list[tuple[float, int, int]]:
    """(distance, text, word) of words near texts."""
    found = near_pairs(
        [own[rows] for own in anchors(texts)], [place[some] for place in words.places], CANDIDATES, reach
    )
    return [(distance, rows[i], some[k]) for distance, i, k in found]


def _fits(text: str, word: str) -> bool:
    """Whether a text reads letter by letter as a word, missing letters aside."""
    one, two = BLANKS.sub("", text).casefold(), BLANKS.sub("", word).casefold()
    return len(one) == len(two) and all(
        a == b or (a in STAND_INS and ord(b) > 0x7F) for a, b in zip(one, two, strict=True)
    )


def readable(old: TextColumns, new: TextColumns, reach: float) -> tuple[TextColumns, TextColumns, list[dict[str, str]]]:
    """Both sides' texts with missing letters read as the other side's words, and what is told of it.

    Args:
        old: placed old texts.
        new: new texts.
        reach: farthest move looked for, mm.
    """
    after, of_new = read_as(new, words_of(old), reach)
    before, of_old = read_as(old, words_of(new), reach)
    told = ((True, of_old), (False, of_new))
    return before, after, [note_of_side(NOTE_ZH, NOTE_EN, is_old, count=count) for is_old, count in told if count]
