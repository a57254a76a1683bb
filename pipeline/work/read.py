"""Reading one file in a locked child, and what of it goes into the records."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.drawing.defects import Defect, as_json, defect
from pipeline.drawing.faults import log_fault
from pipeline.drawing.safe_text import safe_text
from pipeline.errors import Transient
from pipeline.isolation.limits import STRIKES, limits_for
from pipeline.isolation.outcome import STRIKING, Failure
from pipeline.isolation.sandbox import run
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.notices import notify
from pipeline.records.sealing import unseal
from pipeline.records.tables import File, Sheet
from pipeline.storage import keys, store
from pipeline.work.imported import write_annotations
from pipeline.work.perform import Task, Write, engine_of, nothing, project_of
from pipeline.work.references import attached, marked, siblings_of, wanted
from pipeline.work.scratch import SUFFIXES, bring, scratch
from pipeline.work.stale import FORM
from pipeline.work.title_blocks import write_sheets
from pipeline.work.told import told_of
from pipeline.work.trust import fingerprint_of
from pipeline.work.weighing import weigh

_LOG = logging.getLogger(__name__)
STATION = "pipeline.stations:read"
LOCKED = "pdf_encrypted"  # the defect of a file that asks for a password


@dataclass(slots=True, frozen=True)
class _Facts:
    """What reading needs to know of a file, taken out of the database before the slow part."""

    id: str
    name: str
    sha256: str
    format: str
    size_bytes: int
    strikes: int
    siblings: list[tuple[str, str]]  # name, sha256
    password: str = field(default="", repr=False)


def read(task: Task) -> Write:
    """Read the file of a job; return what to write. Raises Transient when the child was killed from outside."""
    with transaction() as session:
        facts = _facts(session, task.claim.subject)
    if facts is None:
        return nothing
    if facts.strikes >= STRIKES:
        how = f"{facts.strikes} 次 / {facts.strikes} times; quarantined"
        return _rejecting(facts, [defect("reader_crashed", how=how)], {})
    task.report(0.02, f"reading {facts.name}")
    with scratch() as folder:
        files = [bring(keys.original(facts.sha256), folder / f"0{SUFFIXES.get(facts.format, '')}")]
        args: dict[str, Any] = {"name": facts.name, "siblings": [], "password": facts.password}
        args |= told_of(facts.format)
        for number, (name, sha256) in enumerate(facts.siblings, 1):
            files.append(bring(keys.original(sha256), folder / f"{number}{Path(name).suffix[:8]}"))
            args["siblings"].append(name)
        limits = limits_for(STATION, facts.format, facts.size_bytes)
        outcome = run(STATION, files, args, limits, task.report, task.is_lost)
    cost = {"cpu_seconds": round(outcome.cpu_seconds, 2), "peak_rss_mb": outcome.peak_rss_bytes >> 20}
    if outcome.failure is not None:
        return _refused(facts, outcome.failure, cost)
    summary = cleaned(json.loads(outcome.outputs["summary"]))
    fault = summary["meta"].pop("fault", None)
    if fault:
        log_fault(_LOG, f"reading file {facts.id}", fault["reference"], fault["traceback"])
    if summary["signatures"]:
        summary["meta"]["trust"] = fingerprint_of(args.get("trust_roots"))
    summary["meta"]["attached"] = attached(wanted(summary["meta"]), facts.siblings)
    version = marked(key_safe(str(summary["reader_version"]))[:48], summary["meta"]["attached"])
    if "snapshot" in outcome.outputs:
        store().put(keys.derived(facts.sha256, version, "snapshot"), outcome.outputs["snapshot"])
    return lambda session: _write(session, facts, summary, version, cost)


def give_up(session: Session, claim: jobs.Claim, why: str) -> None:
    """The worker died again and again on this file: it is rejected, the set goes on."""
    file = session.get(File, claim.subject)
    if file is not None:
        _reject(session, file, [defect("reader_crashed", how=safe_text(why, 200)[0])])


def key_safe(version: str) -> str:
    """Return a reader's version as one segment of a key."""
    return re.sub(r"[^A-Za-z0-9.+_-]", "-", version)[:60]


def cleaned(value: Any) -> Any:
    """Make every string that came out of a child safe to store and show (at this border, once more)."""
    if isinstance(value, str):
        return safe_text(value)[0]
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {safe_text(str(key), 1000)[0]: cleaned(item) for key, item in value.items()}
    return value


