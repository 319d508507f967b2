"""The row of a new job, with all its columns: rows of one statement have the same ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from baton.bpm.lifecycle import JobState


def created(
    job_id: int,
    kind: str,
    type_: str,
    *,
    process_definition_id: int | None,
    element_id: str,
    at: datetime,
    retries: int,
) -> dict[str, Any]:
    """Due at once, of no instance and of no priority; who knows more writes it into the row."""
    return {
        "id": job_id,
        "kind": kind,
        "type": type_,
        "state": JobState.CREATED.value,
        "suspended": False,
        "process_instance_id": None,
        "root_id": None,
        "process_definition_id": process_definition_id,
        "token_id": None,
        "scope_id": None,
        "element_id": element_id,
        "created_at": at,
        "due_at": at,
        "priority": 0,
        "retries": retries,
        "deliveries": 0,
        "failures": 0,
        "pauses": "[]",
        "locked_by": None,
        "locked_until": None,
        "payload": "{}",
        "headers": "{}",
        "error_message": None,
    }
