"""`default-flow`: the default flow of an element is one of its own outgoing flows."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import Activity, ComplexGateway, ExclusiveGateway, InclusiveGateway
from baton.bpm.definition.findings import Findings

NAME = "default-flow"


def check(drawing: Drawing, findings: Findings) -> None:
    """Automatic: an error. Guided: the mark is left out, with a warning."""
    report = findings.warning if drawing.guided else findings.error
    for scope, node in drawing.nodes():
        if (
            not isinstance(node, Activity | ExclusiveGateway | InclusiveGateway | ComplexGateway)
            or node.default is None
        ):
            continue
        if all(flow.id != node.default for flow in scope.outgoing.get(node.id, ())):
            report(
                NAME,
                f"The default flow '{node.default[:80]}' of the {called(node)} does not leave it.",
                "Choose the default flow again, among the arrows that leave the element.",
                node_place(node),
            )
