"""Incidents: seen, repaired, resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` as in `execution.events.IncidentRaised`; `job_id` for type `job`."""

    id: int
    process_instance_id: int
    process_definition_id: int
    token_id: int
    scope_id: int
    job_id: int | None
    element_id: str
    type: str
    message: str
    details: dict[str, Any]
    state: IncidentState
    raised_at: datetime
    ended_at: datetime | None
    ended_by: str | None


def list_(
    engine: Engine,
    *,
    actor: Actor,
    state: IncidentState | None = None,
    process_instance_id: int | None = None,
    type: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[IncidentView]:
    raise NotImplementedError


def get(engine: Engine, incident_id: int, *, actor: Actor) -> IncidentView:
    raise NotImplementedError


def resolve(
    engine: Engine,
    incident_id: int,
    *,
    actor: Actor,
    variables: Mapping[str, Any] | None = None,
    retries: int | None = None,
) -> IncidentView:
    raise NotImplementedError
