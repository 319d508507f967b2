"""`/process-instances`: start, look, change, end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from baton.app import variable_texts
from baton.app.api import variables
from baton.app.api.audit_events import AuditEvent, ids_as_text
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, OPERATORS, PEOPLE, Call, operation
from baton.app.api.shapes import (
    Answer,
    Cursor,
    Id,
    Limit,
    Nothing,
    Page,
    PageQuery,
    Request,
    Time,
    TimeFilter,
    Variables,
    id_number,
    optional_id,
    optional_time,
    time_text,
)
from baton.bpm import errors, values
from baton.bpm.lifecycle import FlowNodeState, ProcessInstanceState
from baton.bpm.runtime import audit_events, history, process_instances, variable_lists
from baton.bpm.runtime.pages import MAXIMUM_LIMIT

blueprint = noun("process-instances")


class ProcessInstance(Answer, frozen=True, kw_only=True):
    """`startedBy` is the id of the actor, `callerId` the instance whose call activity waits for this one."""

    id: Id
    root_id: Id
    caller_id: Id | None
    process_definition_id: Id
    key: str
    business_key: str | None
    state: ProcessInstanceState
    started_at: Time
    started_by: str | None
    ended_at: Time | None

    @classmethod
    def of(cls, view: process_instances.ProcessInstanceView) -> ProcessInstance:
        return cls(
            id=str(view.id),
            root_id=str(view.root_id),
            caller_id=optional_id(view.caller_id),
            process_definition_id=str(view.process_definition_id),
            key=view.key,
            business_key=view.business_key,
            state=view.state,
            started_at=time_text(view.started_at),
            started_by=view.started_by,
            ended_at=optional_time(view.ended_at),
        )


class Variable(Answer, frozen=True, kw_only=True):
    """One variable of one scope; `elementId` is the process's key or the sub-process's id."""

    scope_id: Id
    element_id: str
    name: str
    type: str
    value: Any


class VariableList(Answer, frozen=True, kw_only=True):
    """Every variable that is visible somewhere in the instance; with a `limit` one page of them."""

    items: list[Variable]
    next_cursor: str | None


class VariableQuery(Request, frozen=True, kw_only=True):
    """`namePrefix` is how the name begins. Without `limit` and `cursor` all are given at once."""

    scope_id: Id | None = None
    name_prefix: Annotated[str, msgspec.Meta(max_length=255)] | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None


class Waiting(Answer, frozen=True, kw_only=True):
    """One live token: what it waits for, since when, and what would move it.

    `waitsFor` is `user_task`, `job`, `timer`, `message`, `signal`, `condition`, `events` (behind a gateway), `call`,
    `loop`, `compensation`, `start_quantity`, `join`, `sub_process`, `listener` (may happen), `continuation`,
    `async_continuation` (its turn has not come), `closing` or `incident`; `description` and `movedBy` are sentences;
    `action` is the same for programs.
    """

    token_id: Id
    element_id: str
    element_name: str
    element_type: str
    scope_id: Id
    since: Time | None
    waits_for: str
    description: str
    moved_by: str
    action: dict[str, Any]
    due_at: Time | None
    incident_id: Id | None
    incident_message: str | None

    @classmethod
    def of(cls, view: process_instances.WaitingView) -> Waiting:
        return cls(
            token_id=str(view.token_id),
            element_id=view.element_id,
            element_name=view.element_name,
            element_type=view.element_type,
            scope_id=str(view.scope_id),
            since=optional_time(view.since),
            waits_for=view.waits_for,
            description=view.description,
            moved_by=view.moved_by,
            action=ids_as_text(view.action),
            due_at=optional_time(view.due_at),
            incident_id=optional_id(view.incident_id),
            incident_message=view.incident_message,
        )


class FlowNodeInstance(Answer, frozen=True, kw_only=True):
    """One visit of a flow node."""

    id: Id
    scope_id: Id
    element_id: str
    element_name: str
    element_type: str
    state: FlowNodeState
    activated_at: Time
    ended_at: Time | None


class InstanceSearch(Request, frozen=True, kw_only=True):
    """`variable` is `name=value`, the value in JSON or plain text.

    `elementId` is a flow node that a token is at, and goes with `key` or `processDefinitionId`; `version` with `key`.
    """

    key: str | None = None
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    process_definition_id: Id | None = None
    caller_id: Id | None = None
    root_id: Id | None = None
    state: ProcessInstanceState | None = None
    business_key: str | None = None
    business_key_prefix: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None
    element_id: str | None = None
    has_incident: bool | None = None
    variable: Annotated[str, msgspec.Meta(examples=["amount=100"], max_length=1000)] | None = None
    started_after: TimeFilter | None = None
    started_before: TimeFilter | None = None
    ended_after: TimeFilter | None = None
    ended_before: TimeFilter | None = None


class InstanceQuery(InstanceSearch, frozen=True, kw_only=True):
    """Pages of the search."""

    limit: Limit = 50
    cursor: Cursor | None = None


class StartByKey(Request, frozen=True, kw_only=True):
    """Either `processDefinitionId`, or `key` (the latest version, or `version`)."""

    process_definition_id: Id | None = None
    key: str | None = None
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    variables: Variables = msgspec.field(default_factory=dict)
    business_key: Annotated[str, msgspec.Meta(max_length=255)] | None = None
    start_event_id: str | None = None


class Reasoned(Request, frozen=True, kw_only=True):
    """`reason` goes into the audit trail."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class VariableChange(Request, frozen=True, kw_only=True):
    """`scopeId` None: the instance's own scope."""

    variables: Variables
    scope_id: Id | None = None


