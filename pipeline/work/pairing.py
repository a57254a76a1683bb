"""Pairing the sheets of two submissions by what they say and hold; drawn sheets are laid on storeys of models."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import Transient
from pipeline.isolation.limits import limits_for
from pipeline.isolation.sandbox import run
from pipeline.records.tables import File, Sheet
from pipeline.work.perform import Task
from pipeline.work.scratch import bring_snapshots, scratch
from pipeline.work.seen import keep, kept, key_of

PAIRING, LAYING = "pipeline.stations:pair", "pipeline.stations:lay"


@dataclass(slots=True)
class SheetSet:
    """The sheets of one submission with their files, taken out of the database."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def described(self) -> list[dict[str, Any]]:
        """Return the descriptions the pairing works on."""
        return [
            {
                "id": sheet.id,
                "number": sheet.number,
                "title": sheet.title,
                "discipline": sheet.discipline,
                "kind": sheet.kind,
                "format": self.files[sheet.file_id].format,
                "content_hash": sheet.content_hash,
                "size_mm": [sheet.width_mm, sheet.height_mm],
                "scale": sheet.scale,
                "entities": sheet.entities,
                "file_name": self.files[sheet.file_id].name,
                "framed": sheet.framed,
                "ordinal": sheet.ordinal,
                "building": str((sheet.fields or {}).get("building", {}).get("value", "")),
                "sketch": sheet.sketch or {},
            }
            for sheet in self.sheets.values()
        ]

    def by_file(self, ids: list[str]) -> list[tuple[File, list[Sheet]]]:
        """Return some sheets file by file."""
        chosen = set(ids)
        groups: dict[str, list[Sheet]] = {}
        for sheet in self.sheets.values():
            if sheet.id in chosen:
                groups.setdefault(sheet.file_id, []).append(sheet)
        return [(self.files[file], sheets) for file, sheets in groups.items()]


def load(session: Session, submission_id: str) -> SheetSet:
    """Return the sheets of a submission that can be read."""
    result = SheetSet()
    query = select(Sheet, File).join(File, File.id == Sheet.file_id).where(Sheet.submission_id == submission_id)
    rows = session.execute(query.where(Sheet.state != "gone").order_by(File.path, File.name, Sheet.ordinal))
    for sheet, file in rows:
        if file.reader_version and file.state != "rejected":
            result.sheets[sheet.id], result.files[file.id] = sheet, file
    return result


def paired(task: Task, old: SheetSet, new: SheetSet, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return which sheet is which, in the form of docs/formats/identity.md.

    `said`: what people decided. Drawn sheets that stay alone are laid on the storeys that stay alone on the other side.
    """
    pairs = _proposed(task, old, new, said, [])
    fits = _fits(task, old, new, pairs)
    return _proposed(task, old, new, said, fits) if fits else pairs


def _proposed(
    task: Task, old: SheetSet, new: SheetSet, said: list[dict[str, Any]], fits: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    args = {"old": old.described(), "new": new.described(), "decided": said, "fits": fits}
    outcome = run(PAIRING, [], args, limits_for(PAIRING, "other", 0), None, task.is_lost)
    if outcome.failure is not None:
        raise Transient("图纸配对失败。", "The sheets could not be paired.", why=outcome.failure.why)
    found: list[dict[str, Any]] = json.loads(outcome.outputs["pairs"])
    return found


def _fits(task: Task, old: SheetSet, new: SheetSet, pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the fits of storeys and drawn sheets without a partner (row ids); a failure leaves them alone."""
    alone = [pair for pair in pairs if not (pair["old"] and pair["new"]) and not pair["decided"]]
    lonely = {side: [pair[side] for pair in alone if pair[side]] for side in ("old", "new")}
    found = []
    for model_side, models, drawn_side, drawings in (("old", old, "new", new), ("new", new, "old", old)):
        for model, storeys in models.by_file(lonely[model_side]):
            for drawn, sheets in drawings.by_file(lonely[drawn_side]):
                if model.format != "ifc" or drawn.format not in ("dxf", "pdf"):
                    continue
                sheets = [sheet for sheet in sheets if not sheet.scanned]
                ids = {model_side: {s.key: s.id for s in storeys}, drawn_side: {s.key: s.id for s in sheets}}
                for fit in _laid(task, model, [s.key for s in storeys], drawn, [s.key for s in sheets]):
                    sides = {model_side: ids[model_side][fit["old"]], drawn_side: ids[drawn_side][fit["new"]]}
                    found.append({**fit, **sides})
    return found


def _laid(task: Task, model: File, storeys: list[str], drawn: File, sheets: list[str]) -> list[dict[str, Any]]:
    """Return the fits of one model and one drawing (keys of their sheets), kept for the next time."""
    if not sheets:
        return []
    sides = [[file.sha256, file.reader_version] for file in (model, drawn)]
    key = key_of("laid", drawn, [sides, storeys, sheets])
    known = kept(key)
    if known is not None:
        return known
    task.report(0.03, f"laying {drawn.name} on {model.name}")
    with scratch() as folder:
        files = bring_snapshots(folder, model=model, drawn=drawn)
        limits = limits_for(LAYING, "ifc", model.size_bytes + drawn.size_bytes)
        outcome = run(LAYING, files, {"storeys": storeys, "sheets": sheets}, limits, None, task.is_lost)
    if outcome.failure is not None:
        if outcome.failure.kind == "killed":
            raise Transient("比对进程被系统终止。", "The comparing process was killed by the system.")
        return []
    fits: list[dict[str, Any]] = json.loads(outcome.outputs["fits"])
    keep(key, fits)
    return fits
