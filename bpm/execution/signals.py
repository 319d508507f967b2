"""Signals within one instance: every open subscription of the name, wherever it is (BPMN 2.0.2, 10.5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.event_definitions import SignalContent
from baton.bpm.execution import evaluation, events, triggers
from baton.bpm.execution.token import Token, Trigger, TriggerKind

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance


def throw(instance: ProcessInstance, token: Token, name: str, content: SignalContent | None = None) -> None:
    """For this instance at once; the event tells others. `StepFailure`."""
    title = token.task_spec.title
    key = None if content is None else content.business_key
    business_key = evaluation.text(instance, token, key, type_="signal", what=f"business key of '{title}'")
    carried = _carried(instance, token, content)
    instance.emit(
        events.SignalThrown(
            instance.next_id(),
            token.id,
            token.workflow.id,
            token.task_spec.name,
            name=name,
            variables=carried,
            business_key=None if business_key is None else str(business_key),
        )
    )
    # What the thrower sees, the instance has already.
    mapped = () if content is None else content.mappings
    deliver(instance, name, {mapping.target: carried[mapping.target] for mapping in mapped})


def _carried(instance: ProcessInstance, token: Token, content: SignalContent | None) -> dict[str, Any]:
    if content is None:
        return token.carried_variables()
    variables: dict[str, Any] = {}
    if content.all_variables:
        local = dict(instance.local_variables(token.workflow))
        variables = local if content.all_local else token.carried_variables()
    for mapping in content.mappings:
        variables[mapping.target] = evaluation.mapping(instance, token, mapping, token.task_spec.title)
    return variables


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