class InstanceEventQuery(PageQuery, frozen=True, kw_only=True):
    """`until` is the `sequence` of an event: it and those before it, newest first."""

    until: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None


class FlowNodeQuery(PageQuery, frozen=True, kw_only=True):
    """Visits in one state only."""

    state: FlowNodeState | None = None


@blueprint.get("")
@operation(query=InstanceQuery, answer=Page[ProcessInstance], roles=PEOPLE)
def list_process_instances(call: Call, query: InstanceQuery) -> Page[ProcessInstance]:
    """List process instances, newest first; a participant's are those they started or have or may take a task in.

    A page looks at a bounded number of instances: where few fit, it is short, and `nextCursor` leads on.
    """
    wanted = msgspec.structs.asdict(instance_filter(query))
    page = process_instances.list_(call.engine, actor=call.actor, limit=query.limit, cursor=query.cursor, **wanted)
    return Page(items=[ProcessInstance.of(view) for view in page.items], next_cursor=page.next_cursor)


def instance_filter(search: InstanceSearch) -> process_instances.InstanceFilter:
    """As the runtime takes it. Raises `InvalidCommand` for a variable that is no `name=value`, and for wrong ids."""
    variable = None if search.variable is None else variable_texts.parse(search.variable, field="variable")
    return process_instances.InstanceFilter(
        key=search.key,
        version=search.version,
        process_definition_id=id_number(search.process_definition_id, field="processDefinitionId"),
        state=search.state,
        business_key=search.business_key,
        business_key_prefix=search.business_key_prefix,
        variable=variable,
        element_id=search.element_id,
        has_incident=search.has_incident,
        started_after=search.started_after,
        started_before=search.started_before,
        ended_after=search.ended_after,
        ended_before=search.ended_before,
        caller_id=id_number(search.caller_id, field="callerId"),
        root_id=id_number(search.root_id, field="rootId"),
    )


@blueprint.post("")
@operation(body=StartByKey, answer=ProcessInstance, status=201, roles=PEOPLE, errors=(404, 409), body_limit=BODY_LIMIT)
def start_process_instance(call: Call, body: StartByKey) -> ProcessInstance:
    """Start a process instance by key or by definition."""
    if (body.key is None) == (body.process_definition_id is None):
        raise errors.InvalidCommand("Expected either 'key' or 'processDefinitionId'.", field="key")
    view = process_instances.start(
        call.engine,
        actor=call.actor,
        process_definition_id=id_number(body.process_definition_id, field="processDefinitionId"),
        key=body.key,
        version=body.version,
        variables=variables.read(body.variables),
        business_key=body.business_key,
        start_event_id=body.start_event_id,
        idempotency=call.idempotency(),
    )
    return ProcessInstance.of(view)


@blueprint.get("/<id:process_instance_id>")
@operation(answer=ProcessInstance, roles=PEOPLE, errors=(404,))
def get_process_instance(call: Call, process_instance_id: int) -> ProcessInstance:
    """Get a process instance."""
    return ProcessInstance.of(process_instances.get(call.engine, process_instance_id, actor=call.actor))


@blueprint.post("/<id:process_instance_id>/terminate")
@operation(body=Reasoned, answer=ProcessInstance, roles=OPERATORS, errors=(404, 409))
def terminate_process_instance(call: Call, process_instance_id: int, body: Reasoned) -> ProcessInstance:
    """Cancel everything that is live in the instance."""
    view = process_instances.terminate(call.engine, process_instance_id, actor=call.actor, reason=body.reason)
    return ProcessInstance.of(view)


