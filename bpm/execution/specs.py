"""Turns the definition's elements into runnable specs: once per definition, immutable, shared by all.

SpiffWorkflow's own parser is not used (it recurses, refuses most real files and parses unsafely).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from baton.bpm.definition import elements
from baton.bpm.execution.elements import (
    activities,
    business_rule_task,
    events,
    gateways,
    start_choice,
    sub_process,
    tasks,
)
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.flows import SequenceFlow
from baton.bpm.execution.reach import Reach
from baton.bpm.expressions import compile_expression

SPEC_CLASSES: dict[type[elements.FlowNode], Callable[..., FlowNode]] = {
    elements.StartEvent: events.StartEvent,
    elements.EndEvent: events.end_event,
    elements.IntermediateCatchEvent: events.IntermediateCatchEvent,
    elements.IntermediateThrowEvent: events.IntermediateThrowEvent,
    elements.BoundaryEvent: events.BoundaryEvent,
    elements.AbstractTask: tasks.AbstractTask,
    elements.ManualTask: tasks.ManualTask,
    elements.UserTask: tasks.UserTask,
    elements.ServiceTask: tasks.ServiceTask,
    elements.ScriptTask: tasks.ScriptTask,
    elements.BusinessRuleTask: business_rule_task.BusinessRuleTask,
    elements.ExclusiveGateway: gateways.ExclusiveGateway,
    elements.ParallelGateway: gateways.ParallelGateway,
    elements.InclusiveGateway: gateways.InclusiveGateway,
    elements.SubProcess: sub_process.SubProcess,
}


class ProcessSpec(BpmnProcessSpec):
    """One process or embedded sub-process: its nodes by id, in document order.

    `root` is the spec of the process; `scopes` (root only) finds the spec of a sub-process by its id.
    """

    def __init__(self, element_id: str, process: elements.Process, root: ProcessSpec | None) -> None:
        # SpiffWorkflow adds specs named `Start`, `End` and `<name>.EndJoin`: elements may have these names.
        super().__init__(name=element_id)
        self.task_specs.clear()
        self.bpmn_start_events.clear()
        self.element_id = element_id
        self.process = process
        self.root = root or self
        self.scopes: dict[str, ProcessSpec] = root.scopes if root else {}
        self.scopes[element_id] = self
        self.nodes: dict[str, FlowNode] = {}
        self.flows: dict[str, SequenceFlow] = {}
        self.reach = Reach(self)
        self.starts: tuple[FlowNode, ...] = ()
        self.start_events: dict[str, FlowNode] = {}

    @property
    def is_guided(self) -> bool:
        """True if people do what the drawing leaves open."""
        return self.process.mode is elements.Mode.GUIDED

    def find_node(self, element_id: str) -> FlowNode | None:
        """The flow node of that id, in any scope of the process."""
        for scope in self.root.scopes.values():
            if element_id in scope.nodes:
                return scope.nodes[element_id]
        return None

    def all_nodes(self) -> Iterable[FlowNode]:
        """Every flow node of every scope."""
        for scope in self.root.scopes.values():
            yield from scope.nodes.values()


def build_specs(process: elements.Process) -> ProcessSpec:
    """Specs of `process` and its sub-processes.

    Raises `ExpressionSyntaxError` for a condition that an import with checks would have refused.
    """
    root = ProcessSpec(process.key, process, None)
    open_: list[tuple[ProcessSpec, elements.FlowElements]] = [(root, process.elements)]
    while open_:
        spec, content = open_.pop()
        _fill(spec, content)
        for node in content.nodes:
            if isinstance(node, elements.SubProcess):
                open_.append((ProcessSpec(node.id, process, root), node.elements))
    return root


def _fill(spec: ProcessSpec, content: elements.FlowElements) -> None:
    for element in content.nodes:
        spec.nodes[element.id] = SPEC_CLASSES[type(element)](spec, element)
    for flow in content.flows:
        _connect(spec, flow)
    for node in spec.nodes.values():
        node.wire()
    for node in spec.nodes.values():
        if isinstance(node, events.BoundaryEvent):
            host = spec.nodes[node.element.attached_to]
            assert isinstance(host, activities.Activity)
            host.boundary_events += (node,)
    spec.start_events = {id_: node for id_, node in spec.nodes.items() if isinstance(node, events.StartEvent)}
    spec.starts = _starts(spec)
    if spec is spec.root and spec.is_guided and spec.start_events and len(spec.starts) > 1:
        spec.nodes[start_choice.ID] = start_choice.StartChoice(spec, spec.starts)


def _connect(spec: ProcessSpec, flow: elements.SequenceFlow) -> None:
    source, target = spec.nodes[flow.source], spec.nodes[flow.target]
    condition = compile_expression(flow.condition) if flow.condition else None
    connected = SequenceFlow(flow.id, flow.name, source, target, condition, flow.condition)
    spec.flows[flow.id] = connected
    source.outgoing += (connected,)
    target.incoming += (connected,)
    # SpiffWorkflow's own view of the graph, by names.
    source._outputs = [*source._outputs, target.name]
    target._inputs = [*target._inputs, source.name]


def _starts(spec: ProcessSpec) -> tuple[FlowNode, ...]:
    """None start events; else the only start event; else the nodes without incoming flow."""
    none_starts = [node for node in spec.start_events.values() if node.element.event is None]
    if none_starts:
        return tuple(none_starts)
    if spec.start_events:
        return tuple(spec.start_events.values()) if len(spec.start_events) == 1 else ()
    return tuple(
        node for node in spec.nodes.values() if not node.incoming and not isinstance(node, events.BoundaryEvent)
    )
