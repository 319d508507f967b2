"""`no-duplicate-ids`: an id names one element of the file."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing
from baton.bpm.definition.findings import Findings

NAME = "no-duplicate-ids"


def check(drawing: Drawing, findings: Findings) -> None:
    """Two elements with one id cannot be told apart by anything that refers to them."""
    first_lines: dict[str, int] = {}
    for place in drawing.identified:
        id_ = place.id or ""
        if id_ not in first_lines:
            first_lines[id_] = place.line
            continue
        findings.error(
            NAME,
            f"The id '{id_[:80]}' is used again, first on line {first_lines[id_]}.",
            "Give one of the two elements another id.",
            place,
        )
