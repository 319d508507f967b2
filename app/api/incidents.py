"""`/incidents`: what the model or its data did wrong, and its repair."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from baton.app.api import variables
from baton.app.api.audit_events import ids_as_text
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, OPERATORS, Call, operation
from baton.app.api.shapes import (
    Answer,
    Id,
    Page,
    PageQuery,
    Request,
    Time,
    Variables,
    id_number,
    optional_id,
    optional_time,
    time_text,
)
from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import incident_groups, incidents

blueprint = noun("incidents")

Cause = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, description="`cause` of a group or an incident.")]


class Incident(Answer, frozen=True, kw_only=True):
    """`details` has the expression, the variables and the reason, where the type has them."""

    id: Id
    process_instance_id: Id
    process_definition_id: Id
    token_id: Id
    scope_id: Id
    job_id: Id | None
    element_id: str
    type: str
    message: str
    details: dict[str, Any]
    state: IncidentState
    cause: str
    raised_at: Time
    ended_at: Time | None
    ended_by: str | None

    @classmethod
    def of(cls, view: incidents.IncidentView) -> Incident:
        return cls(
            id=str(view.id),
            process_instance_id=str(view.process_instance_id),
            process_definition_id=str(view.process_definition_id),
            token_id=str(view.token_id),
            scope_id=str(view.scope_id),
            job_id=optional_id(view.job_id),
            element_id=view.element_id,
            type=view.type,
            message=view.message,
            details=ids_as_text(view.details),
            state=view.state,
            cause=view.cause,
            raised_at=time_text(view.raised_at),
            ended_at=optional_time(view.ended_at),
            ended_by=view.ended_by,
        )


class IncidentQuery(PageQuery, frozen=True, kw_only=True):
    """Filters are joined by "and"; `cause` is a group's, of open incidents."""

    state: IncidentState | None = None
    process_instance_id: Id | None = None
    type: str | None = None
    cause: Cause | None = None


class IncidentGroupQuery(PageQuery, frozen=True, kw_only=True):
    """`cause`: that group only."""

    cause: Cause | None = None


class Resolution(Request, frozen=True, kw_only=True):
    """`variables` are written first; `retries` is for type `job`."""

    variables: Variables = msgspec.field(default_factory=dict)
    retries: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None


class IncidentGroup(Answer, frozen=True, kw_only=True):
    """`count` open incidents of one `cause`; `message` is the newest one's, `shape` what all have in common."""

    cause: str
    count: int
    key: str
    process_definition_id: Id
    element_id: str
    type: str
    shape: str
    message: str
    newest_id: Id
    newest_at: Time
    oldest_id: Id

    @classmethod
    def of(cls, view: incident_groups.IncidentGroupView) -> IncidentGroup:
        return cls(
            cause=view.cause,
            count=view.count,
            key=view.key,
            process_definition_id=str(view.process_definition_id),
            element_id=view.element_id,
            type=view.type,
            shape=view.shape,
            message=view.message,
            newest_id=str(view.newest_id),
            newest_at=time_text(view.newest_at),
            oldest_id=str(view.oldest_id),
        )


class GroupResolution(Request, frozen=True, kw_only=True):
    """As for one incident, for up to `limit` of a cause; go on with `cursor` from the answer's `nextCursor`."""

    cause: Cause
    variables: Variables = msgspec.field(default_factory=dict)
    retries: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    cursor: Annotated[str, msgspec.Meta(max_length=3000)] | None = None


class Refusal(Answer, frozen=True, kw_only=True):
    """An incident that could not be tried again, and why."""

    incident_id: Id
    message: str


class GroupRepair(Answer, frozen=True, kw_only=True):
    """`failedAgain` of the `resolved` have a new incident already; `refusals` tells some of the `refused`."""

    resolved: int
    failed_again: int
    refused: int
    refusals: list[Refusal]
    next_cursor: str | None


@blueprint.get("/groups")
@operation(query=IncidentGroupQuery, answer=Page[IncidentGroup], roles=OPERATORS)
def list_incident_groups(call: Call, query: IncidentGroupQuery) -> Page[IncidentGroup]:
    """List open incidents by cause (process, element, type, shape of the message), largest group first."""
    page = incident_groups.list_(
        call.engine, actor=call.actor, cause=query.cause, limit=query.limit, cursor=query.cursor
    )
    return Page(items=[IncidentGroup.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.post("/resolve")
@operation(body=GroupResolution, answer=GroupRepair, roles=OPERATORS, errors=(404,), body_limit=BODY_LIMIT)
def resolve_incident_group(call: Call, body: GroupResolution) -> GroupRepair:
    """Try again what failed of one cause, each in a transaction of its own; at most 20 seconds per request."""
    view = incident_groups.resolve(
        call.engine,
        body.cause,
        actor=call.actor,
        variables=variables.read(body.variables),
        retries=body.retries,
        limit=body.limit,
        cursor=body.cursor,
    )
    return GroupRepair(
        resolved=view.resolved,
        failed_again=view.failed_again,
        refused=view.refused,
        refusals=[Refusal(incident_id=str(each.incident_id), message=each.message) for each in view.refusals],
        next_cursor=view.next_cursor,
    )


@blueprint.get("")
@operation(query=IncidentQuery, answer=Page[Incident], roles=OPERATORS)
def list_incidents(call: Call, query: IncidentQuery) -> Page[Incident]:
    """List incidents, newest first."""
    page = incidents.list_(
        call.engine,
        actor=call.actor,
        state=query.state,
        process_instance_id=id_number(query.process_instance_id, field="processInstanceId"),
        type=query.type,
        cause=query.cause,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[Incident.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:incident_id>")
@operation(answer=Incident, roles=OPERATORS, errors=(404,))
def get_incident(call: Call, incident_id: int) -> Incident:
    """Get an incident."""
    return Incident.of(incidents.get(call.engine, incident_id, actor=call.actor))


@blueprint.post("/<id:incident_id>/resolve")
@operation(body=Resolution, answer=Incident, roles=OPERATORS, errors=(404, 409), body_limit=BODY_LIMIT)
def resolve_incident(call: Call, incident_id: int, body: Resolution) -> Incident:
    """Try again what failed, after writing variables or giving retries."""
    view = incidents.resolve(
        call.engine,
        incident_id,
        actor=call.actor,
        variables=variables.read(body.variables),
        retries=body.retries,
    )
    return Incident.of(view)
