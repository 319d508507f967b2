"""`process-not-empty`: there is something to run."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called
from baton.bpm.definition.findings import Findings

NAME = "process-not-empty"


def check(drawing: Drawing, findings: Findings) -> None:
    """Empty pools beside a drawn one are partners, not mistakes, except where the mode is strict."""
    some = any(scope.parent is None and scope.nodes for scope in drawing.scopes)
    for scope in drawing.scopes:
        if scope.nodes:
            continue
        if scope.parent is not None:
            findings.info(
                NAME,
                f"The {called(scope)} is drawn without content: it is one step, like a task.",
                "Draw its steps inside it if they shall run.",
                scope.place,
            )
        elif some and drawing.guided:
            findings.info(
                NAME, f"The {called(scope)} is empty and does not run.", "Nothing has to be done.", scope.place
            )
        else:
            findings.error(
                NAME,
                f"The {called(scope)} has no element to run.",
                "Draw at least one task, or delete the process.",
                scope.place,
            )
