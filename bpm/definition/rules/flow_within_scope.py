"""`flow-within-scope`: a sequence flow does not cross the border of a sub-process or pool (BPMN 10.3.1)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Scope, called, flow_place
from baton.bpm.definition.findings import Findings

NAME = "flow-within-scope"


def check(drawing: Drawing, findings: Findings) -> None:
    """An error in both modes: there is no meaning that could be guessed."""
    for flow in drawing.loose_flows:
        source, target = drawing.scope_of.get(flow.source), drawing.scope_of.get(flow.target)
        if source is None or target is None:
            continue
        pools = _process(source) is not _process(target)
        findings.error(
            NAME,
            f"The {called(flow)} leads from the {called(source)} into the {called(target)}; "
            "sequence flows stay within one.",
            "Connect pools by a message flow." if pools else "Connect the sub-process itself, not what is inside it.",
            flow_place(flow),
        )


def _process(scope: Scope) -> Scope:
    while scope.parent is not None:
        scope = scope.parent
    return scope
