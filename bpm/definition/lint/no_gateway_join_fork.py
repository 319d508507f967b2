"""`no-gateway-join-fork`: a gateway joins or splits, not both."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import ComplexGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-gateway-join-fork"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """It runs as drawn: it joins first, then splits."""
    for scope, node in subject.drawing.nodes():
        if not isinstance(node, ExclusiveGateway | InclusiveGateway | ParallelGateway | ComplexGateway):
            continue
        if len(scope.incoming.get(node.id, ())) > 1 and len(scope.outgoing.get(node.id, ())) > 1:
            findings.info(
                NAME,
                f"The {called(node)} joins and splits at once: it joins first, then splits.",
                "Draw two gateways, one that joins and one that splits.",
                node_place(node),
            )
