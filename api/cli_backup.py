"""`tushen backup`, `restore` and `verify`: one tar with every row, every object and a manifest of hashes.

The rows are written as JSON lines, so a backup taken on SQLite can be restored into PostgreSQL and the other
way round. Nothing in a package is ever unpacked to a path: objects go back through the object store by key.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from api.cli_output import Exit, Speaker
from pipeline.errors import Refused

SCHEMA = "tushen.backup/1"
_CHUNK = 1 << 20
_BATCH = 500
_KEY = re.compile(r"(originals|derived)/[0-9a-f]{2}/[^\x00]{1,500}")
_MAX_LINE = 64 << 20


@dataclass(slots=True)
class Findings:
    """What verifying a package found."""

    members: int = 0
    originals: int = 0
    events: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)  # (zh, en)
    manifest: dict[str, Any] = field(default_factory=dict)

    def problem(self, zh: str, en: str) -> None:
        """Note something that is wrong."""
        self.problems.append((zh, en))


def command_backup(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen backup`."""
    target = Path(args.package)
    if target.exists():
        raise Refused(f"{target} 已存在，不会覆盖。", f"{target} exists and is not overwritten.")
    staged = target.with_name(target.name + ".part")
    try:
        manifest = write_package(staged)
        staged.rename(target)
    finally:
        staged.unlink(missing_ok=True)
    rows, objects = sum(manifest["tables"].values()), len(manifest["members"]) - len(manifest["tables"])
    speaker.say(
        f"已备份 {rows} 行、{objects} 个对象到 {target}", f"backed up {rows} rows and {objects} objects to {target}"
    )
    return Exit.CLEAN


def write_package(target: Path) -> dict[str, Any]:
    """Write all rows and objects of this installation to a tar and return its manifest."""
    from sqlalchemy import text

    from api.tables import METADATA
    from pipeline.records.base import engine
    from pipeline.storage import store

    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "created_at": datetime.now(UTC).isoformat(),
        "tables": {},
        "members": {},
    }
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as package:
        source = engine()
        if source.dialect.name == "postgresql":
            source = source.execution_options(isolation_level="REPEATABLE READ")
        with source.connect() as connection:  # one transaction: all tables of one moment
            connection.info["reading"] = True  # SQLite: a snapshot, without the write lock
            manifest["revision"] = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            for table in METADATA.sorted_tables:
                result = connection.execution_options(yield_per=_BATCH).execute(table.select())
                body, count = _lines(result.mappings())
                manifest["tables"][table.name] = count
                _add(package, manifest, f"tables/{table.name}.jsonl", body)
            connection.info.pop("reading")
        # objects are stored before the rows that name them, so every row above has its object by now
        objects = store()
        for prefix in ("originals/", "derived/"):
            for key in objects.list(prefix):
                with objects.open(key) as stream:
                    _add(package, manifest, f"objects/{key}", stream, objects.stat(key) or 0)
        _add(package, {"members": {}}, "manifest.json", json.dumps(manifest, indent=1).encode())
    return manifest


def _lines(rows: Any) -> tuple[bytes, int]:
    out = io.BytesIO()
    count = 0
    for row in rows:
        out.write(json.dumps({name: _encode(value) for name, value in row.items()}).encode("ascii") + b"\n")
        count += 1
    return out.getvalue(), count


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, bytes | memoryview):
        return {"$b": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, dict) and set(value) & {"$t", "$b", "$j"}:
        return {"$j": json.dumps(value)}
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        if "$t" in value:
            return datetime.fromisoformat(value["$t"])
        if "$b" in value:
            return base64.b64decode(value["$b"])
        if "$j" in value:
            return json.loads(value["$j"])
    return value


class _Hashed(io.RawIOBase):
    """A stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.sha256 = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and hash."""
        data = self._stream.read(size)
        self.sha256.update(data)
        return data


def _add(package: tarfile.TarFile, manifest: dict[str, Any], name: str, body: bytes | Any, size: int = 0) -> None:
    entry = tarfile.TarInfo(name)
    stream = _Hashed(io.BytesIO(body) if isinstance(body, bytes) else body)
    entry.size = len(body) if isinstance(body, bytes) else size
    package.addfile(entry, stream)
    manifest["members"][name] = {"size": entry.size, "sha256": stream.sha256.hexdigest()}


