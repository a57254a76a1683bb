"""Letters drawn as strokes: SHX fonts are plotted as lines, so one sheet has texts where the other has only ink.

Where one sheet carries texts and the other (nearly) none, rows of small connected figures that the first sheet does
not draw are taken for letters. They are neither added lines nor are the texts gone; their wording cannot be compared,
and the result says how many that concerns. Rows of letters where the other sheet has no text are told, unsure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from pipeline.comparing.boxes import component_numbers, extents, meeting_pairs, split_by
from pipeline.comparing.content import Content, TextColumns
from pipeline.comparing.linework import Change
from pipeline.comparing.patterns import note_of_side, without
from pipeline.comparing.segments import SegmentIndex, box_of, directions, lengths, map_segments, midpoints
from pipeline.comparing.texts import place_texts
from pipeline.drawing.tables import F64

LEAST_TEXTS = 3
FEW = 0.1  # a side with fewer texts than this share of the other's draws them as strokes
LEAST_MET = 0.3  # share of the texts that stand where strokes are
LETTER_SHARE = 0.03  # of the diagonal: larger figures are no letters
NEIGHBOUR = 1.8  # sizes between the middles of letters of one row, at most
LEAST_LETTERS = 3
LEAST_STROKES, STROKED_SHARE = 3, 0.4  # so many letters of a row have so many strokes: dashes and dots have one
UNSURE_TEXT, UNSURE_ROW = 0.6, 0.4
NOTE_ZH = (
    "{side}上的 {rows} 处文字是用笔画线绘出的（如 SHX 字体打印），与另一张图的 {texts} 个文字位置相符，"
    "文字内容未作比对，请人工核对。"
)
NOTE_EN = (
    "{rows} texts of the {side} sheet are drawn as strokes (as SHX fonts are plotted) where the other sheet has "
    "{texts} texts; their wording was not compared, please look at them."
)


@dataclass(slots=True)
class Lettering:
    """What of two sheets is left to compare without letters drawn as strokes."""

    one: Content
    two: Content
    of_old: bool = False  # the strokes are on the old sheet
    texts: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # of the other sheet: drawn as strokes
    rows: int = 0
    alone: list[Change] = field(default_factory=list)  # rows of letters where the other sheet has no text

    def kept(self, changes: list[Change]) -> list[Change]:
        """Text changes without those whose text is drawn as strokes; the others are less sure."""
        if not len(self.texts):
            return changes
        result = []
        for change in changes:
            own, other = (change.new_text, change.old_text) if self.of_old else (change.old_text, change.new_text)
            if own >= 0 > other:
                if self.texts[own]:
                    continue
                change.certainty = min(change.certainty, UNSURE_TEXT)
            result.append(change)
        return result

    def notes(self) -> list[dict[str, str]]:
        """What is told of it."""
        if not self.rows:
            return []
        return [note_of_side(NOTE_ZH, NOTE_EN, self.of_old, rows=self.rows, texts=int(self.texts.sum()))]


def without_lettering(one: Content, two: Content, transform: F64, tolerance: float) -> Lettering:
    """Leave out letters that one side draws as strokes and the other has as texts.

    Args:
        one: old content.
        two: new content.
        transform: 2×3, old to new working mm.
        tolerance: new working mm.
    """
    counts = len(one.texts), len(two.texts)
    if max(counts) < LEAST_TEXTS or min(counts) > FEW * max(counts):
        return Lettering(one, two)
    of_old = counts[0] < counts[1]
    old_seg = map_segments(transform, one.seg)
    stroked = one if of_old else two
    seg, other_seg = (old_seg, two.seg) if of_old else (two.seg, old_seg)
    texts = two.texts if of_old else place_texts(one.texts, transform)
    members = _rows(seg, other_seg, tolerance, two.diagonal)
    if not members:
        return Lettering(one, two)
    boxes = np.array([box_of(seg[rows]) for rows in members])
    beside, told = _meeting(boxes, texts)
    if told.sum() < max(LEAST_TEXTS, LEAST_MET * len(texts)):
        return Lettering(one, two)  # the texts do not stand where the strokes are: no letters then
    gone = np.zeros(len(seg), bool)
    gone[np.concatenate(members)] = True
    rest = without(stroked, gone)
    result = Lettering(rest, two, True) if of_old else Lettering(one, rest)
    result.texts, result.rows = told, int(beside.sum())
    for rows, box, found in zip(members, boxes, beside, strict=True):
        if not found:
            result.alone.append(_alone(stroked, rows, box, of_old))
    return result


def _rows(seg: F64, other_seg: F64, tolerance: float, diagonal: float) -> list[np.ndarray]:
    """Rows of `seg` that form rows of letters and are not drawn on the other side."""
    most = LETTER_SHARE * diagonal
    length = lengths(seg)
    small = np.flatnonzero((length <= most) & (length > 0))
    index = SegmentIndex(other_seg, max(20 * tolerance, 1e-9))
    hits = index.query(midpoints(seg[small]), directions(seg[small]), tolerance)
    small = small[hits.distance > tolerance]
    if len(small) < LEAST_LETTERS:
        return []
    figure = _figures(seg[small], tolerance)
    count = int(figure.max()) + 1
    low, high = extents(figure, count, seg[small, :2], seg[small, 2:])
    size = (high - low).max(1)
    strokes = np.bincount(figure, minlength=count)
    letter = np.flatnonzero(size <= most)
    row = _neighbours((low + high)[letter] / 2, size[letter])
    many = np.bincount(row) >= LEAST_LETTERS
    stroked = np.bincount(row, strokes[letter] >= LEAST_STROKES) / np.bincount(row) >= STROKED_SHARE
    row_of_figure = np.full(count, -1)
    row_of_figure[letter] = np.where((many & stroked)[row], row, -1)
    inside = np.flatnonzero(row_of_figure[figure] >= 0)
    return [small[inside[part]] for part in split_by(row_of_figure[figure[inside]])]


def _figures(seg: F64, tolerance: float) -> np.ndarray:
    """Number of the connected figure of each segment: ends that meet."""
    pairs = cKDTree(seg.reshape(-1, 2)).query_pairs(max(tolerance, 1e-9), output_type="ndarray") // 2
    return component_numbers(len(seg), pairs)


def _neighbours(centre: F64, size: F64) -> np.ndarray:
    """Number of the row of each letter: neighbours nearer than their size allows."""
    if not len(centre):
        return np.zeros(0, np.int64)
    typical = float(np.percentile(size, 90))
    pairs = cKDTree(centre).query_pairs(NEIGHBOUR * max(typical, 1e-9), output_type="ndarray")
    apart = np.linalg.norm(centre[pairs[:, 0]] - centre[pairs[:, 1]], axis=1)
    near = apart <= NEIGHBOUR * np.maximum(size[pairs[:, 0]], size[pairs[:, 1]])
    return component_numbers(len(centre), pairs[near])


def _meeting(boxes: F64, texts: TextColumns) -> tuple[np.ndarray, np.ndarray]:
    """(r,) and (t,) bool: rows of letters on or beside a text (grown by its height), and those texts."""
    grow = texts.height[:, None] * np.array([-1.0, -1.0, 1.0, 1.0])
    pairs = meeting_pairs(np.vstack([boxes, texts.box + grow]), 0.0)
    pairs = pairs[(pairs[:, 0] < len(boxes)) & (pairs[:, 1] >= len(boxes))]
    beside, told = np.zeros(len(boxes), bool), np.zeros(len(texts), bool)
    beside[pairs[:, 0]] = True
    told[pairs[:, 1] - len(boxes)] = True
    return beside, told


def _alone(content: Content, rows: np.ndarray, box: F64, of_old: bool) -> Change:
    """A row of letters where the other sheet has no text."""
    objects, layers = np.unique(content.obj[rows]), content.layer[rows]
    change = Change("removed" if of_old else "added", "geometry", tuple(map(float, box)), certainty=UNSURE_ROW)  # type: ignore[arg-type]
    change.details["lettering"] = True
    if of_old:
        change.old_objects, change.old_layers = objects, layers
    else:
        change.new_objects, change.new_layers = objects, layers
    return change
