"""A difference: one change a person would name, as a value that can be inverted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, replace
from typing import Any

from pipeline.comparing.boxes import Box
from pipeline.comparing.inversion import OPPOSITE, inverted_details, rotation_words

BOXES = ("bbox", "bbox_from", "bbox_to", "bbox_in_old", "box_old", "box_new", "delta", "delta_in_old")


@dataclass(slots=True, frozen=True)
class Difference:
    """One change between two sheets.

    `bbox` (where it is) and `bbox_from` (where it was) are in the coordinates of the NEW file, `bbox_in_old` (where
    it was) and `bbox_to` (where it is) in those of the OLD file (DXF: units of the space; PDF: mm on paper,
    lower left, y up; IFC: metres in plan). `box_old` and `box_new` are in sheet millimetres and say where to
    look on each sheet, also on the one that does not have the thing. `delta` is along the axes of the new file,
    `delta_in_old` along those of the old one. `what` and `layer` are those on the new sheet, `what_old` and
    `layer_old` those on the old one (where one side has none, they are equal): so nothing is lost by inverting.
    """

    kind: str  # added removed modified moved
    cls: str  # geometry text attribute
    what: str = ""
    what_en: str = ""
    what_old: str = ""
    what_old_en: str = ""
    bbox: Box | None = None
    bbox_from: Box | None = None
    bbox_to: Box | None = None
    bbox_in_old: Box | None = None
    box_old: Box | None = None
    box_new: Box | None = None
    delta: tuple[float, float] | None = None  # mm of reality
    delta_in_old: tuple[float, float] | None = None  # mm of reality
    old: str = ""
    new: str = ""
    guid_old: str = ""
    guid_new: str = ""
    layer: str = ""
    layer_old: str = ""
    material: bool = True
    certainty: float = 0.9
    attribute: str = ""  # what changed on an element: Name, Pset_X.Y, container, layer ...
    matched_by: str = ""  # how old and new were recognised as one
    consequence: bool = False  # follows from another change
    details: dict[str, Any] = field(default_factory=dict)
    sheet_old: str = ""
    sheet_new: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        """The old side is called what the new one is, unless told otherwise."""
        for name, same in (("what_old", "what"), ("what_old_en", "what_en"), ("layer_old", "layer")):
            if not getattr(self, name):
                object.__setattr__(self, name, getattr(self, same))
        if self.delta is not None and self.delta_in_old is None:
            object.__setattr__(self, "delta_in_old", self.delta)

    def invert(self) -> Difference:
        """The same difference told from new to old."""
        details = inverted_details(self.details)
        old, new = self.new, self.old
        if self.attribute == "rotation" and "rotated_degrees" in details:
            old, new = self.old, rotation_words(details["rotated_degrees"], bool(details.get("mirrored")))
        return replace(
            self,
            kind=OPPOSITE.get(self.kind, self.kind),
            what=self.what_old,
            what_en=self.what_old_en,
            what_old=self.what,
            what_old_en=self.what_en,
            bbox=self.bbox_in_old,
            bbox_in_old=self.bbox,
            bbox_from=self.bbox_to,
            bbox_to=self.bbox_from,
            box_old=self.box_new,
            box_new=self.box_old,
            delta=_back(self.delta_in_old),
            delta_in_old=_back(self.delta),
            old=old,
            new=new,
            guid_old=self.guid_new,
            guid_new=self.guid_old,
            layer=self.layer_old,
            layer_old=self.layer,
            details=details,
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
            "what_old": self.what_old,
            "what_old_en": self.what_old_en,
            "sentence": self.sentence(),
            "bbox": _plain(self.bbox),
            "bbox_from": _plain(self.bbox_from),
            "bbox_to": _plain(self.bbox_to),
            "bbox_in_old": _plain(self.bbox_in_old),
            "box_old": _plain(self.box_old),
            "box_new": _plain(self.box_new),
            "delta": _plain(self.delta),
            "delta_in_old": _plain(self.delta_in_old),
            "old": self.old,
            "new": self.new,
            "guid_old": self.guid_old or None,
            "guid_new": self.guid_new or None,
            "layer": self.layer,
            "layer_old": self.layer_old,
            "material": self.material,
            "certainty": round(self.certainty, 3),
            "attribute": self.attribute,
            "matched_by": self.matched_by,
            "consequence": self.consequence,
            "details": self.details,
            "sheet_old": self.sheet_old,
            "sheet_new": self.sheet_new,
        }


def difference_from_json(told: dict[str, Any]) -> Difference:
    """Read a change of a comparison document back (docs/formats/comparison.md)."""
    names = {one.name for one in fields(Difference)} - {"key"}
    values = {name: told[name] for name in names & set(told)}
    for name in BOXES:
        if values.get(name) is not None:
            values[name] = tuple(values[name])
    for name in ("guid_old", "guid_new"):
        values[name] = values.get(name) or ""
    return Difference(**values, key=str(told["id"]))


def _back(delta: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if delta is None else (0.0 - delta[0], 0.0 - delta[1])


def _plain(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else [round(float(value), 6) + 0.0 for value in values]


def ordered(differences: list[Difference]) -> list[Difference]:
    """Sort: material first, then by class, kind and place; give every one a key that stays the same."""
    return with_keys(sorted(differences, key=_rank))


def _rank(one: Difference) -> tuple[Any, ...]:
    place = one.box_new or one.box_old or ()
    return (not one.material, one.cls, one.kind, place, one.guid_new, one.guid_old, one.attribute, one.new, one.old)


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
    return ordered([difference.invert() for difference in differences])
