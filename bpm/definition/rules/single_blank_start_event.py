"""`single-blank-start-event`: a process or sub-process has one none start event."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Scope, called, node_place
from baton.bpm.definition.elements import StartEvent
from baton.bpm.definition.findings import Findings

NAME = "single-blank-start-event"


def check(drawing: Drawing, findings: Findings) -> None:
    """A warning at the second one; in a sub-process all of them begin (BPMN 13.3.4)."""
    for scope in drawing.scopes:
        if scope.is_event_sub_process:
            continue
        starts = [node for node in scope.nodes if isinstance(node, StartEvent) and node.event is None]
        if len(starts) < 2:
            continue
        findings.warning(
            NAME,
            f"The {called(scope)} has {len(starts)} none start events. {_consequence(scope, drawing)}",
            "Keep one of them and lead it to the others' next elements, by a gateway if need be.",
            node_place(starts[1]),
        )


def _consequence(scope: Scope, drawing: Drawing) -> str:
    if scope.parent is not None:
        return "All of them begin."
    if drawing.guided:
        return "A person chooses where to start."
    return "Whoever starts it must say at which one (startEventId)."
