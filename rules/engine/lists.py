"""Drawing lists of a set held against its sheets: which lists, which sheets, and whether the answer is whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.sheets.drawing_list import ListRow, Present, Reconciled, number_key, reconcile
from pipeline.sheets.numbers import scale_of
from pipeline.sheets.paper import size_of
from rules.engine.facts import FileFacts, ListFact, Place, SetFacts, SheetFacts
from rules.engine.outcome import Outcome, undecided


@dataclass(slots=True)
class HeldList:
    """The drawing lists of one format held against the sheets."""

    form: str  # format of the lists
    places: dict[str, Place]  # formats of the sheets, that of the lists first -> where to say something of all of it
    homes: list[SheetFacts]  # sheets that bear the lists
    sheets: list[SheetFacts]  # what the lists are held against
    rows: list[ListFact]
    listed: list[ListRow]  # the rows and the sheets in the form in which they were held against each other
    present: list[Present]
    result: Reconciled
    list_unread: list[Place]  # what of the lists could not be read
    sheets_unread: list[str]  # names of sheets without a number and of sheets and files not read completely

    @property
    def home(self) -> SheetFacts:
        """The first sheet with a list."""
        return self.homes[0]

    @property
    def whole(self) -> bool:
        """Whether lists and sheets were read so far that nothing may be hidden in what was not."""
        return not self.list_unread and not self.sheets_unread

    def row(self, number: str, title: str | None = None) -> ListFact:
        """Return the first row with a number (and a title)."""
        found = [row for row in self.rows if number_key(row.number) == number_key(number)]
        return next(row for row in found if title is None or row.title == title)

    def compared(self, *names: str) -> int:
        """Return how often list and sheet both name something (title, size, version) of a listed number."""
        count = 0
        for name in names:
            named = {number_key(sheet.number) for sheet in self.present if sheet.number and getattr(sheet, name)}
            count += len({number_key(row.number) for row in self.listed if getattr(row, name)} & named)
        return count

    def sheet(self, key: str) -> SheetFacts:
        """Return a sheet by the id it has in `result`."""
        return next(sheet for sheet in self.sheets if _id(sheet) == key)

    def why_not(self) -> tuple[str, str]:
        """Return what was not read, in Chinese and English."""
        zh, en = [], []
        if self.list_unread:
            names = list(dict.fromkeys(s.name for s in self.homes if s.list_unread))
            zh.append(f"目录未能完整识别：{'、'.join(names[:5])}")
            en.append(f"drawing list not read completely: {', '.join(names[:5])}")
        if self.sheets_unread:
            zh.append(f"有图纸未完整读取或图号未识别：{'、'.join(self.sheets_unread[:5])}")
            en.append(f"sheets not read completely or without a number: {', '.join(self.sheets_unread[:5])}")
        return "；".join(zh), "; ".join(en)


def held_lists(facts: SetFacts, formats: Sequence[str]) -> Iterator[HeldList]:
    """Yield the drawing lists of every format that has one, held against the sheets.

    Each format is a set for itself: the DXF list against the DXF sheets. A format without a list lends its sheets to
    the lists of the others, where those have no sheets but the list's own, or where it holds what they miss (a list
    in a PDF, the sheets in DXF). A list without a readable row is yielded with no rows.
    """
    homes = {form: [s for s in facts.sheets(form) if s.listed or s.list_unread] for form in formats}
    for form in formats:
        if homes[form]:
            yield _held(facts, form, homes[form], [f for f in formats if not homes[f]])


def _held(facts: SetFacts, form: str, homes: list[SheetFacts], others: list[str]) -> HeldList:
    rows = [row for sheet in homes for row in sheet.listed]
    own = [s for s in facts.sheets(form) if s.framed or s.number]
    bearing = {_id(s) for s in homes}
    alone = not any(s.number and _id(s) not in bearing for s in own)
    known = {number_key(s.number) for s in own if s.number}
    missed = {number_key(row.number) for row in rows} - known
    places = {form: homes[0].place}
    for other in others:
        sheets = [s for s in facts.sheets(other) if s.framed or s.number]
        numbers = {number_key(s.number) for s in sheets if s.number}
        if numbers and (alone or numbers & missed):
            places[other] = Place(sheets[0].place.file_id)
            # the same sheet in both formats counts once
            own = own + [s for s in sheets if not s.number or number_key(s.number) not in known]
    listed = [ListRow(r.number, r.title, _metric(r.size), r.version, r.place.sheet_key) for r in rows]
    present = [Present(_id(s), s.number, s.title, _size(s), s.fields.get("version", "")) for s in own]
    result = reconcile(listed, present)
    missing = [d for d in result.differ if d.kind == "missing"]
    looked_in = [s for other in ((form, *others) if missing else places) for s in facts.sheets(other)]
    # the list's own sheet needs no number, unless the list names itself by one
    itself = set() if any("目录" in d.listed for d in missing) else bearing
    nameless = [s for s in looked_in if not s.number and (s.framed or s.kind == "page") and "封面" not in s.title]
    doubtful = [s for s in looked_in if not s.complete or (s in nameless and _id(s) not in itself)]
    files = [f.name for f in facts.files if f.format in (form, *others, "other", "archive") and not f.complete]
    unread = list(dict.fromkeys([*files, *(_name(s, facts.files) for s in doubtful)]))
    gaps = [place for sheet in homes for place in sheet.list_unread]
    return HeldList(form, places, homes, own, rows, listed, present, result, gaps, unread)


def list_by_list(
    facts: SetFacts, formats: Sequence[str], compare: Callable[[HeldList], Iterable[Outcome]]
) -> Iterator[Outcome]:
    """Yield what `compare` says of every drawing list; undecided where there is none but on an unread sheet may be."""
    held_all = list(held_lists(facts, formats))
    for held in held_all:
        yield from compare(held)
    doubtful = next((sheet for sheet in facts.sheets(*formats) if not sheet.complete), None)
    if not held_all and doubtful:
        yield undecided(
            doubtful.place, "list", f"未找到图纸目录，但图纸“{doubtful.name}”未完整读取",
            f"no drawing list found, but sheet {doubtful.name} was not read completely",
        )  # fmt: skip


def _metric(size: str) -> str:
    """Return the metric size a cell of the list names (A2+1/4 and A2加长 are A2), "" for what is none."""
    match = re.search(r"A[0-4](?!\d)", number_key(size))
    return match[0] if match else ""


def _size(sheet: SheetFacts) -> str:
    """Return the metric size a framed sheet has, "" where it has none or was plotted at another size than drawn."""
    stated = scale_of(sheet.fields.get("scale", ""))
    if not sheet.framed or (sheet.kind == "page" and stated and abs(stated - sheet.real_scale) > 0.02 * stated):
        return ""
    return _metric(size_of(*sheet.size_mm))


def _id(sheet: SheetFacts) -> str:
    return f"{sheet.place.file_id}|{sheet.place.sheet_key}"


def _name(sheet: SheetFacts, files: list[FileFacts]) -> str:
    """Return what a sheet is called, and the file it lies in where it has no name."""
    file = next((f.name for f in files if f.file_id == sheet.place.file_id), "")
    return sheet.name if sheet.number or sheet.title else " ".join((file, sheet.name)).strip()
