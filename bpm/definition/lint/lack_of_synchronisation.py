"""`lack-of-synchronisation`: ways that run in parallel are merged without waiting for each other."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import Activity, ExclusiveGateway, IntermediateCatchEvent, IntermediateThrowEvent
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint import branches
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "lack-of-synchronisation"
LEVEL = Level.WARNING


def check(subject: Subject, findings: Findings) -> None:
    """Told where two arrows are reached by two ways that one split takes both."""
    for scope, node in subject.drawing.nodes():
        if len(scope.incoming.get(node.id, ())) < 2:
            continue
        if not isinstance(node, ExclusiveGateway | Activity | IntermediateCatchEvent | IntermediateThrowEvent):
            continue
        split = branches.common_split(subject, scope, node)
        if split is None or not branches.in_parallel(scope, split.node, split.ways):
            continue
        findings.warning(
            NAME,
            f"The ways that run in parallel from the {called(split.node)} on meet at the {called(node)}, which does "
            f"not wait for them: it and all that follows would run {len(split.ways)} times.",
            "Join the ways with a parallel gateway.",
            node_place(node),
        )
