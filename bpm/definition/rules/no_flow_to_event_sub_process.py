"""`no-flow-to-event-sub-process`: no arrow leads to an event sub-process, or out of it (BPMN 10.3.5)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import EventSubProcess
from baton.bpm.definition.findings import Findings

NAME = "no-flow-to-event-sub-process"


def check(drawing: Drawing, findings: Findings) -> None:
    """An error in both modes."""
    for scope, node in drawing.nodes():
        if not isinstance(node, EventSubProcess):
            continue
        for arrows, where, why in (
            (scope.incoming, "to", "only its event begins it"),
            (scope.outgoing, "out of", "nothing follows it"),
        ):
            if node.id in arrows:
                findings.error(
                    NAME,
                    f"A sequence flow leads {where} the {called(node)}, but {why}.",
                    "Make it an ordinary sub-process, or take the sequence flow away.",
                    node_place(node),
                )
