"""`no-inclusive-gateway`: an inclusive gateway is hard to read."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import InclusiveGateway
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-inclusive-gateway"
LEVEL = Level.OFF


def check(subject: Subject, findings: Findings) -> None:
    """For those who agreed not to draw them."""
    for _, node in subject.drawing.nodes():
        if isinstance(node, InclusiveGateway):
            findings.info(
                NAME,
                f"The {called(node)} is inclusive: any number of its ways may be taken, "
                "and a join waits for all of them.",
                "Draw exclusive and parallel gateways that say the same.",
                node_place(node),
            )
