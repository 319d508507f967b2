"""Health: is the database there, is it ours, is work piling up."""

from __future__ import annotations

from typing import Any

from baton.bpm.runtime.engine import Engine


def health(engine: Engine) -> dict[str, Any]:
    """`{"status", "database", "schema_revision", "job_backlog", "open_incidents"}`."""
    raise NotImplementedError
