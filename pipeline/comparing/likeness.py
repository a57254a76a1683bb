"""How much two sheets have in common, from light descriptions, and what that is worth as an identity."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.comparing.titles import but_for_stage, fold, fold_number, title_likeness

LEAST_SCORE = 0.45
ALIKE = 0.5  # share of content two versions of a sheet have in common at least
OTHER = 0.15  # two sheets with less in common show different things


@dataclass(slots=True, frozen=True)
class SheetDescription:
    """What is known of a sheet without its drawing."""

    id: str  # any identity of the caller
    number: str = ""
    title: str = ""
    discipline: str = ""
    kind: str = ""  # model layout page storey
    format: str = ""  # dxf ifc pdf
    content_hash: str = ""
    size_mm: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    entities: int = 0
    file_name: str = ""
    framed: bool = False
    ordinal: int = 0
    building: str = ""
    sketch: dict[str, list[int] | int] = field(default_factory=dict)  # pipeline.drawing.sketch.Sketch as a dict


@dataclass(slots=True)
class Evidence:
    """What two sheets have in common; None where one of them does not say."""

    score: float = 0.0  # for the assignment
    number: bool | None = None
    title: float | None = None
    discipline: bool | None = None
    building: bool | None = None
    content: float | None = None  # share of strokes and texts, 1 for equal content
    identical: bool = False
    form: list[str] = field(default_factory=list)  # size amount file only


def likeness(one: SheetDescription, two: SheetDescription, content: float | None = None) -> Evidence:
    """Return the evidence that two sheets are versions of one.

    Args:
        one: the old sheet.
        two: the new sheet.
        content: share (0..1) of strokes and texts they have in common, None if unknown.
    """
    found = Evidence(content=content)
    found.identical = bool(one.content_hash) and one.content_hash == two.content_hash and one.format == two.format
    if found.identical:
        found.content = 1.0
    for name, fold_it in (("number", fold_number), ("discipline", fold), ("building", fold)):
        a, b = fold_it(getattr(one, name)), fold_it(getattr(two, name))
        if a and b:
            setattr(found, name, a == b)
    if one.title and two.title:
        found.title = title_likeness(one.title, two.title)
    if found.number is False and found.title == 1.0 and but_for_stage(one.number, two.number):
        found.number = True
    score = 0.9 if found.identical else 0.0 if found.content is None else 0.3 * (found.content - 0.25)
    score += _named(found)
    score += {True: 0.05, False: -0.1, None: 0.0}[found.discipline]
    score += {True: 0.05, False: -0.3, None: 0.0}[found.building]
    if found.number is None and not (found.title and found.title > 0.5) and not found.identical:
        score += _by_form(one, two, found)
    if one.kind != two.kind and one.format == two.format:
        score -= 0.1
    if one.file_name and fold(one.file_name) == fold(two.file_name) and one.ordinal == two.ordinal:
        score += 0.05
        found.form.append("file")
    found.score = max(0.0, min(2.0, score))
    return found


def _named(found: Evidence) -> float:
    """Return the score of number and title."""
    score = 0.0
    if found.number is not None:
        score += 0.55 if found.number else -0.05 if found.title == 1.0 else -0.2
    if found.title is not None:
        if found.title > 0.5:
            score += 0.5 * found.title
        elif not found.number:
            score -= 0.15
    return score


def _by_form(one: SheetDescription, two: SheetDescription, found: Evidence) -> float:
    """Score of sheets without number and title: same kind, size, amount of content, place in the file."""
    if one.kind != two.kind or one.number or two.number:
        return 0.0
    score = 0.0
    size_one, size_two = np.sort(one.size_mm), np.sort(two.size_mm)
    if (size_one > 0).all() and (size_two > 0).all() and np.abs(np.log(size_one / size_two)).max() < 0.25:
        score += 0.25
        found.form.append("size")
    most = max(one.entities, two.entities)
    if most and min(one.entities, two.entities) >= 0.5 * most:
        score += 0.25
        found.form.append("amount")
    if one.ordinal == two.ordinal:
        score += 0.1
    return score


def judged(found: Evidence) -> tuple[float, str]:
    """Return confidence and relation of a pair from its evidence, rivals left out."""
    titled = found.title is not None and found.title >= 0.9
    alike = found.content is not None and found.content >= ALIKE
    other = found.content is not None and found.content < OTHER
    if found.number:
        if titled:
            confidence, relation = (0.85 if other else 0.97), "same"
        elif found.title is None:
            confidence, relation = (0.95 if alike else 0.55 if other else 0.85), "same"
        else:
            near = found.title > 0.5
            confidence, relation = (0.88 if alike else 0.5 if other and not near else 0.7), "retitled"
    elif titled:
        relation = "renumbered" if found.number is False else "same"
        if found.number is False:
            confidence = 0.95 if found.identical else 0.85 if alike else 0.5 if other else 0.65
        else:
            confidence = 0.92 if alike else 0.6 if other else 0.82
    elif found.identical:
        differs = found.number is False or found.title is not None
        confidence, relation = (0.7, "renamed") if differs else (0.95, "same")
    elif found.title is not None and found.title > 0.5:
        confidence, relation = (0.7 if alike else 0.5), "renamed" if found.number is False else "retitled"
    elif alike:
        differs = found.number is False or found.title is not None
        confidence, relation = (0.5, "renamed") if differs else (0.75, "same")
    else:
        confidence, relation = 0.5 if len(found.form) > 1 else LEAST_SCORE, "unsure"
    if found.building is False:
        confidence = min(confidence, 0.5)
    if found.discipline is False:
        confidence = min(confidence, 0.7)
    return confidence, relation
