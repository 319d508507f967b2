"""Reads `bpmn:process` elements into a `Drawing`: one pass, not recursive, linear in the file's size.

Nothing is decided here about flows and structure (that is `rules`); what an element says by itself is
checked while it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.drawing import Drawing, Refused, Scope
from baton.bpm.definition.elements import (
    Activity,
    AdHocSubProcess,
    ComplexGateway,
    Event,
    EventSubProcess,
    ExclusiveGateway,
    FlowNode,
    InclusiveGateway,
    SubProcess,
)
from baton.bpm.definition.not_run import NOT_RUN
from baton.bpm.definition.reader.activities import (
    read_abstract_task,
    read_manual_task,
    read_receive_task,
    read_script_task,
    read_send_task,
    read_service_task,
    read_user_task,
)
from baton.bpm.definition.reader.call_activities import as_task, global_task, read_call_activity
from baton.bpm.definition.reader.context import Context, called, documentation
from baton.bpm.definition.reader.continuations import with_continuations
from baton.bpm.definition.reader.decisions import read_business_rule_task
from baton.bpm.definition.reader.event_fields import tell_unused_mappings
from baton.bpm.definition.reader.events import (
    read_boundary_event,
    read_catch_event,
    read_end_event,
    read_start_event,
    read_throw_event,
)
from baton.bpm.definition.reader.extensions import check_extensions
from baton.bpm.definition.reader.flows import place_flows, read_flow
from baton.bpm.definition.reader.gateways import (
    read_complex_gateway,
    read_event_based_gateway,
    read_exclusive_gateway,
    read_inclusive_gateway,
    read_parallel_gateway,
)
from baton.bpm.definition.reader.listeners import read_listeners
from baton.bpm.definition.reader.starters import read_starters
from baton.bpm.definition.reader.sub_processes import (
    read_ad_hoc_sub_process,
    read_sub_process,
    read_transaction,
)
from baton.bpm.definition.reader.unsupported import refuse
from baton.bpm.definition.xml import Element

_READERS: dict[str, Callable[[Element, Context, str | None], FlowNode]] = {
    xml.tag("startEvent"): read_start_event,
    xml.tag("endEvent"): read_end_event,
    xml.tag("intermediateCatchEvent"): read_catch_event,
    xml.tag("intermediateThrowEvent"): read_throw_event,
    xml.tag("boundaryEvent"): read_boundary_event,
    xml.tag("task"): read_abstract_task,
    xml.tag("manualTask"): read_manual_task,
    xml.tag("userTask"): read_user_task,
    xml.tag("serviceTask"): read_service_task,
    xml.tag("sendTask"): read_send_task,
    xml.tag("receiveTask"): read_receive_task,
    xml.tag("businessRuleTask"): read_business_rule_task,
    xml.tag("scriptTask"): read_script_task,
    xml.tag("callActivity"): read_call_activity,
    xml.tag("exclusiveGateway"): read_exclusive_gateway,
    xml.tag("inclusiveGateway"): read_inclusive_gateway,
    xml.tag("parallelGateway"): read_parallel_gateway,
    xml.tag("eventBasedGateway"): read_event_based_gateway,
    xml.tag("complexGateway"): read_complex_gateway,
    xml.tag("subProcess"): read_sub_process,
    xml.tag("transaction"): read_transaction,
    xml.tag("adHocSubProcess"): read_ad_hoc_sub_process,
}
_FLOW = xml.tag("sequenceFlow")
_CALL = xml.tag("callActivity")


def read_drawing(processes: Iterable[Element], context: Context) -> Drawing:
    """The drawing of these processes; problems of single elements go to `context.findings`."""
    drawing = Drawing(context.mode)
    waiting: list[tuple[Element, Scope]] = [(process, _process_scope(process, context)) for process in processes]
    flows: list[Element] = []
    for element, scope in waiting:
        drawing.scopes.append(scope)
        flows.extend(element.iterchildren(_FLOW))
        waiting.extend(_read_nodes(element, scope, context))
    defaults = frozenset(
        (node.id, node.default)
        for _, node in drawing.nodes()
        if isinstance(node, Activity | ExclusiveGateway | InclusiveGateway | ComplexGateway) and node.default
    )
    place_flows(drawing, [read_flow(flow, context, defaults) for flow in flows])
    return drawing


def _process_scope(process: Element, context: Context) -> Scope:
    check_extensions(process, context)
    id_ = xml.attribute(process, "id")
    return Scope(
        id=id_,
        name=xml.attribute(process, "name") or context.pool_names.get(id_, ""),
        line=xml.line(process),
        documentation=documentation(process),
        version_tag=context.dialect.version_tag(process),
        starters=read_starters(process, context),
        history_time_to_live=context.dialect.history_time_to_live(process),
        listeners=read_listeners(process, context),
    )


def _read_nodes(container: Element, scope: Scope, context: Context) -> Iterable[tuple[Element, Scope]]:
    """Fill the scope's nodes; the sub-processes found wait for their turn."""
    inner: list[tuple[Element, Scope]] = []
    for element in container.iterchildren(etree.Element):
        if element.tag in NOT_RUN or element.tag == _FLOW:
            continue
        node = _read_node(element, scope, context)
        if node is None:
            continue
        scope.nodes.append(node)
        if isinstance(node, SubProcess):
            inner.extend(_inner_scope(element, node, scope, context))
    return inner


def _read_node(drawn: Element, scope: Scope, context: Context) -> FlowNode | None:
    target = global_task(drawn, context) if drawn.tag == _CALL else None
    element = drawn if target is None else as_task(drawn, target)
    read = _READERS.get(element.tag)
    if read is not None:
        node = with_continuations(read(element, context, scope.lane), element, context)
        if isinstance(node, Refused):
            return node
        check_extensions(element, context)
        if not isinstance(node, Activity | Event):
            tell_unused_mappings(element, context)
        listeners = read_listeners(element, context)
        return replace(node, listeners=listeners) if listeners else node
    if element.tag == xml.tag(xml.local_name(element)):
        return refuse(element, context, scope.lane)
    context.note_once(
        "vendor-extension",
        str(element.tag),
        f"'{xml.local_name(element)[:80]}' is not a BPMN element and is kept out.",
        "Nothing has to be done; the process runs without it.",
        element,
    )
    return None


def _inner_scope(
    element: Element, node: SubProcess, parent: Scope, context: Context
) -> Iterable[tuple[Element, Scope]]:
    depth = parent.depth + 1
    if depth > context.limits.max_sub_process_depth:
        context.error(
            "too-deep",
            f"The {called(element)} is nested more than {context.limits.max_sub_process_depth} sub-processes deep.",
            "Draw fewer sub-processes inside each other.",
            element,
        )
        return
    yield (
        element,
        Scope(
            id=node.id,
            name=node.name,
            line=node.line,
            parent=parent,
            lane=node.lane,
            depth=depth,
            is_event_sub_process=isinstance(node, EventSubProcess),
            is_ad_hoc=isinstance(node, AdHocSubProcess),
        ),
    )
