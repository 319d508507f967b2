"""Compensation (BPMN 2.0.2, 10.5.7 and 13.5.5): completed activities are undone by their handlers, newest first.

Each scope lists what was completed in it and can be compensated. A completed sub-process keeps its own scope, with
its variables, for the handlers inside it. What is compensated is taken off the list: nothing is undone twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from baton.bpm.definition.event_definitions import CompensateEventDefinition
from baton.bpm.execution import events
from baton.bpm.execution.token import Compensable, Phase, Token

if TYPE_CHECKING:
    from baton.bpm.execution.elements.activities import Activity
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope


def record(instance: ProcessInstance, scope: Scope, activity: Activity, kept: int | None) -> None:
    """The activity was completed in `scope`; `kept` is the scope for its handlers, kept with its variables."""
    if activity.compensation_handler is None and kept is None:
        return
    scope.compensable.append(Compensable(scope.id, activity.name, kept))
    instance.touch(scope)


def is_worth_keeping(scope: Scope) -> bool:
    """True if something in the completed scope could still be compensated by its own handlers."""
    if scope.is_instance or scope.spec.is_event_sub_process:
        return False
    if scope.spec.activity is None or scope.spec.compensation_start is not None:
        return scope.spec.activity is not None
    return bool(scope.compensable) and scope.spec.activity.compensation_handler is None


def throw(instance: ProcessInstance, token: Token, definition: CompensateEventDefinition) -> bool:
    """Compensate one activity or all of the scope. True if the token goes on at once."""
    entries = [
        entry for scope in _scopes_of_throw(instance, token) for entry in _take(instance, scope, definition.activity)
    ]
    instance.emit(
        events.CompensationThrown(token.id, token.workflow.id, token.task_spec.name, activity=definition.activity)
    )
    if not entries:
        return True
    if not definition.wait_for_completion:
        for entry in entries:
            _begin_alone(instance, entry)
        return True
    _begin(instance, token, entries)
    return False


def compensate_scope(instance: ProcessInstance, token: Token, scope: Scope) -> None:
    """Compensate everything completed in `scope`; `token` waits."""
    entries = _take(instance, scope, None)
    _begin(instance, token, entries)


def handled(instance: ProcessInstance, compensator: tuple[int, int]) -> None:
    """A handler is done: the next one begins, or whoever asked for the compensation goes on."""
    scope_id, token_id = compensator
    try:
        token = instance.live_scope(scope_id).tokens.get(token_id)
    except LookupError:
        return
    if token is not None and token.details.pending is not None:
        _next(instance, token)


def _scopes_of_throw(instance: ProcessInstance, token: Token) -> Iterator[Scope]:
    """Its own, and from event sub-processes those around them too, which began before."""
    scope = token.workflow
    yield scope
    while scope.parent_id is not None and scope.spec.is_event_sub_process:
        scope = instance.scope(scope.parent_id)
        yield scope


def _take(instance: ProcessInstance, scope: Scope, activity: str | None) -> list[Compensable]:
    """What is to be compensated, newest first; it is on the list no more."""
    taken = [entry for entry in scope.compensable if activity in (None, entry.element_id)]
    scope.compensable = [entry for entry in scope.compensable if entry not in taken]
    instance.touch(scope)
    return taken[::-1]


def _begin(instance: ProcessInstance, token: Token, entries: list[Compensable]) -> None:
    token.phase = Phase.WAITING
    token.detail().pending = entries
    instance.touch(token.workflow)
    _next(instance, token)


def _next(instance: ProcessInstance, token: Token) -> None:
    """One handler after the other, so that the order is the reverse of completion."""
    pending = token.details.pending
    assert pending is not None
    instance.touch(token.workflow)
    compensator = (token.workflow.id, token.id)
    while pending:
        entry = pending.pop(0)
        pending[:0] = _besides(instance, entry)
        handler = _start(instance, entry)
        if handler is not None:
            handler.detail().compensator = compensator
            return
    token.detail().pending = None
    token.task_spec.compensated(instance, token)


def _begin_alone(instance: ProcessInstance, entry: Compensable) -> None:
    """Nobody waits for the handlers: all begin at once."""
    for other in _besides(instance, entry):
        _begin_alone(instance, other)
    _start(instance, entry)


def _start(instance: ProcessInstance, entry: Compensable) -> Token | None:
    """The compensation event sub-process inside it, else the handler drawn for it; None if it has neither."""
    kept = instance.scope(entry.kept) if entry.kept is not None else None
    start = kept.spec.compensation_start if kept is not None else None
    if kept is not None and start is not None:
        token = instance.activate(start.spec_of.activity, kept)
        token.detail().entry = start.name
        return token
    handler = instance.spec.by_id[entry.element_id].compensation_handler
    if handler is None:
        return None
    return instance.activate(handler, kept or instance.scope(entry.scope_id))


def _besides(instance: ProcessInstance, entry: Compensable) -> list[Compensable]:
    """What follows: the handler outside, after one inside; or all that was completed in it, newest first."""
    if entry.kept is None:
        return []
    kept = instance.scope(entry.kept)
    handler = instance.spec.by_id[entry.element_id].compensation_handler
    if kept.spec.compensation_start is not None:
        return [] if handler is None else [Compensable(entry.scope_id, entry.element_id)]
    return _take(instance, kept, None) if handler is None else []
