"""`no-overlapping-elements`: elements are not drawn over each other."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import BoundaryEvent
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.boxes import overlapping, read_boxes
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-overlapping-elements"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """Told of the later one of two; boundary events sit on the border of their activity."""
    boxes = read_boxes(subject.root)
    for scope in subject.drawing.scopes:
        own = {
            node.id: boxes[node.id] for node in scope.nodes if node.id in boxes and not isinstance(node, BoundaryEvent)
        }
        for one, other in overlapping(own):
            findings.info(
                NAME,
                f"The {called(scope.by_id[other])} is drawn over the {called(scope.by_id[one])}.",
                "Move one of them in the modeler.",
                node_place(scope.by_id[other]),
            )
