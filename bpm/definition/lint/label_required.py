"""`label-required`: what people see in tasks, decisions and the history has a name."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, flow_place, node_place
from baton.bpm.definition.elements import (
    Activity,
    BoundaryEvent,
    EndEvent,
    EventSubProcess,
    ExclusiveGateway,
    FlowNode,
    InclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "label-required"
LEVEL = Level.INFO


_EVENTS = StartEvent | EndEvent | IntermediateCatchEvent | IntermediateThrowEvent | BoundaryEvent


def check(subject: Subject, findings: Findings) -> None:
    """Once for all: a drawing without names would fill pages."""
    for scope, node in subject.drawing.nodes():
        if not node.name and _needs_name(node, len(scope.outgoing.get(node.id, ()))):
            findings.note_once(
                NAME,
                type(node).__name__,
                f"The {called(node)} has no name: people see its id.",
                "Give it a name that says what is done or what happened.",
                node_place(node),
            )
        if isinstance(node, ExclusiveGateway | InclusiveGateway) and len(scope.outgoing.get(node.id, ())) > 1:
            for flow in scope.outgoing[node.id]:
                if not flow.name and flow.id != node.default:
                    findings.note_once(
                        NAME,
                        "flow of a decision",
                        f"The {called(flow)} out of the {called(node)} has no name: nobody sees what it stands for.",
                        "Name it by the answer it stands for, such as yes or no.",
                        flow_place(flow),
                    )


def _needs_name(node: FlowNode, leaving: int) -> bool:
    if isinstance(node, ExclusiveGateway | InclusiveGateway):
        return leaving > 1
    if isinstance(node, EventSubProcess):
        return False
    if isinstance(node, _EVENTS):
        return node.event is not None
    return isinstance(node, Activity)
