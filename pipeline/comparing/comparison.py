"""Results of comparing: one sheet pair, and a whole pair of drawings, with their JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np

from pipeline.comparing.changes import Difference, difference_from_json, invert
from pipeline.comparing.inversion import OPPOSITE, inverted_details, inverted_sentence
from pipeline.comparing.segments import invert as invert_transform
from pipeline.drawing.tables import F64

SCHEMA = "tushen.comparison/1"


@dataclass(slots=True)
class SheetSide:
    """One side of a sheet pair."""

    file: str = ""
    sha256: str = ""
    format: str = ""
    sheet: str = ""
    number: str = ""
    title: str = ""
    scale: float = 1.0
    unit_mm: float = 1.0  # mm of the space (reality or paper) for one file unit
    ordinal: int = -1  # place of the sheet among those of its drawing, -1 for the drawing as a whole

    def to_json(self) -> dict[str, Any]:
        """As in docs/formats/comparison.md."""
        return asdict(self)


@dataclass(slots=True)
class ViewPlace:
    """A view that was registered by itself: where it lies on both sheets and how the one becomes the other."""

    box_old: tuple[float, ...]  # sheet mm
    box_new: tuple[float, ...]
    transform: F64  # 2×3, old file coordinates -> new file coordinates
    transform_sheet: F64  # 2×3, old sheet mm -> new sheet mm
    confidence: float
    transforms_back: tuple[F64, F64] | None = None

    def to_json(self) -> dict[str, Any]:
        """As in docs/formats/comparison.md."""
        return {
            "box_old": [float(value) for value in self.box_old],
            "box_new": [float(value) for value in self.box_new],
            "transform": _matrix(self.transform),
            "transform_sheet": _matrix(self.transform_sheet),
            "confidence": round(float(self.confidence), 4),
        }

    def invert(self) -> ViewPlace:
        """The same view told from new to old."""
        there = (self.transform, self.transform_sheet)
        file, sheet = self.transforms_back or (invert_transform(there[0]), invert_transform(there[1]))
        return ViewPlace(self.box_new, self.box_old, file, sheet, self.confidence, there)


@dataclass(slots=True)
class SheetComparison:
    """What came out for one pair of sheets."""

    old: SheetSide
    new: SheetSide
    comparable: bool = True
    reason_zh: str = ""
    reason_en: str = ""
    method: str = ""
    transform: F64 | None = None  # 2×3, old file coordinates -> new file coordinates
    transform_sheet: F64 | None = None  # 2×3, old sheet mm -> new sheet mm
    transforms_back: tuple[F64 | None, F64 | None] | None = None  # their inverses, where they were given
    confidence: float = 0.0
    margin: float = 0.0
    mirrored: bool = False
    tolerance_mm: float = 0.0  # mm of reality
    identical: bool = False  # equal content, nothing was compared
    relation: str = "same"  # of the two sheets: one of identity.RELATIONS
    paired: dict[str, str] | None = None  # {zh, en}: why they were taken for versions of one
    seconds: float = 0.0
    notes: list[dict[str, str]] = field(default_factory=list)  # [{zh, en}]
    views: list[ViewPlace] = field(default_factory=list)  # those that do not lie as the sheet does
    differences: list[Difference] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As in docs/formats/comparison.md."""
        return {
            "old": self.old.to_json(),
            "new": self.new.to_json(),
            "comparable": self.comparable,
            "reason": {"zh": self.reason_zh, "en": self.reason_en} if self.reason_zh else None,
            "method": self.method,
            "transform": _matrix(self.transform),
            "transform_sheet": _matrix(self.transform_sheet),
            "confidence": round(float(self.confidence), 4),
            "margin": round(float(self.margin), 4),
            "mirrored": self.mirrored,
            "tolerance_mm": round(float(self.tolerance_mm), 4),
            "identical": self.identical,
            "relation": self.relation,
            "paired": self.paired,
            "seconds": round(float(self.seconds), 3),
            "notes": self.notes,
            "views": [view.to_json() for view in self.views],
            "changes": [difference.to_json() for difference in self.differences],
        }

    def invert(self) -> SheetComparison:
        """The same result told from new to old."""
        reason = inverted_sentence({"zh": self.reason_zh, "en": self.reason_en})
        there, back = (self.transform, self.transform_sheet), self.transforms_back or (None, None)
        file, sheet = (_inverse(a) if b is None else b for a, b in zip(there, back, strict=True))
        return replace(
            self,
            old=self.new,
            new=self.old,
            reason_zh=reason["zh"],
            reason_en=reason["en"],
            transform=file,
            transform_sheet=sheet,
            transforms_back=there,
            relation=OPPOSITE.get(self.relation, self.relation),
            paired=None if self.paired is None else inverted_sentence(self.paired),
            notes=[inverted_sentence(note) for note in self.notes],
            views=[view.invert() for view in self.views],
            differences=invert(self.differences),
        )


