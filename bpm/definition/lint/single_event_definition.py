"""`single-event-definition`: an event has one cause."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.event_definitions import MultipleEventDefinition
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "single-event-definition"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """It runs: one of its causes is enough, or all are needed if it is parallel multiple."""
    for _, node in subject.drawing.nodes():
        event = getattr(node, "event", None)
        if not isinstance(event, MultipleEventDefinition):
            continue
        needed = "all of them must happen" if event.parallel else "each of them is enough"
        findings.info(
            NAME,
            f"The {called(node)} has {len(event.parts)} causes: {needed}.",
            "Draw one event for each cause if readers shall see them.",
            node_place(node),
        )
