"""From events to rows: one small function per event collects what has to be written, by table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm import values
from baton.bpm.execution import events
from baton.bpm.execution.state import ScopeRecord, StateChanges
from baton.bpm.lifecycle import FlowNodeState, IncidentState, JobState, ProcessInstanceState, UserTaskState
from baton.bpm.runtime import decision_records
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.told_values import Shape
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic

_json = msgspec.json.Encoder(enc_hook=str).encode
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
    jobs: dict[int, Row] = field(default_factory=dict)
    ended_jobs: list[Row] = field(default_factory=list)
    incidents: dict[int, Row] = field(default_factory=dict)
    ended_incidents: list[Row] = field(default_factory=list)
    decision_evaluations: list[Row] = field(default_factory=list)
    job_of_incident: int | None = None
    shape: Shape = _SHAPE
    """Larger values are told of by size and digest where they are not a variable's own row."""
    topics: set[str] = field(default_factory=set)


def project(rows: Rows, happened: Iterable[events.Event], changes: StateChanges) -> Rows:
    """Collect into `rows` what `happened` and what `changes` in the live state."""
    for event in happened:
        follow = _PROJECTIONS.get(type(event))
        if follow is not None:
            follow(rows, event)
    rows.new_scopes = [_new_scope(rows, record) for record in changes.created]
    rows.changed_scopes = [{"id_": record.id, "state": record.state} for record in changes.updated]
    rows.ended_scopes = [{"id_": scope_id} for scope_id in changes.removed]
    return rows


def variable_row(process_instance_id: int, scope_id: int, name: str, value: Any) -> Row:
    """The row of a variable; `size` is characters as written."""
    type_, text = values.encode(value)
    return {
        "scope_id": scope_id,
        "name": name,
        "process_instance_id": process_instance_id,
        "type": type_.value,
        "value": text,
        "value_key": values.value_key(value),
        "size": 0 if text is None else len(text),
    }


def _new_scope(rows: Rows, record: ScopeRecord) -> Row:
    return {
        "id": record.id,
        "process_instance_id": rows.process_instance_id,
        "root_id": rows.root_id,
        "parent_id": record.parent_id,
        "parent_token_id": record.parent_token_id,
        "element_id": record.element_id,
        "state": record.state,
    }


def _instance_completed(rows: Rows, event: events.ProcessInstanceCompleted) -> None:
    rows.state, rows.ended_at = ProcessInstanceState.COMPLETED, rows.now


def _instance_terminated(rows: Rows, event: events.ProcessInstanceTerminated) -> None:
    rows.state, rows.ended_at = ProcessInstanceState.TERMINATED, rows.now


def _flow_node_activated(rows: Rows, event: events.FlowNodeActivated) -> None:
    rows.flow_nodes[event.token_id] = {
        "id": event.token_id,
        "process_instance_id": rows.process_instance_id,
        "process_definition_id": rows.definition.id,
        "scope_id": event.scope_id,
        "element_id": event.element_id,
        "element_type": rows.definition.label(event.element_id).type,
        "state": FlowNodeState.ACTIVE.value,
        "activated_at": rows.now,
        "ended_at": None,
    }


def _flow_node_ended(rows: Rows, event: events.FlowNodeCompleted | events.FlowNodeCancelled, state: str) -> None:
    row = rows.flow_nodes.get(event.token_id)
    if row is None:
        _flow_node_activated(rows, events.FlowNodeActivated(event.token_id, event.scope_id, event.element_id))
        row = rows.flow_nodes[event.token_id]
    row["state"] = state
    row["ended_at"] = rows.now


def _flow_node_completed(rows: Rows, event: events.FlowNodeCompleted) -> None:
    _flow_node_ended(rows, event, FlowNodeState.COMPLETED.value)


def _flow_node_cancelled(rows: Rows, event: events.FlowNodeCancelled) -> None:
    _flow_node_ended(rows, event, FlowNodeState.CANCELLED.value)


def _user_task_created(rows: Rows, event: events.UserTaskCreated) -> None:
    state = UserTaskState.CREATED if event.assignee is None else UserTaskState.ASSIGNED
    rows.tasks[event.token_id] = {
        "id": event.token_id,
        "process_instance_id": rows.process_instance_id,
        "root_id": rows.root_id,
        "process_definition_id": rows.definition.id,
        "key": rows.definition.key,
        "scope_id": event.scope_id,
        "element_id": event.element_id,
        "kind": event.kind,
        "name": event.name,
        "state": state.value,
        "assignee": event.assignee,
        "claimed_at": None,
        "candidate_users": _json(event.candidate_users).decode() if event.candidate_users else "[]",
        "candidate_groups": _json(event.candidate_groups).decode() if event.candidate_groups else "[]",
        "due_at": event.due_at,
        "follow_up_at": event.follow_up_at,
        "priority": event.priority,
        "form": event.form,
        "options": _json(event.options).decode() if event.options else "[]",
        "choose": event.choose,
        "created_at": rows.now,
        "ended_at": None,
        "ended_by": None,
    }
    named = [("user", name) for name in event.candidate_users] + [("group", name) for name in event.candidate_groups]
    if named:
        rows.candidates[event.token_id] = [
            {"task_id": event.token_id, "kind": kind, "name": name} for kind, name in dict.fromkeys(named)
        ]


def _user_task_ended(rows: Rows, event: events.UserTaskCompleted | events.UserTaskCancelled, state: str) -> None:
    row = rows.tasks.get(event.token_id)
    if row is None:
        _user_task_created(
            rows, events.UserTaskCreated(event.token_id, event.scope_id, event.element_id, kind="", name="")
        )
        row = rows.tasks[event.token_id]
        rows.ended_tasks.append(event.token_id)
    rows.candidates.pop(event.token_id, None)
    row["state"] = state
    row["ended_at"] = rows.now
    row["ended_by"] = rows.actor_id


