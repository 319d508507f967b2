"""Errors and escalations: from where they are thrown outward to the first who catches (BPMN 2.0.2, 10.5.7, 13.5.3).

At each level the scope's listening event sub-processes come first, then the boundary events of the activity around;
a catcher of the code itself goes before one that catches everything. What an event sub-process throws it does not catch
itself: it hands it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.event_definitions import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    EventDefinition,
    MultipleEventDefinition,
)
from baton.bpm.definition.language import Text
from baton.bpm.execution import evaluation, events
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase, Token

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance

Kind = type[ErrorEventDefinition] | type[EscalationEventDefinition]
Place = tuple[Token, "CatchingEvent"]
"""A host, and the event on it that may catch."""


def throw_error(instance: ProcessInstance, token: Token, code: str, message: str, variables: Mapping[str, Any]) -> None:
    """The error ends the scope or activity of its catcher; without one it is a `StepFailure` at the thrower."""
    found = _find(instance, token, ErrorEventDefinition, code)
    scope_id, node = token.workflow.id, token.task_spec
    thrown = events.BpmnErrorThrown(
        token.id, scope_id, node.name, code=code, message=message, variables=dict(variables)
    )
    if found is not None:
        instance.emit(thrown)
        _catch_error(instance, *found, code, message, variables)
        return
    if instance.caller is not None and instance.caller.catches_error(code):
        instance.emit(thrown)
        instance.emit(events.ErrorPropagated(instance.next_id(), code, message, dict(variables)))
        instance.terminate(f"The BPMN error '{code}' left the process for its caller")
        return
    raise uncaught(node.title, code, message, variables)


def uncaught(title: str, code: str, message: str, variables: Mapping[str, Any]) -> StepFailure:
    """Nobody catches the error."""
    told = f": {message}" if message else ""
    return StepFailure(
        "bpmn_error",
        f"The BPMN error '{code}' thrown at '{title}' is not caught{told}",
        {"code": code, "reason": message, "variables": dict(variables)},
    )


def _catch_error(
    instance: ProcessInstance,
    host: Token,
    node: CatchingEvent,
    code: str,
    message: str,
    variables: Mapping[str, Any],
) -> None:
    definition = part_of(node.element.event, ErrorEventDefinition)
    assert isinstance(definition, ErrorEventDefinition)
    instance.emit(events.BpmnErrorCaught(host.id, host.workflow.id, node.name, code))
    told = {definition.code_variable: code, definition.message_variable: message or None}
    for name, value in {**variables, **{name: value for name, value in told.items() if name}}.items():
        instance.write_variable(host.workflow, name, value)
    node.happened(instance, host)


def throw_escalation(instance: ProcessInstance, token: Token, code: str) -> None:
    """The first who can catches it; if nobody does, the flow goes on."""
    instance.emit(events.EscalationThrown(token.id, token.workflow.id, token.task_spec.name, code))
    found = _find(instance, token, EscalationEventDefinition, code)
    if found is None:
        if instance.caller is not None and instance.caller.catches_escalation(code):
            instance.emit(events.EscalationPropagated(instance.next_id(), code))
        return
    host, node = found
    definition = part_of(node.element.event, EscalationEventDefinition)
    assert isinstance(definition, EscalationEventDefinition)
    instance.emit(events.EscalationCaught(host.id, host.workflow.id, node.name, code))
    if definition.code_variable:
        instance.write_variable(host.workflow, definition.code_variable, code)
    node.happened(instance, host)


def part_of(event: EventDefinition | None, kind: Kind) -> EventDefinition | None:
    """The definition of that kind in a single or multiple event."""
    parts = event.parts if isinstance(event, MultipleEventDefinition) else (event,)
    return next((part for part in parts if isinstance(part, kind)), None)


def _find(instance: ProcessInstance, token: Token, kind: Kind, code: str) -> Place | None:
    for level in _levels(instance, token):
        for_all: Place | None = None
        for host, node in level:
            definition = part_of(node.element.event, kind)
            if not isinstance(definition, ErrorEventDefinition | EscalationEventDefinition):
                continue
            if definition.code is not None and _code(instance, host, definition.code, node.title) == code:
                return host, node
            if definition.code is None or definition.and_others:
                for_all = for_all or (host, node)
        if for_all is not None:
            return for_all
    return None


def _code(instance: ProcessInstance, host: Token, code: Text, title: str) -> str:
    return str(evaluation.text(instance, host, code, type_="bpmn_error", what=f"code of '{title}'"))


def _levels(instance: ProcessInstance, token: Token) -> Iterator[list[Place]]:
    """Where to look, from the inside out."""
    scope = token.workflow
    thrower = token.task_spec.name
    if not scope.is_instance:
        yield _boundary_events(token)
    while True:
        yield [
            (listener, start)
            for listener in scope.listeners.values()
            if listener.phase is not Phase.ARMED and listener.task_spec.name != thrower
            for start in listener.task_spec.starts
        ]
        if scope.parent_id is None:
            return
        thrower = scope.spec.element_id
        parent = instance.scope(scope.parent_id)
        host = parent.tokens.get(scope.parent_token_id or 0)
        if host is not None and not parent.is_instance:
            yield _boundary_events(host)
        scope = parent


def _boundary_events(host: Token) -> list[Place]:
    return [(host, event) for event in host.task_spec.boundary_events]


def catches(spec_node: Any, kind: Kind, code: str) -> bool:
    """True if an error or escalation out of the call activity `spec_node` would be caught, by what is drawn alone."""
    for node in spec_node.around():
        definition = part_of(node.element.event, kind)
        if isinstance(definition, ErrorEventDefinition | EscalationEventDefinition) and (
            definition.and_others or not isinstance(definition.code, str) or definition.code == code
        ):
            return True
    return False
