"""`duplicate-task-headers`: each header of a job has a key of its own (Camunda 8)."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "duplicate-task-headers"
LEVEL = Level.WARNING


_HEADER = "{http://camunda.org/schema/zeebe/1.0}header"


def check(subject: Subject, findings: Findings) -> None:
    """The last of two wins."""
    seen: set[tuple[object, str]] = set()
    for header in subject.root.iter(_HEADER):
        holder = header.getparent()
        key = str(header.get("key") or "")
        if (holder, key) not in seen:
            seen.add((holder, key))
            continue
        task = holder.getparent().getparent() if holder.getparent() is not None else holder
        findings.warning(
            NAME,
            f"The job header '{key[:80]}' is given twice: the worker sees the last one only.",
            "Delete one of the two headers.",
            xml.place(task if task is not None else header),
        )
