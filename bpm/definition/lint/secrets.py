"""`secrets`: secrets are named as the platform resolves them (Camunda 8 connectors)."""

from __future__ import annotations

import re

from baton.bpm.definition import xml
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "secrets"
LEVEL = Level.WARNING


_OLD = re.compile(r"(?<!\{\{)(?<!\{\{ )(?<!\.)\bsecrets\.[A-Za-z_]\w*")
_INPUT = "{http://camunda.org/schema/zeebe/1.0}input"


def check(subject: Subject, findings: Findings) -> None:
    """A bare `secrets.NAME` is handed on as it is written."""
    for mapping in subject.root.iter(_INPUT):
        found = _OLD.search(str(mapping.get("source") or "")[:10_000])
        holder = next((above for above in mapping.iterancestors() if above.get("id")), mapping)
        if found:
            findings.warning(
                NAME,
                f"'{found[0][:80]}' is not replaced by the secret: the text itself is handed on.",
                f"Write {{{{{found[0][:80]}}}}}.",
                xml.place(holder),
            )