@dataclass(slots=True)
class Comparison:
    """Old drawing against new one: all its sheet pairs and the sheets without a partner."""

    old: SheetSide
    new: SheetSide
    sheets: list[SheetComparison] = field(default_factory=list)
    # each {side, sheet, number, title, ordinal, relation, candidates, zh, en}
    unpaired: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    engine: str = ""
    indicators: list[dict[str, Any]] = field(default_factory=list)  # rows of indicators.indicators

    @property
    def differences(self) -> list[Difference]:
        """Of all sheet pairs."""
        return [difference for sheet in self.sheets for difference in sheet.differences]

    def invert(self) -> Comparison:
        """The same result told from new to old: sheets in the order of the other drawing."""
        sheets = sorted((sheet.invert() for sheet in self.sheets), key=place_of_pair)
        unpaired = sorted((_alone_inverted(one) for one in self.unpaired), key=place_alone)
        rows = [inverted_details(row) for row in self.indicators]
        return replace(self, old=self.new, new=self.old, sheets=sheets, unpaired=unpaired, indicators=rows)

    def main(self) -> SheetComparison | None:
        """The pair whose transform stands at the top of the JSON: the first that was compared."""
        compared = [sheet for sheet in self.sheets if sheet.comparable and not sheet.identical]
        ranked = compared or self.sheets
        return ranked[0] if ranked else None

    def to_json(self) -> dict[str, Any]:
        """The document of `tushen compare --format json` (docs/formats/comparison.md)."""
        main = self.main()
        return {
            "schema": SCHEMA,
            "engine": self.engine,
            "old": (main.old if main else self.old).to_json(),
            "new": (main.new if main else self.new).to_json(),
            "transform": _matrix(main.transform) if main else None,
            "confidence": round(float(main.confidence), 4) if main else 0.0,
            "comparable": any(sheet.comparable for sheet in self.sheets),
            "tolerance_mm": round(float(main.tolerance_mm), 4) if main else None,
            "seconds": round(self.seconds, 3),
            "changes": [difference.to_json() for difference in self.differences],
            "sheets": [_without_changes(sheet) for sheet in self.sheets],
            "unpaired": self.unpaired,
            "indicators": self.indicators,
        }


def comparison_from_json(told: dict[str, Any]) -> Comparison:
    """Read a document of docs/formats/comparison.md back, so that it can be inverted or drawn.

    Raises KeyError or TypeError for what is not such a document.
    """
    changes = {one["id"]: difference_from_json(one) for one in told["changes"]}
    sheets = [_sheet_from_json(one, changes) for one in told["sheets"]]
    old, new = (_side_from_json(told[side]) for side in ("old", "new"))
    whole = [replace(one, sheet="", number="", title="", scale=1.0, unit_mm=1.0, ordinal=-1) for one in (old, new)]
    return Comparison(whole[0], whole[1], sheets, list(told["unpaired"]), float(told["seconds"]), str(told["engine"]),
        list(told.get("indicators", [])),
    )  # fmt: skip


def _sheet_from_json(told: dict[str, Any], changes: dict[str, Difference]) -> SheetComparison:
    reason = told["reason"] or {"zh": "", "en": ""}
    matrices = [None if told[name] is None else np.array(told[name]) for name in ("transform", "transform_sheet")]
    plain = ("comparable", "method", "confidence", "margin", "mirrored", "tolerance_mm", "identical", "seconds")
    own = [changes[id] for id in told["change_ids"]] if "change_ids" in told else []
    return SheetComparison(
        old=_side_from_json(told["old"]),
        new=_side_from_json(told["new"]),
        reason_zh=reason["zh"],
        reason_en=reason["en"],
        transform=matrices[0],
        transform_sheet=matrices[1],
        relation=told["relation"],
        paired=told["paired"],
        notes=list(told["notes"]),
        views=[
            ViewPlace(
                tuple(one["box_old"]),
                tuple(one["box_new"]),
                np.array(one["transform"]),
                np.array(one["transform_sheet"]),
                float(one["confidence"]),
            )
            for one in told.get("views", [])
        ],
        differences=own,
        **{name: told[name] for name in plain},
    )


def _side_from_json(told: dict[str, Any]) -> SheetSide:
    return SheetSide(**{one.name: told[one.name] for one in fields(SheetSide)})


def _without_changes(sheet: SheetComparison) -> dict[str, Any]:
    told = {name: value for name, value in sheet.to_json().items() if name != "changes"}
    return {**told, "change_ids": [one.key for one in sheet.differences]}


def place_of_pair(sheet: SheetComparison) -> tuple[bool, int, int]:
    """Order of sheet pairs: as in the new drawing, the drawings as a whole last."""
    return (sheet.new.ordinal < 0, sheet.new.ordinal, sheet.old.ordinal)


def place_alone(one: dict[str, Any]) -> tuple[bool, int]:
    """Order of sheets without a partner: those of the new drawing first."""
    return (one["side"] != "new", int(one.get("ordinal", 0)))


def _alone_inverted(one: dict[str, Any]) -> dict[str, Any]:
    turned = inverted_sentence({"zh": one["zh"], "en": one["en"]})
    relation = OPPOSITE.get(one["relation"], one["relation"])
    return {**one, **turned, "side": OPPOSITE[one["side"]], "relation": relation}


def _inverse(matrix: F64 | None) -> F64 | None:
    return None if matrix is None else invert_transform(np.asarray(matrix))


def _matrix(matrix: F64 | None) -> list[list[float]] | None:
    return None if matrix is None else [[float(value) for value in row] for row in np.asarray(matrix)]
