"""The drawing list 图纸目录: rows of sheet number and title read from the texts of a sheet."""

from __future__ import annotations

from pipeline.drawing.model import Drawing
from pipeline.sheets.labels import field_of
from pipeline.sheets.numbers import is_sure_number, squash, tidy_number
from pipeline.sheets.words import Word, words_in, words_of


def read_drawing_list(drawing: Drawing) -> list[tuple[str, str]]:
    """Return (number, title) of every row of the drawing lists in a file, top to bottom; [] if there is none.

    Needs the sheets (`find_sheets`). A list is a sheet that says 目录 and has a column of sheet numbers: at least
    three of them one below the other.
    """
    rows: list[tuple[str, str]] = []
    known = {row: words_in(space) for row, space in enumerate(drawing.spaces)}
    for sheet in drawing.sheets:
        words = words_of(known[sheet.space], drawing.spaces[sheet.space], sheet)
        if any("目录" in squash(w.text) or "图纸清单" in squash(w.text) for w in words):
            rows.extend(_columns(words))
    return list(dict.fromkeys(rows))


def _columns(words: list[Word]) -> list[tuple[str, str]]:
    numbers = [w for w in words if is_sure_number(w.text)]
    heads = [w for w in words if field_of(w.text) == "title"]
    rows: list[tuple[float, float, str, str]] = []
    for word in numbers:
        column = [w for w in numbers if abs(w.x0 - word.x0) < 6 or abs(w.middle[0] - word.middle[0]) < 4]
        if len(column) < 3:
            continue
        title = _title_beside(word, words, numbers, heads)
        if title:
            rows.append((word.x0, -word.middle[1], tidy_number(word.text), title))
    rows.sort(key=lambda r: (round(r[0] / 40), r[1]))
    return [(number, title) for _, _, number, title in rows]


def _title_beside(word: Word, words: list[Word], numbers: list[Word], heads: list[Word]) -> str:
    """Return the text in the title column of a row: below the head 图名 if there is one, else the next on the right."""
    level = [
        w
        for w in words
        if w is not word
        and abs(w.middle[1] - word.middle[1]) < 0.8 * word.height + 0.5
        and w.x0 > word.x1
        and w.x0 - word.x1 < 200
        and not squash(w.text).replace(".", "").isdigit()
    ]
    stops = [w.x0 for w in level if w in numbers]
    level = [w for w in level if not stops or w.x1 <= min(stops)]
    for head in heads:
        under = [w for w in level if w.x0 < head.x1 + 25 and w.x1 > head.x0 - 25 and head.y0 > word.y1]
        if under:
            return " ".join(min(under, key=lambda w: w.x0).text.split())
    return " ".join(min(level, key=lambda w: w.x0).text.split()) if level else ""
