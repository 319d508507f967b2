"""From events to rows: one small function per event collects what has to be written, by table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from baton.bpm import values
from baton.bpm.execution import events
from baton.bpm.execution.state import ScopeRecord, StateChanges
from baton.bpm.lifecycle import FlowNodeState, IncidentState, ProcessInstanceState, UserTaskState
from baton.bpm.runtime import (
    correlation_keys,
    crossing_projection,
    decision_records,
    incident_causes,
    job_projection,
)
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.written_rows import Row, Rows

_json = msgspec.json.Encoder(enc_hook=str).encode


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
        crossing_projection.job_for_caller(rows, rows.call, rows.next_id(), JobKind.RETURN, {})


def _instance_terminated(rows: Rows, event: events.ProcessInstanceTerminated) -> None:
    rows.state, rows.ended_at = ProcessInstanceState.TERMINATED, rows.now
    told = any(row["kind"] == JobKind.CALL_ERROR for row in rows.jobs.values())
    if rows.call is not None and not told:
        crossing_projection.job_for_caller(
            rows, rows.call, rows.next_id(), JobKind.CALL_FAILED, {"reason": event.reason}
        )


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
    events.ProcessInstanceCalled: crossing_projection.instance_called,
    events.CalledProcessInstanceCancelled: crossing_projection.called_instance_cancelled,
    events.ErrorPropagated: crossing_projection.error_propagated,
    events.EscalationPropagated: crossing_projection.escalation_propagated,
    events.MessageThrown: crossing_projection.message_thrown,
    events.SignalThrown: crossing_projection.signal_thrown,
    events.SubscriptionOpened: _subscription_opened,
    events.SubscriptionClosed: _subscription_closed,
    events.FlowNodeActivated: _flow_node_activated,
    events.FlowNodeCompleted: _flow_node_completed,
    events.FlowNodeCancelled: _flow_node_cancelled,
    events.UserTaskCreated: _user_task_created,
    events.UserTaskChanged: _user_task_changed,
    events.UserTaskCompleted: _user_task_completed,
    events.UserTaskCancelled: _user_task_cancelled,
    events.JobCreated: job_projection.job_created,
    events.JobCompleted: job_projection.job_ended,
    events.JobCancelled: job_projection.job_ended,
    events.TimerScheduled: job_projection.timer_scheduled,
    events.TimerFired: job_projection.job_ended,
    events.TimerCancelled: job_projection.job_ended,
    events.ContinuationScheduled: job_projection.continuation_scheduled,
    events.ClosingBegun: job_projection.closing_begun,
    events.ClosingContinued: job_projection.closing_continued,
    events.ClosingCompleted: job_projection.closing_completed,
    events.AsyncContinuationScheduled: job_projection.async_continuation_scheduled,
    events.AsyncContinuationStarted: job_projection.job_ended,
    events.AsyncContinuationCancelled: job_projection.job_ended,
    events.VariableCreated: _variable_written,
    events.VariableUpdated: _variable_written,
    events.DataStoreWritten: _data_store_written,
    events.DecisionEvaluated: _decision_evaluated,
    events.IncidentRaised: _incident_raised,
    events.IncidentResolved: _incident_resolved,
    events.IncidentCancelled: _incident_cancelled,
}
