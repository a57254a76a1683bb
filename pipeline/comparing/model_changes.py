"""Compare two IFC models element by element and tell the differences, one for each changed element."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from pipeline.comparing.aspects import Aspect, Inspector
from pipeline.comparing.changes import Box, Difference, ordered
from pipeline.comparing.comparison import SheetComparison
from pipeline.comparing.consequences import Follower, Told
from pipeline.comparing.drawn import side_of
from pipeline.comparing.element_matching import STEADY_GUIDS, TRUSTED_GUIDS, match_elements
from pipeline.comparing.elements import ElementMatch, Elements, elements_of
from pipeline.comparing.naming import element_name
from pipeline.comparing.segments import chain, invert, map_box, sheet_from_space
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import F64

CERTAINTY = {
    "guid": 0.98,
    "place and name": 0.98,
    "place": 0.95,
    "properties": 0.95,
    "parts": 0.92,
    "name at the same place": 0.92,
    "tag": 0.92,
    "turned": 0.85,
}
UNSURE = 0.7  # of what may as well be a removed and an added thing
COSMETIC = (("attribute", "Description"), ("identity", "GlobalId"))  # (aspect, name)
SEMANTIC = {"geometry": "geometry", "placement": "geometry"}


def compare_models(old: Drawing, new: Drawing) -> tuple[list[Difference], ElementMatch, float]:
    """Differences of two IFC models.

    Returns:
        (differences with their sheets, the match, seconds). Elements without a storey go to the first sheet.
    """
    started = time.perf_counter()
    one, two = elements_of(old), elements_of(new)
    match = match_elements(one, two)
    inspector = Inspector(one, two, match, unit_of(old) / unit_of(new))
    teller = _Teller(one, two, match, inspector)
    told: list[Told] = []
    for i, j in inspector.rows.tolist():
        aspects = inspector.of(i, j) + teller.identity(i, j)
        if aspects:
            told.append(Told(teller.changed(i, j, aspects), i, j, aspects))
    told += [Told(teller.alone("removed", i), i, -1, []) for i in match.removed]
    told += [Told(teller.alone("added", j), -1, j, []) for j in match.added]
    found = Follower(told, one, two, match).follow()
    return ordered(found), match, time.perf_counter() - started


def unit_of(drawing: Drawing) -> float:
    """Millimetres of one length unit of the file."""
    return drawing.spaces[0].unit_mm if drawing.spaces else 1000.0


class _Teller:
    """Turns rows into differences."""

    def __init__(self, old: Elements, new: Elements, match: ElementMatch, inspector: Inspector) -> None:
        self.old, self.new, self.match, self.inspector = old, new, match, inspector
        self.reused_new = {j: i for i, j in match.reused.items()}
        self.perhaps_new = {j: i for i, j in match.perhaps.items()}
        self.old_sheets, self.new_sheets = _storey_sheets(old.drawing), _storey_sheets(new.drawing)
        shift = match.shift[:2]
        self.there: F64 = np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]]])

    def identity(self, i: int, j: int) -> list[Aspect]:
        """A new GlobalId on an equal thing where GlobalIds are kept otherwise: it was replaced by an equal one."""
        if self.match.guid_share < STEADY_GUIDS or self.old.guid[i] == self.new.guid[j]:
            return []
        return [Aspect("identity", "GlobalId", self.old.guid[i], self.new.guid[j])]

    def changed(self, i: int, j: int, aspects: list[Aspect]) -> Difference:
        """A pair with changed aspects."""
        main = aspects[0]
        moved = self.inspector.displacement(i, j)
        kind = "moved" if main.name == "placement" else "modified"
        name = element_name(self.new.kind[j], self.new.name[j], self.new.tag[j])
        was = element_name(self.old.kind[i], self.old.name[i], self.old.tag[i])
        how = self.match.how[i]
        return Difference(
            kind=kind,
            cls=SEMANTIC.get(main.aspect, "attribute"),
            what=name.zh,
            what_en=name.en,
            what_old=was.zh,
            what_old_en=was.en,
            delta=(float(moved[0]), float(moved[1])) if kind == "moved" and moved is not None else None,
            old=main.old,
            new=main.new,
            guid_old=self.old.guid[i],
            guid_new=self.new.guid[j],
            layer=self.new.kind[j],
            layer_old=self.old.kind[i],
            material=any((a.aspect, a.name) not in COSMETIC for a in aspects),
            certainty=UNSURE if i in self.match.unsure else CERTAINTY.get(how, 0.8),
            attribute=main.name,
            matched_by=how,
            details={
                "aspects": [{"aspect": a.aspect, "name": a.name, "old": a.old, "new": a.new} for a in aspects[:200]],
                "delta_z_mm": round(float(moved[2]), 3) if moved is not None else None,
                **self._reused(i, j),
            },
            **self._places(i, j, kind == "moved" or main.aspect == "geometry"),
        )

    def alone(self, kind: str, row: int) -> Difference:
        """An element only one model has."""
        side = self.new if kind == "added" else self.old
        name = element_name(side.kind[row], side.name[row], side.tag[row])
        shaped = bool(np.isfinite(side.shape[row]).any())
        perhaps = self.perhaps_new if kind == "added" else self.match.perhaps
        return Difference(
            kind=kind,
            cls="geometry",
            what=name.zh,
            what_en=name.en,
            guid_old=side.guid[row] if kind == "removed" else "",
            guid_new=side.guid[row] if kind == "added" else "",
            layer=side.kind[row],
            certainty=UNSURE if row in perhaps or not shaped else 0.9,
            details=self._alone_details(kind, row),
            **(self._places(None, row, False) if kind == "added" else self._places(row, None, False)),
        )

    def _reused(self, i: int, j: int) -> dict[str, Any]:
        """Say where the GlobalId of a thing stands on another one in the other model."""
        said: dict[str, Any] = {}
        if i in self.match.reused:
            said["guid_reused_new"] = self._words(self.new, self.match.reused[i])
        if j in self.reused_new:
            said["guid_reused_old"] = self._words(self.old, self.reused_new[j])
        return said

    def _alone_details(self, kind: str, row: int) -> dict[str, Any]:
        """What else is known of a removed or added thing: where its GlobalId went, which one it may be."""
        said = self._reused(row, -1) if kind == "removed" else self._reused(-1, row)
        other = self.match.perhaps.get(row) if kind == "removed" else self.perhaps_new.get(row)
        if other is not None:
            i, j = (row, other) if kind == "removed" else (other, row)
            moved = self.inspector.displacement(i, j)
            distance = float(np.linalg.norm(moved)) if moved is not None else None
            said["perhaps_moved"] = {
                "guid_old": self.old.guid[i],
                "guid_new": self.new.guid[j],
                "distance_mm": None if distance is None else round(distance, 1),
            }
        return said

    @staticmethod
    def _words(side: Elements, row: int) -> str:
        return f"{side.kind[row]} {side.name[row]}".strip()

    def _places(self, i: int | None, j: int | None, two_places: bool) -> dict[str, Any]:
        """Boxes and sheets of a difference as arguments of Difference."""
        sheet_old = _sheet_of(self.old, i, self.old_sheets) if i is not None else None
        sheet_new = _sheet_of(self.new, j, self.new_sheets) if j is not None else None
        sheet_old = sheet_old or _partner(sheet_new, self.old_sheets)
        sheet_new = sheet_new or _partner(sheet_old, self.new_sheets)
        in_old = _plan_box(self.old, i) if i is not None else None
        in_new = _plan_box(self.new, j) if j is not None else None
        ghost_new = in_new or (map_box(self.there, in_old) if in_old else None)
        ghost_old = in_old or (map_box(invert(self.there), in_new) if in_new else None)
        from_box = map_box(self.there, in_old) if two_places and in_old else None
        to_box = map_box(invert(self.there), in_new) if two_places and in_new else None
        return {
            "bbox": _metres(ghost_new),
            "bbox_from": _metres(from_box),
            "bbox_to": _metres(to_box),
            "bbox_in_old": _metres(ghost_old),
            "box_old": _in_sheet(sheet_old, ghost_old),
            "box_new": _in_sheet(sheet_new, ghost_new),
            "sheet_old": sheet_old.id if sheet_old else "",
            "sheet_new": sheet_new.id if sheet_new else "",
        }


def _plan_box(elements: Elements, row: int) -> Box | None:
    """Plan box of an element in mm; its children's or a 200 mm square at its placement when it has no shape."""
    box = elements.box[row]
    if np.isfinite(box).all():
        return (float(box[0]), float(box[1]), float(box[3]), float(box[4]))
    x, y = elements.centre[row, :2]
    if not np.isfinite([x, y]).all():
        return None
    return (float(x) - 100.0, float(y) - 100.0, float(x) + 100.0, float(y) + 100.0)


