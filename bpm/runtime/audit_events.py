"""Audit events: who did what, when. Append-only; by instance ordered by sequence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page


class AuditEventView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` is the event's name, such as `UserTaskCompleted`; `data` its remaining fields. `sequence` is None
    for events of no instance (deployments)."""

    id: int
    process_instance_id: int | None
    sequence: int | None
    occurred_at: datetime
    actor_kind: str
    actor_id: str
    type: str
    element_id: str | None
    element_name: str | None
    process_definition_id: int | None
    deployment_id: int | None
    data: dict[str, Any]


def list_(
    engine: Engine,
    *,
    actor: Actor,
    process_instance_id: int | None = None,
    process_definition_id: int | None = None,
    key: str | None = None,
    element_id: str | None = None,
    actor_id: str | None = None,
    type: str | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AuditEventView]:
    """Of one instance: in order of sequence. Otherwise newest first."""
    raise NotImplementedError
