"""Jobs: service tasks, timers, start timers and continuations, each one row until it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from baton.bpm.lifecycle import JobState
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page


class JobKind(StrEnum):
    """Only service jobs are handed to workers."""

    SERVICE = "service"
    TIMER = "timer"
    START_TIMER = "start_timer"
    CONTINUATION = "continuation"


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """`due_at` is when it may next be taken, None while an incident is open.

    `variables` is filled by `activate` only: everything its scope sees, inner scopes first.
    """

    id: int
    kind: JobKind
    type: str
    state: JobState
    suspended: bool
    process_instance_id: int | None
    process_definition_id: int
    element_id: str
    created_at: datetime
    due_at: datetime | None
    retries: int
    deliveries: int
    locked_by: str | None
    locked_until: datetime | None
    headers: dict[str, str]
    error_message: str | None
    variables: dict[str, Any] = {}


def list_(
    engine: Engine,
    *,
    actor: Actor,
    kind: JobKind | None = None,
    state: JobState | None = None,
    type: str | None = None,
    process_instance_id: int | None = None,
    process_definition_id: int | None = None,
    due_before: datetime | None = None,
    due_after: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[JobView]:
    raise NotImplementedError


def get(engine: Engine, job_id: int, *, actor: Actor) -> JobView:
    raise NotImplementedError


def activate(
    engine: Engine,
    *,
    actor: Actor,
    types: Sequence[str],
    worker: str,
    max_jobs: int = 1,
    lock_seconds: float = 300,
    timeout_seconds: float = 0,
) -> list[JobView]:
    raise NotImplementedError


def complete(
    engine: Engine, job_id: int, *, actor: Actor, worker: str, variables: Mapping[str, Any] | None = None
) -> None:
    raise NotImplementedError


def fail(
    engine: Engine,
    job_id: int,
    *,
    actor: Actor,
    worker: str,
    message: str,
    retries: int | None = None,
    backoff_seconds: float | None = None,
) -> JobView:
    raise NotImplementedError


def throw_error(
    engine: Engine,
    job_id: int,
    *,
    actor: Actor,
    worker: str,
    code: str,
    message: str = "",
    variables: Mapping[str, Any] | None = None,
) -> None:
    raise NotImplementedError


def extend(engine: Engine, job_id: int, *, actor: Actor, worker: str, lock_seconds: float) -> JobView:
    raise NotImplementedError


def run_now(engine: Engine, job_id: int, *, actor: Actor) -> None:
    raise NotImplementedError


def execute_due(engine: Engine, job_id: int) -> bool:
    raise NotImplementedError
