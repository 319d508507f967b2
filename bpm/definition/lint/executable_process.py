"""`executable-process`: a process that shall run by itself is marked as executable."""

from __future__ import annotations

from baton.bpm.definition.drawing import called
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "executable-process"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """In guided mode people do what the drawing leaves open."""
    if not subject.guided:
        return
    first = next((scope for scope in subject.drawing.scopes if scope.parent is None), None)
    if first is not None:
        findings.info(
            NAME,
            f"The {called(first)} runs in guided mode: people do its tasks and decide what the drawing leaves open.",
            "Nothing has to be done; mark it as executable in the modeler if it shall run strictly as modelled.",
            first.place,
        )
