"""`no-complex-gateway`: a complex gateway is hard to read."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import ComplexGateway
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-complex-gateway"
LEVEL = Level.OFF


def check(subject: Subject, findings: Findings) -> None:
    """For those who agreed not to draw them."""
    for _, node in subject.drawing.nodes():
        if isinstance(node, ComplexGateway):
            findings.info(
                NAME,
                f"The {called(node)} is complex: when it goes on is hidden in its condition.",
                "Draw it with exclusive and parallel gateways, or with an event.",
                node_place(node),
            )
