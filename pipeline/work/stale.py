"""Readings this version or this set-up would no longer make as they are kept: they are read again, never misread."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.drawing.model import SCHEMA
from pipeline.drawing.snapshot import MAGIC
from pipeline.records.tables import File
from pipeline.work.trust import fingerprint

FORM = f"{MAGIC.decode()} {SCHEMA}"  # stands in `File.meta["snapshot"]` of every file that was read
_READ = ("complete", "damaged", "partial")


def form_today() -> str:
    """Return what a reading kept today would stand on: the form of snapshots, and the trust list for signatures."""
    trust = fingerprint()
    return f"{FORM}+{trust}" if trust else FORM


def stale_files(session: Session, submission_id: str) -> set[str]:
    """Return the files of a submission whose snapshot has another form, or whose signatures met another trust list."""
    return set(session.scalars(select(File.id).where(File.submission_id == submission_id, _stale())))


def ask_again(session: Session) -> list[flow.Bell]:
    """Let every submission that holds such a file be settled: that asks for the reading (`references.read_again`)."""
    bells = []
    today = form_today()
    for submission_id in session.scalars(select(File.submission_id).where(_stale()).distinct()).all():
        bells += flow.settle_if_quiet(session, submission_id, engine=today)
    return bells


def _stale() -> ColumnElement[bool]:
    meta: Any = File.meta
    form, trust = meta["snapshot"].as_string(), meta["trust"].as_string()
    signed = func.json_array_length(File.signatures) > 0
    other = and_(signed, func.coalesce(trust, "") != fingerprint())
    read = (File.state.in_(_READ), File.reader_version != "", File.duplicate_of.is_(None))  # archives are not read
    return and_(*read, or_(form.is_(None), form != FORM, other))
