"""Where bytes live: originals under their hash, derived objects under hash + tool version."""

from __future__ import annotations

from functools import lru_cache

from pipeline.settings import Settings, settings
from pipeline.storage.base import ObjectStore


def open_store(chosen: Settings) -> ObjectStore:
    """Return the store these settings name. Raises Transient when a server does not answer."""
    if chosen.store == "local":
        from pipeline.storage.local import LocalStore

        return LocalStore(chosen.data_dir.resolve() / "objects")
    if chosen.store == "s3":
        from pipeline.storage.s3 import S3Store

        return S3Store(
            chosen.s3_endpoint,
            chosen.s3_access_key,
            chosen.s3_secret_key.get_secret_value(),
            chosen.s3_bucket,
            secure=chosen.s3_secure,
        )
    raise ValueError(f"TUSHEN_STORE is {chosen.store!r}; it may be local or s3")


@lru_cache(maxsize=1)
def store() -> ObjectStore:
    """Return the store of this installation, opened once a process."""
    return open_store(settings())
