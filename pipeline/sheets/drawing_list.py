"""The drawing list 图纸目录: its rows read from the texts of sheets, and held against the sheets of a submission."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.drawing.model import Drawing
from pipeline.sheets.labels import field_of
from pipeline.sheets.numbers import is_sure_number, looks_like_number, squash, tidy_number
from pipeline.sheets.words import Word, words_in, words_of

HEADS = {
    "number": ("图号", "图纸编号", "图纸号", "DRAWINGNO.", "DRAWINGNO", "SHEETNO.", "SHEETNO", "NUMBER"),
    "title": ("图名", "图纸名称", "图纸内容", "DRAWINGTITLE", "SHEETTITLE", "DRAWINGNAME", "SHEETNAME", "TITLE"),
    "size": ("图幅", "图纸规格", "幅面", "规格", "SIZE"),
    "version": ("版次", "版本", "版本号", "REV", "REV.", "REVISION"),
}
_HEAD = {word: name for name, words in HEADS.items() for word in words}
_RANGE = re.compile(r"^(?P<head>.*?[-_ ]?)(?P<low>\d{1,3})\s*[~～至]\s*(?:(?P=head))?(?P<high>\d{1,3})$")
LIST_WORDS = ("目录", "图纸清单", "DRAWINGLIST", "SHEETINDEX", "DRAWINGINDEX", "LISTOFDRAWINGS")
SIZE = re.compile(r"^A[0-4]")


@dataclass(slots=True, frozen=True)
class ListRow:
    """One row of a drawing list."""

    number: str
    title: str
    size: str = ""
    version: str = ""
    sheet: str = ""  # id of the sheet the list stands on


@dataclass(slots=True, frozen=True)
class Present:
    """A sheet of the submission as the list is held against it."""

    id: str
    number: str
    title: str = ""
    size: str = ""
    version: str = ""


@dataclass(slots=True, frozen=True)
class Disagreement:
    """One thing in which list and sheets differ."""

    kind: str  # missing extra title size version doubled
    number: str
    listed: str = ""
    found: str = ""
    sheet: str = ""  # id of the sheet, "" for a missing one


@dataclass(slots=True)
class Reconciled:
    """The drawing list against the sheets."""

    agreed: list[tuple[str, str]] = field(default_factory=list)  # (number, sheet id) of rows without disagreement
    differ: list[Disagreement] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # ids of sheets without a number: "missing" may be among them


def read_drawing_list(drawing: Drawing) -> list[tuple[str, str]]:
    """Return (number, title) of every row of the drawing lists in a file, top to bottom; [] if there is none."""
    return list(dict.fromkeys((row.number, row.title) for row in read_list_rows(drawing)))


def read_list_rows(drawing: Drawing) -> list[ListRow]:
    """Return the rows of the drawing lists of a file, page by page; needs its sheets (`find_sheets`).

    A list is a table with the heads 图号 and 图名 over at least two rows of numbers (several tables may stand side by
    side, headings without a number between the rows are passed over), or a sheet that says 目录 and has a column of at
    least three sheet numbers. Ranges (建施-03~05) become one row each.
    """
    known = {row: words_in(space) for row, space in enumerate(drawing.spaces)}
    rows: list[ListRow] = []
    for sheet in drawing.sheets:
        words = words_of(known[sheet.space], drawing.spaces[sheet.space], sheet)
        named = any(mark in squash(w.text).upper() for w in words for mark in LIST_WORDS)
        found = _tables(words, sheet.id) if named else []
        rows += found or (_columns(words, sheet.id) if named else [])
    return list(dict.fromkeys(each for row in rows for each in _expanded(row)))


def _tables(words: list[Word], sheet: str) -> list[ListRow]:
    """Return the rows of tables with heads."""
    heads = [(w, _HEAD[bare]) for w in words if (bare := squash(w.text).upper().rstrip(":：")) in _HEAD]
    rows: list[ListRow] = []
    for first in [w for w, name in heads if name == "number"]:
        line = sorted(
            ((w, name) for w, name in heads if abs(w.middle[1] - first.middle[1]) < 1.2 * first.height),
            key=lambda entry: entry[0].x0,
        )
        starts = [i for i, (w, _) in enumerate(line) if w is first]
        after = [i for i, (w, name) in enumerate(line) if name == "number" and w.x0 > first.x0]
        group = line[starts[0] : after[0] if after else None]
        if not any(name == "title" for _, name in group):
            continue
        stop = line[after[0]][0].x0 if after else max(w.x1 for w, _ in group) + 60.0
        found = _rows_under(group, words, stop, sheet)
        if len(found) >= 2:
            rows += found
    return rows


def _rows_under(group: list[tuple[Word, str]], words: list[Word], stop: float, sheet: str) -> list[ListRow]:
    head = group[0][0]
    below = [w for w in words if w.middle[1] < head.middle[1] - head.height and head.x0 - 25 < w.x0 < stop]
    numbers = [
        w
        for w in below
        if (looks_like_number(w.text) or _RANGE.match(tidy_number(w.text)))
        and not squash(w.text).isdigit()
        and abs(w.middle[0] - head.middle[0]) < 22
    ]
    rows: list[ListRow] = []
    last = head.middle[1]
    pitch = 0.0
    for number in sorted(numbers, key=lambda w: -w.middle[1]):
        step = last - number.middle[1]
        if pitch and step > 6 * pitch:  # the table has ended
            break
        pitch, last = (min(pitch, step) if pitch else step), number.middle[1]
        level = [w for w in below if w is not number and abs(w.middle[1] - last) < 0.8 * number.height + 0.5]
        cells = {name: _under(w, group, level) for w, name in group[1:]}
        rows.append(
            ListRow(
                tidy_number(number.text), cells.get("title", ""), cells.get("size", ""), cells.get("version", ""), sheet
            )
        )
    return rows


def _under(head: Word, group: list[tuple[Word, str]], level: list[Word]) -> str:
    """Return the words of a row that stand nearer to one head than to any other on its right."""
    right = [w.x0 for w, _ in group if w.x0 > head.x1]
    left = [w.x1 for w, _ in group if w.x1 < head.x0]
    low = max(left, default=head.x0 - 40.0)
    high = min(right, default=head.x1 + 60.0)
    own = [w for w in level if low - 1 < w.x0 < high - 1 and not squash(w.text).replace(".", "").isdigit()]
    if head.label == "version":
        own = [w for w in level if low - 1 < w.x0 < high - 1 or abs(w.middle[0] - head.middle[0]) < 6]
    return " ".join(" ".join(w.text.split()) for w in sorted(own, key=lambda w: w.x0))


def _columns(words: list[Word], sheet: str) -> list[ListRow]:
    numbers = [w for w in words if is_sure_number(w.text)]
    heads = [w for w in words if field_of(w.text) == "title"]
    rows: list[tuple[float, float, ListRow]] = []
    for word in numbers:
        column = [w for w in numbers if abs(w.x0 - word.x0) < 6 or abs(w.middle[0] - word.middle[0]) < 4]
        if len(column) < 3:
            continue
        title = _title_beside(word, words, numbers, heads)
        if title:
            rows.append((word.x0, -word.middle[1], ListRow(tidy_number(word.text), title, sheet=sheet)))
    rows.sort(key=lambda r: (round(r[0] / 40), r[1]))
    return [row for _, _, row in rows]


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


def _expanded(row: ListRow) -> Iterable[ListRow]:
    """Return a row for every number of a range."""
    match = _RANGE.match(row.number)
    if not match or not match["head"].strip():
        return [row]
    low, high, wide = int(match["low"]), int(match["high"]), len(match["low"])
    if not low < high < low + 100:
        return [row]
    return [ListRow(f"{match['head']}{n:0{wide}d}", row.title, row.size, row.version, row.sheet)
            for n in range(low, high + 1)]  # fmt: skip


def reconcile(listed: Sequence[ListRow], present: Sequence[Present]) -> Reconciled:
    """Hold the drawing lists of a whole submission against its sheets.

    Args:
        listed: rows of all lists (`read_list_rows` of every file of one format).
        present: all sheets of the same format.

    Returns:
        What agrees, and every disagreement: missing and extra sheets, other title, size or version, numbers that
        several sheets bear. Titles are compared without blanks and with 首层 as 一层; size and version only where
        both sides name them.
    """
    result = Reconciled(unread=[sheet.id for sheet in present if not sheet.number])
    by_number: dict[str, list[Present]] = {}
    for sheet in present:
        if sheet.number:
            by_number.setdefault(_plain(sheet.number), []).append(sheet)
    seen: set[str] = set()
    for row in listed:
        key = _plain(row.number)
        if key in seen:
            continue
        seen.add(key)
        sheets = by_number.get(key, [])
        if not sheets:
            result.differ.append(Disagreement("missing", row.number, row.title))
            continue
        best = next((s for s in sheets if _title(s.title) == _title(row.title)), sheets[0])
        found = [
            Disagreement(kind, row.number, a, b, best.id)
            for kind, a, b, same in (
                ("title", row.title, best.title, _title(row.title) == _title(best.title)),
                ("size", row.size, best.size, _plain(row.size)[:2] == _plain(best.size)[:2]),
                ("version", row.version, best.version, _plain(row.version) == _plain(best.version)),
            )
            if a and b and not same
        ]
        result.differ += found
        if not found:
            result.agreed.append((row.number, best.id))
    for key, sheets in by_number.items():
        if len(sheets) > 1:
            result.differ += [Disagreement("doubled", s.number, found=s.title, sheet=s.id) for s in sheets]
        if listed and key not in seen:
            result.differ += [Disagreement("extra", s.number, found=s.title, sheet=s.id) for s in sheets]
    return result


def _plain(text: str) -> str:
    return re.sub(r"[\s\-—–－_]+", "", unicodedata.normalize("NFKC", text)).upper()


def _title(text: str) -> str:
    return _plain(text).replace("首层", "一层").replace("底层", "一层")
