"""Asynchronous continuations: the run is divided before or after a flow node's work, and a job goes on with it.

What went before is saved whatever follows. The token waits, deferred, and is no part of anything else meanwhile: its
boundary events open when its work begins. Around a loop the token of the activity waits, around each instance its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.execution import events
from baton.bpm.execution.listeners import Stage
from baton.bpm.execution.token import Phase
from baton.bpm.execution.work import DEFAULT_RETRIES, tries_of

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


def passed(instance: ProcessInstance, token: Token, stage: Stage) -> bool:
    """True if nothing divides the run here, or its job has run; else the token waits for that. `StepFailure`."""
    if stage in token.details.divided or not _divides(token, stage):
        return True
    node = token.task_spec
    tries = tries_of(instance, token, node.element.job_rules)
    details = token.detail()
    details.divided = (*details.divided, stage)
    details.resumes = token.phase
    token.phase = Phase.DEFERRED
    token.job_id = instance.next_id()
    instance.touch(token.workflow)
    instance.emit(
        events.AsyncContinuationScheduled(
            token.job_id,
            token.id,
            token.workflow.id,
            node.name,
            stage=stage,
            retries=tries.retries or DEFAULT_RETRIES,
            pauses=tries.pauses,
            priority=tries.priority,
        )
    )
    return False


def _divides(token: Token, stage: Stage) -> bool:
    node, scope = token.task_spec, token.workflow
    asked = node.continuations
    if asked is None:
        return False
    if scope.is_instance and node.name == scope.spec.element_id:
        return bool(asked.each_before if stage is Stage.BEFORE else asked.each_after)
    if stage is Stage.BEFORE:
        return bool(asked.before)
    # Where nothing follows there is nothing to go on with.
    return bool(asked.after and node.outgoing)


def resume(instance: ProcessInstance, token: Token) -> None:
    """The job runs: the token goes on with what it was about to do."""
    details = token.detail()
    assert token.job_id is not None
    instance.emit(events.AsyncContinuationStarted(token.job_id, token.id, token.workflow.id, token.task_spec.name))
    token.job_id = None
    token.phase = Phase(details.resumes or Phase.READY)
    details.resumes = None
    instance.make_ready(token)


def cancel(instance: ProcessInstance, token: Token) -> None:
    """The token is interrupted before its turn came."""
    assert token.job_id is not None
    instance.emit(events.AsyncContinuationCancelled(token.job_id, token.id, token.workflow.id, token.task_spec.name))
