"""`/audit-events`: who did what, when."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from werkzeug.exceptions import TooManyRequests

from baton.app import context
from baton.app.api.blueprint import noun
from baton.app.api.contract import OPERATORS, Call, operation
from baton.app.api.shapes import (
    Answer,
    Cursor,
    Id,
    Limit,
    Page,
    PageQuery,
    Request,
    Time,
    TimeFilter,
    id_number,
    optional_id,
    time_text,
)
from baton.bpm.runtime import audit_chains, audit_events, audit_exports
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine

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


class AuditFilter(Request, frozen=True, kw_only=True):
    """What is searched for; the filters are joined by "and"."""

    process_instance_id: Id | None = None
    process_definition_id: Id | None = None
    key: str | None = None
    element_id: str | None = None
    actor: str | None = None
    type: str | None = None
    after: TimeFilter | None = None
    before: TimeFilter | None = None

    def filters(self) -> audit_events.AuditFilters:
        """Raises `InvalidCommand` for an id that is none."""
        return audit_events.AuditFilters(
            process_instance_id=id_number(self.process_instance_id, field="processInstanceId"),
            process_definition_id=id_number(self.process_definition_id, field="processDefinitionId"),
            key=self.key,
            element_id=self.element_id,
            actor_id=self.actor,
            type=self.type,
            after=self.after,
            before=self.before,
        )


class AuditQuery(AuditFilter, frozen=True, kw_only=True):
    """Filters are joined by "and"; of one instance the order is the sequence, otherwise newest first.

    By element or frequent type, or by several filters, a page may be short or empty while `nextCursor` is not null:
    the search goes on there.
    """

    # As of `PageQuery`: Structs have one base.
    limit: Limit = 50
    cursor: Cursor | None = None


class ExportQuery(AuditFilter, frozen=True, kw_only=True):
    """Filters as those of the list."""

    format: audit_exports.ExportFormat = audit_exports.ExportFormat.NDJSON


class VerificationQuery(PageQuery, frozen=True, kw_only=True):
    """Of one instance, or page by page of all."""

    process_instance_id: Id | None = None


class Chain(Answer, frozen=True, kw_only=True):
    """`events` fit; `brokenAt` is the sequence of the first that does not, null if the chain is whole."""

    process_instance_id: Id
    events: int
    broken_at: int | None

    @classmethod
    def of(cls, view: audit_chains.ChainView) -> Chain:
        return cls(process_instance_id=str(view.process_instance_id), events=view.events, broken_at=view.broken_at)


@blueprint.get("")
@operation(query=AuditQuery, answer=Page[AuditEvent], roles=OPERATORS)
def list_audit_events(call: Call, query: AuditQuery) -> Page[AuditEvent]:
    """List audit events."""
    wanted = msgspec.structs.asdict(query.filters())
    page = audit_events.list_(call.engine, actor=call.actor, limit=query.limit, cursor=query.cursor, **wanted)
    return Page(items=[AuditEvent.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/export")
@operation(query=ExportQuery, media_type="application/x-ndjson", roles=OPERATORS, errors=(413, 429))
def export_audit_events(call: Call, query: ExportQuery) -> Response:
    """Export what a search finds, oldest first, as NDJSON or CSV; at most 500,000 events.

    Each export holds a thread of the server: beyond a few at once the answer is 429.
    """
    return exported(call.engine, query.filters(), actor=call.actor, format=query.format)


@blueprint.get("/verification")
@operation(query=VerificationQuery, answer=Page[Chain], roles=OPERATORS, errors=(404,))
def verify_audit_events(call: Call, query: VerificationQuery) -> Page[Chain]:
    """Check that events are as they were written: of one instance, or page by page of all."""
    instance_id = id_number(query.process_instance_id, field="processInstanceId")
    if instance_id is not None:
        return Page(items=[Chain.of(audit_chains.verify(call.engine, instance_id, actor=call.actor))], next_cursor=None)
    page = audit_chains.verify_all(call.engine, actor=call.actor, limit=query.limit, cursor=query.cursor)
    return Page(items=[Chain.of(view) for view in page.items], next_cursor=page.next_cursor)


def exported(
    engine: Engine, filters: audit_events.AuditFilters, *, actor: Actor, format: audit_exports.ExportFormat
) -> Response:
    """The file, streamed. Raises `TooLarge`, `NotAllowed`, and 429 for more than a few at once."""
    chunks = audit_exports.export(engine, filters, actor=actor, format=format, row=_members)
    polls = context.current().long_polls
    if not polls.enter():
        raise TooManyRequests("Expected fewer exports and long polls at once. Try again in a moment.")
    media_type = "text/csv" if format is audit_exports.ExportFormat.CSV else "application/x-ndjson"
    answer = Response(chunks, mimetype=media_type)
    answer.call_on_close(polls.leave)
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-events.{format}"'
    return answer


def _members(view: audit_events.AuditEventView) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(AuditEvent.of(view))
    return found


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
