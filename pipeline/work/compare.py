"""Comparing two submissions: sheets are paired once, then drawings are compared pair by pair in locked children."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline import flow
from pipeline.errors import Transient
from pipeline.isolation.limits import limits_for
from pipeline.isolation.sandbox import run
from pipeline.records import jobs
from pipeline.records.base import transaction
from pipeline.records.notices import notify
from pipeline.records.tables import Comparison, Difference, File
from pipeline.storage import keys
from pipeline.work.identity import aligned, decided, write_pairs
from pipeline.work.pairing import SheetSet, load, paired
from pipeline.work.perform import Task, Write, engine_of, nothing, project_of
from pipeline.work.read import cleaned, password_of
from pipeline.work.scratch import bring, bring_snapshots, scratch
from pipeline.work.seen import Seen

IDENTITY = ("by", "relation", "reasons", "candidates", "needs_confirmation", "decided")  # docs/formats/identity.md
COMPARING = "pipeline.stations:compare"


def compare(task: Task) -> Write:
    """Compare the two submissions of a comparison; return what to write."""
    with transaction() as session:
        found = session.get(Comparison, task.claim.subject)
        if found is None:
            return nothing
        found.state = "working"
        old, new = load(session, found.old_id), load(session, found.new_id)
        said, given = decided(session, found.id), aligned(session, found.id)
        before = {pair.get("stands_on"): pair for pair in found.pairs}
        words = _words(session, found)
        session.flush()
        session.expunge_all()
    task.report(0.02, "pairing sheets")
    pairs = paired(task, old, new, said)
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for pair in pairs:
        if pair["old"] and pair["new"]:
            groups[(old.sheets[pair["old"]].file_id, new.sheets[pair["new"]].file_id)].append(pair)
    results: dict[tuple[str, str], dict[str, Any] | None] = {}
    for done, (ids, members) in enumerate(groups.items()):
        one, two = old.files[ids[0]], new.files[ids[1]]
        chosen = [[old.sheets[p["old"]].key, new.sheets[p["new"]].key] for p in members]
        points = [given.get((pair["old"], pair["new"])) for pair in members]
        for pair, known in zip(members, points, strict=True):
            pair["points"] = known
            pair["stands_on"] = _stands_on(one, two, chosen, [pair["old"], pair["new"]], points)
        if all(pair["stands_on"] in before for pair in members):
            results[ids] = None  # compared before, on the same drawings by the same engine
            continue
        task.report(0.05 + 0.95 * done / len(groups), f"comparing {two.name}")
        scans = [any(side.sheets[p[name]].scanned for p in members) for name, side in (("old", old), ("new", new))]
        results[ids] = _compared(task, one, two, {"pairs": chosen, "points": points}, scans)

    def write(session: Session) -> list[flow.Bell]:
        comparison = session.get(Comparison, task.claim.subject)
        if comparison is None or _words(session, comparison) != words:
            return []  # people have said otherwise meanwhile; that has a job of its own
        _write(session, comparison, old, new, pairs, results)
        return []

    return write


def _words(session: Session, comparison: Comparison) -> list[str]:
    """Return what changes whenever people say which sheets belong together, or what a sheet is called."""
    sides = comparison.old_id, comparison.new_id
    return [str(comparison.decisions), *(flow.title_blocks_of(session, side) for side in sides)]


def _stands_on(old: File, new: File, chosen: list[list[str]], ids: list[str], points: list[Any]) -> str:
    """Return a hash of all that the comparison of two files depends on; equal means: it need not be made again."""
    sides = [[file.id, file.sha256, file.reader_version] for file in (old, new)]
    parts = [sides, engine_of("comparing"), sorted(chosen), ids, *([points] if any(points) else [])]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def _compared(task: Task, old: File, new: File, wanted: dict[str, Any], scans: list[bool]) -> dict[str, Any]:
    """Compare one pair of files; a failure is data: its pairs are shown as not comparable, with the reason.

    `wanted`: the pairs of sheets and the points people gave for them; those seen before answer from the store.
    `scans`: whether the sheets of the old and of the new file are scans; their originals go along.
    """
    seen = Seen(old, new, wanted)
    if not seen.missing:
        return {"sheets": seen.sheets()}
    args: dict[str, Any] = {**seen.wanted(), "originals": [], "passwords": {}}
    with scratch() as folder:
        files = bring_snapshots(folder, old=old, new=new)
        for name, file, scan in zip(("old", "new"), (old, new), scans, strict=True):
            if scan:
                files.append(bring(keys.original(file.sha256), folder / f"{name}-original"))
                args["originals"].append(name)
                args["passwords"][name] = password_of(file)
        heavy = "ifc" if "ifc" in (old.format, new.format) else new.format
        size, pixels = old.size_bytes + new.size_bytes, len(args["pairs"]) if any(scans) else 0
        limits = limits_for(COMPARING, heavy, size, pixels)
        outcome = run(COMPARING, files, args, limits, None, task.is_lost)
    if outcome.failure is not None:
        if outcome.failure.kind == "killed":
            raise Transient("比对进程被系统终止。", "The comparing process was killed by the system.")
        zh, en = outcome.failure.sentences()
        return {"failed": {"zh": f"未能比对：{zh}", "en": f"Not compared: {en}"}, "sheets": seen.sheets()}
    seen.keep(cleaned(json.loads(outcome.outputs["comparison"])))
    return {"sheets": seen.sheets()}


def _write(
    session: Session,
    comparison: Comparison,
    old: SheetSet,
    new: SheetSet,
    pairs: list[dict[str, Any]],
    results: dict[tuple[str, str], dict[str, Any] | None],
) -> None:
    before = {pair.get("stands_on"): pair for pair in comparison.pairs}
    told, rows = [], {}
    kept: set[tuple[str, str]] = set()
    for pair in pairs:
        told.append(_pair_json(pair, old, new, results, before))
    for (old_file, new_file), result in results.items():
        ids = _ids(old, old_file), _ids(new, new_file)
        if result is None:
            kept |= {(a, b) for a in ids[0].values() for b in ids[1].values()}
            continue
        salt = f"{old.files[old_file].sha256}{new.files[new_file].sha256}"
        for one in result["sheets"]:
            sides = ids[0].get(one["old"]["sheet"]), ids[1].get(one["new"]["sheet"])
            for change in one["changes"]:
                row = _difference(comparison.id, change, sides, ids, salt)
                rows[row["key"]] = row
    _keep_decided(session, comparison.id, rows, kept)
    comparison.pairs, comparison.state = told, "ready"
    write_pairs(session, comparison.id, pairs)
    count = sum(pair["count"] for pair in told)
    details = {"new_id": comparison.new_id, "old_id": comparison.old_id, "differences": count}
    project = project_of(session, comparison.new_id)
    notify(session, "comparison.ready", comparison.id, project_id=project, details=details)


def _ids(side: SheetSet, file_id: str) -> dict[str, str]:
    """Return sheet key -> row id for one file."""
    return {sheet.key: sheet.id for sheet in side.sheets.values() if sheet.file_id == file_id}


def _pair_json(
    pair: dict[str, Any],
    old: SheetSet,
    new: SheetSet,
    results: dict[tuple[str, str], dict[str, Any] | None],
    before: dict[Any, dict[str, Any]],
) -> dict[str, Any]:
    """Return one entry of `Comparison.pairs`."""
    entry: dict[str, Any] = {"old_sheet": pair["old"], "new_sheet": pair["new"], "confidence": pair["confidence"]}
    entry |= {name: pair[name] for name in IDENTITY}
    entry |= {"reason": None, "comparable": False, "transform": None, "tolerance_mm": 0.0, "count": 0}
    entry["points"] = pair.get("points")
    if not (pair["old"] and pair["new"]):
        return {**entry, "reason": {"zh": pair["reason_zh"], "en": pair["reason_en"]}}
    one, two = old.sheets[pair["old"]], new.sheets[pair["new"]]
    result = results[(one.file_id, two.file_id)]
    entry["stands_on"] = pair["stands_on"]
    if result is None:
        return {**before[pair["stands_on"]], **{name: entry[name] for name in ("confidence", *IDENTITY)}}
    for found in result["sheets"]:
        if found["old"]["sheet"] == one.key and found["new"]["sheet"] == two.key:
            return {
                **entry,
                "reason": found["reason"],
                "comparable": found["comparable"],
                "transform": found["transform_sheet"],
                "registration": found["confidence"],
                "identical": found["identical"],
                "tolerance_mm": found["tolerance_mm"],
                "notes": found["notes"],
                "indicators": found.get("indicators", []),
                "count": len(found["changes"]),
            }
    return {**entry, "reason": result.get("failed"), "stands_on": None}  # to be tried again


def _difference(
    comparison_id: str,
    change: dict[str, Any],
    sides: tuple[str | None, str | None],
    ids: tuple[dict[str, str], dict[str, str]],
    salt: str,
) -> dict[str, Any]:
    """Return the columns of one difference. Boxes are sheet millimetres, the shift is of reality."""
    key = hashlib.sha256(f"{salt}{change['id']}".encode()).hexdigest()[:40]
    return {
        "comparison_id": comparison_id,
        "old_sheet_id": sides[0] or ids[0].get(change["sheet_old"]),
        "new_sheet_id": sides[1] or ids[1].get(change["sheet_new"]),
        "key": key,
        "kind": change["kind"],
        "cls": change["cls"],
        "what": change["what"][:300],
        "box_old": change["box_old"],
        "box_new": change["box_new"],
        "delta_mm": change["delta"],
        "old": change["old"],
        "new": change["new"],
        "guid_old": (change["guid_old"] or "")[:30],
        "guid_new": (change["guid_new"] or "")[:30],
        "layer": change["layer"][:255],
        "material": change["material"],
        "certainty": change["certainty"],
    }


def _keep_decided(
    session: Session, comparison_id: str, rows: dict[str, dict[str, Any]], kept: set[tuple[str, str]]
) -> None:
    """Bring the rows in line with the result; what people decided about a difference that is still there stays.

    `kept`: pairs of sheets (old, new) that were not compared again; their rows stay as they are.
    """
    there = {d.key: d for d in session.scalars(select(Difference).where(Difference.comparison_id == comparison_id))}
    gone = [d.id for key, d in there.items() if key not in rows and (d.old_sheet_id, d.new_sheet_id) not in kept]
    session.execute(delete(Difference).where(Difference.id.in_(gone)).execution_options(synchronize_session=False))
    for key, row in rows.items():
        known = there.get(key)
        if known is None:
            session.add(Difference(**row))
            continue
        for name, value in row.items():
            setattr(known, name, value)


def give_up(session: Session, claim: jobs.Claim, why: str) -> None:
    """The comparison failed for good; it says so."""
    comparison = session.get(Comparison, claim.subject)
    if comparison is not None:
        comparison.state = "failed"
        details = {"new_id": comparison.new_id, "why": why[:200]}
        project = project_of(session, comparison.new_id)
        notify(session, "comparison.failed", claim.subject, project_id=project, details=details)
