"""Is it alive: health, version, metrics."""

from __future__ import annotations

import time
from importlib import metadata
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import func, select, text

from api.database import reading
from api.guard import deed
from pipeline.errors import NotFound
from pipeline.records.tables import Job
from pipeline.settings import settings
from pipeline.storage import store

router = APIRouter(tags=["health"])
JOBS = Gauge("tushen_jobs", "Jobs by kind and state.", ("kind", "state"))
LOOPBACK = ("127.0.0.1", "::1", "testclient")


def version() -> str:
    """Return the version of this installation."""
    try:
        return metadata.version("tushen")
    except metadata.PackageNotFoundError:
        return "0"


def _checked(check: Any) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        check()
    except Exception as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "ms": round((time.perf_counter() - started) * 1000, 1)}


def _database() -> None:
    with reading() as db:
        db.execute(text("SELECT 1"))


def _broker() -> None:
    if settings().broker.startswith("filesystem"):
        return
    from kombu import Connection

    with Connection(settings().broker, connect_timeout=2) as connection:
        connection.ensure_connection(max_retries=1, timeout=2)


@router.get("/api/health", **deed("health.read"))
def health(response: Response) -> dict[str, Any]:
    """Whether database, store and broker answer; 503 when one does not."""
    checks = {
        "database": _checked(_database),
        "store": _checked(lambda: store().stat("derived/health")),
        "broker": _checked(_broker),
    }
    ok = all(check["ok"] for check in checks.values())
    if not ok:
        response.status_code = 503
    return {"ok": ok, "version": version(), "checks": checks}


@router.get("/api/version", **deed("health.read"))
def show_version() -> dict[str, str]:
    """What runs here and where its source is (AGPL)."""
    return {"version": version(), "source": settings().source_url}


@router.get("/metrics", include_in_schema=False, **deed("health.read"))
def metrics(request: Request) -> Response:
    """Prometheus metrics, for this machine only; to others the page does not exist."""
    host = request.client.host if request.client else ""
    if host not in LOOPBACK or "x-forwarded-for" in request.headers:
        raise NotFound()
    with reading() as db:
        JOBS.clear()
        for kind, state, count in db.execute(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)):
            JOBS.labels(kind, state).set(count)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
