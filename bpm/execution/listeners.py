"""Listeners: called before a flow node's work and after it, each once, before the flow goes on.

Expressions and scripts run in the node's own steps; what a worker does is a job, for which the token waits. One that
fails is an incident at the node with none of its writes; resolved, the run goes on with that listener.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from baton.bpm.definition.elements import Listener, ListenerEvent
from baton.bpm.definition.event_definitions import JobDefinition
from baton.bpm.execution import evaluation
from baton.bpm.execution.work import begin_job

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class Stage(StrEnum):
    """Before the node's work, or after it."""

    BEFORE = "before"
    AFTER = "after"


_STAGES = {
    ListenerEvent.START: Stage.BEFORE,
    ListenerEvent.CREATE: Stage.BEFORE,
    ListenerEvent.ASSIGNMENT: Stage.BEFORE,
    ListenerEvent.COMPLETE: Stage.AFTER,
    ListenerEvent.END: Stage.AFTER,
}
_ORDER = list(_STAGES)


def by_stage(listeners: Iterable[Listener]) -> dict[Stage, tuple[Listener, ...]]:
    """In the order they are called: of the activity first, then of its task, and the other way round at the end."""
    ordered = sorted(listeners, key=lambda listener: _ORDER.index(listener.event))
    stages = {stage: tuple(found for found in ordered if _STAGES[found.event] is stage) for stage in Stage}
    return {stage: found for stage, found in stages.items() if found}


def heard(instance: ProcessInstance, token: Token, stage: Stage) -> bool:
    """Call those that have not been called yet. False if the token waits for a worker. `StepFailure`."""
    node = token.task_spec
    listeners = node.listeners.get(stage, ())
    if not listeners or (node.loop is not None and not token.workflow.is_instance):
        return True  # of a loop, each instance calls them
    details = token.detail()
    while details.heard.get(stage, 0) < len(listeners):
        listener = listeners[details.heard.get(stage, 0)]
        if isinstance(listener.work, JobDefinition):
            begin_job(instance, token, listener.work)
            details.listening = stage
            return False
        evaluation.listener(instance, token, listener)
        _count(token, stage)
    return True


def answered(instance: ProcessInstance, token: Token) -> None:
    """The worker is done: the node goes on where it was."""
    stage = Stage(token.details.listening or Stage.BEFORE)
    _count(token, stage)
    token.detail().listening = None
    token.job_id = None
    instance.go_on(token, stage is Stage.BEFORE)


def take(instance: ProcessInstance, token: Token, flows: Iterable[SequenceFlow]) -> None:
    """Call what listens on the flows that are about to be taken. `StepFailure`."""
    for flow in flows:
        for listener in flow.listeners:
            evaluation.listener(instance, token, listener)


def _count(token: Token, stage: Stage) -> None:
    details = token.detail()
    details.heard = {**details.heard, stage: details.heard.get(stage, 0) + 1}
    token.workflow.is_changed = True
