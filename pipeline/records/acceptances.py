"""Who answers by name for a file that was not read whole: what stands in the log, while the file is still the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records.tables import Event, File, Submission

ACCEPTED = "submissions:file:accepted"


def acceptances(session: Session, files: Sequence[File]) -> dict[str, dict[str, Any]]:
    """Return file id -> {"by": name, "at": ISO 8601, "reason"} of the files that are accepted; the last word counts.

    A file is accepted as long as its row says by whom; a reading that finds something else takes that back.
    """
    by = {file.id: file.accepted_by for file in files if file.accepted_by}
    if not by:
        return {}
    projects = select(Submission.project_id).where(Submission.id.in_({file.submission_id for file in files}))
    query = select(Event).where(Event.tag == ACCEPTED, Event.project_id.in_(projects), Event.subject.in_(list(by)))
    return {
        event.subject: {
            "by": str(event.details.get("by") or event.actor),
            "at": event.at,
            "reason": event.details.get("reason", ""),
        }
        for event in session.scalars(query.order_by(Event.sequence))
        if event.actor and event.actor == by[event.subject]
    }
