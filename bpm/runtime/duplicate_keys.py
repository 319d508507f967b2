"""A process or decision may be in one file of a deployment only."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from baton.bpm.definition.problems import Problem, Severity


class Keyed(msgspec.Struct, frozen=True):
    """Something of a file that gets versions by its key; `kind` is what people call it."""

    kind: str
    key: str
    name: str
    line: int
    resource_name: str


def duplicate_keys(found: Iterable[Keyed]) -> Iterable[Problem]:
    """An error for each key that a file has after another one had it."""
    owners: dict[str, str] = {}
    for keyed in found:
        owner = owners.setdefault(keyed.key, keyed.resource_name)
        if owner != keyed.resource_name:
            yield Problem(
                rule="no-duplicate-ids",
                severity=Severity.ERROR,
                message=f"The {keyed.kind} '{keyed.key}' is in '{owner}' and in '{keyed.resource_name}'.",
                fix="Give one of them another id, or upload them one after the other.",
                element_id=keyed.key,
                element_name=keyed.name,
                line=keyed.line,
                resource=keyed.resource_name,
            )
