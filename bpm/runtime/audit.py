"""The audit: every event becomes one row, numbered and chained within its process instance.

`hash` is sha256 over the previous event's hash and the canonical bytes of this one (`canonical`), so that a
changed, missing or added row shows. Values larger than a limit are written as size and digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm.execution import events
from baton.bpm.runtime import decision_records
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.told_values import Shape, told
from baton.models.audit_event import FREQUENT_TYPES

EMPTY_HASH = b""
_encode = msgspec.json.Encoder(enc_hook=str).encode


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An event about to be written. `element_id` also names a sequence flow, or the scope of a variable."""

    type: str
    element_id: str | None
    data: dict[str, Any]


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """What all events of one command share."""

    occurred_at: datetime
    actor: Actor
    process_instance_id: int | None = None
    process_definition_id: int | None = None
    key: str | None = None
    deployment_id: int | None = None


def rows(
    entries: Iterable[Entry],
    labels: Labels,
    *,
    sequence: int | None,
    previous_hash: bytes,
    element_name: Callable[[str], str],
) -> list[dict[str, Any]]:
    """Rows of `audit_event`, continuing after `sequence` (None: not part of an instance) and `previous_hash`."""
    written: list[dict[str, Any]] = []
    actor_kind, actor_id = labels.actor.kind.value, labels.actor.id
    for entry in entries:
        if sequence is not None:
            sequence += 1
        data = _encode(entry.data)
        row: dict[str, Any] = {
            "process_instance_id": labels.process_instance_id,
            "sequence": sequence,
            "occurred_at": labels.occurred_at,
            "actor_kind": actor_kind,
            "actor_id": actor_id,
            "type": entry.type,
            "element_id": entry.element_id,
            "element_name": None if entry.element_id is None else element_name(entry.element_id),
            "process_definition_id": labels.process_definition_id,
            "key": labels.key,
            "deployment_id": labels.deployment_id,
            "data": data.decode(),
            "rare_type": None if entry.type in FREQUENT_TYPES else entry.type,
        }
        row["hash"] = previous_hash = hashlib.sha256(previous_hash + canonical(row)).digest()
        written.append(row)
    return written


def canonical(row: Mapping[str, Any]) -> bytes:
    """The bytes of a row that its hash covers: all columns but the database's own numbers, as a JSON list."""
    return _encode(
        (
            row["process_instance_id"],
            row["sequence"],
            row["occurred_at"],
            row["actor_kind"],
            row["actor_id"],
            row["type"],
            row["element_id"],
            row["element_name"],
            row["process_definition_id"],
            row["key"],
            row["deployment_id"],
            row["data"],
        )
    )


def entry_of(event: events.Event, shape: Shape) -> Entry:
    """The entry of a kernel event: its fields, ids as text, values in their HTTP form."""
    return _ENTRIES[type(event)](event, shape)


def _plain(event: Any, _shape: Shape) -> Entry:
    return Entry(type(event).__name__, getattr(event, "element_id", None), _fields(event))


def _fields(event: Any) -> dict[str, Any]:
    return {
        name: str(value) if name.endswith("_id") and type(value) is int else value
        for name in _FIELDS[type(event)]
        if (value := getattr(event, name)) is not None and value != ()
    }


def _sequence_flow_taken(event: events.SequenceFlowTaken, _shape: Shape) -> Entry:
    return Entry("SequenceFlowTaken", event.flow_id, {"scope_id": str(event.scope_id)})


def _user_task_changed(event: events.UserTaskChanged, _shape: Shape) -> Entry:
    """As a change by hand is told; candidates that come and go by name."""
    changes = event.changes
    told = changes.attributes()
    for kind, wanted in (("users", changes.users), ("groups", changes.groups)):
        for word, comes in (("added", True), ("removed", False)):
            if names := [name for name, is_in in wanted.items() if is_in is comes]:
                told[f"{word}_candidate_{kind}"] = names
    return Entry("UserTaskChanged", event.element_id, {"token_id": str(event.token_id), **told})


def _variable_created(event: events.VariableCreated, shape: Shape) -> Entry:
    value = shape.value(event.name, event.value)
    told = {"scope_id": str(event.scope_id), "name": event.name, "value": value}
    if event.token_id is not None:
        told["token_id"] = str(event.token_id)
    return Entry("VariableCreated", None, told)


def _variable_updated(event: events.VariableUpdated, shape: Shape) -> Entry:
    return Entry(
        "VariableUpdated",
        None,
        {
            "scope_id": str(event.scope_id),
            "name": event.name,
            "old_value": shape.value(event.name, event.old_value),
            "value": shape.value(event.name, event.value),
        },
    )


def _decision_evaluated(event: events.DecisionEvaluated, shape: Shape) -> Entry:
    made = decision_records.record(event.evaluation, shape)
    ids = {"evaluation_id": event.evaluation_id, "token_id": event.token_id, "scope_id": event.scope_id}
    definition = event.decision_definition_id
    return Entry(
        "DecisionEvaluated",
        event.element_id,
        {
            **{name: str(id_) for name, id_ in ids.items()},
            **({} if definition is None else {"decision_definition_id": str(definition)}),
            "decision": event.key,
            "version": event.version,
            **made,
        },
    )


def _flow_node(event: Any, _shape: Shape) -> Entry:
    return Entry(
        type(event).__name__, event.element_id, {"token_id": str(event.token_id), "scope_id": str(event.scope_id)}
    )


def _data_store_written(event: events.DataStoreWritten, shape: Shape) -> Entry:
    data = {**_fields(event), "value": shape.value(event.name, event.value)}
    return Entry("DataStoreWritten", event.element_id, data)


def _with_values(event: Any, shape: Shape) -> Entry:
    """Variables and correlation keys in their HTTP form, long ones as size and digest."""
    data = _fields(event)
    if "correlation_key" in data:
        data["correlation_key"] = told(event.correlation_key, limit=shape.value_bytes)
    if "variables" in data:
        data["variables"] = {name: shape.value(name, value) for name, value in event.variables.items()}
    return Entry(type(event).__name__, getattr(event, "element_id", None), data)


# A timer's payload is the kernel's own.
_HIDDEN = frozenset({"element_id", "payload"})
_FIELDS: dict[type[events.Event], tuple[str, ...]] = {
    event: tuple(name for name in event.__struct_fields__ if name not in _HIDDEN)
    for event in events.Event.__subclasses__()
}
_ENTRIES: dict[type[events.Event], Callable[[Any, Shape], Entry]] = {
    **dict.fromkeys(events.Event.__subclasses__(), _plain),
    **dict.fromkeys(
        (
            events.SubscriptionOpened,
            events.MessageThrown,
            events.SignalThrown,
            events.ErrorPropagated,
            events.BpmnErrorThrown,
            events.ProcessInstanceCalled,
        ),
        _with_values,
    ),
    events.SequenceFlowTaken: _sequence_flow_taken,
    events.UserTaskChanged: _user_task_changed,
    events.VariableCreated: _variable_created,
    events.VariableUpdated: _variable_updated,
    events.DataStoreWritten: _data_store_written,
    events.DecisionEvaluated: _decision_evaluated,
    events.FlowNodeActivated: _flow_node,
    events.FlowNodeCompleted: _flow_node,
    events.FlowNodeCancelled: _flow_node,
}
