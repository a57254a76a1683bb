"""All settings of a Tushen installation, from TUSHEN_* environment variables or a .env file.

The defaults are the embedded set-up: SQLite, local folder, Celery's filesystem transport.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One flat table; every field can be set as TUSHEN_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="TUSHEN_", env_file=".env", extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = ""  # default: sqlite in data_dir
    broker_url: str = ""  # default: filesystem transport in data_dir; redis:// or amqp:// for cities
    store: str = "local"  # local | s3
    s3_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "tushen"
    s3_secure: bool = False

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    source_url: str = "https://github.com/tushen/tushen"
    secure_cookies: bool = False
    session_idle_minutes: int = 30
    session_hours: int = 12
    viewer_dir: Path = Path("viewer/dist")

    secret_key: SecretStr = SecretStr("")  # seals the passwords of encrypted files; default: a file in data_dir
    trust_roots_dir: Path | None = None  # folder of certificates (PEM, DER) that signatures may lead to

    upload_limit_bytes: int = 1 << 30
    archive_limit_bytes: int = 2 << 30
    archive_ratio_limit: int = 100
    archive_members_limit: int = 10_000

    worker_threads: int = 2
    lease_seconds: float = 30.0
    heartbeat_seconds: float = 5.0
    sweep_seconds: float = 10.0
    max_attempts: int = 3
    log_level: str = "INFO"

    @property
    def database(self) -> str:
        """The database address, embedded default included."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'tushen.sqlite3').resolve()}"

    @property
    def broker(self) -> str:
        """The broker address, embedded default included."""
        return self.broker_url or "filesystem://"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process (read once)."""
    return Settings()
