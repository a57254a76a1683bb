"""The tus routes of tuspyserver behind our own guard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from tuspyserver import create_tus_router

from api.access import Actor
from api.errors import BadUpload, TooLarge
from api.guard import DEED_KEY, enter
from api.submissions import uploads
from pipeline.settings import settings

FIRST_BODY_LIMIT = 1 << 20  # bytes that may ride on the request that creates an upload (they are held in memory)


async def _guarded(request: Request, actor: Annotated[Actor, Depends(enter)]) -> None:
    """Before any byte: the upload is mine; what was whole already becomes a file. Concatenation is refused."""
    if "upload-concat" in request.headers:
        raise BadUpload("不支持拼接上传。", "Concatenated uploads are not supported.")
    if request.method == "POST" and int(request.headers.get("content-length") or 0) > FIRST_BODY_LIMIT:
        raise TooLarge("请先创建上传，再分块发送。", "Create the upload first, then send it in chunks.")
    uid = request.path_params.get("uuid")
    if uid is None:
        return
    info = await run_in_threadpool(uploads.owned, uid, actor)
    if request.method != "DELETE" and await run_in_threadpool(uploads.is_whole, uid, info):
        await run_in_threadpool(uploads.complete, uid)


def _before_creation(actor: Annotated[Actor, Depends(enter)]) -> Callable[[dict[str, str], dict[str, Any]], Any]:
    """The hook tuspyserver calls with the metadata of a new upload."""

    async def announced(metadata: dict[str, str], info: dict[str, Any]) -> None:
        await run_in_threadpool(uploads.announce, actor, metadata, info["size"])

    return announced


def _where(request: Request, actor: Annotated[Actor, Depends(enter)]) -> Callable[[dict[str, Any]], Any]:
    """The hook tuspyserver asks for the id of a new upload: it gets one with an owner."""
    return lambda _metadata: {"uid": uploads.reserve(actor.id)} if request.method == "POST" else {}


def _when_complete() -> Callable[[str, dict[str, Any]], Any]:
    """The hook tuspyserver calls when the last byte is there."""

    async def completed(path: str, _metadata: dict[str, Any]) -> None:
        await run_in_threadpool(uploads.complete, path.rsplit("/", 1)[-1])

    return completed


def make_router() -> APIRouter:
    """Return the tus routes at /api/uploads; every one is guarded before tuspyserver reads a byte."""
    tus = create_tus_router(
        prefix=uploads.PREFIX.removeprefix("/api"),
        files_dir="",  # the storage knows the folder
        max_size=settings().upload_limit_bytes,
        days_to_keep=uploads.DAYS_TO_KEEP,
        pre_create_dep=_before_creation,
        file_dep=_where,
        upload_complete_dep=_when_complete,
        strict_offset_validation=True,
        storage=uploads.Staging(),
        tags=["uploads"],
    )
    for route in tus.routes:
        if isinstance(route, APIRoute):
            route.openapi_extra = {DEED_KEY: "upload.send"}
    router = APIRouter(prefix="/api", dependencies=[Depends(_guarded)])
    router.include_router(tus)
    return router
