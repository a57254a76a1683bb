"""The contract of the object store on a real S3 server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import Transient
from pipeline.storage import keys
from pipeline.storage.s3 import S3Store
from tests.pipeline.storage.contract import SHA, StoreContract

pytestmark = pytest.mark.services


class TestS3Store(StoreContract):
    pass


def test_a_large_object_goes_in_parts_and_comes_back_whole(store: S3Store, tmp_path: Path) -> None:
    source = tmp_path / "large"
    source.write_bytes(os.urandom(1 << 20) * 24)
    key = keys.derived(SHA, "v", "large")
    store.put(key, source)
    store.fetch(key, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == source.read_bytes()


def test_wrong_keys_are_transient_not_not_found(s3: tuple[str, str, str]) -> None:
    with pytest.raises(Transient):
        S3Store(s3[0], "nobody", "wrong-password", "test-bucket")
