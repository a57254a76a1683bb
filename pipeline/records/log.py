"""The log of every deed: one chain of events, each holding the digest of the one before.

`digest` = SHA-256 over the previous digest and the canonical JSON of the row. Writers queue up behind one
lock, so the chain never forks; triggers in the database refuse to change or delete a row. A chain cut at
its end is found only by someone who kept an earlier digest (a signed head), not by `verify_chain`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from pipeline.records.base import now
from pipeline.records.tables import Event

GENESIS = "0" * 64
_LOCK = 0x7453_4C4F  # PostgreSQL advisory lock of the chain
_BATCH = 1000


def append_event(
    session: Session,
    actor: str,
    tag: str,
    subject: str,
    project_id: str | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Append one event to the chain inside the caller's transaction and return it.

    `actor` is a person's id, "" for the system; `tag` is source:subject:action. `details` must be JSON.
    The chain stays locked until the caller commits, so append late in the transaction.
    """
    _lock(session)
    last = session.execute(select(Event.sequence, Event.digest).order_by(Event.sequence.desc()).limit(1)).first()
    row: dict[str, Any] = {
        "sequence": (last.sequence if last else 0) + 1,
        "at": now().isoformat(timespec="microseconds"),
        "actor": actor,
        "tag": tag,
        "subject": subject,
        "project_id": project_id,
        "details": json.loads(json.dumps(details or {}, allow_nan=False)),
    }
    row["previous"] = last.digest if last else GENESIS
    row["digest"] = digest_of(row)
    session.execute(insert(Event).values(**row))
    return session.get_one(Event, row["sequence"])


def digest_of(row: dict[str, Any]) -> str:
    """Return the digest of an event given as a dictionary of its columns (`digest` itself is ignored)."""
    names = ("sequence", "at", "actor", "tag", "subject", "project_id", "details")
    body = json.dumps({name: row[name] for name in names}, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256((row["previous"] + body).encode("ascii")).hexdigest()


def verify_chain(session: Session) -> tuple[bool, int, int | None]:
    """Walk the chain from its beginning; return (intact, events checked, sequence where it breaks)."""
    previous, checked = GENESIS, 0
    while True:
        batch = session.execute(
            select(Event.__table__).where(Event.sequence > checked).order_by(Event.sequence).limit(_BATCH)
        ).mappings()
        rows = [dict(row) for row in batch]
        for row in rows:
            whole = row["sequence"] == checked + 1 and row["previous"] == previous and row["digest"] == digest_of(row)
            if not whole:
                return False, checked, row["sequence"]
            previous, checked = row["digest"], row["sequence"]
        if len(rows) < _BATCH:
            return True, checked, None


def protect_events(connection: Connection) -> None:
    """Install the triggers that refuse UPDATE and DELETE on `event`; the migration calls this."""
    for statement in event_triggers(connection.dialect.name):
        connection.execute(text(statement))


def event_triggers(dialect: str) -> list[str]:
    """Return the statements that make `event` append-only on `sqlite` or `postgresql`."""
    if dialect == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'event is append-only'); END"
        return [
            f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event {refuse}",
            f"CREATE TRIGGER event_no_delete BEFORE DELETE ON event {refuse}",
            # INSERT OR REPLACE would delete without the trigger above
            "CREATE TRIGGER event_no_replace BEFORE INSERT ON event "
            f"WHEN EXISTS (SELECT 1 FROM event WHERE sequence = NEW.sequence OR digest = NEW.digest) {refuse}",
        ]
    return [
        "CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$",
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION event_is_append_only()",
        "CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only()",
    ]


def unprotect_events(connection: Connection) -> None:
    """Remove the triggers; for a migration's way back only."""
    if connection.dialect.name == "sqlite":
        for name in ("event_no_update", "event_no_delete", "event_no_replace"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        return
    for name in ("event_no_change", "event_no_truncate"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON event"))
    connection.execute(text("DROP FUNCTION IF EXISTS event_is_append_only()"))


def _lock(session: Session) -> None:
    """Let one writer at a time extend the chain. SQLite's immediate transactions do that already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
