"""What one command writes, by table: collected by the projections, written by `instance_store` in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from baton.bpm.execution.events import UserTaskChanges
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime.callers import CallLink
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.told_values import Shape

Row = dict[str, Any]
_SHAPE = Shape(4096)


@dataclass(slots=True)
class Rows:
    """What one command writes. The lists are rows or statement parameters, one statement each.

    `flow_nodes` and `tasks` are upserts by id: an ended one that began in an earlier command comes with the
    columns of its beginning blank, and the database keeps those it has.
    """

    definition: RunnableDefinition
    process_instance_id: int
    root_id: int
    now: datetime
    actor_id: str
    next_id: Callable[[], int]
    business_key: str | None = None
    call: CallLink | None = None
    state: ProcessInstanceState = ProcessInstanceState.ACTIVE
    ended_at: datetime | None = None
    new_scopes: list[Row] = field(default_factory=list)
    changed_scopes: list[Row] = field(default_factory=list)
    ended_scopes: list[Row] = field(default_factory=list)
    variables: dict[tuple[int, str], Row] = field(default_factory=dict)
    flow_nodes: dict[int, Row] = field(default_factory=dict)
    tasks: dict[int, Row] = field(default_factory=dict)
    candidates: dict[int, list[Row]] = field(default_factory=dict)
    ended_tasks: list[int] = field(default_factory=list)
    changed_tasks: list[tuple[int, UserTaskChanges]] = field(default_factory=list)
    closings: list[Row] = field(default_factory=list)
    ended_closings: list[Row] = field(default_factory=list)
    jobs: dict[int, Row] = field(default_factory=dict)
    ended_jobs: list[Row] = field(default_factory=list)
    subscriptions: dict[int, Row] = field(default_factory=dict)
    ended_subscriptions: list[Row] = field(default_factory=list)
    data_stores: dict[str, Row] = field(default_factory=dict)
    incidents: dict[int, Row] = field(default_factory=dict)
    ended_incidents: list[Row] = field(default_factory=list)
    decision_evaluations: list[Row] = field(default_factory=list)
    job_of_incident: int | None = None
    shape: Shape = _SHAPE
    """Larger values are told of by size and digest where they are not a variable's own row."""
    topics: set[str] = field(default_factory=set)
