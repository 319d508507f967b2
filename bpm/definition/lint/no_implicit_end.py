"""`no-implicit-end`: what ends the way is an end event."""

from __future__ import annotations

from baton.bpm.definition.drawing import Refused, called, is_begun_otherwise, node_place
from baton.bpm.definition.elements import BoundaryEvent, EndEvent, IntermediateThrowEvent
from baton.bpm.definition.event_definitions import CompensateEventDefinition, LinkEventDefinition
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-implicit-end"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """Elements without any arrow are told by `no-disconnected`."""
    for scope, node in subject.drawing.nodes():
        if node.id in scope.outgoing or isinstance(node, EndEvent | Refused) or scope.is_ad_hoc:
            continue
        if is_begun_otherwise(node) or _goes_on_otherwise(node) or node.id not in scope.incoming:
            continue
        findings.info(
            NAME,
            f"Nothing follows the {called(node)}: the way ends there.",
            "Draw an end event behind it, or the arrow that is missing.",
            node_place(node),
        )


def _goes_on_otherwise(node: object) -> bool:
    if isinstance(node, IntermediateThrowEvent):
        return isinstance(node.event, LinkEventDefinition)
    return isinstance(node, BoundaryEvent) and isinstance(node.event, CompensateEventDefinition)
