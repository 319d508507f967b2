"""`no-dangling-flow`: a sequence flow starts and ends at a node of the file."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, flow_place
from baton.bpm.definition.elements import SequenceFlow
from baton.bpm.definition.findings import Findings

NAME = "no-dangling-flow"


def check(drawing: Drawing, findings: Findings) -> None:
    """Automatic: an error. Guided: left out, with a warning."""
    report = findings.warning if drawing.guided else findings.error
    for flow in drawing.loose_flows:
        missing = _missing_ends(flow, drawing)
        if not missing:
            continue
        left_out = " It is left out." if drawing.guided else ""
        report(
            NAME,
            f"The {called(flow)} has {' and '.join(missing)}.{left_out}",
            "Connect both ends of the arrow to elements, or delete it.",
            flow_place(flow),
        )


def _missing_ends(flow: SequenceFlow, drawing: Drawing) -> list[str]:
    return [
        _words(side, reference)
        for side, reference in (("source", flow.source), ("target", flow.target))
        if reference not in drawing.scope_of
    ]


def _words(side: str, reference: str) -> str:
    if not reference:
        return f"no {side}"
    return f"the {side} '{reference[:80]}', which is no element that a sequence flow can touch"
