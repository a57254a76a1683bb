"""Which storey of a model a drawn sheet shows, found by laying each on it."""

from __future__ import annotations

from pipeline.comparing.identity import SheetIdentity
from pipeline.comparing.registration import Registration
from pipeline.comparing.sections.laying import lay
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet

MOST_TRIES = 60  # pairs of a storey and a sheet that are laid on one another
CONFIDENCE = 0.8
LEAST_FOUND = 0.4  # share of the cut that the drawing has
TWIN = 0.03  # share of the cut by which the next best storey must fit worse


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
    olds = [_sheet(old, pair.old) for pair in alone if pair.old is not None]
    news = [_sheet(new, pair.new) for pair in alone if pair.new is not None]
    if not olds or not news or len(olds) * len(news) > MOST_TRIES:
        return pairs
    fits = _fits(old, olds, new, news)
    fits.sort(key=lambda f: (-round(f[0], 2), -len(f[1].entities) - len(f[2].entities), f[1].id, f[2].id))
    found: dict[tuple[str, str], SheetIdentity] = {}
    taken: tuple[set[str], set[str]] = (set(), set())
    for share, one, two in fits:
        if one.id in taken[0] or two.id in taken[1]:
            continue
        rivals = [f for f in fits if (f[1] is one) != (f[2] is two) and f[0] > share - TWIN]
        taken[0].add(one.id)
        taken[1].add(two.id)
        found[one.id, two.id] = _identity(one, two, bool(rivals), old)
    rest = [pair for pair in pairs if pair.old not in taken[0] and pair.new not in taken[1]]
    return list(found.values()) + rest


def _sheet(drawing: Drawing, sheet_id: str) -> Sheet:
    return next(sheet for sheet in drawing.sheets if sheet.id == sheet_id)


def _fits(old: Drawing, olds: list[Sheet], new: Drawing, news: list[Sheet]) -> list[tuple[float, Sheet, Sheet]]:
    """(share of the cut found, old sheet, new sheet) of all that can be laid on one another.

    Other heights of the cut are tried only where the usual one fits nothing.
    """
    fits: list[tuple[float, Sheet, Sheet]] = []
    storeys = sorted(olds, key=lambda sheet: -len(sheet.entities))
    for sheet in news:
        for other_heights in (False, True):
            own: list[tuple[float, Sheet, Sheet]] = []
            known: Registration | None = None  # all storeys of a model lie alike
            for storey in storeys:
                laid = lay(old, storey, new, sheet, other_heights=other_heights, known=known)
                if laid.registration.comparable and laid.found >= LEAST_FOUND:
                    own.append((laid.found, storey, sheet))
                    known = laid.registration
            fits += own
            if own:
                break
    return fits


def _identity(one: Sheet, two: Sheet, rivals: bool, old: Drawing) -> SheetIdentity:
    storey = old.spaces[one.space].name
    zh, en = f"图纸与楼层“{storey}”的剖面重合。", f"The drawing lies on the section of the storey “{storey}”."
    if rivals:
        zh, en = zh + "其他楼层同样吻合，请确认。", en + " Another storey fits as well; please confirm."
    return SheetIdentity(
        one.id,
        two.id,
        0.5 if rivals else CONFIDENCE,
        ["content"],
        cross_format=True,
        reason_zh=zh,
        reason_en=en,
        relation="unsure" if rivals else "same",
    )
