"""Makes processes of a drawing that has no errors: innermost scopes first, not recursive."""

from __future__ import annotations

from dataclasses import replace

from baton.bpm.definition.drawing import Drawing, Scope
from baton.bpm.definition.elements import (
    AbstractTask,
    Activity,
    BoundaryEvent,
    ComplexGateway,
    EventBasedGateway,
    EventSubProcess,
    ExclusiveGateway,
    FlowElements,
    FlowNode,
    InclusiveGateway,
    ParallelGateway,
    Process,
    SequenceFlow,
    StartEvent,
    SubProcess,
)
from baton.bpm.definition.rules.event_based_gateway_targets import waits


def build_processes(drawing: Drawing) -> tuple[Process, ...]:
    """In document order; processes without any flow node are left out."""
    contents: dict[str, FlowElements] = {}
    for scope in reversed(drawing.scopes):
        if scope.parent is not None:
            contents[scope.id] = _elements(scope, contents)
    return tuple(
        Process(
            key=scope.id,
            name=scope.name,
            documentation=scope.documentation,
            version_tag=scope.version_tag,
            starters=scope.starters,
            history_time_to_live=scope.history_time_to_live,
            mode=drawing.mode,
            elements=_elements(scope, contents),
            line=scope.line,
            listeners=scope.listeners,
        )
        for scope in drawing.scopes
        if scope.parent is None and scope.nodes
    )


def _elements(scope: Scope, contents: dict[str, FlowElements]) -> FlowElements:
    return FlowElements(
        nodes=tuple(_node(node, scope, contents) for node in scope.nodes),
        flows=tuple(_flow(flow, scope) for flow in scope.flows),
    )


def _flow(flow: SequenceFlow, scope: Scope) -> SequenceFlow:
    """A parallel gateway takes all its flows (BPMN 10.6.4): a condition there is not used."""
    if flow.condition is not None and isinstance(scope.by_id[flow.source], ParallelGateway):
        return replace(flow, condition=None)
    return flow


def _node(node: FlowNode, scope: Scope, contents: dict[str, FlowElements]) -> FlowNode:
    kept = _without_foreign_default(node, scope)
    if isinstance(kept, StartEvent) and scope.parent is not None and not scope.is_event_sub_process:
        # Only in guided mode: an embedded sub-process begins when its turn comes.
        return replace(kept, event=None)
    if isinstance(kept, EventBasedGateway):
        return _by_events(kept, scope)
    if isinstance(kept, BoundaryEvent) and kept.handler not in scope.by_id:
        return replace(kept, handler=None)
    if not isinstance(kept, SubProcess):
        return kept
    elements = contents[kept.id]
    if elements.nodes or isinstance(kept, EventSubProcess):
        return replace(kept, elements=elements)
    # A sub-process drawn without content is one step: passed through, or a to-do in guided mode.
    return AbstractTask(
        id=kept.id,
        name=kept.name,
        documentation=kept.documentation,
        lane=kept.lane,
        line=kept.line,
        message_flows=kept.message_flows,
        listeners=kept.listeners,
        continuations=kept.continuations,
        job_rules=kept.job_rules,
        default=kept.default,
        loop=kept.loop,
        for_compensation=kept.for_compensation,
        start_quantity=kept.start_quantity,
        completion_quantity=kept.completion_quantity,
        inputs=kept.inputs,
        outputs=kept.outputs,
        only_mapped_out=kept.only_mapped_out,
        skip=kept.skip,
    )


def _by_events(gateway: EventBasedGateway, scope: Scope) -> FlowNode:
    """Guided: where something behind it waits for nothing, a person chooses the way."""
    targets = [scope.by_id[flow.target] for flow in scope.outgoing.get(gateway.id, ())]
    if all(waits(target) for target in targets):
        return gateway
    return ExclusiveGateway(
        id=gateway.id,
        name=gateway.name,
        documentation=gateway.documentation,
        lane=gateway.lane,
        line=gateway.line,
        message_flows=gateway.message_flows,
        continuations=gateway.continuations,
        job_rules=gateway.job_rules,
    )


def _without_foreign_default(node: FlowNode, scope: Scope) -> FlowNode:
    if not isinstance(node, Activity | ExclusiveGateway | InclusiveGateway | ComplexGateway) or node.default is None:
        return node
    if any(flow.id == node.default for flow in scope.outgoing.get(node.id, ())):
        return node
    return replace(node, default=None)
