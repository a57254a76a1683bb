"""Readings kept in a form that this version no longer opens: they are read again, never misread."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.drawing.model import SCHEMA
from pipeline.drawing.snapshot import MAGIC
from pipeline.records.tables import File

FORM = f"{MAGIC.decode()} {SCHEMA}"  # stands in `File.meta["snapshot"]` of every file that was read
_READ = ("complete", "damaged", "partial")


def is_stale(file: File) -> bool:
    """Return whether a file's snapshot is kept in another form than today's."""
    read = file.state in _READ and bool(file.reader_version) and not file.duplicate_of  # archives are not read
    return read and (file.meta or {}).get("snapshot") != FORM


def ask_again(session: Session) -> list[flow.Bell]:
    """Let every submission that holds such a file be settled: that asks for the reading (`references.read_again`)."""
    form: Any = File.meta["snapshot"].as_string()
    found = (
        select(File.submission_id)
        .where(File.state.in_(_READ), File.reader_version != "", File.duplicate_of.is_(None))
        .where(or_(form.is_(None), form != FORM))
        .distinct()
    )
    bells = []
    for submission_id in session.scalars(found).all():
        bells += flow.settle_if_quiet(session, submission_id, engine=FORM)
    return bells
