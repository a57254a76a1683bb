"""The folder store: the contract, and what only a folder can do wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import Refused, Transient
from pipeline.settings import Settings
from pipeline.storage import keys, open_store
from pipeline.storage.local import LocalStore
from tests.pipeline.storage.contract import BODY, SHA, StoreContract


class TestLocalStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalStore:
        return LocalStore(tmp_path / "objects")


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "objects")


def test_no_key_leaves_the_folder(store: LocalStore) -> None:
    for key in ("../x", "/etc/passwd", "a/../../b", "", "a//b", ".staging/x"):
        with pytest.raises(ValueError):
            store.put(key, b"x")


def test_a_write_that_breaks_off_leaves_neither_object_nor_staging(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Transient):
        store.put(keys.original(SHA), BODY)
    monkeypatch.undo()
    assert store.stat(keys.original(SHA)) is None
    assert list((store.root / ".staging").iterdir()) == []


def test_bytes_are_synced_before_they_get_their_name(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real_fsync, real_link = os.fsync, os.link
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), real_fsync(handle))[1])
    monkeypatch.setattr(os, "link", lambda a, b: (order.append("link"), real_link(a, b))[1])
    store.put(keys.original(SHA), BODY)
    assert order == ["fsync", "link", "fsync"]


def test_a_damaged_original_is_noticed_on_the_way_out(store: LocalStore, tmp_path: Path) -> None:
    store.put(keys.original(SHA), BODY)
    path = store.local_path(keys.original(SHA))
    assert path is not None
    path.chmod(0o644)
    path.write_bytes(BODY[:-1] + b"\x00")
    with pytest.raises(Refused):
        store.fetch(keys.original(SHA), tmp_path / "back")
    assert not (tmp_path / "back").exists()
    path.write_bytes(BODY[:100])
    with pytest.raises(Refused):
        store.put(keys.original(SHA), BODY)


def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    assert isinstance(open_store(Settings(data_dir=tmp_path)), LocalStore)
    with pytest.raises(ValueError):
        open_store(Settings(data_dir=tmp_path, store="ftp"))
    with pytest.raises(Transient):
        open_store(
            Settings(data_dir=tmp_path, store="s3", s3_endpoint="127.0.0.1:9", s3_access_key="a", s3_secret_key="b")
        )
