"""`ad-hoc-sub-process`: an ad-hoc sub-process has no start and end events (BPMN 10.3.5)."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import EndEvent, StartEvent
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "ad-hoc-sub-process"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """People choose what is done first."""
    for scope, node in subject.drawing.nodes():
        if scope.is_ad_hoc and isinstance(node, StartEvent | EndEvent):
            findings.info(
                NAME,
                f"The {called(node)} stands in the ad-hoc {called(scope)}: people choose what is done there, and when "
                "it is over.",
                "Delete the event, or make it a plain sub-process if the order is fixed.",
                node_place(node),
            )
