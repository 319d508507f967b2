"""`no-duplicate-sequence-flows`: two arrows of the same meaning between the same elements."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, flow_place
from baton.bpm.definition.elements import ExclusiveGateway
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-duplicate-sequence-flows"
LEVEL = Level.WARNING


def check(subject: Subject, findings: Findings) -> None:
    """Each is a way of its own: what follows runs twice, or the second is never taken."""
    for scope in subject.drawing.scopes:
        seen: dict[object, str] = {}
        for flow in scope.flows:
            key = (flow.source, flow.target, flow.condition)
            if key not in seen:
                seen[key] = flow.id
                continue
            source, target = scope.by_id[flow.source], scope.by_id[flow.target]
            consequence = (
                "only one of them can ever be taken"
                if isinstance(source, ExclusiveGateway)
                else f"both are taken, so that the {called(target)} begins twice"
            )
            findings.warning(
                NAME,
                f"The {called(flow)} leads the same way as '{seen[key][:80]}': {consequence}.",
                "Delete one of the two arrows.",
                flow_place(flow),
            )
