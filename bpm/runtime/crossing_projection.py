"""From events to rows: what crosses to other instances is a job each, carried out by `crossings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from baton.bpm.execution import events
from baton.bpm.runtime import correlation_keys, job_projection
from baton.bpm.runtime.callers import CallLink
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.wakeups import TIMER_TOPIC
from baton.bpm.runtime.written_rows import Row, Rows

_json = msgspec.json.Encoder(enc_hook=str).encode


def crossing(rows: Rows, job_id: int, kind: JobKind, element_id: str, payload: Mapping[str, Any]) -> Row:
    """A job that is carried out as soon as somebody has time."""
    row = job_projection.job_row(rows, job_id, kind.value, kind.value, element_id)
    row["payload"] = _json(payload).decode()
    rows.topics.add(TIMER_TOPIC)
    return row


def job_for_caller(rows: Rows, call: CallLink, job_id: int, kind: JobKind, payload: Mapping[str, Any]) -> None:
    """A job of the calling instance: it waits while that one is suspended, and goes with its definition."""
    row = crossing(rows, job_id, kind, call.element_id, {"called_id": rows.process_instance_id, **payload})
    row["process_instance_id"], row["process_definition_id"] = call.process_instance_id, call.process_definition_id
    row["scope_id"], row["token_id"] = call.scope_id, call.token_id


def error_propagated(rows: Rows, event: events.ErrorPropagated) -> None:
    if rows.call is not None:
        payload = {
            "code": event.code,
            "message": event.message,
            "variables": correlation_keys.encode_variables(event.variables),
        }
        job_for_caller(rows, rows.call, event.job_id, JobKind.CALL_ERROR, payload)


def escalation_propagated(rows: Rows, event: events.EscalationPropagated) -> None:
    if rows.call is not None:
        job_for_caller(rows, rows.call, event.job_id, JobKind.CALL_ESCALATION, {"code": event.code})


def instance_called(rows: Rows, event: events.ProcessInstanceCalled) -> None:
    payload = {
        "key": event.key,
        "binding": event.binding,
        "version": event.version,
        "business_key": event.business_key,
        "variables": correlation_keys.encode_variables(event.variables),
    }
    row = crossing(rows, event.called_id, JobKind.CALL, event.element_id, payload)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id


def called_instance_cancelled(rows: Rows, event: events.CalledProcessInstanceCancelled) -> None:
    """If its start is still a job, that goes and nothing will be found; else what runs is terminated."""
    if rows.jobs.pop(event.called_id, None) is not None:
        return
    rows.ended_jobs.append({"id_": event.called_id})
    row = crossing(rows, rows.next_id(), JobKind.CALL_CANCEL, event.element_id, {"called_id": event.called_id})
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id


def message_thrown(rows: Rows, event: events.MessageThrown) -> None:
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


def signal_thrown(rows: Rows, event: events.SignalThrown) -> None:
    payload = {
        "name": event.name,
        "variables": correlation_keys.encode_variables(event.variables),
        "business_key": event.business_key,
    }
    row = crossing(rows, event.job_id, JobKind.SIGNAL, event.element_id, payload)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