def _members(path: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """Yield the plain files of a package in order. Raises Refused for anything that is no such package."""
    try:
        with tarfile.open(path, "r:") as package:
            for entry in package:
                if not entry.isreg():
                    raise Refused("备份包中有非普通文件。", "The package holds something that is not a plain file.")
                stream = package.extractfile(entry)
                assert stream is not None
                yield entry, stream
    except tarfile.TarError as error:
        raise Refused(f"{path} 不是备份包：{error}", f"{path} is not a package: {error}") from error


def verify_package(path: Path) -> Findings:
    """Read a package once: hashes of all members, names of originals, the chain of events."""
    found = Findings()
    seen: dict[str, dict[str, Any]] = {}
    for entry, stream in _members(path):
        if entry.name == "manifest.json":
            found.manifest = _manifest(stream.read(_MAX_LINE))
            continue
        hashed = _Hashed(stream)
        if entry.name == "tables/event.jsonl":
            _check_chain(hashed.read(), found)
        else:
            while hashed.read(_CHUNK):
                pass
        digest = hashed.sha256.hexdigest()
        if entry.name in seen:
            found.problem(f"{entry.name} 出现两次。", f"{entry.name} occurs twice.")
        seen[entry.name] = {"size": entry.size, "sha256": digest}
        if entry.name.startswith("objects/originals/"):
            found.originals += 1
            if entry.name.rsplit("/", 1)[1] != digest:
                found.problem(
                    f"原件 {entry.name} 内容与其哈希不符。", f"Original {entry.name} does not match its hash."
                )
    found.members = len(seen)
    _compare(found, seen)
    return found


def _manifest(body: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(body)
    except ValueError as error:
        raise Refused(f"清单不可读：{error}", f"The manifest cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise Refused("不是本系统的备份包。", "This is not a package of Tushen.")
    return manifest


def _compare(found: Findings, seen: dict[str, dict[str, Any]]) -> None:
    promised = found.manifest.get("members", {})
    if not found.manifest:
        found.problem("缺少清单 manifest.json，备份不完整。", "The manifest is missing; the package is not complete.")
    for name in sorted(set(promised) | set(seen)):
        if name not in seen:
            found.problem(f"缺少 {name}。", f"{name} is missing.")
        elif name not in promised:
            if found.manifest:
                found.problem(f"多出 {name}。", f"{name} is not in the manifest.")
        elif promised[name] != seen[name]:
            found.problem(f"{name} 与清单不符。", f"{name} differs from the manifest.")


def _check_chain(body: bytes, found: Findings) -> None:
    """Walk the chain of events as the ledger does (pipeline.records.log)."""
    from pipeline.records.log import GENESIS, digest_of

    previous = GENESIS
    try:
        rows = sorted(
            ({k: _decode(v) for k, v in json.loads(line).items()} for line in body.splitlines()), key=_sequence
        )
        for at, row in enumerate(rows, 1):
            if row["sequence"] != at or row["previous"] != previous or row["digest"] != digest_of(row):
                found.problem(f"账本在第 {row['sequence']} 条断开。", f"The ledger breaks at event {row['sequence']}.")
                return
            previous = row["digest"]
            found.events = at
    except (ValueError, KeyError, TypeError) as error:
        found.problem(f"账本不可读：{error}", f"The ledger cannot be read: {error}")


def _sequence(row: dict[str, Any]) -> int:
    return int(row["sequence"])


def command_verify(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen verify`: 0 intact, 1 something is wrong, 2 not a package."""
    found = verify_package(Path(args.package))
    if args.json:
        problems = [{"zh": zh, "en": en} for zh, en in found.problems]
        speaker.document(
            {
                "schema": "tushen.verification/1",
                "package": args.package,
                "intact": not problems,
                "members": found.members,
                "originals": found.originals,
                "events": found.events,
                "created_at": found.manifest.get("created_at"),
                "problems": problems,
            }
        )
        return Exit.FINDINGS if problems else Exit.CLEAN
    for zh, en in found.problems:
        speaker.say(f"! {zh}", f"! {en}")
    counts = f"{found.members} / {found.originals} / {found.events}"
    verdict_zh, verdict_en = ("有问题", "not intact") if found.problems else ("完好", "intact")
    speaker.say(f"{verdict_zh}：成员/原件/事件 {counts}", f"{verdict_en}: members/originals/events {counts}")
    return Exit.FINDINGS if found.problems else Exit.CLEAN


def command_restore(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run `tushen restore`: only an intact package, only into an empty installation."""
    path = Path(args.package)
    found = verify_package(path)
    if found.problems:
        for zh, en in found.problems[:20]:
            speaker.complain(zh, en)
        raise Refused("备份包不完好，未恢复。", "The package is not intact; nothing was restored.")
    rows, objects = read_package(path, str(found.manifest.get("revision")))
    speaker.say(f"已恢复 {rows} 行、{objects} 个对象", f"restored {rows} rows and {objects} objects")
    return Exit.CLEAN


def read_package(path: Path, revision: str) -> tuple[int, int]:
    """Put a verified package into this empty installation; return the rows and objects restored.

    Raises Refused when the installation holds rows already. The rows are one transaction.
    """
    from sqlalchemy import func, inspect, select

    from api.migrate import upgrade
    from api.tables import METADATA
    from pipeline.records.base import engine
    from pipeline.storage import store

    upgrade(revision)  # the tables as they were when the backup was taken
    with engine().connect() as connection:
        tables = {table.name: table for table in METADATA.sorted_tables if inspect(connection).has_table(table.name)}
        columns = {name: {one["name"] for one in inspect(connection).get_columns(name)} for name in tables}
        for table in tables.values():
            if connection.execute(select(func.count()).select_from(table)).scalar():
                raise Refused("目标数据库不是空的，未恢复。", "The database is not empty; nothing was restored.")
    waiting: dict[str, bytes] = {}
    objects = 0
    for entry, stream in _members(path):
        kind, _, name = entry.name.partition("/")
        if kind == "tables" and name.removesuffix(".jsonl") in tables:
            waiting[name.removesuffix(".jsonl")] = stream.read()
        elif kind == "objects":
            if not _KEY.fullmatch(name) or ".." in name.split("/"):
                raise Refused(f"对象名无效：{name}", f"Not the name of an object: {name}")
            _put(store(), name, stream)
            objects += 1
    rows = 0
    with engine().begin() as connection:
        for table_name, table in tables.items():
            decoded = [
                {k: _decode(v) for k, v in json.loads(line).items()}
                for line in waiting.get(table_name, b"").splitlines()
            ]
            target = _plain(table, columns[table_name])
            for batch in _parents_first(table, decoded):
                connection.execute(target.insert(), batch)
                rows += len(batch)
    upgrade()
    return rows, objects


def _plain(table: Any, columns: set[str]) -> Any:
    """Return a table with the columns it had then, without the defaults of today's code."""
    from sqlalchemy import column
    from sqlalchemy import table as plain

    return plain(table.name, *(column(one.name, one.type) for one in table.columns if one.name in columns))


def _put(target: Any, key: str, stream: IO[bytes]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "object"
        with staged.open("wb") as out:
            while piece := stream.read(_CHUNK):
                out.write(piece)
        target.put(key, staged)


def _parents_first(table: Any, rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in batches so that a row that names another row of its table comes after it."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    key = next(iter(table.primary_key.columns)).name
    done: set[Any] = set()
    while rows:
        ready = (
            [row for row in rows if all(row.get(name) is None or row[name] in done for name in own)] if own else rows
        )
        if not ready:
            raise Refused(
                f"{table.name} 的行相互引用，无法恢复。", f"Rows of {table.name} refer to one another in a circle."
            )
        done.update(row[key] for row in ready)
        for at in range(0, len(ready), _BATCH):
            yield ready[at : at + _BATCH]
        rows = [row for row in rows if row[key] not in done] if own else []
