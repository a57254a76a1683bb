"""One pair of sheets of a comparison as a PDF for whoever asks: both versions in one picture, clouds and the list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.errors import Transient
from pipeline.isolation.limits import limits_for
from pipeline.isolation.sandbox import run
from pipeline.records.base import transaction
from pipeline.records.notices import notify
from pipeline.records.tables import Comparison, Difference, File, Sheet, SheetPair
from pipeline.storage import keys, store
from pipeline.work.identity import entry_of
from pipeline.work.perform import Task, Write, engine_of, nothing, project_of, version_of
from pipeline.work.read import key_safe
from pipeline.work.scratch import bring_snapshots, scratch

STATION = "pipeline.stations:overlay"


def overlay(task: Task) -> Write:
    """Draw the pair of a job; return what to write. A pair that is another one meanwhile is left alone."""
    with transaction() as session:
        pair = session.get(SheetPair, task.claim.subject)
        comparison = session.get(Comparison, pair.comparison_id) if pair else None
        entry = entry_of(comparison, pair) if comparison and pair else None
        if pair is None or comparison is None or entry is None or not (pair.old_sheet_id and pair.new_sheet_id):
            return nothing
        sheets = [session.get_one(Sheet, id_) for id_ in (pair.old_sheet_id, pair.new_sheet_id)]
        files = [session.get_one(File, sheet.file_id) for sheet in sheets]
        rows = session.scalars(_own(comparison.id, pair).order_by(Difference.material.desc(), Difference.key)).all()
        args = {
            "engine": version_of("comparing"),
            "pair": {name: value for name, value in entry.items() if name != "overlay_key"},
            "sheets": [sheet.key for sheet in sheets],
            "files": [file.name for file in files],
            "changes": [_told(row) for row in rows],
        }
        stands_on, id_ = str(entry["stands_on"]), comparison.id
        session.expunge_all()
    with scratch() as folder:
        there = bring_snapshots(folder, old=files[0], new=files[1])
        limits = limits_for(STATION, files[1].format, sum(file.size_bytes for file in files))
        outcome = run(STATION, there, args, limits, None, task.is_lost)
    if outcome.failure is not None:
        raise Transient("叠图未能绘制。", "The overlay could not be drawn.", why=outcome.failure.why)
    version = key_safe(f"{engine_of('comparing')}+{engine_of('rendering')}")
    key = keys.derived(files[1].sha256, version, f"overlay/{stands_on}.pdf")
    store().put(key, outcome.outputs["overlay.pdf"], content_type="application/pdf")
    return lambda session: _write(session, id_, stands_on, key)


def _own(comparison_id: str, pair: SheetPair) -> Any:
    query = select(Difference).where(Difference.comparison_id == comparison_id)
    return query.where(
        (Difference.old_sheet_id == pair.old_sheet_id) | (Difference.old_sheet_id.is_(None)),
        (Difference.new_sheet_id == pair.new_sheet_id) | (Difference.new_sheet_id.is_(None)),
    )


def _told(row: Difference) -> dict[str, Any]:
    names = ("key", "kind", "cls", "what", "box_old", "box_new", "delta_mm", "old", "new", "material", "certainty")
    return {name: getattr(row, name) for name in names}


def _write(session: Session, comparison_id: str, stands_on: str, key: str) -> list[flow.Bell]:
    comparison = session.get(Comparison, comparison_id)
    if comparison is not None:
        comparison.pairs = [
            {**one, "overlay_key": key} if one.get("stands_on") == stands_on else one for one in comparison.pairs
        ]
        project = project_of(session, comparison.new_id)
        notify(session, "comparison.drawn", comparison.id, project_id=project, details={"new_id": comparison.new_id})
    return []
