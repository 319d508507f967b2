"""Audit events: who did what, when. Append-only; by instance ordered by sequence."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, union

from baton.bpm import errors
from baton.bpm.runtime import audit, visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import audit_event, process_definition
from baton.models.audit_event import FREQUENT_TYPES

_json = msgspec.json.Decoder(dict[str, Any]).decode


class AuditEventView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` is the event's name, such as `UserTaskCompleted`; `data` its remaining fields. `sequence` is None
    for events of no instance (deployments)."""

    id: int
    process_instance_id: int | None
    sequence: int | None
    occurred_at: datetime
    actor_kind: str
    actor_id: str
    type: str
    element_id: str | None
    element_name: str | None
    process_definition_id: int | None
    deployment_id: int | None
    data: dict[str, Any]


def list_(
    engine: Engine,
    *,
    actor: Actor,
    process_instance_id: int | None = None,
    process_definition_id: int | None = None,
    key: str | None = None,
    element_id: str | None = None,
    actor_id: str | None = None,
    type: str | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AuditEventView]:
    """Of one instance: in order of sequence. Otherwise newest first.

    Who is no operator sees those of instances that concern them, one instance at a time, and their own.
    """
    query = select(audit_event)
    for column, wanted in (
        (audit_event.c.process_instance_id, process_instance_id),
        (audit_event.c.process_definition_id, process_definition_id),
        (audit_event.c.element_id, element_id),
        (audit_event.c.actor_id, actor_id),
        (audit_event.c.type if type in FREQUENT_TYPES else audit_event.c.rare_type, type),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if key is not None:
        # By the versions' ids, which are indexed; deleted versions by what was written of their deployment.
        versions = select(process_definition.c.id).where(process_definition.c.key == key)
        created = select(audit_event.c.process_definition_id).where(
            audit_event.c.rare_type == "ProcessDefinitionCreated", audit_event.c.key == key
        )
        query = query.where(audit_event.c.process_definition_id.in_(union(versions, created)))
    if after is not None:
        query = query.where(audit_event.c.occurred_at > after)
    if before is not None:
        query = query.where(audit_event.c.occurred_at < before)
    with engine.database.read() as connection:
        if process_instance_id is not None:
            _check_instance(connection, process_instance_id, actor)
        elif not actor.is_operator:
            query = query.where(audit_event.c.actor_id == actor.id)
        ordered_by = audit_event.c.id if process_instance_id is None else audit_event.c.sequence
        return fetch_page(
            connection,
            query,
            ordered_by,
            _view,
            limit=limit,
            cursor=cursor,
            newest_first=process_instance_id is None,
        )


def _check_instance(connection: Connection, process_instance_id: int, actor: Actor) -> None:
    """Raise `NotFound` unless the actor may see it; of an instance whose rows were deleted operators see the audit."""
    trail = select(audit_event.c.id).where(audit_event.c.process_instance_id == process_instance_id).limit(1)
    try:
        visibility.instance_row(connection, process_instance_id, actor)
    except errors.NotFound:
        if not actor.is_operator or connection.execute(trail).first() is None:
            raise


def verify(engine: Engine, process_instance_id: int, *, actor: Actor) -> int | None:
    """The sequence of the first event whose number or hash does not fit, None if the chain is whole."""
    query = (
        select(audit_event)
        .where(audit_event.c.process_instance_id == process_instance_id)
        .order_by(audit_event.c.sequence)
    )
    with engine.database.read() as connection:
        instance = visibility.instance_row(connection, process_instance_id, actor)
        expected, previous = 0, audit.EMPTY_HASH
        for row in connection.execute(query):
            expected += 1
            digest = hashlib.sha256(previous + audit.canonical(row._asdict())).digest()
            if row.sequence != expected or row.hash != digest:
                return expected
            previous = row.hash
    return None if (expected, previous) == (instance.audit_sequence, instance.audit_hash) else expected + 1


def _view(row: Row[Any]) -> AuditEventView:
    return AuditEventView(
        id=row.id,
        process_instance_id=row.process_instance_id,
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        type=row.type,
        element_id=row.element_id,
        element_name=row.element_name,
        process_definition_id=row.process_definition_id,
        deployment_id=row.deployment_id,
        data=_json(row.data),
    )
