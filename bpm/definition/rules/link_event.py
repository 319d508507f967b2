"""`link-event`: each link that is thrown is caught once, in the same process or sub-process (BPMN 10.5.5)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Scope, called, node_place
from baton.bpm.definition.elements import FlowNode, IntermediateCatchEvent, IntermediateThrowEvent
from baton.bpm.definition.event_definitions import LinkEventDefinition
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.texts import shown

NAME = "link-event"


def check(drawing: Drawing, findings: Findings) -> None:
    """Automatic: an error. Guided: the flow ends there, with a warning."""
    report = findings.warning if drawing.guided else findings.error
    for scope in drawing.scopes:
        caught = _by_name(scope, IntermediateCatchEvent)
        for name, throws in _by_name(scope, IntermediateThrowEvent).items():
            for event in throws:
                if name not in caught:
                    report(
                        NAME,
                        f"The {called(event)} throws the link {shown(name)}, which nothing beside it catches.",
                        "Draw a link catch event of the same name in the same process or sub-process.",
                        node_place(event),
                    )
        for name, catches in caught.items():
            if len(catches) > 1:
                report(
                    NAME,
                    f"The {called(catches[1])} is the second to catch the link {shown(name)}: the first one is used.",
                    "Keep one catch event for each link; several throw events may lead to it.",
                    node_place(catches[1]),
                )


def _by_name(scope: Scope, kind: type[FlowNode]) -> dict[str, list[FlowNode]]:
    found: dict[str, list[FlowNode]] = {}
    for node in scope.nodes:
        event = getattr(node, "event", None)
        if isinstance(node, kind) and isinstance(event, LinkEventDefinition):
            found.setdefault(event.name, []).append(node)
    return found
