"""Listeners: called before a flow node's work and after it, each once, before the flow goes on.

Expressions and scripts run in the node's own steps; what a worker does is a job, for which the token waits. One that
fails is an incident at the node with none of its writes; resolved, the run goes on with that listener.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from baton.bpm.definition.elements import Listener, ListenerEvent, UserTask
from baton.bpm.definition.event_definitions import JobDefinition
from baton.bpm.execution import evaluation, user_task_changes
from baton.bpm.execution.events import UserTaskChanged
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.work import begin_job

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class Stage(StrEnum):
    """Before the node's work or after it; before the first step of the process and after its last."""

    BEFORE = "before"
    AFTER = "after"
    FIRST = "first"
    LAST = "last"


_STAGES = {
    ListenerEvent.START: Stage.BEFORE,
    ListenerEvent.CREATE: Stage.BEFORE,
    ListenerEvent.ASSIGNMENT: Stage.BEFORE,
    ListenerEvent.COMPLETE: Stage.AFTER,
    ListenerEvent.END: Stage.AFTER,
}
_ORDER = list(_STAGES)
_OF_NEW_TASK = (ListenerEvent.CREATE, ListenerEvent.ASSIGNMENT)
_OF_PROCESS = {Stage.FIRST: Stage.BEFORE, Stage.LAST: Stage.AFTER}
_HAPPENED = "happened"


def by_stage(listeners: Iterable[Listener]) -> dict[Stage, tuple[Listener, ...]]:
    """In the order they are called: of the activity first, then of its task, and the other way round at the end.

    Those that are called while the activity waits are in none.
    """
    ordered = sorted(
        (listener for listener in listeners if listener.event in _STAGES),
        key=lambda listener: _ORDER.index(listener.event),
    )
    stages = {stage: tuple(found for found in ordered if _STAGES[found.event] is stage) for stage in Stage}
    return {stage: found for stage, found in stages.items() if found}


def begin_process(instance: ProcessInstance, token: Token) -> None:
    """`token` is the first of the instance: the process's start listeners are called before its own."""
    if Stage.BEFORE in instance.spec.listeners:
        token.detail().heard = {Stage.FIRST: 0}


def happened(token: Token) -> None:
    """The token's event has happened: after the listeners before its work there is no work."""
    token.detail().heard = {**token.details.heard, _HAPPENED: 1}


def heard_before(instance: ProcessInstance, token: Token) -> bool:
    """Before the node's work. False if the token waits for a worker. `StepFailure`."""
    return _heard_first(instance, token) and _heard_of_node(instance, token, Stage.BEFORE)


def heard_after(instance: ProcessInstance, token: Token) -> bool:
    """After the node's work; of an event that has happened those before it too."""
    if _HAPPENED in token.details.heard and not heard_before(instance, token):
        return False
    return _heard_first(instance, token) and _heard_of_node(instance, token, Stage.AFTER)


def heard_last(instance: ProcessInstance, token: Token) -> bool:
    """The process's end listeners, if `token` is the last one of it."""
    scope = token.workflow
    if len(scope.tokens) > 1 or any(instance.is_busy(instance.scope(kept_id)) for kept_id in scope.kept_scopes):
        return True
    return _heard(instance, token, Stage.LAST, instance.spec.listeners.get(Stage.AFTER, ()))


def _heard_first(instance: ProcessInstance, token: Token) -> bool:
    if Stage.FIRST not in token.details.heard:
        return True
    return _heard(instance, token, Stage.FIRST, instance.spec.listeners.get(Stage.BEFORE, ()))


def _heard_of_node(instance: ProcessInstance, token: Token, stage: Stage) -> bool:
    node = token.task_spec
    listeners = node.listeners.get(stage, ())
    if not listeners or (node.loop is not None and not token.workflow.is_instance):
        return True  # of a loop, each instance calls them
    return _heard(instance, token, stage, listeners)


