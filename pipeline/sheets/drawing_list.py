"""The drawing list 图纸目录: its rows read from the texts of sheets, and held against the sheets of a submission."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pipeline.drawing.model import Drawing
from pipeline.sheets.labels import field_of
from pipeline.sheets.numbers import is_sure_number, looks_like_number, squash, tidy_number
from pipeline.sheets.places import Box
from pipeline.sheets.words import Word, Words, words_in, words_of

HEADS = {
    "number": ("图号", "图纸编号", "图纸号", "DRAWINGNO.", "DRAWINGNO", "SHEETNO.", "SHEETNO", "NUMBER"),
    "title": ("图名", "图纸名称", "图纸内容", "DRAWINGTITLE", "SHEETTITLE", "DRAWINGNAME", "SHEETNAME", "TITLE"),
    "size": ("图幅", "图纸规格", "幅面", "规格", "SIZE"),
    "version": ("版次", "版本", "版本号", "REV", "REV.", "REVISION"),
}
_HEAD = {word: name for name, words in HEADS.items() for word in words}
_COUNTS = ("序号", "NO.", "NO", "ITEM")  # head of the column that counts the rows
_RANGE = re.compile(r"^(?P<head>.*?[-_ ]?)(?P<low>\d{1,3})\s*[~～至]\s*(?:(?P=head))?(?P<high>\d{1,3})$")
_LATIN_TOO = re.compile(r"(?<=[\u4e00-\u9fff])[A-Z.()/（）]+$")  # 图号 DRAWING NO.
LIST_WORDS = ("目录", "图纸清单", "DRAWINGLIST", "SHEETINDEX", "DRAWINGINDEX", "LISTOFDRAWINGS")


@dataclass(slots=True, frozen=True)
class ListRow:
    """One row of a drawing list."""

    number: str
    title: str
    size: str = ""
    version: str = ""
    sheet: str = ""  # id of the sheet the list stands on
    box: Box | None = field(default=None, compare=False)  # around its texts, mm on that sheet
    entities: tuple[int, ...] = field(default=(), compare=False)  # rows of its texts in the entities of the space


@dataclass(slots=True)
class SheetList:
    """What the drawing list on one sheet says."""

    sheet: str  # id of the sheet
    rows: list[ListRow] = field(default_factory=list)
    unread: list[Box] = field(default_factory=list)  # rows whose number cannot be read, mm on the sheet


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
    """Return the rows of the drawing lists of a file, page by page; see `read_lists`."""
    return list(dict.fromkeys(row for found in read_lists(drawing) for row in found.rows))


def read_lists(drawing: Drawing) -> list[SheetList]:
    """Return the drawing lists of a file, one for each sheet that bears one; needs its sheets (`find_sheets`).

    A list is a table with the heads 图号 and 图名 over at least two rows of numbers (several tables may stand side by
    side, headings without a number between the rows are passed over; where the sheet does not say 目录 the table must
    count its rows, 序号), or a sheet that says 目录 and has a column of at least three sheet numbers. Ranges
    (建施-03~05) become one row each. A sheet titled 目录 without a readable row is a list without rows.
    """
    known: dict[int, Words] = {}
    lists: list[SheetList] = []
    for sheet in drawing.sheets:
        if sheet.space not in known:
            known[sheet.space] = words_in(drawing.spaces[sheet.space])
        words = words_of(known[sheet.space], drawing.spaces[sheet.space], sheet)
        named = any(mark in squash(w.text).upper() for w in words for mark in LIST_WORDS)
        found = _tables(words, sheet.id, named)
        if not found.rows and named:
            found.rows = _columns(words, sheet.id)
        title = squash(sheet.title).upper()
        if not found.rows and not ("图集" not in title and any(mark in title for mark in LIST_WORDS)):
            continue
        entity = known[sheet.space].entity
        placed = [replace(row, entities=tuple(int(entity[i]) for i in row.entities)) for row in found.rows]
        found.rows = list(dict.fromkeys(each for row in placed for each in _expanded(row)))
        lists.append(found)
    return lists


def _tables(words: list[Word], sheet: str, named: bool) -> SheetList:
    """Return the rows of tables with heads; those that do not count their rows only where the sheet is `named`."""
    bare = [(w, _LATIN_TOO.sub("", squash(w.text).upper()).rstrip(":：")) for w in words]
    heads = [(w, _HEAD[text]) for w, text in bare if text in _HEAD]
    counts = [w for w, text in bare if text in _COUNTS]
    result = SheetList(sheet)
    for first in [w for w, name in heads if name == "number"]:
        line = sorted(
            ((w, name) for w, name in heads if abs(w.middle[1] - first.middle[1]) < 1.2 * first.height),
            key=lambda entry: entry[0].x0,
        )
        starts = [i for i, (w, _) in enumerate(line) if w is first]
        after = [i for i, (w, name) in enumerate(line) if name == "number" and w.x0 > first.x0]
        group = line[starts[0] : after[0] if after else None]
        level = [w for w in counts if abs(w.middle[1] - first.middle[1]) < 1.2 * first.height]
        counted = next((w for w in level if -1 < first.x0 - w.x1 < 40), None)
        if not any(name == "title" for _, name in group) or not (named or counted):
            continue
        stop = line[after[0]][0].x0 if after else max(w.x1 for w, _ in group) + 60.0
        rows, unread = _rows_under(group, counted, words, stop, sheet)
        if len(rows) >= 2:
            result.rows += rows
            result.unread += unread
    return result


def _rows_under(
    group: list[tuple[Word, str]], counted: Word | None, words: list[Word], stop: float, sheet: str
) -> tuple[list[ListRow], list[Box]]:
    """Return the rows below the heads of a table, and the boxes of those whose number cannot be read."""
    head = group[0][0]
    below = [w for w in words if w.middle[1] < head.middle[1] - head.height and head.x0 - 25 < w.x0 < stop]
    column = [w for w in below if abs(w.middle[0] - head.middle[0]) < 22 and not squash(w.text).isdigit()]
    numbers = [w for w in column if looks_like_number(w.text) or _range(tidy_number(w.text))]
    rows: list[ListRow] = []
    taken: list[Word] = []
    last = head.middle[1]
    pitch = 0.0
    for number in sorted(numbers, key=lambda w: -w.middle[1]):
        step = last - number.middle[1]
        if pitch and step > 6 * pitch:  # the table has ended
            break
        pitch, last = (min(pitch, step) if pitch else step), number.middle[1]
        level = [w for w in below if w is not number and _level(w, number)]
        cells = {name: _under(w, group, level) for w, name in group[1:]}
        own = [number, *(w for found in cells.values() for w in found)]
        title, size, version = (_text(cells.get(name, [])) for name in ("title", "size", "version"))
        place = tuple(w.row for w in own)
        rows.append(ListRow(tidy_number(number.text), title, size, version, sheet, _around(own), place))
        taken += own
    below = [w for w in below if last - w.middle[1] < 2.2 * pitch]
    return rows, _unread(group, counted, below, words, taken)


def _unread(
    group: list[tuple[Word, str]], counted: Word | None, below: list[Word], words: list[Word], taken: list[Word]
) -> list[Box]:
    """Return the boxes of rows that have a title but no number that can be read.

    Such a row has something with a digit under the head 图号 that is no sheet number, or is counted (序号) and has
    nothing there. Titles that stand between two rows (cells that span several) belong to no row and are passed over.
    """
    if not taken or not below:
        return []
    head, title = group[0][0], next(w for w, name in group if name == "title")
    foot, top = min(w.y0 for w in below), max(w.y1 for w in below)
    starts = [
        w for w in below if w not in taken and abs(w.middle[0] - head.middle[0]) < 22 and any(map(str.isdigit, w.text))
    ]
    if counted is not None:
        starts += [
            w
            for w in words
            if squash(w.text).isdigit() and foot <= w.y0 <= top and counted.x0 - 6 < w.middle[0] < counted.x1 + 6
        ]
    found: list[list[Word]] = []
    for start in starts:
        level = [w for w in below if w is not start and _level(w, start)]
        titled = _under(title, group, level)
        if titled and not any(w in taken for w in level) and not any(start in row for row in found):
            found.append([start, *level])
    return [_around(row) for row in found]


def _level(word: Word, number: Word) -> bool:
    """Whether a word stands on the line of a row."""
    return abs(word.middle[1] - number.middle[1]) < 0.8 * number.height + 0.5


def _around(words: Sequence[Word]) -> Box:
    """Return the box around words, mm on the sheet."""
    low = min(w.x0 for w in words), min(w.y0 for w in words)
    high = max(w.x1 for w in words), max(w.y1 for w in words)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _under(head: Word, group: list[tuple[Word, str]], level: list[Word]) -> list[Word]:
    """Return the words of a row that stand nearer to one head than to any other on its right."""
    right = [w.x0 for w, _ in group if w.x0 > head.x1]
    left = [w.x1 for w, _ in group if w.x1 < head.x0]
    low = max(left, default=head.x0 - 40.0)
    high = min(right, default=head.x1 + 60.0)
    own = [w for w in level if low - 1 < w.x0 < high - 1 and not squash(w.text).replace(".", "").isdigit()]
    if head.label == "version":
        own = [w for w in level if low - 1 < w.x0 < high - 1 or abs(w.middle[0] - head.middle[0]) < 6]
    return own


def _text(words: list[Word]) -> str:
    """Return the words of a cell as one text: line by line, each from the left."""
    if not words:
        return ""
    top, tall = max(w.middle[1] for w in words), max(w.height for w in words)
    ordered = sorted(words, key=lambda w: (round((top - w.middle[1]) / tall), w.x0))
    return " ".join(" ".join(w.text.split()) for w in ordered)


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
            row = ListRow(tidy_number(word.text), title, sheet=sheet, box=_around([word]), entities=(word.row,))
            rows.append((word.x0, -word.middle[1], row))
    rows.sort(key=lambda r: (round(r[0] / 40), r[1]))
    return [row for _, _, row in rows]


def _title_beside(word: Word, words: list[Word], numbers: list[Word], heads: list[Word]) -> str:
    """Return the text in the title column of a row: below the head 图名 if there is one, else the next on the right."""
    level = [
        w
        for w in words
        if w is not word
        and _level(w, word)
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


def _range(number: str) -> tuple[str, int, int, int] | None:
    """Return what a range of numbers begins with, its first and last figure and their digits; None if it is none."""
    match = _RANGE.match(number)
    if not match or not match["head"].strip():
        return None
    low, high = int(match["low"]), int(match["high"])
    return (match["head"], low, high, len(match["low"])) if low < high < low + 100 else None


def _expanded(row: ListRow) -> Iterable[ListRow]:
    """Return a row for every number of a range."""
    found = _range(row.number)
    if found is None:
        return [row]
    head, low, high, wide = found
    return [replace(row, number=f"{head}{n:0{wide}d}") for n in range(low, high + 1)]


def reconcile(listed: Sequence[ListRow], present: Sequence[Present]) -> Reconciled:
    """Hold the drawing lists of a whole submission against its sheets.

    Args:
        listed: rows of all lists (`read_list_rows` of every file of one format).
        present: all sheets of the same format.

    Returns:
        What agrees, every disagreement (missing and extra sheets, another title, size or version, numbers that
        several sheets bear), and the sheets without a number. Titles are compared without blanks and with 首层 as
        一层, sizes by their first two characters (A1+1/4 is A1), versions without 第 版 次 V REV; each only where both
        sides name it. A number borne twice is compared with the sheet that has the listed title, else with the first;
        rows that repeat number and title are compared once.
    """
    result = Reconciled(unread=[sheet.id for sheet in present if not sheet.number])
    by_number: dict[str, list[Present]] = {}
    for sheet in present:
        if sheet.number:
            by_number.setdefault(number_key(sheet.number), []).append(sheet)
    seen: set[str] = set()
    compared: set[tuple[str, str]] = set()
    for row in listed:
        key = number_key(row.number)
        sheets = by_number.get(key, [])
        if not sheets and key not in seen:
            result.differ.append(Disagreement("missing", row.number, row.title))
        seen.add(key)
        if not sheets or (key, _title(row.title)) in compared:
            continue
        compared.add((key, _title(row.title)))
        best = next((s for s in sheets if _title(s.title) == _title(row.title)), sheets[0])
        found = [
            Disagreement(kind, row.number, a, b, best.id)
            for kind, a, b, same in (
                ("title", row.title, best.title, _title(row.title) == _title(best.title)),
                ("size", row.size, best.size, number_key(row.size)[:2] == number_key(best.size)[:2]),
                ("version", row.version, best.version, _version(row.version) == _version(best.version)),
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


@lru_cache(maxsize=50_000)
def number_key(text: str) -> str:
    """Return a number for comparing: no blanks, one case, one width, 建施—01 as 建施01 (but 1-1 is not 11)."""
    plain = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text)).upper()
    return re.sub(r"(?<=[^\d-])-(?=\d)", "", re.sub(r"[—–―-]+", "-", plain))


def _title(text: str) -> str:
    return number_key(text).replace("首层", "一层").replace("底层", "一层")


def _version(text: str) -> str:
    return re.sub(r"^(第|REV\.?|VER\.?|V)|(版次?|次)$", "", number_key(text)) or number_key(text)
