"""What starts a process from outside: message, signal and conditional start events, instantiating receive tasks and
event-based gateways (BPMN 2.0.2, 10.5.2, 10.3.3, 10.6.6).

There are no variables before the start, so names are literals or expressions without variables. A parallel multiple
start event waits for several things together, which nobody can before there is an instance: it is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from baton.bpm import expressions
from baton.bpm.definition.event_definitions import (
    ConditionalEventDefinition,
    EventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
    SignalEventDefinition,
)
from baton.bpm.definition.language import Expression, Text
from baton.bpm.errors import ExpressionError
from baton.bpm.execution import instantiating
from baton.bpm.execution.specs import ProcessSpec
from baton.bpm.execution.token import TriggerKind


@dataclass(frozen=True, slots=True)
class StartSubscription:
    """`kind` as in `SubscriptionOpened`; `flows` are the message flows that arrive there."""

    element_id: str
    kind: str
    name: str | None = None
    flows: tuple[str, ...] = ()


def start_subscriptions(spec: ProcessSpec, now: datetime) -> list[StartSubscription]:
    """Everything that starts the process when it happens. Raises `ExpressionError` for a name that needs variables."""
    found = []
    for element_id, event in _events(spec):
        match event:
            case MessageEventDefinition():
                name = _name(event.name, now)
                found.append(StartSubscription(element_id, TriggerKind.MESSAGE.value, name, event.flows))
            case SignalEventDefinition():
                found.append(StartSubscription(element_id, TriggerKind.SIGNAL.value, _name(event.name, now)))
            case ConditionalEventDefinition():
                found.append(StartSubscription(element_id, TriggerKind.CONDITION.value))
    return found


def holds(spec: ProcessSpec, element_id: str, variables: Mapping[str, Any], now: datetime) -> bool:
    """True if a condition of the start event is true of `variables`; null is false. Raises `ExpressionError`."""
    return any(
        _condition(event.condition, variables, now)
        for id_, event in _events(spec)
        if id_ == element_id and isinstance(event, ConditionalEventDefinition)
    )


def _events(spec: ProcessSpec) -> Iterator[tuple[str, EventDefinition]]:
    for element_id in (*spec.start_events, *instantiating.events_of(spec)):
        element = spec.nodes[element_id].element
        event = getattr(element, "event", None) or getattr(element, "message", None)
        if isinstance(event, MultipleEventDefinition):
            if not event.parallel:
                yield from ((element_id, part) for part in event.parts)
        elif event is not None:
            yield element_id, event


def _name(name: Text, now: datetime) -> str:
    value = _evaluate(name, {}, now) if isinstance(name, Expression) else name
    if not isinstance(value, str):
        raise ExpressionError(f"Expected a name that is a text, found {str(value)[:50]!r}")
    return value


def _condition(condition: Expression, variables: Mapping[str, Any], now: datetime) -> bool:
    value = _evaluate(condition, variables, now)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise ExpressionError(f"Expected a condition to yield true or false, found {str(value)[:50]!r}")


def _evaluate(expression: Expression, variables: Mapping[str, Any], now: datetime) -> Any:
    context = expressions.EvaluationContext(
        variables=variables, now=now, process_instance_id="", business_key=None, user=None
    )
    return expressions.compile_expression(expression).evaluate(context)
