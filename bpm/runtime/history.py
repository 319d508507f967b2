"""History: every visit of a flow node."""

from __future__ import annotations

from datetime import datetime

import msgspec

from baton.bpm.lifecycle import FlowNodeState
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page


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
    raise NotImplementedError
