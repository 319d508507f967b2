"""`user-task-attributes`: literal dates and priorities of user tasks can be read; expressions are checked elsewhere."""

from __future__ import annotations

import re
from datetime import datetime

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import Text, UserTask
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.texts import shown

NAME = "user-task-attributes"
_DURATION = re.compile(r"P(?=[0-9T])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?")
_INTEGER = re.compile(r"-?\d{1,9}")


def check(drawing: Drawing, findings: Findings) -> None:
    """An error in both modes: a due date that nobody can read would be lost."""
    for _, node in drawing.nodes():
        if not isinstance(node, UserTask):
            continue
        assignment = node.assignment
        for words, date in (("due date", assignment.due_date), ("follow-up date", assignment.follow_up_date)):
            if not _readable_date(date):
                findings.error(
                    NAME,
                    f"The {words} {shown(str(date))} of the {called(node)} cannot be read.",
                    "Write a date and time (2026-12-24T18:00:00Z), a duration (P2D) or an expression.",
                    node_place(node),
                )
        if not _readable_priority(assignment.priority):
            findings.error(
                NAME,
                f"The priority {shown(str(assignment.priority))} of the {called(node)} is not a whole number.",
                "Write a whole number such as 50, or an expression.",
                node_place(node),
            )


def _readable_date(text: Text | None) -> bool:
    if not isinstance(text, str) or _DURATION.fullmatch(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _readable_priority(text: Text | None) -> bool:
    return not isinstance(text, str) or _INTEGER.fullmatch(text) is not None
