"""Which storey of a model a drawn sheet shows, found by laying each on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.comparing.identity import Reason, SheetIdentity
from pipeline.comparing.registration import Registration
from pipeline.comparing.sections.laying import lay
from pipeline.comparing.titles import fold
from pipeline.comparing.titles import storeys as storeys_of
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet

MOST_TRIES = 60  # pairs of a storey and a sheet that are laid on one another
CONFIDENCE = 0.8
LEAST_FOUND = 0.4  # share of the cut that the drawing has
TWIN = 0.03  # share of the cut by which the next best storey must fit worse
PLAN = "平面"
NO_PLAN = ("立面", "剖面", "详图", "大样", "目录", "说明", "系统")  # titles of sheets that show no storey from above


@dataclass(slots=True, frozen=True)
class Fit:
    """A drawn sheet that lies on the section of a storey."""

    old: str
    new: str
    share: float  # of the cut that the drawing has
    size: int  # entities of both
    storey: str  # its name
    named: bool = False  # the title of the sheet names this storey

    def to_json(self) -> dict[str, Any]:
        """As a value of JSON."""
        return asdict(self)


def pair_storeys(old: Drawing, new: Drawing, pairs: list[SheetIdentity]) -> list[SheetIdentity]:
    """Give drawn sheets that no number or title pairs with a storey the one they show.

    Args:
        old: old drawing.
        new: new drawing; unless the old is a model and this is not, the pairs come back as they are.
        pairs: what `pair_sheets` proposes.
    """
    if old.format != Format.IFC or new.format == Format.IFC:
        return pairs
    alone = [pair for pair in pairs if (pair.old is None or pair.new is None) and not pair.decided]
    olds = [pair.old for pair in alone if pair.old is not None]
    news = [pair.new for pair in alone if pair.new is not None]
    return paired_by_fit(pairs, fits_of(old, olds, new, news))


def fits_of(model: Drawing, storeys: list[str], drawn: Drawing, sheets: list[str]) -> list[Fit]:
    """All fits of some storeys and some drawn sheets (ids); sheets called plans are tried first, elevations never.

    A sheet whose title names a storey and that lies on it is not tried on others; at most `MOST_TRIES` pairs are tried,
    other heights of the cut only where the usual one fits nothing.
    """
    own = sorted((one for one in model.sheets if one.id in set(storeys)), key=lambda sheet: -len(sheet.entities))
    others = [one for one in drawn.sheets if one.id in set(sheets) and _may_be_plan(one.title)]
    others.sort(key=lambda sheet: PLAN not in fold(sheet.title))
    fits: list[Fit] = []
    for sheet in others[: MOST_TRIES // max(1, len(own))]:
        said = storeys_of(sheet.title)
        same = [one for one in own if said and storeys_of(one.title) == said]
        fits += _lying(model, same, drawn, sheet, named=True) or _lying(
            model, [one for one in own if one not in same], drawn, sheet, named=False
        )
    return fits


def _lying(model: Drawing, storeys: list[Sheet], drawn: Drawing, sheet: Sheet, *, named: bool) -> list[Fit]:
    """Those of some storeys that a sheet lies on."""
    found: list[Fit] = []
    for other_heights in (False, True):
        known: Registration | None = None  # all storeys of a model lie alike
        for storey in storeys:
            laid = lay(model, storey, drawn, sheet, other_heights=other_heights, known=known)
            if laid.registration.comparable and laid.found >= LEAST_FOUND:
                size, name = len(storey.entities) + len(sheet.entities), model.spaces[storey.space].name
                found.append(Fit(storey.id, sheet.id, float(laid.found), size, name, named))
                known = laid.registration
        if found:
            break
    return found


def _may_be_plan(title: str) -> bool:
    plain = fold(title)
    return PLAN in plain or not any(word in plain for word in NO_PLAN)


def paired_by_fit(
    pairs: list[SheetIdentity], fits: Sequence[Fit], apart: Collection[tuple[str | None, str | None]] = ()
) -> list[SheetIdentity]:
    """Join sheets alone that lie on one another, the best fit first; the rest of the pairs stays.

    Args:
        pairs: what `pair_sheets` proposes.
        fits: of any sheets; only those of sheets alone are used.
        apart: (old, new) that a person told apart.
    """
    olds = {pair.old for pair in pairs if pair.new is None and not pair.decided}
    news = {pair.new for pair in pairs if pair.old is None and not pair.decided}
    usable = [fit for fit in fits if fit.old in olds and fit.new in news and (fit.old, fit.new) not in apart]
    found: list[SheetIdentity] = []
    taken: dict[str, Fit] = {}  # old sheet -> its fit
    others: dict[str, Fit] = {}  # new sheet -> its fit
    for fit in sorted(usable, key=lambda f: (not f.named, -round(f.share, 2), -f.size, f.old, f.new)):
        if fit.old in taken or fit.new in others:
            continue
        near = [f for f in usable if (f.old == fit.old) != (f.new == fit.new) and f.share > fit.share - TWIN]
        rivals = [f for f in near if f.named >= fit.named and not _settled(taken.get(f.old), others.get(f.new))]
        taken[fit.old] = others[fit.new] = fit
        found.append(_identity(fit, bool(rivals)))
    return found + [pair for pair in pairs if pair.old not in taken and pair.new not in others]


def _settled(*fits: Fit | None) -> bool:
    """Whether one of the sheets of a rival has a partner by content and name."""
    return any(fit is not None and fit.named for fit in fits)


def _identity(fit: Fit, rivals: bool) -> SheetIdentity:
    zh, en = f"图纸与楼层“{fit.storey}”的剖面重合。", f"The drawing lies on the section of the storey “{fit.storey}”."
    if fit.named:
        zh, en = zh + "图名与楼层名一致。", en + " Its title names the same storey."
    if rivals:
        zh, en = zh + "其他楼层同样吻合，请确认。", en + " Another storey fits as well; please confirm."
    return SheetIdentity(
        fit.old,
        fit.new,
        0.5 if rivals else CONFIDENCE,
        ["content", "title"] if fit.named else ["content"],
        cross_format=True,
        reason_zh=zh,
        reason_en=en,
        relation="unsure" if rivals else "same",
        reasons=[Reason("content", zh, en)],
    )
