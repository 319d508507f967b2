"""Random deeds on a run: everything that people, workers, timers, messages, signals and called instances may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from baton.bpm.definition.elements import Activity
from baton.bpm.definition.event_definitions import ConditionalEventDefinition, MultipleEventDefinition
from baton.bpm.execution import commands, events, propagation
from baton.bpm.execution.elements.activities import Activity as ActivitySpec
from baton.bpm.testing import ProcessRun
from tests.support.random_events import ERROR, ESCALATION

WILD_DEEDS = 25
MOST_DEEDS = 400

ROOT = 1
_CLOSES: dict[type[events.Event], tuple[str, str]] = {
    events.SubscriptionClosed: ("subscriptions", "subscription_id"),
    events.CalledProcessInstanceReturned: ("calls", "called_id"),
    events.CalledProcessInstanceCancelled: ("calls", "called_id"),
}


class AnsweredRun(ProcessRun):
    """A run whose calls are not run but answered by random deeds."""

    def _call(self, event: events.ProcessInstanceCalled) -> None:
        """It stays open."""


class Watched:
    """A run, with what its events say is open besides user tasks, jobs and timers."""

    def __init__(self, run: ProcessRun) -> None:
        self.run = run
        self.subscriptions: dict[int, events.SubscriptionOpened] = {}
        self.calls: dict[int, events.ProcessInstanceCalled] = {}
        self._seen = 0

    def handle(self, command: commands.Command) -> None:
        self.run.handle(command)
        if isinstance(command, commands.FailCall | commands.ThrowErrorOfCall):
            self.calls.pop(command.called_id, None)
        for event in self.run.events[self._seen :]:
            if isinstance(event, events.SubscriptionOpened):
                self.subscriptions[event.subscription_id] = event
            elif isinstance(event, events.ProcessInstanceCalled):
                self.calls[event.called_id] = event
            elif type(event) in _CLOSES:
                where, id_field = _CLOSES[type(event)]
                getattr(self, where).pop(getattr(event, id_field), None)
        self._seen = len(self.run.events)

    @property
    def is_active(self) -> bool:
        return self.run.state == "active"

    @property
    def all_open(self) -> list[Any]:
        """Everything that something outside would still hold for this instance."""
        run = self.run
        return [
            *run.user_tasks,
            *run.jobs,
            *run.async_continuations,
            *run.timers,
            *run.incidents,
            *self.subscriptions,
            *self.calls,
        ]

    # --- what may be done ------------------------------------------------------------------------------------

    def forward(self) -> Iterator[commands.Command]:
        """Deeds that bring the run nearer to its end."""
        for task in self.run.user_tasks:
            options = tuple(option["id"] for option in task.event.options)
            # The last option is the way out: nothing more, go on.
            chosen = options[-1:] if task.event.kind == "decision" else ()
            yield commands.CompleteUserTask(token_id=task.id, scope_id=task.event.scope_id, decision=chosen)
        for job in self.run.jobs:
            yield commands.CompleteJob(job_id=job.id, token_id=job.event.token_id, scope_id=job.event.scope_id)
        for waiting in self.run.async_continuations:
            yield commands.StartAsyncContinuation(
                job_id=waiting.id, token_id=waiting.event.token_id, scope_id=waiting.event.scope_id
            )
        for called_id, call in self.calls.items():
            yield commands.ReturnFromCall(called_id=called_id, token_id=call.token_id, scope_id=call.scope_id)
        for incident in self.run.incidents:
            if incident.event.type in ("job", "call"):
                yield commands.ResolveIncident(
                    incident_id=incident.id, token_id=incident.event.token_id, scope_id=incident.event.scope_id
                )

    def happenings(self) -> Iterator[commands.Command]:
        """What may come from outside."""
        for timer in self.run.timers:
            yield commands.FireTimer(
                job_id=timer.id,
                token_id=timer.event.token_id,
                scope_id=timer.event.scope_id,
                element_id=timer.element_id,
                payload=timer.event.payload,
            )
        for id_, opened in self.subscriptions.items():
            if opened.kind == "message":
                yield commands.CorrelateMessage(
                    subscription_id=id_, token_id=opened.token_id, scope_id=opened.scope_id, variables={"told": True}
                )
            elif opened.kind == "signal":
                assert opened.name is not None
                yield commands.BroadcastSignal(name=opened.name)
            else:
                yield from self._flips(opened.element_id)

    def _flips(self, element_id: str) -> Iterator[commands.Command]:
        """The variables of the element's conditions become the opposite."""
        event = self.run.spec.by_id[element_id].element.event
        for part in event.parts if isinstance(event, MultipleEventDefinition) else (event,):
            if isinstance(part, ConditionalEventDefinition):
                name = part.condition.text
                yield commands.SetVariables(scope_id=ROOT, variables={name: not self.run.variables[name]})

    def mishaps(self) -> Iterator[commands.Command]:
        """Failures, and errors where something catches them."""
        for job in self.run.jobs:
            where = {"token_id": job.event.token_id, "scope_id": job.event.scope_id, "job_id": job.id}
            if all(incident.event.token_id != job.event.token_id for incident in self.run.incidents):
                yield commands.FailJob(**where, message="failed")
            if self._catches_error(job.element_id):
                yield commands.ThrowBpmnError(**where, code=ERROR, variables={"reason": "random"})
        for called_id, call in self.calls.items():
            calling = {"token_id": call.token_id, "scope_id": call.scope_id, "called_id": called_id}
            yield commands.FailCall(**calling, message="not there")
            yield commands.ThrowEscalationOfCall(**calling, code=ESCALATION)
            if self._catches_error(call.element_id):
                yield commands.ThrowErrorOfCall(**calling, code=ERROR)
        for task in self.run.user_tasks:
            if task.event.kind == "decision":
                first = task.event.options[0]["id"]
                yield commands.CompleteUserTask(token_id=task.id, scope_id=task.event.scope_id, decision=(first,))

    def _catches_error(self, element_id: str) -> bool:
        """Only its own boundary event counts: what is outside may be out of reach of a compensation handler."""
        node = self.run.spec.by_id[element_id]
        assert isinstance(node, ActivitySpec)
        assert isinstance(node.element, Activity)
        return any(
            propagation.part_of(event.element.event, propagation.ErrorEventDefinition) is not None
            for event in node.boundary_events
        )


def to_the_end(watched: Watched, data: st.DataObject) -> list[commands.Command]:
    """Random deeds, at first any, later only those that bring the end nearer; returns the commands."""
    deeds: list[commands.Command] = []
    while watched.is_active:
        forward, happenings = list(watched.forward()), list(watched.happenings())
        if not forward and not happenings:
            assert watched.run.incidents, f"active, but nothing is open and nothing is said: {watched.run.path}"
            break
        assert len(deeds) < MOST_DEEDS, f"no end after {MOST_DEEDS} deeds: {deeds[-4:]}"
        if len(deeds) < WILD_DEEDS:
            choices = [*forward, *happenings, *watched.mishaps()]
        else:
            choices = forward or happenings
        deed = data.draw(st.sampled_from(choices), label="deed")
        deeds.append(deed)
        watched.handle(deed)
    return deeds
