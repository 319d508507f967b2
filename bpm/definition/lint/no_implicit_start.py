"""`no-implicit-start`: what begins the way is a start event."""

from __future__ import annotations

from baton.bpm.definition.drawing import Refused, called, is_begun_otherwise, node_place
from baton.bpm.definition.elements import BoundaryEvent, EventBasedGateway, ReceiveTask, StartEvent
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-implicit-start"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """Elements without any arrow are told by `no-disconnected`."""
    for scope, node in subject.drawing.nodes():
        if node.id in scope.incoming or node.id not in scope.outgoing or scope.is_ad_hoc:
            continue
        if isinstance(node, StartEvent | BoundaryEvent | Refused) or is_begun_otherwise(node):
            continue
        if isinstance(node, ReceiveTask | EventBasedGateway) and node.instantiate:
            continue
        has_start = any(isinstance(other, StartEvent) for other in scope.nodes)
        consequence = (
            "it never begins" if has_start and not subject.guided else f"it begins together with the {called(scope)}"
        )
        findings.info(
            NAME,
            f"No arrow leads to the {called(node)}: {consequence}.",
            "Draw a start event before it, or the arrow that is missing.",
            node_place(node),
        )
