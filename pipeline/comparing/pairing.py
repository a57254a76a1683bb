"""Which old sheet is which new one: by number, title, discipline, building, content; each with a confidence.

Works on light descriptions, so that the sheets of a whole submission (many files) are paired without
reading a drawing. Two sheets of one format are preferred; sheets of different formats are paired only
when neither has a partner of its own format. What is less sure than `CONFIRM` is a proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.comparing.identity import Candidate, Decision, SheetIdentity
from pipeline.comparing.identity_reasons import alone, decided_words, explained
from pipeline.comparing.likeness import LEAST_SCORE, Evidence, SheetDescription, judged, likeness
from pipeline.comparing.titles import fold, fold_number, title_likeness, without_part
from pipeline.drawing.model import Drawing
from pipeline.drawing.sketch import Sketch, held, shared, sketch_of

RIVAL = 0.1  # a rival whose score is nearer than this makes an identity unsure
COMMON = 0.6  # what this share of all sheets has (frame, title block) says nothing
PART_HELD = 0.6  # share of a sheet that must lie on another to be called a part of it


def descriptions_of(drawing: Drawing) -> list[SheetDescription]:
    """Descriptions of all sheets of a drawing; ids are the sheet ids."""
    found = []
    for ordinal, sheet in enumerate(drawing.sheets):
        space = drawing.spaces[sheet.space]
        building = sheet.fields["building"].value if "building" in sheet.fields else ""
        found.append(
            SheetDescription(
                sheet.id,
                sheet.number,
                sheet.title,
                sheet.discipline,
                str(space.kind),
                str(drawing.format),
                sheet.content_hash,
                (float(sheet.size_mm[0]), float(sheet.size_mm[1])),
                sheet.scale,
                len(sheet.entities),
                str(drawing.meta.get("name", "")),
                sheet.framed,
                ordinal,
                building,
                asdict(sketch_of(space, sheet)),
            )
        )
    return found


def pair_sheets(
    old: list[SheetDescription], new: list[SheetDescription], decided: Sequence[Decision] = ()
) -> list[SheetIdentity]:
    """Propose the identity of every sheet of two submissions, one to one.

    Args:
        old: sheets of the older submission.
        new: sheets of the newer one.
        decided: what people said before; it is obeyed.

    Returns:
        Identities in the order of the new sheets, then new sheets alone, then old sheets alone, each with reasons.
    """
    table = _Table(old, new, decided)
    pairs = table.assign()
    found = []
    for i, j in sorted(pairs.items(), key=lambda item: item[1]):
        found.append(_identity(table, i, j))
    _name_swaps(table, found)
    taken = set(pairs.values())
    lonely = [_lonely(table, None, j) for j in range(len(new)) if j not in taken]
    lonely += [_lonely(table, i, None) for i in range(len(old)) if i not in pairs]
    _name_parts(table, found, lonely)
    return found + lonely


class _Table:
    """The evidence of every old sheet against every new one."""

    def __init__(self, old: list[SheetDescription], new: list[SheetDescription], decided: Sequence[Decision]) -> None:
        self.old, self.new = old, new
        self.one, self.two = {s.id: i for i, s in enumerate(old)}, {s.id: j for j, s in enumerate(new)}
        self.common = _common([*old, *new])
        self.sketches = [_sketch(s) for s in old], [_sketch(s) for s in new]
        self.forced: dict[int, int] = {}
        self.apart: set[tuple[int, int]] = set()
        self.single: tuple[set[int], set[int]] = set(), set()
        self._obey(decided)
        self.evidence = [[self._compare(i, j) for j in range(len(new))] for i in range(len(old))]
        self.same_format = np.array([[o.format == n.format for n in new] for o in old]).reshape(len(old), len(new))
        self.scores = np.array([[e.score for e in row] for row in self.evidence]).reshape(len(old), len(new))

    def _obey(self, decided: Sequence[Decision]) -> None:
        for word in decided:
            i, j = self.one.get(word.old or ""), self.two.get(word.new or "")
            if i is not None and j is not None:
                if word.same:
                    self.forced[i] = j
                else:
                    self.apart.add((i, j))
            elif word.same and i is not None and word.new is None:
                self.single[0].add(i)
            elif word.same and j is not None and word.old is None:
                self.single[1].add(j)

    def _compare(self, i: int, j: int) -> Evidence:
        one, two = self.sketches[0][i], self.sketches[1][j]
        ink = shared(one.ink, two.ink, self.common)
        text = shared(one.text, two.text, self.common)
        known = [share for share in (ink, text) if share is not None]
        return likeness(self.old[i], self.new[j], sum(known) / len(known) if known else None)

    def assign(self) -> dict[int, int]:
        """Return old row -> new row: the decided pairs, then the best assignment, own format first."""
        pairs = dict(self.forced)
        for cross in (False, True):
            rows = [i for i in range(len(self.old)) if i not in pairs and i not in self.single[0]]
            columns = [j for j in range(len(self.new)) if j not in set(pairs.values()) and j not in self.single[1]]
            if not rows or not columns:
                break
            scores = self.scores[np.ix_(rows, columns)].copy()
            lonely = len(rows) == len(columns) == 1 and scores[0, 0] < LEAST_SCORE
            if lonely and not self._contradict(rows[0], columns[0]):
                scores[0, 0] = LEAST_SCORE
                self.evidence[rows[0]][columns[0]].form = ["only"]
            scores[self.same_format[np.ix_(rows, columns)] == cross] = 0.0
            for a, i in enumerate(rows):
                for b, j in enumerate(columns):
                    if (i, j) in self.apart:
                        scores[a, b] = 0.0
            scores[scores < LEAST_SCORE] = 0.0
            first, second = linear_sum_assignment(-scores)
            pairs |= {rows[a]: columns[b] for a, b in zip(first, second, strict=True) if scores[a, b] > 0}
        return pairs

    def _contradict(self, i: int, j: int) -> bool:
        """Whether both sheets state who they are, and differently; or a person said so."""
        found = self.evidence[i][j]
        return (i, j) in self.apart or (found.number is False and found.title is not None and found.title < 1.0)

    def rivals(self, i: int, j: int) -> float:
        """Return the best score of another sheet of the same format for either side, 0 if there is none."""
        row = self.scores[i] * self.same_format[i]
        column = self.scores[:, j] * self.same_format[:, j]
        best = [float(np.delete(side, own).max(initial=0.0)) for side, own in ((row, j), (column, i))]
        return max(best)


def _sketch(sheet: SheetDescription) -> Sketch:
    return Sketch(**sheet.sketch) if sheet.sketch else Sketch()  # type: ignore[arg-type]


def _common(sheets: list[SheetDescription]) -> frozenset[int]:
    """Return the hashes that most sheets have; nothing while there are too few sheets to say."""
    if len(sheets) < 8:
        return frozenset()
    count: Counter[int] = Counter()
    for sheet in sheets:
        found = _sketch(sheet)
        count.update(set(found.ink) | set(found.text))
    return frozenset(h for h, n in count.items() if n > COMMON * len(sheets))


def _identity(table: _Table, i: int, j: int) -> SheetIdentity:
    one, two, found = table.old[i], table.new[j], table.evidence[i][j]
    decided = table.forced.get(i) == j
    confidence, relation = judged(found)
    rival = table.rivals(i, j)
    if decided:
        confidence = 1.0
    elif rival > found.score - RIVAL:
        confidence = min(confidence, 0.6)
    reasons = decided_words() if decided else explained(one, two, found, rival > found.score - RIVAL)
    return SheetIdentity(
        one.id,
        two.id,
        round(confidence, 2),
        [r.code for r in reasons if r.speaks_for],
        found.identical,
        one.format != two.format,
        "".join(r.zh for r in reasons),
        " ".join(r.en for r in reasons),
        relation,
        reasons,
        _candidates(table, i, j),
        decided,
    )


def _candidates(table: _Table, i: int | None, j: int | None) -> list[Candidate]:
    """Return the three likeliest other sheets, from the other side of a sheet (the old ones for a pair)."""
    if j is not None:
        rows = [k for k in range(len(table.old)) if k != i]
        other = [(table.old[k].id, judged(table.evidence[k][j])[0], table.scores[k, j]) for k in rows]
    else:
        assert i is not None
        other = [(table.new[k].id, judged(table.evidence[i][k])[0], table.scores[i, k]) for k in range(len(table.new))]
    best = sorted((entry for entry in other if entry[2] >= LEAST_SCORE), key=lambda entry: -entry[2])[:3]
    return [Candidate(sheet, round(min(confidence, 0.6), 2)) for sheet, confidence, _ in best]


def _lonely(table: _Table, i: int | None, j: int | None) -> SheetIdentity:
    """Return a sheet without a partner; unsure while a sheet of the other side is like it."""
    sheet = table.old[i] if i is not None else table.new[j or 0]
    others = table.new if i is not None else table.old
    decided = i in table.single[0] if i is not None else j in table.single[1]
    candidates = [] if decided else _candidates(table, i, j)
    reasons = decided_words() if decided else alone(sheet, others, new=i is None)
    confidence = 1.0 if decided else 0.9 if not candidates else 0.6
    relation = "removed" if i is not None else "added"
    return SheetIdentity(
        sheet.id if i is not None else None,
        sheet.id if i is None else None,
        confidence,
        [],
        reason_zh="".join(r.zh for r in reasons),
        reason_en=" ".join(r.en for r in reasons),
        relation=relation,
        reasons=reasons,
        candidates=candidates,
        decided=decided,
    )


def _name_swaps(table: _Table, found: list[SheetIdentity]) -> None:
    """Two renumbered sheets that took each other's numbers are swapped."""
    moved = [f for f in found if f.relation in ("renumbered", "renamed") and f.old and f.new]
    numbers = {
        fold_number(table.old[table.one[str(f.old)]].number): fold_number(table.new[table.two[str(f.new)]].number)
        for f in moved
    }
    for one in moved:
        was = fold_number(table.old[table.one[str(one.old)]].number)
        now = numbers[was]
        if was and now and was != now and numbers.get(now) == was:
            one.relation = "swapped"


