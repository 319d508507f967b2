"""History: every visit of a flow node."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select

from baton.bpm.lifecycle import FlowNodeState
from baton.bpm.runtime import closings, visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import flow_node_instance


class FlowNodeInstanceView(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the token's; `element_type` is BPMN's word, such as `userTask`."""

    id: int
    process_instance_id: int
    scope_id: int
    element_id: str
    element_name: str
    element_type: str
    state: FlowNodeState
    activated_at: datetime
    ended_at: datetime | None


def flow_node_instances(
    engine: Engine,
    process_instance_id: int,
    *,
    actor: Actor,
    state: FlowNodeState | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[FlowNodeInstanceView]:
    """In the order of activation. Raises `NotFound`."""
    query = select(flow_node_instance).where(
        flow_node_instance.c.process_instance_id == process_instance_id, closings.is_to_be_seen(flow_node_instance)
    )
    if state is not None:
        query = query.where(flow_node_instance.c.state == state.value)
    with engine.database.read() as connection:
        visibility.instance_row(connection, process_instance_id, actor)
        return fetch_page(
            connection,
            query,
            flow_node_instance.c.id,
            lambda row: _view(engine, row),
            limit=limit,
            cursor=cursor,
            newest_first=False,
        )


def _view(engine: Engine, row: Row[Any]) -> FlowNodeInstanceView:
    return FlowNodeInstanceView(
        id=row.id,
        process_instance_id=row.process_instance_id,
        scope_id=row.scope_id,
        element_id=row.element_id,
        element_name=engine.definitions.get(row.process_definition_id).label(row.element_id).name,
        element_type=row.element_type,
        state=FlowNodeState(row.state),
        activated_at=row.activated_at,
        ended_at=row.ended_at,
    )
