"""`no-duplicate-ids`: an id names one element of the file."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpm.definition.drawing import Drawing, flow_place, node_place
from baton.bpm.definition.findings import Findings, Place

NAME = "no-duplicate-ids"


def check(drawing: Drawing, findings: Findings) -> None:
    """Two elements with one id cannot be told apart by anything that refers to them."""
    first_lines: dict[str, int] = {}
    for place in sorted(_places(drawing), key=lambda place: place.line):
        if not place.id:
            continue
        if place.id not in first_lines:
            first_lines[place.id] = place.line
            continue
        findings.error(
            NAME,
            f"The id '{place.id[:80]}' is used again, first on line {first_lines[place.id]}.",
            "Give one of the two elements another id.",
            place,
        )


def _places(drawing: Drawing) -> Iterator[Place]:
    """Whatever is run; two data objects of one id harm nobody."""
    for scope in drawing.scopes:
        if scope.parent is None:
            yield scope.place
    for _, node in drawing.nodes():
        yield node_place(node)
    for flow in drawing.flows():
        yield flow_place(flow)
