"""`no-loop`: a loop in which nothing waits goes round as fast as it can."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.loops import loops_without_wait
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-loop"
LEVEL = Level.WARNING


def check(subject: Subject, findings: Findings) -> None:
    """A warning where no condition leaves the loop; an info where one does."""
    for scope in subject.drawing.scopes:
        for loop in loops_without_wait(scope, subject.waits):
            place = node_place(loop.first)
            if loop.is_left:
                findings.info(
                    NAME,
                    f"The loop at the {called(loop.first)} waits for nothing: it goes round at once until its "
                    "condition ends it; after 100,000 steps the run stops with an incident.",
                    "Nothing has to be done if the condition changes in the loop.",
                    place,
                )
            else:
                findings.warning(
                    NAME,
                    f"The loop at the {called(loop.first)} waits for nothing and has no way out: it would go round "
                    "100,000 steps, then stop with an incident.",
                    "Draw a way out with a condition, or something to wait for in the loop.",
                    place,
                )
