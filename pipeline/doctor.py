"""What this installation stands on: versions, isolation, database, broker, store. For people and for machines."""

from __future__ import annotations

import platform
import sys
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from sqlalchemy import text

from pipeline.celery_app import broker_folder, make_app, prepare_broker
from pipeline.isolation.sandbox import sandbox
from pipeline.isolation.self_test import self_test
from pipeline.records.base import make_engine
from pipeline.records.tables import Job
from pipeline.settings import settings
from pipeline.storage import open_store

_PACKAGES = ("ifcopenshell", "ezdxf", "pymupdf", "celery", "minio", "fastapi", "numpy", "sqlalchemy")


@dataclass(slots=True, frozen=True)
class Check:
    """One line of the examination."""

    name: str
    ok: bool
    found: str
    advice_zh: str = ""
    advice_en: str = ""


def examine() -> list[Check]:
    """Look at everything; nothing raises, what does not work is a check that is not ok."""
    return [
        _guarded("python", _python),
        _guarded("packages", _packages),
        _guarded("ocr", _ocr),
        _guarded("trust", _trust),
        _guarded("isolation", _isolation),
        _guarded("database", _database),
        _guarded("broker", _broker),
        _guarded("store", _store),
    ]


def as_json(checks: list[Check]) -> dict[str, Any]:
    """Return the examination as one JSON document."""
    return {"schema": "tushen.doctor/1", "ok": all(c.ok for c in checks), "checks": [asdict(c) for c in checks]}


def as_text(checks: list[Check]) -> str:
    """Return the examination as lines for a terminal."""
    lines = []
    for check in checks:
        lines.append(f"{'ok ' if check.ok else 'BAD'} {check.name:<10} {check.found}")
        if check.advice_zh:
            lines.append(f"    {check.advice_zh} · {check.advice_en}")
    return "\n".join(lines)


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except Exception as error:
        why = f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
        return Check(
            name,
            False,
            why,
            "无法连接或启动，请检查 TUSHEN_* 设置。",
            "It does not answer; look at the TUSHEN_* settings.",
        )


def _python() -> Check:
    return Check("python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}")


def _packages() -> Check:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            return Check(
                "packages",
                False,
                f"{name} is missing",
                "请运行 make run 重新安装。",
                "Run make run to install it again.",
            )
    return Check("packages", True, ", ".join(found))


def _ocr() -> Check:
    """The optional engine that reads title blocks of scans; without it such sheets are named by hand."""
    from pipeline.sheets.ocr import name_of_engine

    found = name_of_engine()
    if found:
        return Check("ocr", True, found)
    return Check(
        "ocr",
        True,
        "not installed (optional)",
        "如需识别扫描图的图签，请安装可选组件：pip install 'tushen[ocr]'。",
        "To have title blocks of scans read, install the extra: pip install 'tushen[ocr]'.",
    )


def _trust() -> Check:
    """The optional folder of root certificates that signatures of drawings may lead to."""
    from pipeline.work.trust import roots_in

    folder = settings().trust_roots_dir
    if folder is None:
        return Check("trust", True, "no list of trusted roots (optional): trust of signatures stays unknown")
    found, odd = roots_in(folder)
    shown = f"{len(found)} root certificates in {folder}" + (f"; not readable: {', '.join(odd)}" if odd else "")
    if found and not odd:
        return Check("trust", True, shown)
    return Check(
        "trust",
        False,
        shown,
        "请把受信任的根证书（PEM 或 DER）放入 TUSHEN_TRUST_ROOTS_DIR。",
        "Put the trusted root certificates (PEM or DER) into TUSHEN_TRUST_ROOTS_DIR.",
    )


def _isolation() -> Check:
    kept = sandbox()
    try:
        report = self_test(kept)
    finally:
        kept.close()
        sandbox.cache_clear()
    rooms = report.zygote.get("missing", [])
    found = report.sentence() + (f"; not loaded: {'; '.join(rooms)}" if rooms else "")
    good = report.enough and not report.escaped and not rooms
    if good and not report.missing:
        return Check("isolation", True, found)
    return Check(
        "isolation",
        good,
        found,
        "内核缺少部分隔离能力，见 docs/operations.md。",
        "This kernel lacks some locks; see docs/operations.md.",
    )


def _database() -> Check:
    engine = make_engine(settings().database)
    try:
        with engine.connect() as connection:
            version = connection.execute(
                text("SELECT sqlite_version()" if engine.name == "sqlite" else "SHOW server_version")
            )
            shown = f"{engine.name} {version.scalar()}"
            if not engine.dialect.has_table(connection, Job.__tablename__):
                return Check(
                    "database", False, f"{shown}, empty", "请先运行 tushen migrate。", "Run tushen migrate first."
                )
    finally:
        engine.dispose()
    return Check("database", True, shown)


def _broker() -> Check:
    chosen = settings()
    prepare_broker(chosen)
    app = make_app(chosen)
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, timeout=4)
        shown = connection.as_uri() if not chosen.broker.startswith("filesystem") else f"folder {broker_folder(chosen)}"
    return Check("broker", True, str(shown))


def _store() -> Check:
    chosen = settings()
    store = open_store(chosen)
    key = "derived/doctor"
    body = uuid.uuid4().bytes
    store.put(key, body)
    with store.open(key) as stream:
        same = stream.read() == body
    where = f"folder {chosen.data_dir.resolve() / 'objects'}" if chosen.store == "local" else f"s3 {chosen.s3_endpoint}"
    return Check("store", same, f"{where}, written and read back")


def main() -> int:
    """Print the examination; 0 when all is well, 4 when not."""
    checks = examine()
    print(as_text(checks))
    return 0 if all(check.ok for check in checks) else 4


if __name__ == "__main__":
    raise SystemExit(main())
