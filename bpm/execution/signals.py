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
    variables = dict(token.visible_variables())
    instance.emit(
        events.SignalThrown(
            instance.next_id(), token.id, token.workflow.id, token.task_spec.name, name=name, variables=variables
        )
    )
    deliver(instance, name, {})


def deliver(instance: ProcessInstance, name: str, variables: Mapping[str, Any]) -> int:
    """To all who wait for it now; how many got it. What one of them ends gets it no more."""
    _load_waiting(instance, name)
    delivered = 0
    for host, trigger in _waiting(instance, name):
        if not instance.is_alive(host) or triggers.find(host, trigger.id) is None:
            continue
        instance.emit(events.SignalReceived(host.id, host.workflow.id, trigger.element_id, name))
        triggers.happen(instance, host, trigger, variables)
        delivered += 1
    return delivered


def _load_waiting(instance: ProcessInstance, name: str) -> None:
    for scope_id in instance.source.find_subscriptions(TriggerKind.SIGNAL.value, name):
        try:
            instance.scope(scope_id)
        except LookupError:
            continue  # it has just ended


def _waiting(instance: ProcessInstance, name: str) -> list[tuple[Token, Trigger]]:
    """What interrupts comes first, so that nothing begins only to be interrupted; else the oldest."""
    found = [
        (host, trigger)
        for scope in instance.scopes.values()
        for host in scope.all_tokens()
        for trigger in host.triggers
        if trigger.kind is TriggerKind.SIGNAL and trigger.name == name
    ]
    return sorted(found, key=lambda pair: (instance.spec.by_id[pair[1].element_id].repeats, pair[1].id))
