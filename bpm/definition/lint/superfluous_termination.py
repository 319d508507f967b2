"""`superfluous-termination`: a terminate end event where nothing else can be running."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import (
    Activity,
    BoundaryEvent,
    EndEvent,
    EventSubProcess,
    FlowNode,
    InclusiveGateway,
    ParallelGateway,
    StartEvent,
    TerminateEventDefinition,
)
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "superfluous-termination"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """Only where the whole scope has one token at a time."""
    for scope in subject.drawing.scopes:
        ends = [
            node
            for node in scope.nodes
            if isinstance(node, EndEvent) and isinstance(node.event, TerminateEventDefinition)
        ]
        if not ends or any(_begins_more(node, len(scope.outgoing.get(node.id, ()))) for node in scope.nodes):
            continue
        if sum(isinstance(node, StartEvent) for node in scope.nodes) != 1:
            continue
        for end in ends:
            findings.info(
                NAME,
                f"The {called(end)} ends everything else in the {called(scope)}, but nothing else can be running then.",
                "Make it a plain end event.",
                node_place(end),
            )


def _begins_more(node: FlowNode, leaving: int) -> bool:
    if isinstance(node, ParallelGateway | InclusiveGateway | Activity | StartEvent) and leaving > 1:
        return True
    return isinstance(node, EventSubProcess) or (isinstance(node, BoundaryEvent) and not node.interrupting)
