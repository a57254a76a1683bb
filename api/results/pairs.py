"""Which old sheet is which new one: proposals shown with their grounds, confirmed or corrected by a named person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from api.access import Actor
from api.errors import Stale
from api.identity.tables import Person
from api.matching_points import suffice
from api.results.schemas import PairDecision, Place
from api.submissions import workflow
from api.work import start_job
from pipeline.errors import Conflict, NotFound, Refused
from pipeline.records.base import now
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.tables import Comparison, Job, Sheet, SheetPair, Submission
from pipeline.work.identity import CONFIRMED, PROPOSED, REJECTED, entry_of

Sides = tuple[str | None, str | None]


def with_status(db: Session, rows: Sequence[Comparison]) -> dict[str, list[dict[str, Any]]]:
    """Return the pairs of comparisons with what people said of them: id, status, decided_by, decided_at."""
    query = select(SheetPair, Person.name).outerjoin(Person, Person.id == SheetPair.decided_by)
    found: dict[str, dict[Sides, tuple[SheetPair, str | None]]] = defaultdict(dict)
    for pair, name in db.execute(query.where(SheetPair.comparison_id.in_([row.id for row in rows]))):
        found[pair.comparison_id][pair.old_sheet_id, pair.new_sheet_id] = (pair, name)
    return {row.id: [_shown(entry, found[row.id]) for entry in row.pairs] for row in rows}


def _shown(entry: dict[str, Any], known: dict[Sides, tuple[SheetPair, str | None]]) -> dict[str, Any]:
    pair, name = known.get((entry["old_sheet"], entry["new_sheet"]), (None, None))
    plain = {key: value for key, value in entry.items() if key not in ("stands_on", "overlay_key")}
    if pair is None:
        return {**plain, "id": None, "status": PROPOSED, "decided_by": None, "decided_at": None}
    return {
        **plain,
        "id": pair.id,
        "status": pair.status,
        "needs_confirmation": pair.needs_confirmation and pair.status == PROPOSED,
        "decided_by": name,
        "decided_at": pair.decided_at.isoformat() if pair.decided_at else None,
    }


def overlay(db: Session, comparison: Comparison, pair_id: str) -> str:
    """Return the key of the overlay of a pair, "" while there is none.

    Raises NotFound for a pair of another comparison or one that was not compared.
    """
    return str(_compared_entry(db, comparison, pair_id).get("overlay_key") or "")


def draw_overlay(db: Session, comparison: Comparison, pair_id: str) -> str:
    """As `overlay`; the first question starts its drawing. Raises Conflict when the drawing failed."""
    entry = _compared_entry(db, comparison, pair_id)
    if not entry.get("overlay_key"):
        failed = select(Job.id).where(Job.kind == "overlay", Job.subject == pair_id, Job.state == "failed")
        if db.scalar(failed.where(Job.engine_version.endswith(str(entry["stands_on"])))):
            raise Conflict("叠图未能绘制。", "The overlay could not be drawn.")
        start_job(db, "overlay", pair_id, comparison.new_id, engine=entry["stands_on"])
    return str(entry.get("overlay_key") or "")


def _compared_entry(db: Session, comparison: Comparison, pair_id: str) -> dict[str, Any]:
    pair = db.get(SheetPair, pair_id)
    entry = entry_of(comparison, pair) if pair is not None and pair.comparison_id == comparison.id else None
    if entry is None or not (entry["old_sheet"] and entry["new_sheet"]):
        raise NotFound()
    return entry


def decide(
    db: Session, actor: Actor, comparison: Comparison, project_id: str, roles: frozenset[str], word: PairDecision
) -> None:
    """Confirm, correct, reject or take back one pair; what changes the pairing is compared again.

    The institute may while the new submission is a draft, who decides once it is handed in. Raises Conflict
    otherwise, Stale when the pair is another one now, NotFound for a sheet of neither submission, Refused for a
    decision without the sheets or points it needs.
    """
    db.refresh(comparison, with_for_update=True)
    submission = db.get_one(Submission, comparison.new_id)
    if not workflow.may_pair(submission.state, roles):
        raise Conflict("此时不能确认图纸对应关系。", "Pairs of sheets cannot be decided now.", state=submission.state)
    pair = db.get(SheetPair, word.pair_id)
    if pair is None or pair.comparison_id != comparison.id or pair.status != word.seen:
        raise Stale(
            "该对应关系刚被更新，请查看后再确认。", "This pair was changed meanwhile. Look at it again.",
            present=with_status(db, [comparison])[comparison.id],
        )  # fmt: skip
    if word.decision == "align":
        _align(pair, word.points)
    before: Sides = (pair.old_sheet_id, pair.new_sheet_id)
    after = _after(word, before)
    for side, id_ in zip((comparison.old_id, comparison.new_id), after or (), strict=False):
        if id_ is not None and db.scalar(select(Sheet.submission_id).where(Sheet.id == id_)) != side:
            raise NotFound()
    _apply(db, actor, pair, word.decision, after)
    if word.decision != "confirm":
        comparison.decisions += 1
        comparison.state = "waiting"
        start_job(db, "compare", comparison.id, comparison.new_id)
    db.flush()
    told = {"submission_id": comparison.new_id, "decision": word.decision}
    notify(db, "comparison.paired", comparison.id, project_id=project_id, details=told)
    details: dict[str, Any] = {"decision": word.decision, "before": _named(db, before), "confidence": pair.confidence}
    if word.decision == "align":
        details["points"] = pair.points
    if after is not None:
        details["after"] = _named(db, after)
    append_event(db, actor.id, "results:pair:decided", comparison.id, project_id, details)


def _after(word: PairDecision, before: Sides) -> Sides | None:
    """Return what is right by a decision; None where the machine is asked again. Raises Refused."""
    said: Sides = (word.old_sheet_id, word.new_sheet_id)
    if word.decision in ("confirm", "align"):
        return before
    if word.decision in ("reject", "reset"):
        return None
    if word.decision == "pair" and all(said):
        return said
    if word.decision == "alone" and any(said) and not all(said):
        return said
    raise Refused("请指明图纸。", "Name the sheets.")


def _align(pair: SheetPair, points: list[tuple[Place, Place]]) -> None:
    """Keep the points by which two sheets are to be laid on one another; none takes them back. Raises Refused."""
    if not (pair.old_sheet_id and pair.new_sheet_id):
        raise Refused("只有一张图，无法对齐。", "There is one sheet only; nothing can be aligned.")
    if not suffice(points):
        raise Refused(
            "请在两张图上各指定至少两个不同的对应点。",
            "Give at least two different points on both sheets.",
        )
    pair.points = [[list(here), list(there)] for here, there in points] or None


def _apply(db: Session, actor: Actor, pair: SheetPair, decision: str, after: Sides | None) -> None:
    mine = select(SheetPair).where(SheetPair.comparison_id == pair.comparison_id)
    if after is None:
        _say(pair, actor, REJECTED if decision == "reject" else PROPOSED)
        return
    old, new = after
    same_side = or_(
        and_(SheetPair.old_sheet_id.is_not(None), SheetPair.old_sheet_id == old),
        and_(SheetPair.new_sheet_id.is_not(None), SheetPair.new_sheet_id == new),
    )
    for other in db.scalars(mine.where(SheetPair.status == CONFIRMED, same_side)).all():
        if (other.old_sheet_id, other.new_sheet_id) != after:
            _say(other, actor, REJECTED if other.old_sheet_id and other.new_sheet_id else PROPOSED)
    if (pair.old_sheet_id, pair.new_sheet_id) == after:
        _say(pair, actor, CONFIRMED)
        return
    if pair.old_sheet_id and pair.new_sheet_id:
        _say(pair, actor, REJECTED)
    there = mine.where(
        SheetPair.old_sheet_id == old if old else SheetPair.old_sheet_id.is_(None),
        SheetPair.new_sheet_id == new if new else SheetPair.new_sheet_id.is_(None),
    )
    right = db.scalar(there)
    if right is None:
        right = SheetPair(comparison_id=pair.comparison_id, old_sheet_id=old, new_sheet_id=new, confidence=1.0)
        db.add(right)
    _say(right, actor, CONFIRMED)


def _say(pair: SheetPair, actor: Actor, status: str) -> None:
    pair.status, pair.decided_by, pair.decided_at = status, actor.id, now()
    if status != CONFIRMED:
        pair.points = None
    if status == PROPOSED:
        pair.decided_by = pair.decided_at = None


def _named(db: Session, sides: Sides) -> dict[str, Any]:
    """Return the sheets of a pair as the log names them."""
    found = {}
    for name, id_ in zip(("old", "new"), sides, strict=True):
        row = db.get(Sheet, id_) if id_ else None
        found[name] = {"id": row.id, "number": row.number, "title": row.title} if row else None
    return found
