"""Compare a drawing or a scan with a scan: register on ink, find missing and surplus ink, form changes of it."""

from __future__ import annotations

import time

import numpy as np

from pipeline.comparing.comparison import SheetComparison
from pipeline.comparing.content import Content, content_of
from pipeline.comparing.drawn import finished, measures_of, note_hidden, side_of, tell_registration
from pipeline.comparing.places import places_of
from pipeline.comparing.registration import SURE_CONFIDENCE, Registration
from pipeline.comparing.scans.changing import Sides, Traces, changes_of
from pipeline.comparing.scans.fitting import Bed
from pipeline.comparing.scans.ink import Ink, ink_of
from pipeline.comparing.scans.laying import lay
from pipeline.comparing.scans.pixels import COARSEST_DPI, Picture, Pictures
from pipeline.comparing.scans.tracing import traced_content
from pipeline.comparing.segments import chain, scale_of
from pipeline.drawing.model import Drawing, Sheet

SEED = 20260719  # of the sample of ink: one result for one pair
NOTE = {
    "zh": "其中一张图是扫描图：差异由墨迹比对得出，可信度低于矢量图，细小差异与文字内容未比对，请人工查看。",
    "en": "One of the sheets is a scan: differences come from comparing ink and are less certain than between vector "
    "drawings; small ones and what texts say are not compared. Please look.",
}
NO_PIXELS = (
    "扫描图的图像未能取得，未作比对。",
    "The picture of the scanned sheet is not at hand, so the sheets were not compared.",
)
NOTE_BOTH = {
    "zh": "两张图都是扫描图：差异由墨迹比对得出，文字按墨迹比对、未识别，位移按图面毫米给出，"
    "可信度低于矢量图，请人工查看。",
    "en": "Both sheets are scans: differences come from comparing ink, texts are compared as ink and not read, "
    "displacements are in millimetres on paper; all is less certain than between vector drawings. Please look.",
}
SURE_OF_SCANS = 0.7  # certainty of a change between two scans, at most
LOOSE_MM = 0.15  # of paper: lines that lie off their ink by more (robust deviation) may be laid a little aside
SURE_WHERE_LOOSE = 0.5  # certainty of a change there, at most
NOTE_LOOSE = {
    "zh": "图线与扫描墨迹的偏差约为图面 {off} mm，套合位置可能略有偏移：差异均标为不确定，"
    "请人工查看，或给出两个对应点。",
    "en": "The lines lie about {off} mm on paper off the ink of the scan, so the sheet may be laid a little aside: "
    "every difference is marked as unsure. Please look, or give two matching points.",
}
EMPTY = ("矢量图上没有可比对的线条。", "The vector drawing holds no lines to compare.")


def is_scan(drawing: Drawing, sheet: Sheet) -> bool:
    """Whether a sheet lies on a page that is only a picture."""
    return drawing.spaces[sheet.space].scanned


def compare_scanned(
    old: Drawing,
    old_sheet: Sheet,
    new: Drawing,
    new_sheet: Sheet,
    pictures: dict[str, Pictures],
    points: list[list[list[float]]] | None = None,
) -> SheetComparison:
    """Compare a vector sheet or a scan (old) with a scan (new); the other direction is the inverse of this one.

    Args:
        old: the drawing with lines, or a scan.
        old_sheet: one of its sheets.
        new: the drawing whose sheet is a picture.
        new_sheet: that sheet.
        pictures: the pixels of the scanned sheets, by the SHA-256 of their drawing.
        points: two or more point pairs [[[x, y] old, [x, y] new], …] in sheet millimetres, given by a person.

    Returns:
        SheetComparison; not comparable, with the reason, when a scan is too poor or cannot be registered.
    """
    started = time.perf_counter()
    result = SheetComparison(side_of(old, old_sheet), side_of(new, new_sheet))
    _compare(result, (old, old_sheet), (new, new_sheet), pictures, points)
    result.seconds = time.perf_counter() - started
    return result


