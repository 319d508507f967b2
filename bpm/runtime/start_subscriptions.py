"""Subscriptions of start events: they belong to the newest version of a process only, as start timers do."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from baton.bpm.execution.specs import ProcessSpec
from baton.bpm.execution.start_subscriptions import StartSubscription, start_subscriptions
from baton.bpm.runtime.engine import Engine
from baton.models import process_definition, subscription


def open_(engine: Engine, connection: Connection, spec: ProcessSpec, definition_id: int, deployment_id: int) -> None:
    """Let the process take over from older versions. Raises `ExpressionError`."""
    _clear(connection, spec.element_id)
    rows = [_row(engine, definition_id, deployment_id, opened) for opened in start_subscriptions(spec, engine.clock())]
    engine.statements.subscriptions.write(connection, rows)


def take_over(engine: Engine, connection: Connection, definition_id: int) -> None:
    """The newer version was deleted: this one starts instances again."""
    definition = engine.definitions.get(definition_id)
    open_(engine, connection, definition.spec, definition_id, definition.deployment_id)


def _clear(connection: Connection, key: str) -> None:
    versions = select(process_definition.c.id).where(process_definition.c.key == key)
    connection.execute(
        delete(subscription).where(
            subscription.c.process_instance_id.is_(None), subscription.c.process_definition_id.in_(versions)
        )
    )


def _row(engine: Engine, definition_id: int, deployment_id: int, opened: StartSubscription) -> dict[str, Any]:
    return {
        "id": engine.next_id(),
        "kind": opened.kind,
        "name": opened.name,
        "correlation_key": None,
        "process_definition_id": definition_id,
        "deployment_id": deployment_id,
        "process_instance_id": None,
        "root_id": None,
        "scope_id": None,
        "token_id": None,
        "element_id": opened.element_id,
        "flows": msgspec.json.encode(opened.flows).decode(),
        "created_at": engine.clock(),
    }
