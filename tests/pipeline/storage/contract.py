"""The laws of an object store; every store passes the same ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.errors import NotFound, Refused
from pipeline.storage import keys
from pipeline.storage.base import ObjectStore

BODY = bytes(range(256)) * 5000
SHA = hashlib.sha256(BODY).hexdigest()


class StoreContract:
    """Subclasses give a fixture `store`."""

    def test_it_is_an_object_store(self, store: ObjectStore) -> None:
        assert isinstance(store, ObjectStore)

    def test_what_was_put_comes_back_byte_for_byte(self, store: ObjectStore, tmp_path: Path) -> None:
        source = tmp_path / "plan.dxf"
        source.write_bytes(BODY)
        store.put(keys.original(SHA), source)
        with store.open(keys.original(SHA)) as stream:
            assert stream.read() == BODY
        store.fetch(keys.original(SHA), tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == BODY
        assert store.stat(keys.original(SHA)) == len(BODY)

    def test_a_range_is_just_that_range(self, store: ObjectStore) -> None:
        key = keys.derived(SHA, "v1", "pack/0:1")
        store.put(key, BODY)
        with store.open(key, start=1000, length=777) as stream:
            assert stream.read() == BODY[1000:1777]
        with store.open(key, start=len(BODY) - 5) as stream:
            assert stream.read() == BODY[-5:]
        with store.open(key, start=len(BODY) - 5, length=100) as stream:
            assert stream.read() == BODY[-5:]
        with store.open(key, length=0) as stream:
            assert stream.read() == b""

    def test_what_does_not_exist_is_not_found(self, store: ObjectStore, tmp_path: Path) -> None:
        missing = keys.original("0" * 64)
        assert store.stat(missing) is None
        with pytest.raises(NotFound):
            store.open(missing)
        with pytest.raises(NotFound):
            store.fetch(missing, tmp_path / "x")
        assert not (tmp_path / "x").exists()
        with pytest.raises(NotFound):
            store.put(keys.derived(SHA, "v1", "z"), tmp_path / "no such source")

    def test_an_original_is_never_overwritten(self, store: ObjectStore) -> None:
        key = keys.original(SHA)
        store.put(key, BODY)
        store.put(key, BODY)
        with pytest.raises(Refused):
            store.put(key, b"something else")
        with store.open(key) as stream:
            assert stream.read() == BODY

    def test_bytes_that_do_not_match_their_hash_are_refused_and_leave_nothing(self, store: ObjectStore) -> None:
        with pytest.raises(Refused):
            store.put(keys.original("1" * 64), BODY)
        assert store.stat(keys.original("1" * 64)) is None
        assert keys.original("1" * 64) not in list(store.list("originals/"))

    def test_a_derived_object_may_be_made_again(self, store: ObjectStore) -> None:
        key = keys.derived(SHA, "v2", "snapshot")
        store.put(key, b"first")
        store.put(key, b"second")
        with store.open(key) as stream:
            assert stream.read() == b"second"

    def test_list_gives_the_keys_below_a_prefix(self, store: ObjectStore) -> None:
        names = ["tiles/0:1/0/0/0.webp", "tiles/0:1/1/0/0.webp", "图/一 层 100%.webp"]
        for name in names:
            store.put(keys.derived(SHA, "v3", name), b"x")
        assert sorted(store.list(keys.derived(SHA, "v3", "tiles/"))) == sorted(
            keys.derived(SHA, "v3", n) for n in names[:2]
        )
        assert keys.derived(SHA, "v3", names[2]) in list(store.list(keys.derived(SHA, "v3", "图")))
        assert list(store.list("derived/ff/none")) == []

    def test_an_empty_object_is_an_object(self, store: ObjectStore) -> None:
        key = keys.derived(SHA, "v4", "empty")
        store.put(key, b"")
        assert store.stat(key) == 0
        with store.open(key) as stream:
            assert stream.read() == b""
