"""Signals within one instance: every open subscription of the name, wherever it is (BPMN 2.0.2, 10.5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm.execution import events, triggers
from baton.bpm.execution.token import Token, Trigger, TriggerKind

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance


def throw(instance: ProcessInstance, token: Token, name: str) -> None:
    """For this instance at once; the event tells others."""
    variables = token.carried_variables()
    instance.emit(
        events.SignalThrown(
            instance.next_id(), token.id, token.workflow.id, token.task_spec.name, name=name, variables=variables
        )
    )
    deliver(instance, name, {})


def deliver(instance: ProcessInstance, name: str, variables: Mapping[str, Any]) -> int:
    """To all who wait for it now; how many got it. What one of them ends gets it no more.

    A sub-process whose own event sub-process is interrupted into by the signal has handled it inline: its boundary
    events do not get the same signal again (BPMN 10.5.6).
    """
    _load_waiting(instance, name)
    delivered = 0
    handled_inside: set[int | None] = set()
    for host, trigger in _waiting(instance, name):
        if not instance.is_alive(host) or triggers.find(host, trigger.id) is None or host.id in handled_inside:
            continue
        if host.is_listener and not instance.spec.by_id[trigger.element_id].repeats:
            handled_inside.add(host.workflow.parent_token_id)
        instance.emit(events.SignalReceived(host.id, host.workflow.id, trigger.element_id, name))
        triggers.happen(instance, host, trigger, variables)
        delivered += 1
    return delivered


def _load_waiting(instance: ProcessInstance, name: str) -> None:
    for scope_id in instance.source.find_subscriptions(TriggerKind.SIGNAL.value, name):
        try:
            instance.live_scope(scope_id)
        except LookupError:
            continue  # it has just ended


def _waiting(instance: ProcessInstance, name: str) -> list[tuple[Token, Trigger]]:
    """The inside first, then what interrupts, so that nothing begins only to be interrupted; then the oldest."""
    found = [
        (host, trigger)
        for scope in instance.scopes.values()
        for host in scope.all_tokens()
        for trigger in host.triggers
        if trigger.kind is TriggerKind.SIGNAL and trigger.name == name
    ]

    def order(pair: tuple[Token, Trigger]) -> tuple[int, bool, int]:
        host, trigger = pair
        return -host.workflow.depth, instance.spec.by_id[trigger.element_id].repeats, trigger.id

    return sorted(found, key=order)
