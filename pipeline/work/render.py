"""Drawing the sheets of one file in a locked child, and keeping packs, tiles and model in the store."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.drawing.defects import Defect, as_json, defect
from pipeline.drawing.safe_text import safe_text
from pipeline.errors import Transient
from pipeline.isolation.limits import limits_for
from pipeline.isolation.sandbox import run
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.notices import notify
from pipeline.records.tables import File, Sheet
from pipeline.storage import keys, store
from pipeline.work.perform import Task, Write, engine_of, nothing, project_of
from pipeline.work.read import key_safe, password_of
from pipeline.work.scratch import bring_reading, scratch

STATION = "pipeline.stations:render"
_TYPES = {".webp": "image/webp", ".glb": "model/gltf-binary"}


def render(task: Task) -> Write:
    """Draw the file of a job; return what to write."""
    with transaction() as session:
        file = session.get(File, task.claim.subject)
        if file is None or not file.reader_version or file.state == "rejected":
            return nothing
        session.expunge(file)
    version = key_safe(f"{file.reader_version}+{engine_of('rendering')}")
    with scratch() as folder:
        files = bring_reading(file, folder)
        args = {"name": file.name, "password": password_of(file)}
        limits = limits_for(STATION, file.format, file.size_bytes)
        outcome = run(STATION, files, args, limits, task.report, task.is_lost)
    if outcome.failure is not None:
        if outcome.failure.kind == "killed":
            raise Transient("绘制进程被系统终止。", "The drawing process was killed by the system.")
        why = " / ".join(outcome.failure.sentences())
        return lambda session: _write_failure(session, file.id, why)
    told = json.loads(outcome.outputs.pop("report"))
    for name, body in outcome.outputs.items():
        if task.is_lost():
            raise Transient("任务已由其他进程接手。", "Another worker has taken this job.")
        content_type = next((t for end, t in _TYPES.items() if name.endswith(end)), "application/octet-stream")
        store().put(keys.derived(file.sha256, version, _place(name)), body, content_type=content_type)
    names = frozenset(outcome.outputs)
    return lambda session: _write(session, file, version, names, told)


def give_up(session: Session, claim: jobs.Claim, why: str) -> None:
    """The worker died again and again: the file keeps its reading, but cannot be looked at."""
    _write_failure(session, claim.subject, why)


def _place(name: str) -> str:
    """Return where an output goes: the thumbnail lies beside the tiles."""
    kind, _, rest = name.partition("/")
    return f"tiles/{rest}/thumbnail.webp" if kind == "thumbnail" else name


def _write(session: Session, file: File, version: str, names: frozenset[str], told: dict[str, Any]) -> list[flow.Bell]:
    row = session.get(File, file.id)
    if row is None or row.reader_version != file.reader_version:
        return []  # read again meanwhile; that reading has its own job to draw it
    for sheet in session.scalars(select(Sheet).where(Sheet.file_id == row.id)):
        if f"pack/{sheet.key}" in names:
            sheet.pack_key = keys.derived(row.sha256, version, f"pack/{sheet.key}")
            sheet.tiles_prefix = keys.derived(row.sha256, version, f"tiles/{sheet.key}")
            sheet.tile_levels = int(told["levels"].get(sheet.key, 0))
    if "model.glb" in names:
        row.model_key = keys.derived(row.sha256, version, "model.glb")
    failed = {str(k): safe_text(str(v), 200)[0] for k, v in told["failed"].items()}
    if failed:
        _add(row, defect("not_drawn", count=len(failed), why="; ".join(sorted(failed.values()))[:200]))
    details = {"submission_id": row.submission_id, "failed": sorted(failed)}
    notify(session, "file.drawn", row.id, project_id=project_of(session, row.submission_id), details=details)
    return []


def _write_failure(session: Session, file_id: str, why: str) -> list[flow.Bell]:
    row = session.get(File, file_id)
    if row is not None:
        sheets = len(list(session.scalars(select(Sheet.id).where(Sheet.file_id == file_id))))
        _add(row, defect("not_drawn", count=max(sheets, 1), why=safe_text(why, 200)[0]))
        details = {"submission_id": row.submission_id, "failed": ["*"]}
        notify(session, "file.drawn", row.id, project_id=project_of(session, row.submission_id), details=details)
    return []


def _add(file: File, found: Defect) -> None:
    file.defects = [d for d in file.defects if d.get("code") != found.code] + [as_json(found)]
