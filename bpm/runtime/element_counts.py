"""How many tokens and open incidents each element of a process version has now."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, select

from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.models import flow_node_instance, incident


class ElementCounts(msgspec.Struct, frozen=True, kw_only=True):
    """By element id; an element with none is left out."""

    tokens: dict[str, int]
    incidents: dict[str, int]


def live(engine: Engine, process_definition_id: int, *, actor: Actor) -> ElementCounts:
    """Over all instances of this version; nothing for who is no operator, since they see only their own instances."""
    if not actor.is_operator:
        return ElementCounts(tokens={}, incidents={})
    tokens = (
        select(flow_node_instance.c.element_id, func.count().label("live"))
        .where(
            flow_node_instance.c.process_definition_id == process_definition_id,
            flow_node_instance.c.ended_at.is_(None),
        )
        .group_by(flow_node_instance.c.element_id)
    )
    incidents = (
        select(incident.c.element_id, func.count().label("live"))
        .where(
            incident.c.process_definition_id == process_definition_id,
            incident.c.state == IncidentState.OPEN.value,
        )
        .group_by(incident.c.element_id)
    )
    with engine.database.read() as connection:
        return ElementCounts(
            tokens={row.element_id: row.live for row in connection.execute(tokens)},
            incidents={row.element_id: row.live for row in connection.execute(incidents)},
        )