def _name_parts(table: _Table, found: list[SheetIdentity], lonely: list[SheetIdentity]) -> None:
    """A sheet alone that lies on a partnered sheet of the other side: that one was split (or several were merged)."""
    for one in lonely:
        if one.decided:
            continue
        whole = [f for f in found if not f.decided and _is_part(table, one, f)]
        if not whole:
            continue
        word = "merged" if one.new is None else "split"
        other = [str(f.new if one.new is None else f.old) for f in whole]
        one.relation, one.confidence = word, min(one.confidence, 0.5)
        known = {c.sheet for c in one.candidates}
        one.candidates = [Candidate(sheet, 0.5) for sheet in other if sheet not in known] + one.candidates
        for pair in whole:
            pair.relation, pair.confidence = word, min(pair.confidence, 0.6)


def _is_part(table: _Table, one: SheetIdentity, pair: SheetIdentity) -> bool:
    """Whether a sheet alone lies on a sheet of the other side, by content or by title with a part number."""
    if one.new is None:
        small, large = table.one[str(one.old)], table.two[str(pair.new)]
        sheet, whole = table.old[small], table.new[large]
        sketches = table.sketches[0][small], table.sketches[1][large]
    else:
        small, large = table.two[one.new], table.one[str(pair.old)]
        sheet, whole = table.new[small], table.old[large]
        sketches = table.sketches[1][small], table.sketches[0][large]
    if sheet.format != whole.format:
        return False
    named = bool(sheet.title) and len(without_part(sheet.title)) > 1
    named = named and without_part(sheet.title) == without_part(whole.title) and fold(sheet.title) != fold(whole.title)
    shares = [held(getattr(sketches[0], k), getattr(sketches[1], k), table.common) for k in ("ink", "text")]
    known = [share for share in shares if share is not None]
    if not known:
        return named
    share = min(known)
    return share >= PART_HELD and (named or not _storey_twins(sheet, whole))


def _storey_twins(one: SheetDescription, two: SheetDescription) -> bool:
    """Whether two sheets are different views of a building, which have much in common without being parts."""
    return bool(one.title and two.title) and title_likeness(one.title, two.title) < 0.5
