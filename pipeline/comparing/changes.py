"""A difference: one change a person would name, as a value that can be inverted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

Box = tuple[float, float, float, float]
OPPOSITE = {"added": "removed", "removed": "added"}


@dataclass(slots=True, frozen=True)
class Difference:
    """One change between two sheets.

    `bbox` and `bbox_from` are in the coordinates of the NEW file, `bbox_in_old` in those of the OLD file
    (DXF: units of the space; PDF: mm on paper, lower left, y up; IFC: metres in plan). `box_old` and
    `box_new` are in sheet millimetres and say where to look on each sheet, also on the one that does
    not have the thing.
    """

    kind: str  # added removed modified moved
    cls: str  # geometry text attribute
    what: str = ""
    what_en: str = ""
    bbox: Box | None = None
    bbox_from: Box | None = None
    bbox_in_old: Box | None = None
    box_old: Box | None = None
    box_new: Box | None = None
    delta: tuple[float, float] | None = None  # mm of reality
    old: str = ""
    new: str = ""
    guid_old: str = ""
    guid_new: str = ""
    layer: str = ""
    material: bool = True
    certainty: float = 0.9
    attribute: str = ""  # what changed on an element: Name, Pset_X.Y, container, layer ...
    matched_by: str = ""  # how old and new were recognised as one
    consequence: bool = False  # follows from another change
    details: dict[str, Any] = field(default_factory=dict)
    sheet_old: str = ""
    sheet_new: str = ""
    key: str = ""

    def invert(self) -> Difference:
        """The same difference told from new to old."""
        return replace(
            self,
            kind=OPPOSITE.get(self.kind, self.kind),
            bbox=self.bbox_in_old,
            bbox_in_old=self.bbox,
            bbox_from=None,
            box_old=self.box_new,
            box_new=self.box_old,
            delta=None if self.delta is None else (-self.delta[0], -self.delta[1]),
            old=self.new,
            new=self.old,
            guid_old=self.guid_new,
            guid_new=self.guid_old,
            sheet_old=self.sheet_new,
            sheet_new=self.sheet_old,
        )

    def sentence(self) -> dict[str, str]:
        """The difference in one sentence, Chinese and English."""
        verbs = {
            "added": ("新增", "added"),
            "removed": ("删除", "removed"),
            "modified": ("修改", "modified"),
            "moved": ("移动", "moved"),
        }
        zh, en = verbs[self.kind]
        tail_zh = tail_en = ""
        if self.delta is not None and self.kind == "moved":
            rise = float(self.details.get("delta_z_mm") or 0.0)
            distance = (self.delta[0] ** 2 + self.delta[1] ** 2 + rise**2) ** 0.5
            tail_zh, tail_en = f" {distance:.0f} mm", f" {distance:.0f} mm"
        elif self.kind == "modified" and (self.old or self.new):
            tail_zh, tail_en = f"：{self.old} → {self.new}", f": {self.old} → {self.new}"
        return {"zh": f"{self.what}{zh}{tail_zh}", "en": f"{self.what_en} {en}{tail_en}"}

    def to_json(self) -> dict[str, Any]:
        """As in docs/formats/comparison.md."""
        return {
            "id": self.key,
            "kind": self.kind,
            "cls": self.cls,
            "what": self.what,
            "what_en": self.what_en,
            "sentence": self.sentence(),
            "bbox": _plain(self.bbox),
            "bbox_from": _plain(self.bbox_from),
            "bbox_in_old": _plain(self.bbox_in_old),
            "box_old": _plain(self.box_old),
            "box_new": _plain(self.box_new),
            "delta": _plain(self.delta),
            "old": self.old,
            "new": self.new,
            "guid_old": self.guid_old or None,
            "guid_new": self.guid_new or None,
            "layer": self.layer,
            "material": self.material,
            "certainty": round(self.certainty, 3),
            "attribute": self.attribute,
            "matched_by": self.matched_by,
            "consequence": self.consequence,
            "details": self.details,
            "sheet_old": self.sheet_old,
            "sheet_new": self.sheet_new,
        }


def _plain(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else [round(float(value), 6) + 0.0 for value in values]


def with_keys(differences: list[Difference]) -> list[Difference]:
    """Give every difference a key that stays the same while the drawings do."""
    seen: dict[str, int] = {}
    result = []
    for difference in differences:
        place = difference.box_new or difference.box_old or ()
        parts = [
            difference.sheet_old,
            difference.sheet_new,
            difference.kind,
            difference.cls,
            difference.attribute,
            difference.old,
            difference.new,
            difference.guid_old,
            difference.guid_new,
            ",".join(f"{value:.1f}" for value in place),
        ]
        digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:20]
        seen[digest] = seen.get(digest, 0) + 1
        result.append(replace(difference, key=digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"))
    return result


def invert(differences: list[Difference]) -> list[Difference]:
    """All differences told from new to old."""
    return with_keys([difference.invert() for difference in differences])