def _user_task_completed(rows: Rows, event: events.UserTaskCompleted) -> None:
    _user_task_ended(rows, event, UserTaskState.COMPLETED.value)


def _user_task_cancelled(rows: Rows, event: events.UserTaskCancelled) -> None:
    _user_task_ended(rows, event, UserTaskState.CANCELLED.value)


def _job(rows: Rows, job_id: int, kind: str, type_: str, element_id: str) -> Row:
    rows.jobs[job_id] = row = {
        "id": job_id,
        "kind": kind,
        "type": type_,
        "state": JobState.CREATED.value,
        "suspended": False,
        "process_instance_id": rows.process_instance_id,
        "root_id": rows.root_id,
        "process_definition_id": rows.definition.id,
        "token_id": None,
        "scope_id": None,
        "element_id": element_id,
        "created_at": rows.now,
        "due_at": rows.now,
        "retries": 3,
        "deliveries": 0,
        "failures": 0,
        "pauses": "[]",
        "locked_by": None,
        "locked_until": None,
        "payload": "{}",
        "headers": "{}",
        "error_message": None,
    }
    return row


def _job_created(rows: Rows, event: events.JobCreated) -> None:
    row = _job(rows, event.job_id, "service", event.type, event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["retries"] = event.retries
    row["pauses"] = _json(event.pauses).decode() if event.pauses else "[]"
    row["headers"] = _json(event.headers).decode()
    rows.topics.add(job_topic(event.type))


def _timer_scheduled(rows: Rows, event: events.TimerScheduled) -> None:
    row = _job(rows, event.job_id, "timer", "timer", event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["due_at"] = event.due_at
    row["payload"] = _json(event.payload).decode()
    rows.topics.add(TIMER_TOPIC)


def _continuation_scheduled(rows: Rows, event: events.ContinuationScheduled) -> None:
    _job(rows, event.job_id, "continuation", "continuation", rows.definition.key)
    rows.topics.add(TIMER_TOPIC)


def _job_ended(
    rows: Rows,
    event: events.JobCompleted | events.JobCancelled | events.TimerFired | events.TimerCancelled,
) -> None:
    if rows.jobs.pop(event.job_id, None) is None:
        rows.ended_jobs.append({"id_": event.job_id})


def _variable_written(rows: Rows, event: events.VariableCreated | events.VariableUpdated) -> None:
    rows.variables[event.scope_id, event.name] = variable_row(
        rows.process_instance_id, event.scope_id, event.name, event.value
    )


def _decision_evaluated(rows: Rows, event: events.DecisionEvaluated) -> None:
    if event.decision_definition_id is None:
        return
    made = decision_records.record(event.evaluation, rows.shape)
    rows.decision_evaluations.append(
        decision_records.row(
            made,
            id=event.evaluation_id,
            decision_definition_id=event.decision_definition_id,
            key=event.key,
            version=event.version,
            evaluated_at=rows.now,
            actor_id=rows.actor_id,
        )
        | {
            "process_instance_id": rows.process_instance_id,
            "process_definition_id": rows.definition.id,
            "token_id": event.token_id,
            "element_id": event.element_id,
        }
    )


def _incident_raised(rows: Rows, event: events.IncidentRaised) -> None:
    rows.incidents[event.incident_id] = {
        "id": event.incident_id,
        "process_instance_id": rows.process_instance_id,
        "root_id": rows.root_id,
        "process_definition_id": rows.definition.id,
        "scope_id": event.scope_id,
        "token_id": event.token_id,
        "job_id": rows.job_of_incident if event.type in ("job", "bpmn_error") else None,
        "element_id": event.element_id,
        "type": event.type,
        "message": event.message,
        "details": _json(event.details).decode(),
        "state": IncidentState.OPEN.value,
        "raised_at": rows.now,
        "ended_at": None,
        "ended_by": None,
    }


def _incident_ended(rows: Rows, incident_id: int, state: IncidentState) -> None:
    row = rows.incidents.get(incident_id)
    if row is None:
        row = {"id_": incident_id}
        rows.ended_incidents.append(row)
    row["state"], row["ended_at"], row["ended_by"] = state.value, rows.now, rows.actor_id


def _incident_resolved(rows: Rows, event: events.IncidentResolved) -> None:
    _incident_ended(rows, event.incident_id, IncidentState.RESOLVED)


def _incident_cancelled(rows: Rows, event: events.IncidentCancelled) -> None:
    _incident_ended(rows, event.incident_id, IncidentState.CANCELLED)


_PROJECTIONS: dict[type[events.Event], Callable[[Rows, Any], None]] = {
    events.ProcessInstanceCompleted: _instance_completed,
    events.ProcessInstanceTerminated: _instance_terminated,
    events.FlowNodeActivated: _flow_node_activated,
    events.FlowNodeCompleted: _flow_node_completed,
    events.FlowNodeCancelled: _flow_node_cancelled,
    events.UserTaskCreated: _user_task_created,
    events.UserTaskCompleted: _user_task_completed,
    events.UserTaskCancelled: _user_task_cancelled,
    events.JobCreated: _job_created,
    events.JobCompleted: _job_ended,
    events.JobCancelled: _job_ended,
    events.TimerScheduled: _timer_scheduled,
    events.TimerFired: _job_ended,
    events.TimerCancelled: _job_ended,
    events.ContinuationScheduled: _continuation_scheduled,
    events.VariableCreated: _variable_written,
    events.VariableUpdated: _variable_written,
    events.DecisionEvaluated: _decision_evaluated,
    events.IncidentRaised: _incident_raised,
    events.IncidentResolved: _incident_resolved,
    events.IncidentCancelled: _incident_cancelled,
}
