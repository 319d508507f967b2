"""What may happen to a waiting token: opened, closed, and what follows when one happens.

The token that waits is the host: an activity for its boundary events, an event-based gateway for the events behind
it, a listening event sub-process for its start events, a catch event or receive task for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from baton.bpm.execution import events
from baton.bpm.execution.timers import OpenTimer
from baton.bpm.execution.token import Phase, Token, Trigger, TriggerKind
from baton.bpm.execution.work import ONE_TRY, Tries

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.elements.choices import Choice
    from baton.bpm.execution.process_instance import ProcessInstance

Opening = Callable[[Token], None]
"""Opens, on its host, what was evaluated before; it cannot fail."""


def open_timer(
    instance: ProcessInstance,
    host: Token,
    node: CatchingEvent,
    part: int,
    timer: OpenTimer,
    tries: Tries = ONE_TRY,
) -> None:
    """A timer of `node` begins to run."""
    job_id = instance.next_id()
    _add(instance, host, Trigger(job_id, node.name, TriggerKind.TIMER, part))
    scope_id = host.workflow.id
    instance.emit(
        events.TimerScheduled(
            job_id,
            host.id,
            scope_id,
            node.name,
            due_at=timer.due_at,
            payload=timer.payload,
            retries=tries.retries,
            pauses=tries.pauses,
            priority=tries.priority,
        )
    )


def open_subscription(
    instance: ProcessInstance,
    host: Token,
    node: CatchingEvent,
    part: int,
    kind: TriggerKind,
    name: str | None = None,
    *,
    correlation_key: Any = None,
    flows: tuple[str, ...] = (),
) -> int:
    """`node` waits for a message, a signal or a condition; the subscription's id."""
    id_ = instance.next_id()
    _add(instance, host, Trigger(id_, node.name, kind, part, name))
    instance.emit(
        events.SubscriptionOpened(
            id_,
            host.id,
            host.workflow.id,
            node.name,
            kind=kind.value,
            name=name,
            correlation_key=correlation_key,
            flows=flows,
        )
    )
    return id_


def ask(instance: ProcessInstance, host: Token, node: CatchingEvent | Choice) -> None:
    """Guided: a person may say that the undefined event happened, or choose how `host` goes on."""
    scope = host.workflow
    asked = Token(scope, node, instance.next_id(), Phase.ARMED)
    if host.is_listener:
        scope.listen(asked)
    asked.host_id = host.id
    host.armed += (asked.id,)
    instance.touch(scope)
    instance.emit(node.question(asked))


def _add(instance: ProcessInstance, host: Token, trigger: Trigger) -> None:
    host.triggers += (trigger,)
    instance.touch(host.workflow)


def close_all(instance: ProcessInstance, host: Token) -> None:
    """Nothing can happen to `host` any more."""
    scope = host.workflow
    instance.touch(scope)
    for trigger in host.triggers:
        _tell_closed(instance, host, trigger)
    host.triggers = ()
    for armed_id in host.armed:
        armed = scope.find(armed_id)
        assert armed is not None
        armed.task_spec.cancel(instance, armed)
        instance.remove(armed)
    host.armed = ()


def _tell_closed(instance: ProcessInstance, host: Token, trigger: Trigger) -> None:
    closed = events.TimerCancelled if trigger.kind is TriggerKind.TIMER else events.SubscriptionClosed
    instance.emit(closed(trigger.id, host.id, host.workflow.id, trigger.element_id))


def happen(
    instance: ProcessInstance, host: Token, trigger: Trigger, variables: Mapping[str, Any] | None = None
) -> None:
    """A message, signal or condition has come: what waited for it goes on; what may happen again stays open."""
    node = instance.spec.by_id[trigger.element_id]
    _bring(instance, host, node, variables or {})
    if not node.repeats or node.needs_all_parts:
        take(instance, host, trigger)
        _tell_closed(instance, host, trigger)
    part_happened(instance, host, node)


def _bring(instance: ProcessInstance, host: Token, node: CatchingEvent, variables: Mapping[str, Any]) -> None:
    """The content goes outward; to the event's own variables if only its mappings lead out."""
    if not variables or not node.element.only_mapped_out:
        for name, value in variables.items():
            instance.write_variable(host.workflow, name, value)
    elif node is host.task_spec:
        instance.write_results(host, variables)
    else:
        instance.brought[node.name] = {**instance.brought.get(node.name, {}), **variables}


def part_happened(instance: ProcessInstance, host: Token, node: CatchingEvent) -> None:
    """One part of what `node` waits for has come, of most nodes the only one."""
    if not node.needs_all_parts:
        node.happened(instance, host)
        return
    if any(other.element_id == node.name for other in host.triggers):
        return
    again = node.prepare(instance, host) if node.repeats else None
    node.happened(instance, host)
    if again is not None and instance.is_alive(host):
        again(host)
        _wait_for_the_opposite(host, node)


def _wait_for_the_opposite(host: Token, node: CatchingEvent) -> None:
    """The conditions of `node` have just been true: they happen again only after they were false (BPMN 10.5.2)."""
    for trigger in host.triggers:
        if trigger.element_id == node.name and trigger.kind is TriggerKind.CONDITION:
            replace(host, trigger, held=True)


def take(instance: ProcessInstance, host: Token, trigger: Trigger) -> None:
    """`trigger` is open no more."""
    host.triggers = tuple(other for other in host.triggers if other.id != trigger.id)
    instance.touch(host.workflow)


def replace(host: Token, trigger: Trigger, **changes: Any) -> None:
    """The same trigger with other fields."""
    changed = msgspec.structs.replace(trigger, **changes)
    host.triggers = tuple(changed if other.id == trigger.id else other for other in host.triggers)
    host.workflow.is_changed = True


def find(host: Token | None, trigger_id: int) -> Trigger | None:
    """The open trigger of that id."""
    if host is None:
        return None
    return next((trigger for trigger in host.triggers if trigger.id == trigger_id), None)
