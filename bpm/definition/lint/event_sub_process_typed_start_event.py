"""`event-sub-process-typed-start-event`: the start event of an event sub-process says what it waits for."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import StartEvent
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "event-sub-process-typed-start-event"
LEVEL = Level.WARNING


def check(subject: Subject, findings: Findings) -> None:
    """A none start event in an event sub-process never happens by itself."""
    for scope, node in subject.drawing.nodes():
        if scope.is_event_sub_process and isinstance(node, StartEvent) and node.event is None:
            consequence = "a person must say when it happens" if subject.guided else "nothing can make it happen"
            findings.warning(
                NAME,
                f"The {called(node)} of the event {called(scope)} does not say what it waits for: {consequence}.",
                "Make it a message, timer, error, escalation, signal or conditional start event.",
                node_place(node),
            )