@blueprint.post("/<id:process_instance_id>/suspend")
@operation(body=Reasoned, answer=ProcessInstance, roles=OPERATORS, errors=(404, 409))
def suspend_process_instance(call: Call, process_instance_id: int, body: Reasoned) -> ProcessInstance:
    """Suspend it and what it called: reads only; timers wait, jobs are not handed out, tasks cannot be completed."""
    view = process_instances.suspend(call.engine, process_instance_id, actor=call.actor, reason=body.reason)
    return ProcessInstance.of(view)


@blueprint.post("/<id:process_instance_id>/resume")
@operation(body=Reasoned, answer=ProcessInstance, roles=OPERATORS, errors=(404, 409))
def resume_process_instance(call: Call, process_instance_id: int, body: Reasoned) -> ProcessInstance:
    """Resume a suspended instance."""
    view = process_instances.resume(call.engine, process_instance_id, actor=call.actor, reason=body.reason)
    return ProcessInstance.of(view)


@blueprint.get("/<id:process_instance_id>/variables")
@operation(query=VariableQuery, answer=VariableList, roles=PEOPLE, errors=(404,))
def list_variables(call: Call, process_instance_id: int, query: VariableQuery) -> VariableList:
    """Get the variables of the instance, by scope and name."""
    found: Iterable[process_instances.VariableView]
    following = None
    if query == VariableQuery():
        found = process_instances.variables(call.engine, process_instance_id, actor=call.actor)
    else:
        page = variable_lists.list_(
            call.engine,
            process_instance_id,
            actor=call.actor,
            scope_id=id_number(query.scope_id, field="scopeId"),
            name_prefix=query.name_prefix,
            limit=query.limit or MAXIMUM_LIMIT,
            cursor=query.cursor,
        )
        found, following = page.items, page.next_cursor
    return VariableList(
        next_cursor=following,
        items=[
            Variable(
                scope_id=str(view.scope_id),
                element_id=view.element_id,
                name=view.name,
                type=view.type,
                value=values.to_json(view.value),
            )
            for view in found
        ],
    )


@blueprint.patch("/<id:process_instance_id>/variables")
@operation(body=VariableChange, answer=Nothing, roles=OPERATORS, errors=(404, 409), body_limit=BODY_LIMIT)
def set_variables(call: Call, process_instance_id: int, body: VariableChange) -> Nothing:
    """Create or change variables in one scope; others stay."""
    process_instances.set_variables(
        call.engine,
        process_instance_id,
        actor=call.actor,
        variables=variables.read(body.variables),
        scope_id=id_number(body.scope_id, field="scopeId"),
    )
    return Nothing()


@blueprint.get("/<id:process_instance_id>/waiting")
@operation(query=PageQuery, answer=Page[Waiting], roles=PEOPLE, errors=(404,))
def list_waiting(call: Call, process_instance_id: int, query: PageQuery) -> Page[Waiting]:
    """For every live token: what it waits for, since when, what would move it."""
    page = process_instances.waiting(
        call.engine, process_instance_id, actor=call.actor, limit=query.limit, cursor=query.cursor
    )
    return Page(items=[Waiting.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:process_instance_id>/audit-events")
@operation(query=InstanceEventQuery, answer=Page[AuditEvent], roles=PEOPLE, errors=(404,))
def list_audit_events_of_instance(call: Call, process_instance_id: int, query: InstanceEventQuery) -> Page[AuditEvent]:
    """Everything that happened in the instance, in order; with `until` backwards."""
    process_instances.get(call.engine, process_instance_id, actor=call.actor)
    if query.until is not None:
        back = audit_events.until(
            call.engine,
            process_instance_id,
            actor=call.actor,
            sequence=query.until,
            limit=query.limit,
            cursor=query.cursor,
        )
        return Page(items=[AuditEvent.of(view) for view in back.items], next_cursor=back.next_cursor)
    page = audit_events.list_(
        call.engine,
        actor=call.actor,
        process_instance_id=process_instance_id,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[AuditEvent.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:process_instance_id>/flow-node-instances")
@operation(query=FlowNodeQuery, answer=Page[FlowNodeInstance], roles=PEOPLE, errors=(404,))
def list_flow_node_instances(call: Call, process_instance_id: int, query: FlowNodeQuery) -> Page[FlowNodeInstance]:
    """Every visit of a flow node."""
    page = history.flow_node_instances(
        call.engine,
        process_instance_id,
        actor=call.actor,
        state=query.state,
        limit=query.limit,
        cursor=query.cursor,
    )
    items = [
        FlowNodeInstance(
            id=str(view.id),
            scope_id=str(view.scope_id),
            element_id=view.element_id,
            element_name=view.element_name,
            element_type=view.element_type,
            state=view.state,
            activated_at=time_text(view.activated_at),
            ended_at=optional_time(view.ended_at),
        )
        for view in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)
