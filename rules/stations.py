"""The station of the locked child: snapshots in, findings out. Touches neither database nor store."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.drawing.snapshot import load
from rules import VERSION
from rules.runner import check as run

SCHEMA = "tushen.findings/1"


def check(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Check a set of snapshots.

    Args:
        files: snapshot files.
        args: `stage`; `pack` (optional, name); `files`: list of {"id", "name"} in the order of `files`;
            `unread`: list of {"id", "name", "format"} of files that were rejected;
            `accepted` (optional): file id -> name of the person who answers for that damaged file;
            `states` (optional): file id -> {"state", "sheets": {sheet key: state}} of the record, where it knows worse;
            `title_blocks` (optional): file id -> sheet key -> field -> {"value", "read"}, what people say of them;
            `day` (optional): ISO date whose rules in force are run, all of the pack when absent.

    Returns:
        {"findings.json": JSON with schema, engine version, stage, day, findings}.
    """
    named = args.get("files") or [{"id": path.stem, "name": path.name} for path in files]
    drawings = [(str(n["id"]), str(n["name"]), load(path.read_bytes())) for path, n in zip(files, named, strict=True)]
    unread = [(str(u["id"]), str(u["name"]), str(u["format"])) for u in args.get("unread") or []]
    accepted = {str(id_): str(who) for id_, who in (args.get("accepted") or {}).items()}
    states = args.get("states") or {}
    pack = str(args.get("pack") or "national")
    day = date.fromisoformat(args["day"]) if args.get("day") else None
    findings = run(
        drawings, str(args["stage"]), pack, unread=unread, accepted=accepted, states=states,
        title_blocks=args.get("title_blocks"), on=day,
    )  # fmt: skip
    body = {
        "schema": SCHEMA,
        "engine": VERSION,
        "stage": args["stage"],
        "day": args.get("day"),
        "findings": [finding.as_dict() for finding in findings],
    }
    return {"findings.json": json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")}