def _heard(instance: ProcessInstance, token: Token, stage: Stage, listeners: Sequence[Listener]) -> bool:
    """Call those that have not been called yet."""
    details = token.detail()
    while details.heard.get(stage, 0) < len(listeners):
        listener = listeners[details.heard.get(stage, 0)]
        if listener.event in _OF_NEW_TASK:
            _learn_assignee(instance, token)
            if listener.event is ListenerEvent.ASSIGNMENT and not _is_assigned(token):
                _count(token, stage)
                continue
        if isinstance(listener.work, JobDefinition):
            begin_job(instance, token, listener.work)
            details.listening = stage
            return False
        call(instance, token, listener, is_created=stage is not Stage.BEFORE)
        # It is not called again if the work fails, so what it set may not be forgotten with the rest of the step.
        instance.write_what_was_asked()
        _count(token, stage)
    return True


def call(instance: ProcessInstance, token: Token, listener: Listener, *, is_created: bool = True) -> None:
    """Evaluate what it does, and do what it asks of its user task, which `is_created` or will be. `StepFailure`."""
    calls = evaluation.listener(instance, token, listener)
    if not calls:
        return
    details = token.detail()
    changes = user_task_changes.read(instance, token, calls, None if is_created else details.asked)
    if changes.assignee is not UNSET:
        details.assignee = changes.assignee
    if is_created:
        instance.emit(UserTaskChanged(token.id, token.workflow.id, token.task_spec.name, changes))
    else:
        details.asked = changes
    token.workflow.is_changed = True


def _learn_assignee(instance: ProcessInstance, token: Token) -> None:
    """Who the diagram gives the task to, unless a listener gave it to somebody."""
    node, details = token.task_spec, token.detail()
    if isinstance(node.element, UserTask) and (details.asked is None or details.asked.assignee is UNSET):
        details.assignee = node.assignee_of(instance, token)


def _is_assigned(token: Token) -> bool:
    """An assignment listener of a task is called if it is somebody's."""
    return not isinstance(token.task_spec.element, UserTask) or bool(token.details.assignee)


def hears_changes(node: Any) -> bool:
    """True if listeners of the user task are called when it is given to somebody, or changed, while it is open."""
    return any(
        listener.event in (ListenerEvent.UPDATE, ListenerEvent.ASSIGNMENT) for listener in node.element.listeners
    )


def assigned(instance: ProcessInstance, token: Token, assignee: str | None) -> None:
    """The open task changed hands: first those for any change, then those for an assignment to somebody."""
    token.detail().assignee = assignee
    token.workflow.is_changed = True
    wanted = (ListenerEvent.UPDATE, ListenerEvent.ASSIGNMENT) if assignee else (ListenerEvent.UPDATE,)
    for event in wanted:
        _call_beside(instance, token, event)


def updated(instance: ProcessInstance, token: Token) -> None:
    """Dates or priority of the open task changed."""
    _call_beside(instance, token, ListenerEvent.UPDATE)


def answered(instance: ProcessInstance, token: Token) -> None:
    """The worker is done: the node goes on where it was."""
    stage = Stage(token.details.listening or Stage.BEFORE)
    _count(token, stage)
    token.detail().listening = None
    token.job_id = None
    instance.go_on(token, stage in (Stage.BEFORE, Stage.FIRST) and _HAPPENED not in token.details.heard)


def deleted(instance: ProcessInstance, token: Token) -> None:
    """The user task is interrupted. What a listener does wrong is told, and the task goes all the same."""
    _call_beside(instance, token, ListenerEvent.DELETE)


def _call_beside(instance: ProcessInstance, token: Token, event: ListenerEvent) -> None:
    """Listeners for which nothing waits; a worker's are none of them."""
    for listener in token.task_spec.element.listeners:
        if listener.event is not event or isinstance(listener.work, JobDefinition):
            continue
        try:
            call(instance, token, listener)
        except StepFailure as failure:
            if token.incident_id is None:
                instance.raise_incident(token, failure)
        else:
            # The token's scope may be gone when the step ends.
            instance.write_what_was_asked()


def take(instance: ProcessInstance, token: Token, flows: Iterable[SequenceFlow]) -> None:
    """Call what listens on the flows that are about to be taken. `StepFailure`."""
    for flow in flows:
        for listener in flow.listeners:
            call(instance, token, listener)


def _count(token: Token, stage: Stage) -> None:
    details = token.detail()
    details.heard = {**details.heard, stage: details.heard.get(stage, 0) + 1}
    token.workflow.is_changed = True
