"""Process instances: start, read, change, end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.idempotency import Idempotency
from baton.bpm.runtime.pages import Page


class ProcessInstanceView(msgspec.Struct, frozen=True, kw_only=True):
    """`started_by` is the id of the actor that started it."""

    id: int
    root_id: int
    process_definition_id: int
    key: str
    business_key: str | None
    state: ProcessInstanceState
    started_at: datetime
    started_by: str | None
    ended_at: datetime | None


class VariableView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` as in `bpm.values`; `element_id` is the process's key or the sub-process's id."""

    scope_id: int
    element_id: str
    name: str
    type: str
    value: Any


class WaitingView(msgspec.Struct, frozen=True, kw_only=True):
    """One live token.

    `waits_for` is `user_task`, `job`, `timer`, `join`, `sub_process`, `continuation` or `incident`; `description`
    and `moved_by` are sentences; `action` is what a machine would do: `{"kind": ..., ids and names}`.
    """

    token_id: int
    element_id: str
    element_name: str
    element_type: str
    scope_id: int
    since: datetime | None
    waits_for: str
    description: str
    moved_by: str
    action: dict[str, Any]
    due_at: datetime | None = None
    incident_id: int | None = None
    incident_message: str | None = None


def start(
    engine: Engine,
    *,
    actor: Actor,
    process_definition_id: int | None = None,
    key: str | None = None,
    version: int | None = None,
    variables: Mapping[str, Any] | None = None,
    business_key: str | None = None,
    start_event_id: str | None = None,
    idempotency: Idempotency | None = None,
) -> ProcessInstanceView:
    raise NotImplementedError


def list_(
    engine: Engine,
    *,
    actor: Actor,
    key: str | None = None,
    state: ProcessInstanceState | None = None,
    business_key: str | None = None,
    variable: tuple[str, Any] | None = None,
    started_after: datetime | None = None,
    started_before: datetime | None = None,
    ended_after: datetime | None = None,
    ended_before: datetime | None = None,
    process_definition_id: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ProcessInstanceView]:
    raise NotImplementedError


def get(engine: Engine, process_instance_id: int, *, actor: Actor) -> ProcessInstanceView:
    raise NotImplementedError


def terminate(engine: Engine, process_instance_id: int, *, actor: Actor, reason: str = "") -> ProcessInstanceView:
    raise NotImplementedError


def suspend(engine: Engine, process_instance_id: int, *, actor: Actor) -> ProcessInstanceView:
    raise NotImplementedError


def resume(engine: Engine, process_instance_id: int, *, actor: Actor) -> ProcessInstanceView:
    raise NotImplementedError


def variables(engine: Engine, process_instance_id: int, *, actor: Actor) -> list[VariableView]:
    raise NotImplementedError


def set_variables(
    engine: Engine,
    process_instance_id: int,
    *,
    actor: Actor,
    variables: Mapping[str, Any],
    scope_id: int | None = None,
) -> None:
    raise NotImplementedError


def waiting(engine: Engine, process_instance_id: int, *, actor: Actor) -> list[WaitingView]:
    raise NotImplementedError
