"""From events to rows: one small function per event collects what has to be written, by table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm import values
from baton.bpm.execution import events
from baton.bpm.execution.state import ScopeRecord, StateChanges
from baton.bpm.lifecycle import FlowNodeState, IncidentState, ProcessInstanceState, UserTaskState
from baton.bpm.runtime import class_names, correlation_keys, decision_records, incident_causes, job_rows
from baton.bpm.runtime.callers import CallLink
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.told_values import Shape
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic

_json = msgspec.json.Encoder(enc_hook=str).encode
Row = dict[str, Any]


_SHAPE = Shape(4096)
_ASYNC_TYPES = {"before": "asyncBefore", "after": "asyncAfter"}


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
    changed_tasks: list[tuple[int, events.UserTaskChanges]] = field(default_factory=list)
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
    if rows.call is not None:
        _job_for_caller(rows, rows.call, rows.next_id(), JobKind.RETURN, {})


def _instance_terminated(rows: Rows, event: events.ProcessInstanceTerminated) -> None:
    rows.state, rows.ended_at = ProcessInstanceState.TERMINATED, rows.now
    told = any(row["kind"] == JobKind.CALL_ERROR for row in rows.jobs.values())
    if rows.call is not None and not told:
        _job_for_caller(rows, rows.call, rows.next_id(), JobKind.CALL_FAILED, {"reason": event.reason})


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


def _user_task_changed(rows: Rows, event: events.UserTaskChanged) -> None:
    rows.changed_tasks.append((event.token_id, event.changes))


def _user_task_completed(rows: Rows, event: events.UserTaskCompleted) -> None:
    _user_task_ended(rows, event, UserTaskState.COMPLETED.value)


def _user_task_cancelled(rows: Rows, event: events.UserTaskCancelled) -> None:
    _user_task_ended(rows, event, UserTaskState.CANCELLED.value)


def job_row(rows: Rows, job_id: int, kind: str, type_: str, element_id: str) -> Row:
    rows.jobs[job_id] = row = job_rows.created(
        job_id,
        kind,
        type_,
        process_definition_id=rows.definition.id,
        element_id=element_id,
        at=rows.now,
        retries=3,
    )
    row["process_instance_id"], row["root_id"] = rows.process_instance_id, rows.root_id
    return row


def _job_created(rows: Rows, event: events.JobCreated) -> None:
    row = job_row(rows, event.job_id, "service", event.type, event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["retries"] = event.retries
    row["pauses"] = _json(event.pauses).decode() if event.pauses else "[]"
    row["headers"] = _json(event.headers).decode()
    row["priority"] = event.priority or 0
    rows.topics.add(job_topic(event.type))
    rows.topics.update(class_names.topics(event.type))


def _timer_scheduled(rows: Rows, event: events.TimerScheduled) -> None:
    row = job_row(rows, event.job_id, "timer", "timer", event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["due_at"] = event.due_at
    row["payload"] = _json(event.payload).decode()
    row["retries"] = event.retries or 1
    row["pauses"] = _json(event.pauses).decode() if event.pauses else "[]"
    row["priority"] = event.priority or 0
    rows.topics.add(TIMER_TOPIC)


def _async_continuation_scheduled(rows: Rows, event: events.AsyncContinuationScheduled) -> None:
    row = job_row(rows, event.job_id, JobKind.ASYNC_CONTINUATION.value, _ASYNC_TYPES[event.stage], event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["retries"] = event.retries
    row["pauses"] = _json(event.pauses).decode() if event.pauses else "[]"
    row["priority"] = event.priority or 0
    rows.topics.add(TIMER_TOPIC)


def _continuation_scheduled(rows: Rows, event: events.ContinuationScheduled) -> None:
    job_row(rows, event.job_id, "continuation", "continuation", rows.definition.key)
    rows.topics.add(TIMER_TOPIC)


def _closing_begun(rows: Rows, event: events.ClosingBegun) -> None:
    rows.closings.append(
        {
            "token_id": event.token_id,
            "scope_id": event.scope_id,
            "process_instance_id": rows.process_instance_id,
            "began_at": rows.now,
        }
    )
    _closing_continued(rows, event)


def _closing_continued(rows: Rows, event: events.ClosingBegun | events.ClosingContinued) -> None:
    row = job_row(rows, rows.next_id(), JobKind.CLOSING.value, JobKind.CLOSING.value, event.element_id)
    row["token_id"] = event.token_id
    rows.topics.add(TIMER_TOPIC)


def _closing_completed(rows: Rows, event: events.ClosingCompleted) -> None:
    rows.ended_closings.append({"id_": event.token_id})


# --- what crosses to other instances: a job each --------------------------------------------------------------


def crossing(rows: Rows, job_id: int, kind: JobKind, element_id: str, payload: Mapping[str, Any]) -> Row:
    row = job_row(rows, job_id, kind.value, kind.value, element_id)
    row["payload"] = _json(payload).decode()
    rows.topics.add(TIMER_TOPIC)
    return row


def _job_for_caller(rows: Rows, call: CallLink, job_id: int, kind: JobKind, payload: Mapping[str, Any]) -> None:
    """A job of the calling instance: it waits while that one is suspended, and goes with its definition."""
    row = crossing(rows, job_id, kind, call.element_id, {"called_id": rows.process_instance_id, **payload})
    row["process_instance_id"], row["process_definition_id"] = call.process_instance_id, call.process_definition_id
    row["scope_id"], row["token_id"] = call.scope_id, call.token_id


def _error_propagated(rows: Rows, event: events.ErrorPropagated) -> None:
    if rows.call is not None:
        payload = {
            "code": event.code,
            "message": event.message,
            "variables": correlation_keys.encode_variables(event.variables),
        }
        _job_for_caller(rows, rows.call, event.job_id, JobKind.CALL_ERROR, payload)


def _escalation_propagated(rows: Rows, event: events.EscalationPropagated) -> None:
    if rows.call is not None:
        _job_for_caller(rows, rows.call, event.job_id, JobKind.CALL_ESCALATION, {"code": event.code})


def _instance_called(rows: Rows, event: events.ProcessInstanceCalled) -> None:
    payload = {
        "key": event.key,
        "binding": event.binding,
        "version": event.version,
        "business_key": event.business_key,
        "variables": correlation_keys.encode_variables(event.variables),
    }
    row = crossing(rows, event.called_id, JobKind.CALL, event.element_id, payload)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id


def _called_instance_cancelled(rows: Rows, event: events.CalledProcessInstanceCancelled) -> None:
    """If its start is still a job, that goes and nothing will be found; else what runs is terminated."""
    if rows.jobs.pop(event.called_id, None) is not None:
        return
    rows.ended_jobs.append({"id_": event.called_id})
    row = crossing(rows, rows.next_id(), JobKind.CALL_CANCEL, event.element_id, {"called_id": event.called_id})
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id


def _message_thrown(rows: Rows, event: events.MessageThrown) -> None:
    payload = {
        "name": event.name,
        "correlation_key": correlation_keys.canonical_or_digest(event.correlation_key),
        "shown_key": correlation_keys.shown(event.correlation_key),
        "business_key": rows.business_key,
        "variables": correlation_keys.encode_variables(event.variables),
        "flows": event.flows,
        "sender_id": rows.process_instance_id,
        "deployment_id": rows.definition.deployment_id,
    }
    row = crossing(rows, event.job_id, JobKind.MESSAGE, event.element_id, payload)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id


def _signal_thrown(rows: Rows, event: events.SignalThrown) -> None:
    payload = {
        "name": event.name,
        "variables": correlation_keys.encode_variables(event.variables),
        "business_key": event.business_key,
    }
    row = crossing(rows, event.job_id, JobKind.SIGNAL, event.element_id, payload)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id


def _subscription_opened(rows: Rows, event: events.SubscriptionOpened) -> None:
    rows.subscriptions[event.subscription_id] = {
        "id": event.subscription_id,
        "kind": event.kind,
        "name": event.name,
        "correlation_key": correlation_keys.canonical_or_digest(event.correlation_key),
        "process_definition_id": rows.definition.id,
        "deployment_id": rows.definition.deployment_id,
        "process_instance_id": rows.process_instance_id,
        "root_id": rows.root_id,
        "scope_id": event.scope_id,
        "token_id": event.token_id,
        "element_id": event.element_id,
        "flows": _json(event.flows).decode() if event.flows else "[]",
        "created_at": rows.now,
    }


def _subscription_closed(rows: Rows, event: events.SubscriptionClosed) -> None:
    if rows.subscriptions.pop(event.subscription_id, None) is None:
        rows.ended_subscriptions.append({"id_": event.subscription_id})


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


def _data_store_written(rows: Rows, event: events.DataStoreWritten) -> None:
    type_, text = values.encode(event.value)
    rows.data_stores[event.name] = {
        "name": event.name,
        "type": type_.value,
        "value": text,
        "written_at": rows.now,
        "written_by_instance": rows.process_instance_id,
    }


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
        "job_id": rows.job_of_incident if event.type in ("job", "bpmn_error", "mapping") else None,
        "element_id": event.element_id,
        "type": event.type,
        "message": event.message,
        "details": _json(event.details).decode(),
        "state": IncidentState.OPEN.value,
        "raised_at": rows.now,
        "ended_at": None,
        "ended_by": None,
        "cause": incident_causes.cause(rows.definition.key, event.element_id, event.type, event.message),
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
    events.ProcessInstanceCalled: _instance_called,
    events.CalledProcessInstanceCancelled: _called_instance_cancelled,
    events.ErrorPropagated: _error_propagated,
    events.EscalationPropagated: _escalation_propagated,
    events.MessageThrown: _message_thrown,
    events.SignalThrown: _signal_thrown,
    events.SubscriptionOpened: _subscription_opened,
    events.SubscriptionClosed: _subscription_closed,
    events.FlowNodeActivated: _flow_node_activated,
    events.FlowNodeCompleted: _flow_node_completed,
    events.FlowNodeCancelled: _flow_node_cancelled,
    events.UserTaskCreated: _user_task_created,
    events.UserTaskChanged: _user_task_changed,
    events.UserTaskCompleted: _user_task_completed,
    events.UserTaskCancelled: _user_task_cancelled,
    events.JobCreated: _job_created,
    events.JobCompleted: _job_ended,
    events.JobCancelled: _job_ended,
    events.TimerScheduled: _timer_scheduled,
    events.TimerFired: _job_ended,
    events.TimerCancelled: _job_ended,
    events.ContinuationScheduled: _continuation_scheduled,
    events.ClosingBegun: _closing_begun,
    events.ClosingContinued: _closing_continued,
    events.ClosingCompleted: _closing_completed,
    events.AsyncContinuationScheduled: _async_continuation_scheduled,
    events.AsyncContinuationStarted: _job_ended,
    events.AsyncContinuationCancelled: _job_ended,
    events.VariableCreated: _variable_written,
    events.VariableUpdated: _variable_written,
    events.DataStoreWritten: _data_store_written,
    events.DecisionEvaluated: _decision_evaluated,
    events.IncidentRaised: _incident_raised,
    events.IncidentResolved: _incident_resolved,
    events.IncidentCancelled: _incident_cancelled,
}
