"""`/audit-events`: who did what, when."""

from __future__ import annotations

from typing import Any

from baton.app.api.blueprint import noun
from baton.app.api.contract import OPERATORS, Call, operation
from baton.app.api.shapes import Answer, Id, Page, PageQuery, Time, TimeFilter, id_number, optional_id, time_text
from baton.bpm.runtime import audit_events

blueprint = noun("audit-events")


class AuditEvent(Answer, frozen=True, kw_only=True):
    """`type` is the event's name, such as `UserTaskCompleted`; `data` its remaining members.

    `sequence` counts from 1 within the instance, without gaps.
    """

    id: Id
    process_instance_id: Id | None
    sequence: int | None
    occurred_at: Time
    actor_kind: str
    actor_id: str
    type: str
    element_id: str | None
    element_name: str | None
    process_definition_id: Id | None
    deployment_id: Id | None
    data: dict[str, Any]

    @classmethod
    def of(cls, view: audit_events.AuditEventView) -> AuditEvent:
        return cls(
            id=str(view.id),
            process_instance_id=optional_id(view.process_instance_id),
            sequence=view.sequence,
            occurred_at=time_text(view.occurred_at),
            actor_kind=view.actor_kind,
            actor_id=view.actor_id,
            type=view.type,
            element_id=view.element_id,
            element_name=view.element_name,
            process_definition_id=optional_id(view.process_definition_id),
            deployment_id=optional_id(view.deployment_id),
            data=ids_as_text(view.data),
        )


class AuditQuery(PageQuery, frozen=True, kw_only=True):
    """Filters are joined by "and"; of one instance the order is the sequence, otherwise newest first."""

    process_instance_id: Id | None = None
    process_definition_id: Id | None = None
    key: str | None = None
    element_id: str | None = None
    actor: str | None = None
    type: str | None = None
    after: TimeFilter | None = None
    before: TimeFilter | None = None


@blueprint.get("")
@operation(query=AuditQuery, answer=Page[AuditEvent], roles=OPERATORS)
def list_audit_events(call: Call, query: AuditQuery) -> Page[AuditEvent]:
    """List audit events."""
    page = audit_events.list_(
        call.engine,
        actor=call.actor,
        process_instance_id=id_number(query.process_instance_id, field="processInstanceId"),
        process_definition_id=id_number(query.process_definition_id, field="processDefinitionId"),
        key=query.key,
        element_id=query.element_id,
        actor_id=query.actor,
        type=query.type,
        after=query.after,
        before=query.before,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[AuditEvent.of(view) for view in page.items], next_cursor=page.next_cursor)


def ids_as_text(data: dict[str, Any]) -> dict[str, Any]:
    """Ids are integers inside; in JSON they are text, since readers round large integers. camelCase names."""
    return {
        camel(name): str(value) if isinstance(value, int) and name.endswith("_id") else value
        for name, value in data.items()
    }


def camel(name: str) -> str:
    """`token_id` to `tokenId`."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
