"""Reading sheets, findings, coverage, comparisons and texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from api.access import Actor
from api.annotations.tables import Annotation
from api.results import pairs, title_blocks
from api.results.catalogue import rule_titles
from api.results.pack_texts import texts_of
from api.results.schemas import ComparisonOut, FindingOut, Hit, SheetCounts, SheetOut, SideOut
from pipeline.drawing import snapshot
from pipeline.errors import NotFound
from pipeline.records.tables import Comparison, File, Finding, ImportedAnnotation, Sheet, Submission
from pipeline.storage import keys, store
from pipeline.work.title_blocks import is_corrected

_SHOWN = {"violation": "violations", "undecided": "undecided", "advice": "advice"}
MOST_HITS = 200


def sheets(db: Session, actor: Actor, rows: Sequence[Sheet]) -> list[SheetOut]:
    """Return sheets with their files, versions and counts."""
    files = _by_id(db, File, {row.file_id for row in rows})
    submissions = _by_id(db, Submission, {row.submission_id for row in rows})
    counts = _counts(db, actor, [row.id for row in rows])
    apart = ("file_name", "sha256", "version", "stage", "pack", "counts", "to_confirm", "ink")
    plain = [name for name in SheetOut.model_fields if name not in apart]
    return [
        SheetOut(
            **{name: getattr(row, name) for name in plain},
            file_name=files[row.file_id].name,
            sha256=files[row.file_id].sha256,
            version=submissions[row.submission_id].version,
            stage=submissions[row.submission_id].stage,
            pack=bool(row.pack_key),
            ink=row.ink or None,
            to_confirm=title_blocks.to_confirm(row),
            counts=counts[row.id],
        )
        for row in rows
    ]


def _by_id(db: Session, table: Any, ids: set[str]) -> dict[str, Any]:
    return {row.id: row for row in db.scalars(select(table).where(table.id.in_(ids)))}


def _counts(db: Session, actor: Actor, ids: list[str]) -> dict[str, SheetCounts]:
    found: dict[str, SheetCounts] = defaultdict(SheetCounts)
    query = select(Finding.sheet_id, Finding.outcome, func.count()).where(
        Finding.sheet_id.in_(ids), Finding.outcome.in_(list(_SHOWN)), Finding.status != "rejected"
    )
    for id_, outcome, count in db.execute(query.group_by(Finding.sheet_id, Finding.outcome)):
        setattr(found[str(id_)], _SHOWN[outcome], count)
    seen = or_(Annotation.state == "published", Annotation.author_id == actor.id)
    marks = select(Annotation.sheet_id, func.count()).where(Annotation.sheet_id.in_(ids), seen)
    for id_, count in db.execute(marks.group_by(Annotation.sheet_id)):
        found[id_].annotations = count
    foreign = select(ImportedAnnotation.sheet_id, func.count()).where(ImportedAnnotation.sheet_id.in_(ids))
    for id_, count in db.execute(foreign.group_by(ImportedAnnotation.sheet_id)):
        found[id_].imported = count
    return found


def in_order(submission_id: str) -> Any:
    """Return the query of a submission's sheets: by number, then as the file has them."""
    return (
        select(Sheet)
        .join(File, File.id == Sheet.file_id)
        .where(Sheet.submission_id == submission_id, Sheet.state != "gone")
        .order_by(Sheet.number == "", Sheet.number, File.path, File.name, Sheet.ordinal)
    )


def spoken_on(db: Session, actor: Actor, submission_id: str) -> list[Sheet]:
    """Return the sheets the latest reading does not know any more, but on which there are words or marks of people."""
    seen = or_(Annotation.state == "published", Annotation.author_id == actor.id)
    marked = select(Annotation.id).where(Annotation.sheet_id == Sheet.id, seen).exists()
    query = select(Sheet, marked).where(Sheet.submission_id == submission_id, Sheet.state == "gone")
    rows = db.execute(query.order_by(Sheet.number == "", Sheet.number, Sheet.ordinal, Sheet.id)).tuples()
    return [row for row, has_marks in rows if has_marks or is_corrected(row)]


def findings(db: Session, rows: Sequence[Finding]) -> list[FindingOut]:
    """Return findings with the version and content they were found on, the sheet's number and the rule's title."""
    numbers = dict(
        db.execute(select(Sheet.id, Sheet.number).where(Sheet.id.in_({row.sheet_id for row in rows}))).tuples().all()
    )
    files = _by_id(db, File, {row.file_id for row in rows if row.file_id})
    submissions = _by_id(db, Submission, {row.submission_id for row in rows})
    apart = ("sheet_number", "rule_title_zh", "rule_title_en", "sha256", "version")
    plain = [name for name in FindingOut.model_fields if name not in apart]
    answer = []
    for row in rows:
        zh, en = rule_titles().get(row.rule_code, (row.rule_code, row.rule_code))
        values = {name: getattr(row, name) for name in plain}
        number = numbers.get(row.sheet_id or "")
        values["sha256"] = files[row.file_id].sha256 if row.file_id else None
        values["version"] = submissions[row.submission_id].version
        answer.append(FindingOut(**values, sheet_number=number, rule_title_zh=zh, rule_title_en=en))
    return answer


