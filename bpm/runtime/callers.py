"""The call activity that waits for an instance, and what is around it, up the whole chain of callers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from baton.bpm.definition.event_definitions import ErrorEventDefinition, EscalationEventDefinition
from baton.bpm.execution import propagation
from baton.bpm.execution.state import Caller
from baton.bpm.runtime.definitions import Definitions
from baton.models import process_instance

_INSTANCE = select(process_instance).where(process_instance.c.id == bindparam("id_"))


@dataclass(frozen=True, slots=True)
class CallLink:
    """Which token of which instance called, and its definition. `depth`: how many callers are above, at least 1."""

    process_instance_id: int
    scope_id: int
    token_id: int
    element_id: str
    process_definition_id: int
    depth: int


def link_of(row: Row[Any], prefix: str = "") -> CallLink | None:
    """The link in a row of `process_instance` whose columns begin with `prefix`; None if nobody called it."""
    if getattr(row, f"{prefix}caller_id") is None:
        return None
    return CallLink(
        process_instance_id=getattr(row, f"{prefix}caller_id"),
        scope_id=getattr(row, f"{prefix}caller_scope_id"),
        token_id=getattr(row, f"{prefix}caller_token_id"),
        element_id=getattr(row, f"{prefix}caller_element_id"),
        process_definition_id=getattr(row, f"{prefix}caller_definition_id"),
        depth=getattr(row, f"{prefix}call_depth"),
    )


class DrawnCaller(Caller):
    """Answers by what the callers' diagrams draw; rows of callers further up are read when they are asked."""

    def __init__(self, definitions: Definitions, connection: Connection, link: CallLink) -> None:
        self._definitions = definitions
        self._connection = connection
        self._link = link

    def catches_error(self, code: str) -> bool:
        return self._catches(ErrorEventDefinition, code)

    def catches_escalation(self, code: str) -> bool:
        return self._catches(EscalationEventDefinition, code)

    def _catches(self, kind: propagation.Kind, code: str) -> bool:
        for link in chain(self._connection, self._link):
            node = self._definitions.get(link.process_definition_id).spec.by_id[link.element_id]
            if propagation.catches(node, kind, code):
                return True
        return False


def chain(connection: Connection, link: CallLink | None) -> Iterator[CallLink]:
    """The link, then those of the callers above, outward."""
    while link is not None:
        yield link
        row = connection.execute(_INSTANCE, {"id_": link.process_instance_id}).first()
        link = None if row is None else link_of(row)
