"""`sub-process-blank-start-event`: an embedded sub-process begins with a none start event (BPMN 10.3.5)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import StartEvent
from baton.bpm.definition.findings import Findings

NAME = "sub-process-blank-start-event"


def check(drawing: Drawing, findings: Findings) -> None:
    """Automatic: an error. Guided: it begins at once, with a warning."""
    report = findings.warning if drawing.guided else findings.error
    for scope, node in drawing.nodes():
        if scope.parent is None or scope.is_event_sub_process or not isinstance(node, StartEvent):
            continue
        if node.event is None:
            continue
        at_once = " It begins at once." if drawing.guided else ""
        report(
            NAME,
            f"The {called(node)} inside the {called(scope)} waits for something; "
            f"a sub-process begins when its turn comes.{at_once}",
            "Make it a none start event, with a timer intermediate event behind it if it shall wait.",
            node_place(node),
        )
