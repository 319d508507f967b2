"""Audit events of no process instance: people, groups, keys, and repairs of many instances at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from baton.bpm.runtime import audit
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine


def record(engine: Engine, connection: Connection, actor: Actor, type_: str, **data: Any) -> None:
    """Write the event in the transaction of the change it tells of; each is hashed by itself."""
    labels = audit.Labels(occurred_at=engine.clock(), actor=actor)
    entry = audit.Entry(type_, None, data)
    rows = audit.rows([entry], labels, sequence=None, previous_hash=audit.EMPTY_HASH, element_name=str)
    engine.statements.audit.write(connection, rows)