def _compare(
    result: SheetComparison,
    before: tuple[Drawing, Sheet],
    after: tuple[Drawing, Sheet],
    pictures: dict[str, Pictures],
    points: list[list[list[float]]] | None,
) -> None:
    one, two = content_of(*before), content_of(*after)
    scan = _laid_open(result, after, two, pictures, points)
    if scan is None:
        return
    first = None
    if is_scan(*before):
        first = _laid_open(result, before, one, pictures, points)
        if first is None:
            return
        one = traced_content(one, first.bed, first.to_px)
    if len(one.seg) < 3:
        return _refuse(result, *EMPTY)
    places = places_of(*before, one, *after, two)
    bed, to_px = scan.bed, scan.to_px
    registration, fit = lay(one.seg, one.scale_known, bed, to_px, places.given(points))
    off_mm = fit.sigma_px / bed.px_per_mm
    if off_mm > LOOSE_MM:
        registration.confidence = min(registration.confidence, SURE_CONFIDENCE)
    tell_registration(result, registration, places)
    if not registration.comparable:
        return
    working = two.real_per_space  # working mm of the scan for one mm on its paper
    sides = Sides(*before, one, bed, fit, to_px, _real_per_paper(one, registration, working), first)
    measures = measures_of(one, two, registration)
    measures.tolerance = sides.reach.near / bed.px_per_mm * working
    result.tolerance_mm = measures.tolerance * measures.real
    result.notes.append(NOTE if first is None else NOTE_BOTH)
    note_hidden(one, two, result)
    sure = 1.0 if first is None else SURE_OF_SCANS
    if off_mm > LOOSE_MM:
        result.notes.append({lang: words.format(off=f"{off_mm:.2f}") for lang, words in NOTE_LOOSE.items()})
        sure = SURE_WHERE_LOOSE
    changes = changes_of(sides)
    for change in changes:
        change.certainty = min(change.certainty, sure)
    result.differences = finished(changes, (*before, one), (*after, two), registration.transform, measures)


def _laid_open(
    result: SheetComparison,
    side: tuple[Drawing, Sheet],
    content: Content,
    pictures: dict[str, Pictures],
    points: list[list[list[float]]] | None,
) -> Traces | None:
    """Ink of a scan and where it lies; None, with the reason told, where there is none or it is too poor."""
    source = pictures.get(side[0].sha256)
    picture = None if source is None else source.of(side[1])
    if picture is None:
        _refuse(result, *NO_PIXELS)
        return None
    ink = ink_of(picture.grey)
    poor = _poor(picture, ink)
    if poor and (points is None or not ink.legible):
        _refuse(result, *poor)
        return None
    working = content.real_per_space
    to_px = chain(picture.to_pixels(), np.array([[1 / working, 0.0, 0.0], [0.0, 1 / working, 0.0]]))
    return Traces(Bed(picture, ink, np.random.default_rng(SEED)), to_px)


def _real_per_paper(one: Content, registration: Registration, working: float) -> float:
    """Millimetres of reality for one on the scan's paper; 100 is assumed where the drawing states no scale."""
    return working / scale_of(registration.transform) if one.scale_known else 100.0


def _poor(picture: Picture, ink: Ink) -> tuple[str, str] | None:
    """Why a scan is too poor to be compared, in Chinese and English."""
    ask = "请提供 200 dpi 以上的清晰扫描，或在两张图上各指定两个对应点后重试。"
    ask_en = "Hand in a clear scan of 200 dpi or more, or give two matching points on both sheets and try again."
    if picture.dpi < COARSEST_DPI:
        return (f"扫描分辨率过低（{picture.dpi:.0f} dpi），未作比对；{ask}",
                f"The scan is too coarse ({picture.dpi:.0f} dpi), so it was not compared. {ask_en}")  # fmt: skip
    if not ink.legible:
        return (f"扫描图墨迹与底色难以区分，未作比对；{ask}",
                f"Ink and paper of the scan can hardly be told apart, so it was not compared. {ask_en}")  # fmt: skip
    return None


def _refuse(result: SheetComparison, zh: str, en: str) -> None:
    result.comparable, result.method = False, "none"
    result.reason_zh, result.reason_en = zh, en