def _metres(box: Box | None) -> Box | None:
    return None if box is None else (box[0] / 1000.0, box[1] / 1000.0, box[2] / 1000.0, box[3] / 1000.0)


def _in_sheet(sheet: Sheet | None, box: Box | None) -> Box | None:
    if sheet is None or box is None:
        return None
    return map_box(sheet_from_space(sheet), box)


def _storey_sheets(drawing: Drawing) -> dict[str, Sheet]:
    """GlobalId of a storey -> its sheet; "" -> the first sheet."""
    storeys = drawing.meta.get("storeys") or []
    by_space: dict[int, Sheet] = {}
    for sheet in drawing.sheets:
        by_space.setdefault(sheet.space, sheet)
    found = {str(one["guid"]): by_space[k] for k, one in enumerate(storeys) if k in by_space}
    if drawing.sheets:
        found[""] = drawing.sheets[0]
    return found


def _sheet_of(elements: Elements, row: int, sheets: dict[str, Sheet]) -> Sheet | None:
    """The sheet of an element's storey, else the first."""
    storey = int(elements.drawing.elements.storey[row])
    guid = elements.guid[storey] if storey >= 0 else ""
    return sheets.get(guid) or sheets.get("")


def _partner(sheet: Sheet | None, others: dict[str, Sheet]) -> Sheet | None:
    """The sheet of the other model for the same storey: by title, else by position."""
    if sheet is None:
        return None
    named = [other for key, other in others.items() if key and other.title and other.title == sheet.title]
    if named:
        return named[0]
    same = [other for key, other in others.items() if key and other.space == sheet.space]
    return same[0] if same else others.get("")


