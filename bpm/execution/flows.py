"""A sequence flow between two specs, its condition compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from baton.bpm.definition.elements import Expression, Listener
from baton.bpm.expressions import Compiled

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode


@dataclass(frozen=True, slots=True, eq=False)
class SequenceFlow:
    """A token's identity at a join is the flow it came by, so flows are compared by identity."""

    id: str
    name: str
    source: FlowNode
    target: FlowNode
    condition: Compiled | None
    expression: Expression | None
    listeners: tuple[Listener, ...] = ()
