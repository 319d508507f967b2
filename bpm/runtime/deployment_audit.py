"""What the audit says of deployments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from baton.bpm.runtime import (
    audit,
)
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.deployment_views import DeployedDefinitionView
from baton.bpm.runtime.engine import Engine


def write(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    type_: str,
    deployment_id: int,
    data: dict[str, Any],
    *,
    definition: DeployedDefinitionView | None = None,
) -> None:
    """One event of a deployment, or of a definition that came with it."""
    labels = audit.Labels(
        occurred_at=engine.clock(),
        actor=actor,
        deployment_id=deployment_id,
        process_definition_id=definition.id if definition else None,
        key=definition.key if definition else None,
    )
    rows = audit.rows(
        [audit.Entry(type_, None, data)], labels, sequence=None, previous_hash=audit.EMPTY_HASH, element_name=str
    )
    engine.statements.audit.write(connection, rows)
