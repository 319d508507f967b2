"""What starts a process from outside: message, signal and conditional start events, instantiating receive tasks and
event-based gateways (BPMN 2.0.2, 10.5.2, 10.3.3, 10.6.6).

There are no variables before the start, so names are literals or expressions without variables. Each part of a
parallel multiple start event begins an instance, in which the event then waits for the other parts.
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
    """`kind` as in `SubscriptionOpened`; `flows` are the message flows that arrive there.

    `part` of a parallel multiple event, counted from 0.
    """

    element_id: str
    kind: str
    name: str | None = None
    flows: tuple[str, ...] = ()
    part: int | None = None


def start_subscriptions(spec: ProcessSpec, now: datetime) -> list[StartSubscription]:
    """Everything that starts the process when it happens. Raises `ExpressionError` for a name that needs variables."""
    found = []
    for element_id, part, event in starting_events(spec):
        match event:
            case MessageEventDefinition():
                name = _name(event.name, now)
                found.append(StartSubscription(element_id, TriggerKind.MESSAGE.value, name, event.flows, part))
            case SignalEventDefinition():
                name = _name(event.name, now)
                found.append(StartSubscription(element_id, TriggerKind.SIGNAL.value, name, part=part))
            case ConditionalEventDefinition():
                found.append(StartSubscription(element_id, TriggerKind.CONDITION.value, part=part))
    return found


def part_that_came(
    spec: ProcessSpec, element_id: str, kind: TriggerKind, name: str | None, now: datetime, flows: tuple[str, ...] = ()
) -> int | None:
    """Of a parallel multiple start event the part by which this starts the process; None of any other."""
    wanted = (element_id, kind.value, name, flows)
    found = (each for each in start_subscriptions(spec, now) if each.part is not None)
    return next((each.part for each in found if (each.element_id, each.kind, each.name, each.flows) == wanted), None)


def holding(spec: ProcessSpec, element_id: str, variables: Mapping[str, Any], now: datetime) -> tuple[bool, int | None]:
    """True if a condition of the start event is true of `variables`, and the part it is of a parallel multiple one.

    Null is false. Raises `ExpressionError`.
    """
    for id_, part, event in starting_events(spec):
        if id_ != element_id or not isinstance(event, ConditionalEventDefinition):
            continue
        if _condition(event.condition, variables, now):
            return True, part
    return False, None


def starting_events(spec: ProcessSpec) -> Iterator[tuple[str, int | None, EventDefinition]]:
    """Element id, part of a parallel multiple start event, and what has to happen there."""
    for element_id in (*spec.start_events, *instantiating.events_of(spec)):
        element = spec.nodes[element_id].element
        event = getattr(element, "event", None) or getattr(element, "message", None)
        if isinstance(event, MultipleEventDefinition):
            for index, part in enumerate(event.parts):
                yield element_id, index if event.parallel and element_id in spec.start_events else None, part
        elif event is not None:
            yield element_id, None, event


def evaluate(expression: Expression, variables: Mapping[str, Any], now: datetime) -> Any:
    """The value while no instance exists: there is no business key and nobody at work. Raises `ExpressionError`."""
    return expressions.compile_expression(expression).evaluate(expressions.EvaluationContext(variables, now))


def _name(name: Text, now: datetime) -> str:
    value = evaluate(name, {}, now) if isinstance(name, Expression) else name
    if not isinstance(value, str):
        raise ExpressionError(f"Expected a name that is a text, found {str(value)[:50]!r}")
    return value


def _condition(condition: Expression, variables: Mapping[str, Any], now: datetime) -> bool:
    value = evaluate(condition, variables, now)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise ExpressionError(f"Expected a condition to yield true or false, found {str(value)[:50]!r}")
