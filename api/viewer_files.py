"""Serving the built viewer: hashed assets for ever, the page itself never from a cache, any other path is the page."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from pipeline.errors import NotFound
from pipeline.settings import settings

_MISSING = (
    "<!doctype html><meta charset=utf-8><title>Tushen 图审</title>"
    "<p>界面尚未构建：请运行 make run。The viewer is not built yet: run <code>make run</code>.</p>"
)


def serve_viewer(app: FastAPI) -> None:
    """Add the last route of the application: everything outside /api is the viewer."""

    @app.get("/{path:path}", include_in_schema=False)
    def viewer(path: str, request: Request) -> Response:
        if path.split("/", 1)[0] in ("api", "metrics"):
            raise NotFound()
        root = settings().viewer_dir.resolve()
        wanted = (root / path).resolve()
        if path and wanted.is_file() and wanted.is_relative_to(root):
            return FileResponse(wanted, headers={"Cache-Control": _cache(wanted, root)})
        if path.startswith("assets/"):
            raise NotFound()
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(_MISSING, status_code=503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})


def _cache(path: Path, root: Path) -> str:
    hashed = path.relative_to(root).parts[0] == "assets"
    return "public, max-age=31536000, immutable" if hashed else "no-cache"
