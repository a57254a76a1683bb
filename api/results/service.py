"""Deeds on results: deciding findings and differences, asking for a comparison."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import Actor, find
from api.results.schemas import DecideDifference, DecideFinding
from api.submissions import workflow
from api.work import start_job
from pipeline.errors import Conflict, Refused
from pipeline.records.log import append_event
from pipeline.records.notices import notify
from pipeline.records.tables import Comparison, Difference, Finding, Submission


def decide_finding(db: Session, actor: Actor, row: Finding, project_id: str, word: DecideFinding) -> Finding:
    """Accept, reject, close or reopen a finding. Raises Refused without a reason, Conflict outside of a review."""
    if word.status != "open" and not word.reason.strip():
        raise Refused("请说明理由。", "A reason is demanded.")
    _under_review(db, row.submission_id)
    before, row.status, row.reason = row.status, word.status, word.reason
    db.flush()
    notify(db, "finding.decided", row.id, project_id=project_id, details={"submission_id": row.submission_id})
    details = {"from": before, "to": row.status, "reason": row.reason, "rule_code": row.rule_code}
    append_event(db, actor.id, "results:finding:decided", row.id, project_id, details)
    return row


def decide_difference(
    db: Session, actor: Actor, row: Difference, project_id: str, word: DecideDifference
) -> Difference:
    """Say what is to become of a difference. Raises Refused when a demanding decision has no note."""
    if word.decision in ("remark", "rectify") and not word.note.strip():
        raise Refused("请说明理由。", "A note is demanded.")
    before, row.decision, row.note = row.decision, word.decision, word.note
    db.flush()
    notify(db, "difference.decided", row.id, project_id=project_id, details={"comparison_id": row.comparison_id})
    details = {"from": before, "to": row.decision, "note": row.note, "what": row.what}
    append_event(db, actor.id, "results:difference:decided", row.id, project_id, details)
    return row


def _under_review(db: Session, submission_id: str) -> None:
    state = db.get_one(Submission, submission_id).state
    if state not in workflow.UNDER_REVIEW:
        raise Conflict("该提交不在审查中。", "This submission is not under review.", state=state)


def compare(db: Session, actor: Actor, old_id: str, new_id: str) -> Comparison:
    """Ask for a comparison, once for the same two submissions of one project. Raises NotFound, Refused."""
    old, project_id = find(db, actor, "submission", old_id)
    new, other = find(db, actor, "submission", new_id)
    if project_id != other or old.id == new.id:
        raise Refused("只能比对同一项目的两次提交。", "Only two submissions of one project can be compared.")
    row = db.scalar(select(Comparison).where(Comparison.old_id == old_id, Comparison.new_id == new_id))
    if row is not None:
        return row
    row = Comparison(old_id=old_id, new_id=new_id, pairs=[])
    db.add(row)
    db.flush()
    start_job(db, "compare", row.id, new_id)
    notify(db, "comparison.started", row.id, project_id=project_id, details={"submission_id": new_id})
    append_event(db, actor.id, "results:comparison:asked", row.id, project_id, {"old_id": old_id, "new_id": new_id})
    return row
