"""`end-event-required`: a process or sub-process says where it ends."""

from __future__ import annotations

from baton.bpm.definition.drawing import Refused, called
from baton.bpm.definition.elements import EndEvent
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "end-event-required"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """Ad-hoc sub-processes end by their condition."""
    for scope in subject.drawing.scopes:
        if not scope.nodes or scope.is_ad_hoc or any(isinstance(node, EndEvent | Refused) for node in scope.nodes):
            continue
        findings.info(
            NAME,
            f"The {called(scope)} has no end event: it ends when nothing in it is left to do.",
            "Draw an end event to make the end clear.",
            scope.place,
        )
