"""Somebody who works with Tushen over HTTP, as the viewer does."""

from __future__ import annotations

import base64
import hashlib
import time
from pathlib import Path
from typing import Any

import httpx


class Person:
    """A signed-in client; every call checks the status it expects."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60)
        answer = self.http.post("/api/session", json={"login": login, "password": password})
        assert answer.status_code in (200, 201), answer.text
        self.me: dict[str, Any] = answer.json()
        self.http.headers["X-CSRF-Token"] = self.me["csrf_token"]

    def call(self, method: str, path: str, expect: int | tuple[int, ...] = (200, 201, 204), **more: Any) -> Any:
        """Send a request and return its JSON (or bytes)."""
        answer = self.http.request(method, path, **more)
        wanted = (expect,) if isinstance(expect, int) else expect
        assert answer.status_code in wanted, f"{method} {path}: {answer.status_code} {answer.text[:800]}"
        if answer.content and "json" in answer.headers.get("content-type", ""):
            return answer.json()
        return answer.content

    def get(self, path: str, **more: Any) -> Any:
        """GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """POST a JSON body."""
        return self.call("POST", path, json=body if body is not None else {}, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Any:
        """PATCH a JSON body."""
        return self.call("PATCH", path, json=body, **more)

    def upload(
        self, submission_id: str, path: Path, *, name: str | None = None, sha256: str | None = None, pieces: int = 2
    ) -> httpx.Response:
        """Upload a file by tus in some pieces; returns the answer to the last piece."""
        data = path.read_bytes()
        metadata = {
            "submission_id": submission_id,
            "filename": name or path.name,
            "filetype": "application/octet-stream",
            "path": "",
            "sha256": sha256 or hashlib.sha256(data).hexdigest(),
        }
        encoded = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in metadata.items())
        tus = {"Tus-Resumable": "1.0.0"}
        created = self.http.post(
            "/api/uploads", headers={**tus, "Upload-Length": str(len(data)), "Upload-Metadata": encoded}
        )
        assert created.status_code == 201, created.text
        location = created.headers["location"]
        step = max(1, -(-len(data) // pieces))
        answer = created
        for start in range(0, len(data), step):
            offset = self.http.head(location, headers=tus).headers["upload-offset"]
            assert int(offset) == start
            answer = self.http.patch(
                location,
                content=data[start : start + step],
                headers={**tus, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream"},
            )
            if answer.status_code >= 400:
                return answer
        return answer

    def wait_until_read(self, submission_id: str, seconds: float = 240) -> dict[str, Any]:
        """Wait until nothing of the submission is waiting or being worked on."""
        deadline = time.monotonic() + seconds
        seen: dict[str, Any] = {}
        while time.monotonic() < deadline:
            seen = self.get(f"/api/submissions/{submission_id}")
            progress = seen["progress"]
            if seen["reading"] in ("ready", "partly_ready", "refused") and progress["done"] >= progress["total"]:
                return seen
            time.sleep(0.5)
        raise AssertionError(f"the submission is still {seen.get('reading')}: {seen.get('progress')}")

    def wait_for_comparison(self, comparison_id: str, seconds: float = 240) -> dict[str, Any]:
        """Wait until a comparison is ready."""
        deadline = time.monotonic() + seconds
        seen: dict[str, Any] = {}
        while time.monotonic() < deadline:
            seen = self.get(f"/api/comparisons/{comparison_id}")
            if seen["state"] in ("ready", "failed"):
                return seen
            time.sleep(0.5)
        raise AssertionError(f"the comparison is still {seen.get('state')}")