def password_of(file: File) -> str:
    """Return the password a person gave for an encrypted file, "" if none."""
    return unseal(file.password_sealed, file.sha256)


def _facts(session: Session, file_id: str) -> _Facts | None:
    file = session.get(File, file_id)
    if file is None:
        return None
    file.state = "reading" if file.state == "waiting" else file.state
    metas = session.scalars(select(File.meta).where(File.sha256 == file.sha256))
    strikes = sum(int((meta or {}).get("strikes", 0)) for meta in metas)
    siblings = siblings_of(session, file)
    return _Facts(file.id, file.name, file.sha256, file.format, file.size_bytes, strikes, siblings, password_of(file))


def _refused(facts: _Facts, failure: Failure, cost: dict[str, Any]) -> Write:
    if failure.kind == "killed":
        raise Transient("读取进程被系统终止。", "The reading process was killed by the system.", why=failure.why)
    strike = 1 if failure.kind in STRIKING else 0
    return _rejecting(facts, [failure.defect()], {**cost, "strikes": strike})


def _rejecting(facts: _Facts, defects: list[Defect], meta: dict[str, Any]) -> Write:
    def write(session: Session) -> list[flow.Bell]:
        file = session.get(File, facts.id)
        if file is not None:
            strikes = int((file.meta or {}).get("strikes", 0)) + int(meta.get("strikes", 0))
            file.meta = {**(file.meta or {}), **meta, "strikes": strikes}
            _reject(session, file, defects)
        return []

    return write


def _reject(session: Session, file: File, defects: list[Defect]) -> None:
    file.state = "rejected"
    file.defects = [*_kept(file), *(as_json(d) for d in defects)]
    file.model_key, file.accepted_by = "", None
    write_sheets(session, file, [])  # those that people spoke on stay, and say that they are gone
    _tell(session, file)


def _write(
    session: Session, facts: _Facts, summary: dict[str, Any], version: str, cost: dict[str, Any]
) -> list[flow.Bell]:
    file = session.get(File, facts.id)
    if file is None:
        return []
    defects = [*_kept(file), *summary["defects"]]
    before, again = (file.state, _codes(file.defects)), file.reader_version == version
    file.format, file.state, file.reader_version = summary["format"], summary["state"], version
    file.defects = defects
    file.coverage, file.completeness = summary["coverage"], summary["completeness"]
    file.meta = {
        **{k: v for k, v in (file.meta or {}).items() if k in ("strikes", "received")},
        **summary["meta"],
        **cost,
    }
    if file.state != "rejected":
        file.meta = {**file.meta, "snapshot": FORM}
    if facts.password and any(found["code"] == LOCKED for found in summary["defects"]):
        file.meta, file.password_sealed = {**file.meta, "password_wrong": True}, ""
    file.model_key = file.model_key if summary["model"] else ""
    file.signatures = summary["signatures"]
    write_sheets(session, file, summary["sheets"])
    write_annotations(session, file, summary["annotations"])
    weigh(session, file, forget=not again)
    if (file.state, _codes(file.defects)) != before:
        file.accepted_by = None  # a person accepted what was wrong then; this is something else
    _tell(session, file)
    if file.state == "rejected":
        return []
    return [
        flow.start(session, kind, file.id, file.submission_id, engine=f"{version}+{engine_of(room)}")
        for kind, room in (("render", "rendering"), ("measure", "measuring"))
    ]


def _codes(defects: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """Return what is wrong, in a form that can be compared: what, how often, and the sentence with its names."""
    told = (d for d in defects if d.get("code") != "not_drawn")
    return sorted((str(d.get("code")), int(d.get("count", 1)), str(d.get("en"))) for d in told)


def _kept(file: File) -> list[dict[str, Any]]:
    """Return the defects found on arrival; a new reading replaces only its own."""
    return list((file.meta or {}).get("received", []))


def _tell(session: Session, file: File) -> None:
    live = select(func.count()).select_from(Sheet).where(Sheet.file_id == file.id, Sheet.state != "gone")
    details = {"submission_id": file.submission_id, "state": file.state, "sheets": session.scalar(live)}
    notify(session, "file.read", file.id, project_id=project_of(session, file.submission_id), details=details)