def compare_storeys(
    old: Drawing,
    old_sheet: Sheet | None,
    new: Drawing,
    new_sheet: Sheet | None,
    found: list[Difference],
    match: ElementMatch,
) -> SheetComparison:
    """The result of one pair of storeys out of the differences of the whole models."""
    result = SheetComparison(side_of(old, old_sheet), side_of(new, new_sheet))
    shift = match.shift / 1000.0
    result.transform = np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]]])
    if old_sheet is not None and new_sheet is not None:
        plan = np.array([[1.0, 0.0, match.shift[0]], [0.0, 1.0, match.shift[1]]])
        result.transform_sheet = chain(sheet_from_space(new_sheet), chain(plan, invert(sheet_from_space(old_sheet))))
    result.method = "elements"
    total = max(1, len(match.pairs) + len(match.removed) + len(match.added))
    result.confidence = len(match.pairs) / total
    result.margin = 1.0
    result.tolerance_mm = 2.0
    result.differences = found
    if np.abs(match.shift).max() > 0:
        x, y, z = match.shift
        result.notes.append(
            {
                "zh": f"整个模型平移了 ({x:.0f}, {y:.0f}, {z:.0f}) mm，比对前已扣除。",
                "en": f"The whole model is shifted by ({x:.0f}, {y:.0f}, {z:.0f}) mm; taken out before comparing.",
                "back_zh": f"整个模型平移了 ({0 - x:.0f}, {0 - y:.0f}, {0 - z:.0f}) mm，比对前已扣除。",
                "back_en": f"The whole model is shifted by ({0 - x:.0f}, {0 - y:.0f}, {0 - z:.0f}) mm; "
                "taken out before comparing.",
            }
        )
    if match.guid_share <= TRUSTED_GUIDS:
        result.notes.append(
            {
                "zh": f"两个模型的 GlobalId 只有 {match.guid_share:.0%} 相同，按位置、形状和名称识别构件。",
                "en": f"Only {match.guid_share:.0%} of the GlobalIds are common; "
                "elements were recognised by place, shape and name.",
            }
        )
    if match.reused:
        result.notes.append(
            {
                "zh": f"{len(match.reused)} 个 GlobalId 在两个模型中属于不同的构件，未按其识别。",
                "en": f"{len(match.reused)} GlobalIds stand on different things in the two models; "
                "they were not used to recognise them.",
            }
        )
    return result
