"""The doctor tells what is there and never falls over what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import doctor, settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUSHEN_DATA_DIR", str(tmp_path))
    settings.settings.cache_clear()
    yield
    settings.settings.cache_clear()


def test_an_empty_installation_is_told_what_to_do_first() -> None:
    checks = {
        check.name: check
        for check in (doctor._guarded("database", doctor._database), doctor._store(), doctor._broker())
    }
    assert not checks["database"].ok and "migrate" in checks["database"].advice_en
    assert checks["store"].ok and checks["broker"].ok


def test_servers_that_do_not_answer_are_lines_not_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUSHEN_STORE", "s3")
    monkeypatch.setenv("TUSHEN_S3_ENDPOINT", "127.0.0.1:9")
    monkeypatch.setenv("TUSHEN_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:9/none")
    settings.settings.cache_clear()
    checks = [doctor._guarded("database", doctor._database), doctor._guarded("store", doctor._store)]
    assert [check.ok for check in checks] == [False, False]
    assert all(check.advice_zh for check in checks)
    document = doctor.as_json(checks)
    assert document["ok"] is False and document["schema"] == "tushen.doctor/1"
    assert "BAD" in doctor.as_text(checks)
