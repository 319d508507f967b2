"""What each event means for a run in memory: what opens, what closes, what crosses to another run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from baton.bpm.execution import commands, events, user_task_changes

if TYPE_CHECKING:
    from baton.bpm.testing.open_items import OpenItem
    from baton.bpm.testing.process_run import ProcessRun


def _completed(run: ProcessRun, event: events.ProcessInstanceCompleted) -> None:
    run.state = "completed"
    if run._caller is not None:
        caller = run._caller
        run._open.crossings.append(
            lambda: caller.run._tell(commands.ReturnFromCall, caller.call, variables=run.variables)
        )


def _terminated(run: ProcessRun, event: events.ProcessInstanceTerminated) -> None:
    run.state = "terminated"
    told = any(isinstance(each, events.ErrorPropagated) for each in run.events)
    if run._caller is not None and not told:
        caller, message = run._caller, f"The called process instance was terminated: {event.reason}"
        run._open.crossings.append(lambda: caller.run._tell(commands.FailCall, caller.call, message=message))


def _error_propagated(run: ProcessRun, event: events.ErrorPropagated) -> None:
    caller = run._caller
    if caller is not None:
        told = {"code": event.code, "message": event.message, "variables": event.variables}
        run._open.crossings.append(
            lambda: caller.run._tell(commands.ThrowErrorOfCall, caller.call, **told, returned=run.variables)
        )


def _escalation_propagated(run: ProcessRun, event: events.EscalationPropagated) -> None:
    caller = run._caller
    if caller is not None:
        run._open.crossings.append(
            lambda: caller.run._tell(
                commands.ThrowEscalationOfCall, caller.call, code=event.code, returned=run.variables
            )
        )


def _call_begun(run: ProcessRun, event: events.ProcessInstanceCalled) -> None:
    run._open.calls[event.called_id] = run._item(event.called_id, event)
    run._open.crossings.append(lambda: run._call(event))


def _call_cancelled(run: ProcessRun, event: events.CalledProcessInstanceCancelled) -> None:
    def cancel() -> None:
        called = run._called.get(event.called_id)
        if called is not None and called.state == "active":
            called.terminate("its call activity was interrupted")

    run._open.calls.pop(event.called_id, None)
    run._open.crossings.append(cancel)


def _message_thrown(run: ProcessRun, event: events.MessageThrown) -> None:
    run._open.crossings.append(lambda: run._deliver(event))


def _signal_thrown(run: ProcessRun, event: events.SignalThrown) -> None:
    def spread() -> None:
        for other in run._root().runs:
            waits = any(item.event.name == event.name for item in other.subscriptions if item.event.kind == "signal")
            if other is not run and waits:
                other.handle(commands.BroadcastSignal(name=event.name, variables=event.variables))

    run._open.crossings.append(spread)


def _became(state: str) -> Callable[[ProcessRun, Any], None]:
    def follow(run: ProcessRun, event: Any) -> None:
        run.state = state

    return follow


def _opened(kind: str, id_field: str) -> Callable[[ProcessRun, Any], None]:
    def follow(run: ProcessRun, event: Any) -> None:
        id_ = getattr(event, id_field)
        getattr(run._open, kind)[id_] = run._item(id_, event)

    return follow


def _closed(kind: str, id_field: str) -> Callable[[ProcessRun, Any], None]:
    def follow(run: ProcessRun, event: Any) -> None:
        getattr(run._open, kind).pop(getattr(event, id_field))

    return follow


def _task_changed(run: ProcessRun, event: events.UserTaskChanged) -> None:
    item = run._open.user_tasks.get(event.token_id)
    if item is not None:
        now = user_task_changes.changed(item.event, event.changes)
        run._open.user_tasks[event.token_id] = run._item(event.token_id, now)


def _close_later(run: ProcessRun, event: events.ClosingBegun | events.ClosingContinued) -> None:
    run._open.closings.append(event.token_id)


def going_on(item: OpenItem) -> commands.StartAsyncContinuation:
    return commands.StartAsyncContinuation(token_id=item.event.token_id, scope_id=item.event.scope_id, job_id=item.id)


def _continue_later(run: ProcessRun, event: events.ContinuationScheduled) -> None:
    run._open.continuations.append(event.job_id)


FOLLOW: dict[type[events.Event], Callable[[ProcessRun, Any], None]] = {
    events.ProcessInstanceStarted: _became("active"),
    events.ProcessInstanceCompleted: _completed,
    events.ProcessInstanceTerminated: _terminated,
    events.ErrorPropagated: _error_propagated,
    events.EscalationPropagated: _escalation_propagated,
    events.ProcessInstanceCalled: _call_begun,
    events.CalledProcessInstanceCancelled: _call_cancelled,
    events.MessageThrown: _message_thrown,
    events.SignalThrown: _signal_thrown,
    events.SubscriptionOpened: _opened("subscriptions", "subscription_id"),
    events.SubscriptionClosed: _closed("subscriptions", "subscription_id"),
    events.UserTaskCreated: _opened("user_tasks", "token_id"),
    events.UserTaskChanged: _task_changed,
    events.UserTaskCompleted: _closed("user_tasks", "token_id"),
    events.UserTaskCancelled: _closed("user_tasks", "token_id"),
    events.JobCreated: _opened("jobs", "job_id"),
    events.JobCompleted: _closed("jobs", "job_id"),
    events.JobCancelled: _closed("jobs", "job_id"),
    events.TimerScheduled: _opened("timers", "job_id"),
    events.TimerFired: _closed("timers", "job_id"),
    events.TimerCancelled: _closed("timers", "job_id"),
    events.IncidentRaised: _opened("incidents", "incident_id"),
    events.IncidentResolved: _closed("incidents", "incident_id"),
    events.IncidentCancelled: _closed("incidents", "incident_id"),
    events.CalledProcessInstanceReturned: _closed("calls", "called_id"),
    events.ContinuationScheduled: _continue_later,
    events.ClosingBegun: _close_later,
    events.ClosingContinued: _close_later,
    events.AsyncContinuationScheduled: _opened("async_continuations", "job_id"),
    events.AsyncContinuationStarted: _closed("async_continuations", "job_id"),
    events.AsyncContinuationCancelled: _closed("async_continuations", "job_id"),
}
