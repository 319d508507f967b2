"""At which nodes a token rests until somebody or something else does its part."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing
from baton.bpm.definition.elements import (
    AbstractTask,
    AdHocSubProcess,
    CallActivity,
    EventBasedGateway,
    ExclusiveGateway,
    FlowNode,
    InclusiveGateway,
    IntermediateCatchEvent,
    ManualTask,
    ReceiveTask,
    ScriptTask,
    ServiceTask,
    SubProcess,
    UserTask,
)
from baton.bpm.definition.event_definitions import LinkEventDefinition

_ALWAYS = (UserTask, ReceiveTask, ServiceTask, CallActivity, EventBasedGateway, AdHocSubProcess)


def waiting_nodes(drawing: Drawing) -> frozenset[str]:
    """Ids; a sub-process waits if something in it does."""
    found: set[str] = set()
    busy: set[str] = set()
    for scope in reversed(drawing.scopes):
        for node in scope.nodes:
            if _waits(node, drawing) or (isinstance(node, SubProcess) and node.id in busy):
                found.add(node.id)
                busy.add(scope.id)
            elif isinstance(node, ExclusiveGateway | InclusiveGateway) and drawing.guided:
                flows = scope.outgoing.get(node.id, [])
                if len(flows) > 1 and any(flow.condition is None and flow.id != node.default for flow in flows):
                    found.add(node.id)
    return frozenset(found)


def _waits(node: FlowNode, drawing: Drawing) -> bool:
    if isinstance(node, _ALWAYS):
        return True
    if isinstance(node, IntermediateCatchEvent):
        return not isinstance(node.event, LinkEventDefinition)
    if isinstance(node, AbstractTask):
        return drawing.guided
    if isinstance(node, ManualTask):
        return node.awaited
    return isinstance(node, ScriptTask) and node.script is None
