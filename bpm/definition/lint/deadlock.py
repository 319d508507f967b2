"""`deadlock`: a parallel join behind a choice waits for a token that does not come."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import ParallelGateway
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint import branches
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "deadlock"
LEVEL = Level.WARNING


def check(subject: Subject, findings: Findings) -> None:
    """Told where two arrows into the join can only be reached by two ways of which one choice takes one."""
    for scope, node in subject.drawing.nodes():
        if not isinstance(node, ParallelGateway) or len(scope.incoming.get(node.id, ())) < 2:
            continue
        split = branches.common_split(subject, scope, node)
        if split is None or not branches.alternatives(scope, split.node, split.ways):
            continue
        findings.warning(
            NAME,
            f"The {called(node)} waits for all its arrows, but the {called(split.node)} before it takes only one of "
            "these ways: the run would stop here, with an incident.",
            "Join the ways with an exclusive gateway, or split them with a parallel one.",
            node_place(node),
        )
