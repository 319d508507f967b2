"""`global`: messages, signals, errors and escalations of the file are used, and named apart."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "global"
LEVEL = Level.INFO


_KINDS = ("message", "signal", "error", "escalation")


def check(subject: Subject, findings: Findings) -> None:
    """Two of one name are one at run time; an unused one does nothing."""
    used = {
        xml.reference(str(value))
        for element in subject.root.iter(xml.tag("*"))
        for name, value in element.attrib.items()
        if str(name).endswith("Ref")
    }
    for kind in _KINDS:
        names: set[str] = set()
        for element in xml.children(subject.root, kind):
            id_, name = xml.attribute(element, "id"), xml.attribute(element, "name")
            called = f"{kind} '{(name or id_)[:80]}'"
            if id_ not in used:
                findings.info(
                    NAME,
                    f"The {called} is not used.",
                    "Nothing has to be done; delete it to tidy up.",
                    xml.place(element),
                )
            elif name and name in names:
                findings.info(
                    NAME,
                    f"The {called} is declared twice: at run time both are one.",
                    "Keep one of them, or give the other another name.",
                    xml.place(element),
                )
            names.add(name)
