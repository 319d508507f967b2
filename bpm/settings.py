"""Settings: read from the environment once, by `read_settings`, and never changed afterwards."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from baton.bpm import errors

Value = TypeVar("Value")
DEFAULT_DATABASE_URL = "sqlite:///var/baton.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting is the environment variable `BATON_` and its name in capitals.

    Sizes are bytes, times seconds. `trusted_python` runs Python scripts of diagrams in the server's own process, where
    they may do everything the server may. `sensitive_variables` are patterns with commas between. `database_url` is
    `sqlite:///relative`, `sqlite:////absolute` or `postgresql://user@host/name`.
    `http_allow` are the hosts that HTTP connectors of diagrams may call, with commas between; empty: none.
    `lint` is `rule=level` words with the levels off, info, warning, error.
    """

    database_url: str = DEFAULT_DATABASE_URL
    host: str = "127.0.0.1"
    port: int = 8080
    time_zone: str = "UTC"
    lint: str = ""
    threads: int = 16
    worker_threads: int = 8
    max_diagram_bytes: int = 2 * 1024 * 1024
    max_variables_bytes: int = 4 * 1024 * 1024
    max_deployment_files: int = 100
    audit_value_bytes: int = 4096
    max_steps: int = 100_000
    steps_per_transaction: int = 1000
    job_retries: int = 3
    job_backoff_seconds: int = 10
    job_max_deliveries: int = 10
    database_pool_size: int = 20
    max_call_depth: int = 100
    trusted_python: bool = False
    sensitive_variables: str = ""
    http_allow: str = ""
    http_connect_seconds: int = 20
    http_read_seconds: int = 20
    http_total_seconds: int = 60
    http_max_response_bytes: int = 1024 * 1024

    @property
    def sensitive_patterns(self) -> tuple[str, ...]:
        """Names of variables whose values incidents and the audit do not show."""
        return tuple(pattern.strip() for pattern in self.sensitive_variables.split(",") if pattern.strip())

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone of timers that name none."""
        return zoneinfo.ZoneInfo(self.time_zone)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from `environment` (pass `os.environ`). Raises `ConfigurationError` naming variable and value."""
    found: dict[str, object] = {}
    for field in fields(Settings):
        variable = f"BATON_{field.name.upper()}"
        text = environment.get(variable)
        if text is None or text == "":
            continue
        found[field.name] = _parse(variable, text, _READERS[str(field.type)])
    settings = Settings(**found)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _parse(variable: str, text: str, parse: Callable[[str], Value]) -> Value:
    try:
        return parse(text)
    except ValueError as error:
        raise errors.ConfigurationError(f"Config '{variable}' has value '{text}': {error}.") from error


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ValueError("not a valid integer") from error


def _text(text: str) -> str:
    return text.strip()


def _truth(text: str) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false"):
        raise ValueError("neither true nor false")
    return word == "true"


_READERS: Mapping[str, Callable[[str], object]] = {"int": _integer, "str": _text, "bool": _truth}


def _check(settings: Settings) -> None:
    try:
        zoneinfo.ZoneInfo(settings.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise errors.ConfigurationError(
            f"Config 'BATON_TIME_ZONE' has value '{settings.time_zone}': not a known time zone, such as Europe/Berlin."
        ) from error
    if not 0 <= settings.port <= 65535:
        raise errors.ConfigurationError(f"Config 'BATON_PORT' has value '{settings.port}': not between 0 and 65535.")
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if type(value) is int and value < 1 and field.name != "port":
            raise errors.ConfigurationError(f"Config 'BATON_{field.name.upper()}' has value '{value}': less than 1.")
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
        scheme = settings.database_url.partition(":")[0]
        raise errors.ConfigurationError(
            f"Config 'BATON_DATABASE_URL' names the database kind '{scheme}': "
            "expected sqlite:///path/to/file.db or postgresql://user@host/name."
        )


def sqlite_path(database_url: str) -> Path | None:
    """The file of a SQLite URL, None for PostgreSQL."""
    if not database_url.startswith("sqlite:///"):
        return None
    return Path(database_url.removeprefix("sqlite:///"))
