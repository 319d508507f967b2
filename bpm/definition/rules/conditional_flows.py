"""`conditional-flows`: where the way is chosen, every flow has a condition or is the default."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Scope, called, flow_place
from baton.bpm.definition.elements import (
    Activity,
    ComplexGateway,
    ExclusiveGateway,
    FlowNode,
    InclusiveGateway,
    ParallelGateway,
    SequenceFlow,
)
from baton.bpm.definition.findings import Findings

NAME = "conditional-flows"


def check(drawing: Drawing, findings: Findings) -> None:
    """In guided mode people choose where a condition is missing, so only misplaced conditions are told."""
    for scope, node in drawing.nodes():
        if not drawing.guided:
            _check_split(scope, node, findings)
        _check_misplaced(scope, node, findings)


def _check_split(scope: Scope, node: FlowNode, findings: Findings) -> None:
    if not isinstance(node, ExclusiveGateway | InclusiveGateway):
        return
    flows = scope.outgoing.get(node.id, [])
    if len(flows) < 2:
        return
    for flow in flows:
        if flow.condition is not None or flow.id == node.default:
            continue
        if isinstance(node, ExclusiveGateway):
            findings.error(
                NAME,
                f"The {called(flow)} out of the {called(node)} has no condition and is not the default flow.",
                "Write a condition on the arrow, or mark it as the default flow.",
                flow_place(flow),
            )
        elif any(other.condition is not None for other in flows):
            findings.warning(
                NAME,
                f"The {called(flow)} out of the {called(node)} has no condition: it is always taken.",
                "Write a condition on the arrow, or mark it as the default flow.",
                flow_place(flow),
            )


def _check_misplaced(scope: Scope, node: FlowNode, findings: Findings) -> None:
    if isinstance(node, Activity | ExclusiveGateway | InclusiveGateway | ComplexGateway):
        return
    for flow in scope.outgoing.get(node.id, ()):
        if flow.condition is not None:
            findings.warning(NAME, *_misplaced(node, flow), flow_place(flow))


def _misplaced(node: FlowNode, flow: SequenceFlow) -> tuple[str, str]:
    if isinstance(node, ParallelGateway):
        return (
            f"The condition of the {called(flow)} is not used: a parallel gateway takes all its flows.",
            "Draw an inclusive or exclusive gateway if the condition shall decide.",
        )
    return (
        f"The condition of the {called(flow)} stands behind the {called(node)}; it is evaluated all the same.",
        "Draw an exclusive gateway behind the event and put the condition there.",
    )
