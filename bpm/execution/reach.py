"""Which incoming flows of an inclusive gateway a token can still reach (BPMN 2.0.2, 13.4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.specs import ProcessSpec


class Reach:
    """Per gateway and node: a bit mask of the gateway's incoming flows on some path that avoids the gateway.

    Boundary events count as ways out of their activity; `own` leaves out those that do not interrupt, by which a token
    sends another one and stays. Computed on first use, then shared.
    """

    def __init__(self, spec: ProcessSpec) -> None:
        self._spec = spec
        self._masks: dict[tuple[str, bool], dict[str, int]] = {}

    def mask(self, gateway: FlowNode, node: FlowNode) -> int:
        """Bit i is set if a token can come from `node` by `gateway.incoming[i]` without passing `gateway`."""
        return self._mask(gateway, node, own=False)

    def own_mask(self, gateway: FlowNode, node: FlowNode) -> int:
        """Bit i is set if the token at `node` itself can come that way."""
        return self._mask(gateway, node, own=True)

    def _mask(self, gateway: FlowNode, node: FlowNode, *, own: bool) -> int:
        masks = self._masks.get((gateway.name, own))
        if masks is None:
            masks = self._masks[gateway.name, own] = self._compute(gateway, own)
        return masks.get(node.name, 0)

    def _compute(self, gateway: FlowNode, own: bool) -> dict[str, int]:
        """Spread each incoming flow's bit backward along the flows, until nothing changes."""
        masks: dict[str, int] = {}
        work: list[FlowNode] = []
        for bit, flow in enumerate(gateway.incoming):
            if flow.source is not gateway:
                masks[flow.source.name] = masks.get(flow.source.name, 0) | 1 << bit
                work.append(flow.source)
        queued = {node.name for node in work}
        while work:
            node = work.pop()
            queued.discard(node.name)
            mask = masks[node.name]
            for before in () if own and node.repeats else node.predecessors():
                if before is gateway or masks.get(before.name, 0) | mask == masks.get(before.name, 0):
                    continue
                masks[before.name] = masks.get(before.name, 0) | mask
                if before.name not in queued:
                    queued.add(before.name)
                    work.append(before)
        return masks
