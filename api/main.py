"""The web application: rooms, errors, headers, the viewer. `uvicorn api.main:app`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api import health
from api.annotations.routes import router as annotation_routes
from api.buildings.routes import router as buildings
from api.errors import BadUpload, Invalid, body_of, status_of
from api.guard import DEED_KEY
from api.headers import Headers
from api.identity.routes import router as identity
from api.ledger.routes import router as ledger
from api.results.routes import router as results
from api.submissions.routes import router as submissions
from api.submissions.upload_routes import make_router as make_uploads
from api.submissions.uploads import finish_left_over
from api.viewer_files import serve_viewer
from pipeline.errors import Forbidden, NotFound, TushenError

_LOG = logging.getLogger(__name__)
BODY_LIMIT = 2 << 20  # bytes of a JSON body


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Complete what the last shutdown left."""
    try:
        await run_in_threadpool(finish_left_over)
    except Exception:
        _LOG.exception("left-over uploads could not be looked through")
    yield


def make_app() -> FastAPI:
    """Return the application. Raises RuntimeError when a route declares no deed."""
    app = FastAPI(
        title="Tushen 图审",
        version=health.version(),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    uploads = make_uploads()
    for room in (identity, buildings, submissions, uploads, results, annotation_routes, ledger, health.router):
        _check_deeds(room)
        app.include_router(room, max_body_size=None if room is uploads else BODY_LIMIT)
    app.add_exception_handler(TushenError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)
    serve_viewer(app)
    app.add_middleware(Headers)
    return app


def _check_deeds(room: APIRouter) -> None:
    for route in room.routes:
        if isinstance(route, APIRoute) and DEED_KEY not in (route.openapi_extra or {}):
            raise RuntimeError(f"route {route.path} declares no deed")


def _answer(error: TushenError, status: int | None = None) -> JSONResponse:
    headers = {}
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    return JSONResponse(body_of(error), status or status_of(error), headers=headers)


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TushenError)
    return _answer(error)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    places = [{"at": [str(part) for part in entry["loc"]], "what": entry["msg"]} for entry in error.errors()[:20]]
    return _answer(Invalid("请求内容不符合要求。", "The request does not have the demanded shape.", places=places))


async def _plain(_request: Request, error: Exception) -> JSONResponse:
    """Errors of the framework and of the upload protocol, in our shape."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    if status == 404:
        return _answer(NotFound())
    if status in (401, 403):
        return _answer(Forbidden("不允许。", "Not allowed."), status)
    answer = _answer(BadUpload("请求不符合协议。", str(error.detail)), status)
    answer.headers.update(error.headers or {})
    return answer


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours: logged, told without its innards."""
    _LOG.error("unforeseen error at %s %s", request.method, request.url.path, exc_info=error)
    return _answer(TushenError("系统内部错误，请稍后重试。", "Internal error. Try again later."))


app = make_app()