def comparisons(db: Session, rows: Sequence[Comparison]) -> list[ComparisonOut]:
    """Return comparisons with the versions and contents they stand on."""
    ids = {id_ for row in rows for id_ in (row.old_id, row.new_id)}
    submissions = _by_id(db, Submission, ids)
    hashes: dict[str, set[str]] = defaultdict(set)
    for id_, sha256 in db.execute(select(File.submission_id, File.sha256).where(File.submission_id.in_(ids))):
        hashes[id_].add(sha256)
    sides = {
        id_: SideOut(version=row.version, stage=row.stage, sha256=sorted(hashes[id_]))
        for id_, row in submissions.items()
    }
    shown = pairs.with_status(db, rows)
    plain = ("id", "old_id", "new_id", "state")
    return [
        ComparisonOut(
            **{name: getattr(row, name) for name in plain},
            pairs=shown[row.id],
            old=sides[row.old_id],
            new=sides[row.new_id],
        )
        for row in rows
    ]


def coverage(db: Session, submission_id: str) -> dict[str, Any]:
    """Return what was read of every file, what not, and which rule looked at which sheet with which outcome."""
    files = db.scalars(select(File).where(File.submission_id == submission_id).order_by(File.path, File.name)).all()
    query = select(Finding.rule_code, Finding.sheet_id, Finding.outcome, func.count())
    query = query.where(Finding.submission_id == submission_id)
    cells = db.execute(query.group_by(Finding.rule_code, Finding.sheet_id, Finding.outcome)).all()
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    for code, _sheet, outcome, count in cells:
        by_rule[code][outcome] += count
    names = (
        "id", "name", "path", "sha256", "format", "state", "reader_version", "coverage", "completeness", "defects",
        "accepted_by",
    )  # fmt: skip
    submission = db.get_one(Submission, submission_id)
    return {
        "version": submission.version,
        "stage": submission.stage,
        "files": [{name: getattr(row, name) for name in names} for row in files],
        "rules": [
            {"code": code, "title_zh": title[0], "title_en": title[1], "outcomes": dict(by_rule[code])}
            for code, title in sorted({**{code: (code, code) for code in by_rule}, **rule_titles()}.items())
        ],
        "cells": [
            {"rule_code": code, "sheet_id": sheet, "outcome": outcome, "count": count}
            for code, sheet, outcome, count in cells
        ],
    }


def search(db: Session, submission_id: str, words: str) -> list[Hit]:
    """Return texts that hold the words (case and width of Latin letters do not matter), at most `MOST_HITS`."""
    wanted = words.strip().lower()
    if not wanted:
        return []
    hits: list[Hit] = []
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    query = in_order(submission_id).where(func.lower(Sheet.texts).like(f"%{escaped}%", escape="\\"))
    for sheet in db.scalars(query):
        texts, boxes = texts_of(sheet.pack_key)
        for text, box in zip(texts, boxes.tolist(), strict=True):
            if wanted in text.lower():
                hits.append(Hit(sheet_id=sheet.id, text=text[:500], box=box))
        if not texts:
            lines = [line for line in sheet.texts.splitlines() if wanted in line.lower()]
            hits += [Hit(sheet_id=sheet.id, text=line[:500], box=None) for line in lines]
        if len(hits) >= MOST_HITS:
            break
    return hits[:MOST_HITS]


@lru_cache(maxsize=4)
def _elements(key: str) -> Any:
    """Return the elements of a model's snapshot and the row of each GlobalId. Raises NotFound."""
    with store().open(key) as stream:
        try:
            table = snapshot.load(stream.read()).elements
        except snapshot.SnapshotError as error:  # kept by an older version; the worker has it read again
            raise NotFound("该模型正在重新读取，请稍后再试。", "The model is being read again; try later.") from error
    return table, {global_id: row for row, global_id in enumerate(table.global_id)}


def element(file: File, global_id: str) -> dict[str, Any]:
    """Return what a model says about one element. Raises NotFound."""
    if file.format != "ifc" or not file.reader_version:
        raise NotFound()
    table, rows = _elements(keys.derived(file.sha256, file.reader_version, "snapshot"))
    row = rows.get(global_id)
    if row is None:
        raise NotFound()

    def at(name: str, empty: Any) -> Any:
        column = getattr(table, name)
        return column[row] if row < len(column) else empty

    storey = int(at("storey", -1))
    return {
        "global_id": global_id,
        "ifc_class": at("ifc_class", ""),
        "name": at("name", ""),
        "tag": at("tag", ""),
        "type_name": at("type_name", ""),
        "predefined_type": at("predefined_type", ""),
        "storey": table.name[storey] if storey >= 0 else "",
        "attributes": at("attributes", {}),
        "properties": at("properties", {}),
        "quantities": at("quantities", {}),
        "materials": at("materials", []),
    }
