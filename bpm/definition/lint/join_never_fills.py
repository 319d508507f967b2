"""`join-never-fills`: an arrow into a parallel join that no token can come by."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, flow_place
from baton.bpm.definition.elements import ParallelGateway
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "join-never-fills"
LEVEL = Level.WARNING


def check(subject: Subject, findings: Findings) -> None:
    """The source is never reached, or can only be reached after the join itself."""
    for scope, node in subject.drawing.nodes():
        flows = scope.incoming.get(node.id, ())
        if not isinstance(node, ParallelGateway) or len(flows) < 2 or node.id not in subject.reached(scope):
            continue
        for flow in flows:
            # Guided: what no arrow leads to begins with the process.
            if flow.source not in subject.reached(scope) and not subject.guided:
                why = f"the {called(scope.by_id[flow.source])} it comes from is never reached"
            elif subject.dominators(scope).dominates(node.id, flow.source):
                why = "it comes back from behind the gateway, which is not passed before all its arrows came"
            else:
                continue
            findings.warning(
                NAME,
                f"The {called(node)} waits for the {called(flow)}, but {why}: "
                "the run would stop here, with an incident.",
                "Lead the arrow to an exclusive gateway before the join, or delete it.",
                flow_place(flow),
            )
