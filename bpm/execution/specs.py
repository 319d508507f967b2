"""Turns the definition's elements into runnable specs: once per definition, immutable, shared by all.

SpiffWorkflow's own parser is not used (it recurses, refuses most real files and parses unsafely).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from baton.bpm.definition import elements
from baton.bpm.definition.event_definitions import (
    CompensateEventDefinition,
    ConditionalEventDefinition,
    LinkEventDefinition,
    MultipleEventDefinition,
)
from baton.bpm.definition.loops import MultiInstance
from baton.bpm.execution.elements import (
    ad_hoc_sub_process,
    boundary_event,
    business_rule_task,
    call_activity,
    catch_event,
    choices,
    complex_gateway,
    end_event,
    event_based_gateway,
    event_sub_process,
    gateways,
    receive_task,
    send_task,
    start_choice,
    start_event,
    sub_process,
    tasks,
    throw_event,
    timeout_listener,
)
from baton.bpm.execution.elements.activities import Activity
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.event_definitions import EventDefinition, definition_of
from baton.bpm.execution.flows import SequenceFlow
from baton.bpm.execution.listeners import by_stage
from baton.bpm.execution.reach import Reach
from baton.bpm.expressions import compile_expression

SPEC_CLASSES: dict[type[elements.FlowNode], Callable[..., FlowNode]] = {
    elements.StartEvent: start_event.StartEvent,
    elements.EndEvent: end_event.EndEvent,
    elements.IntermediateCatchEvent: catch_event.IntermediateCatchEvent,
    elements.IntermediateThrowEvent: throw_event.IntermediateThrowEvent,
    elements.BoundaryEvent: boundary_event.BoundaryEvent,
    elements.AbstractTask: tasks.AbstractTask,
    elements.ManualTask: tasks.ManualTask,
    elements.UserTask: tasks.UserTask,
    elements.ServiceTask: tasks.ServiceTask,
    elements.ScriptTask: tasks.ScriptTask,
    elements.SendTask: send_task.SendTask,
    elements.ReceiveTask: receive_task.ReceiveTask,
    elements.CallActivity: call_activity.CallActivity,
    elements.BusinessRuleTask: business_rule_task.BusinessRuleTask,
    elements.ExclusiveGateway: gateways.ExclusiveGateway,
    elements.ParallelGateway: gateways.ParallelGateway,
    elements.InclusiveGateway: gateways.InclusiveGateway,
    elements.EventBasedGateway: event_based_gateway.EventBasedGateway,
    elements.ComplexGateway: complex_gateway.ComplexGateway,
    elements.SubProcess: sub_process.SubProcess,
    elements.EventSubProcess: event_sub_process.EventSubProcess,
    elements.Transaction: sub_process.Transaction,
    elements.AdHocSubProcess: ad_hoc_sub_process.AdHocSubProcess,
}


class ProcessSpec(BpmnProcessSpec):
    """One process or sub-process: its nodes by id, in document order.

    `activity` is the sub-process's own node, None for a process; `root` the spec of the process. Of the root only:
    `scopes` finds the spec of a sub-process by its id, `instances` the scope of one instance of a loop by the
    activity's id, `by_id` every node of every scope; `has_conditions`: there is a conditional event. `unbidden` (guided
    mode) begin beside the start events.
    """

    def __init__(self, element_id: str, process: elements.Process, activity: Activity | None) -> None:
        # SpiffWorkflow adds specs named `Start`, `End` and `<name>.EndJoin`: elements may have these names.
        super().__init__(name=element_id)
        self.task_specs.clear()
        self.bpmn_start_events.clear()
        root = activity.spec_of.root if activity else None
        self.element_id = element_id
        self.process = process
        self.activity: Any = activity
        self.root: ProcessSpec = root or self
        self.scopes: dict[str, ProcessSpec] = root.scopes if root else {}
        self.scopes[element_id] = self
        self.instances: dict[str, InstanceSpec] = root.instances if root else {}
        self.by_id: dict[str, Any] = root.by_id if root else {}
        self.has_conditions = False
        self.listeners = by_stage(process.listeners) if activity is None and process.listeners else {}
        self.nodes: dict[str, FlowNode] = {}
        self.flows: dict[str, SequenceFlow] = {}
        self.reach = Reach(self)
        self.starts: tuple[FlowNode, ...] = ()
        self.unbidden: tuple[FlowNode, ...] = ()
        self.start_events: dict[str, FlowNode] = {}
        self.event_sub_processes: tuple[event_sub_process.EventSubProcess, ...] = ()
        self.compensation_start: FlowNode | None = None
        element: Any = activity.element if activity else None
        self.local_variables: tuple[str, ...] = element.local_variables if element else ()
        self.is_event_sub_process = isinstance(element, elements.EventSubProcess)
        self.is_ad_hoc = isinstance(element, elements.AdHocSubProcess)

    @property
    def is_guided(self) -> bool:
        """True if people do what the drawing leaves open."""
        return self.process.mode is elements.Mode.GUIDED

    def node_of_token(self, element_id: str) -> FlowNode:
        """The node of a stored token; a person may be asked about the start event of an event sub-process."""
        return self.nodes.get(element_id) or self.root.by_id[element_id]

    def find_node(self, element_id: str) -> FlowNode | None:
        """The flow node of that id, in any scope of the process."""
        return self.by_id.get(element_id)

    def all_nodes(self) -> Iterable[FlowNode]:
        """Every flow node of every scope."""
        return self.by_id.values()


class InstanceSpec:
    """The scope of one instance of a loop: the activity alone. Its compensation handler may run here later."""

    event_sub_processes: tuple[event_sub_process.EventSubProcess, ...] = ()
    compensation_start: FlowNode | None = None
    is_event_sub_process = False
    is_ad_hoc = False

    def __init__(self, activity: Activity) -> None:
        self.activity: Any = activity
        self.element_id = activity.name
        self.nodes = activity.spec_of.nodes

    def node_of_token(self, element_id: str) -> FlowNode:
        """The node of a stored token."""
        return self.nodes[element_id]


def build_specs(process: elements.Process) -> ProcessSpec:
    """Specs of `process` and its sub-processes.

    Raises `ExpressionSyntaxError` for a condition that an import with checks would have refused.
    """
    root = ProcessSpec(process.key, process, None)
    open_: list[tuple[ProcessSpec, elements.FlowElements]] = [(root, process.elements)]
    specs = []
    while open_:
        spec, content = open_.pop()
        specs.append(spec)
        _fill(spec, content)
        for node in content.nodes:
            if isinstance(node, elements.SubProcess):
                activity = spec.nodes[node.id]
                assert isinstance(activity, Activity)
                open_.append((ProcessSpec(node.id, process, activity), node.elements))
    for spec in reversed(specs):
        _begin_and_listen(spec)
    return root


def _fill(spec: ProcessSpec, content: elements.FlowElements) -> None:
    for element in content.nodes:
        node = spec.nodes[element.id] = SPEC_CLASSES[type(element)](spec, element)
        spec.by_id[element.id] = node
        if _has_condition(getattr(element, "event", None)):
            spec.root.has_conditions = True
    for flow in content.flows:
        _connect(spec, flow)
    for node in list(spec.nodes.values()):
        node.wire()
        if isinstance(node, boundary_event.BoundaryEvent):
            host = spec.nodes[node.element.attached_to]
            assert isinstance(host, Activity)
            host.attach(node)
        if isinstance(node, Activity):
            _prepare_loop(spec, node)
            _attach_timeouts(spec, node)
        if isinstance(node, ad_hoc_sub_process.AdHocSubProcess):
            node.choice = ad_hoc_sub_process.AdHocChoice(spec, node)
            spec.nodes[node.choice.name] = spec.by_id[node.choice.name] = node.choice
    _connect_links(spec)


def _prepare_loop(spec: ProcessSpec, activity: Activity) -> None:
    loop = activity.element.loop
    if loop is None:
        return
    activity.instance_spec = spec.root.instances[activity.name] = InstanceSpec(activity)
    if activity.asks_for_more:
        activity.again_choice = choices.AgainChoice(spec, activity)
        spec.nodes[activity.again_choice.name] = spec.by_id[activity.again_choice.name] = activity.again_choice
    if isinstance(loop, MultiInstance):
        thrown: list[tuple[EventDefinition, Any]] = [
            (definition_of(part.event), part.condition) for part in loop.complex
        ]
        if loop.thrown is not None:
            thrown.append((definition_of(loop.thrown), None))
        activity.thrown_by_instances = tuple(thrown)


def _attach_timeouts(spec: ProcessSpec, activity: Activity) -> None:
    timeouts = [each for each in activity.element.listeners if each.event is elements.ListenerEvent.TIMEOUT]
    for number, listener in enumerate(timeouts, 1):
        timeout = timeout_listener.TimeoutListener(spec, activity, number, listener)
        timeout.wire()
        spec.by_id[timeout.name] = timeout
        activity.wait_beside(timeout)


def _connect_links(spec: ProcessSpec) -> None:
    """Each link throw event and the catch event of its name, in the same scope."""
    catches: dict[str, catch_event.IntermediateCatchEvent] = {}
    for node in spec.nodes.values():
        event = getattr(node.element, "event", None)
        if isinstance(node, catch_event.IntermediateCatchEvent) and isinstance(event, LinkEventDefinition):
            catches.setdefault(event.name, node)
    for node in spec.nodes.values():
        event = getattr(node.element, "event", None)
        if isinstance(node, throw_event.IntermediateThrowEvent) and isinstance(event, LinkEventDefinition):
            node.link = catches.get(event.name)
            if node.link is not None:
                node.link.links += (node,)


def _begin_and_listen(spec: ProcessSpec) -> None:
    """Known only when all scopes are filled: where the scope begins, and what listens in it."""
    spec.start_events = {id_: node for id_, node in spec.nodes.items() if isinstance(node, start_event.StartEvent)}
    spec.event_sub_processes = tuple(
        node for node in spec.nodes.values() if isinstance(node, event_sub_process.EventSubProcess) and node.starts
    )
    spec.compensation_start = next(
        (
            start
            for node in spec.nodes.values()
            if isinstance(node, event_sub_process.EventSubProcess)
            for start in node.inner.nodes.values()
            if isinstance(start, start_event.StartEvent) and isinstance(start.element.event, CompensateEventDefinition)
        ),
        None,
    )
    spec.starts = _starts(spec)
    if spec.is_guided and spec.start_events and not spec.is_ad_hoc:
        spec.unbidden = _unbidden(spec)
    for node in spec.nodes.values():
        if isinstance(node, sub_process.SubProcess):
            node.has_afterwork = True
    if spec is spec.root and spec.is_guided and spec.start_events and len(spec.starts) > 1:
        spec.nodes[start_choice.ID] = spec.by_id[start_choice.ID] = start_choice.StartChoice(spec, spec.starts)


def _has_condition(event: object) -> bool:
    parts = event.parts if isinstance(event, MultipleEventDefinition) else (event,)
    return any(isinstance(part, ConditionalEventDefinition) for part in parts)


def _connect(spec: ProcessSpec, flow: elements.SequenceFlow) -> None:
    source, target = spec.nodes[flow.source], spec.nodes[flow.target]
    condition = compile_expression(flow.condition) if flow.condition else None
    connected = SequenceFlow(flow.id, flow.name, source, target, condition, flow.condition, flow.listeners)
    spec.flows[flow.id] = connected
    source.outgoing += (connected,)
    target.incoming += (connected,)
    # SpiffWorkflow's own view of the graph, by names.
    source._outputs = [*source._outputs, target.name]
    target._inputs = [*target._inputs, source.name]


def _starts(spec: ProcessSpec) -> tuple[FlowNode, ...]:
    """None start events; else the only start event; else the nodes that nothing else begins (`unbidden`)."""
    none_starts = [node for node in spec.start_events.values() if node.element.event is None]
    if none_starts:
        return tuple(none_starts)
    if spec.start_events:
        return tuple(spec.start_events.values()) if len(spec.start_events) == 1 else ()
    return _unbidden(spec)


def _unbidden(spec: ProcessSpec) -> tuple[FlowNode, ...]:
    """Nodes that no sequence flow leads to and nothing else begins, start events aside."""
    return tuple(
        node for node in spec.nodes.values() if _begins_by_itself(node) and not isinstance(node, start_event.StartEvent)
    )


def _begins_by_itself(node: FlowNode) -> bool:
    """True if no sequence flow leads to it, and nothing else does."""
    if node.incoming or isinstance(node, boundary_event.BoundaryEvent | event_sub_process.EventSubProcess):
        return False
    if isinstance(node, choices.Choice) or (isinstance(node, Activity) and node.element.for_compensation):
        return False
    return not isinstance(getattr(node.element, "event", None), LinkEventDefinition) or not isinstance(
        node, catch_event.IntermediateCatchEvent
    )
