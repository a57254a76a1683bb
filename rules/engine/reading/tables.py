"""Door and window schedules read from the places of their texts; drawing lists are `pipeline.sheets.drawing_list`'s."""

from __future__ import annotations

from rules.engine.facts import Place, RowFact, TextFact
from rules.engine.reading.words import plain

_HEADERS = (
    "序号", "图号", "图名", "图纸名称", "图幅", "版次", "备注", "类别", "设计编号", "门窗编号", "编号", "洞口尺寸",
    "合计",
    "数量", "总数", "樘数", "图集", "选用型号",
)  # fmt: skip
_NEEDED = ({"设计编号", "洞口尺寸"}, {"门窗编号", "洞口尺寸"})


def header_of(string: str) -> str:
    """Return the header word a text is, "" when it is none."""
    text = plain(string)
    return next((word for word in _HEADERS if text == word or (len(word) > 2 and text.startswith(word))), "")


def read_tables(texts: list[TextFact]) -> list[RowFact]:
    """Return the rows of every schedule of a sheet."""
    heads = [(t, header_of(t.string)) for t in texts]
    heads = [(t, word) for t, word in heads if word]
    rows: list[RowFact] = []
    used: set[int] = set()
    for text, _ in heads:
        line = [(t, w) for t, w in heads if abs(t.y - text.y) < 1.2]
        if id(text) in used or not any(need <= {w for _, w in line} for need in _NEEDED):
            continue
        used |= {id(t) for t, _ in line}
        rows += _rows_below(line, texts)
    return rows


def _rows_below(head: list[tuple[TextFact, str]], texts: list[TextFact]) -> list[RowFact]:
    columns = sorted((t.x, w) for t, w in head)
    top = head[0][0].y
    left, right = columns[0][0] - 40, columns[-1][0] + 60
    below = sorted(
        (t for t in texts if t.y < top - 2 and left <= t.x <= right and not t.turned and t.meaning != "frame"),
        key=lambda t: -t.y,
    )
    lines: list[list[TextFact]] = []
    for text in below:
        if lines and abs(lines[-1][0].y - text.y) < 1.5:
            lines[-1].append(text)
        else:
            lines.append([text])
    rows: list[RowFact] = []
    previous = top
    pitch = None
    for line in lines:
        step = previous - line[0].y
        if pitch is not None and step > 2.2 * pitch:
            break
        pitch = step if pitch is None else max(pitch, step)
        previous = line[0].y
        rows.append(_row(line, columns))
    return rows


def _row(line: list[TextFact], columns: list[tuple[float, str]]) -> RowFact:
    cells: dict[str, str] = {}
    for text in sorted(line, key=lambda t: t.x):
        _, word = min(columns, key=lambda c: abs(c[0] - text.x))
        nearest = min(abs(x - text.x) for x, _ in columns)
        if nearest < 14 or len(text.string) > 6:
            cells[word] = f"{cells[word]} {text.string.strip()}" if word in cells else text.string.strip()
    boxes = [t.place.box for t in line if t.place.box]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    first = line[0].place
    ids = tuple(i for t in line for i in t.place.source_ids)[:8]
    return RowFact(cells, Place(first.file_id, first.sheet_key, first.sheet_number, box, ids))
