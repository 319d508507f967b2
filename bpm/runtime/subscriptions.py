"""Open subscriptions, as they are read: of instances, and of start events of newest versions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Row, select

from baton.bpm.runtime import closings, correlation_keys
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import process_definition, subscription


class SubscriptionKind(StrEnum):
    """What is waited for."""

    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """`process_instance_id` None: a start event. `correlation_key` as people write it, `flows` for guided mode."""

    id: int
    kind: SubscriptionKind
    name: str | None
    correlation_key: str | None
    process_definition_id: int
    key: str
    process_instance_id: int | None
    scope_id: int | None
    token_id: int | None
    element_id: str
    flows: tuple[str, ...]
    created_at: datetime


def list_(
    engine: Engine,
    *,
    actor: Actor,
    kind: SubscriptionKind | None = None,
    name: str | None = None,
    process_instance_id: int | None = None,
    key: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[SubscriptionView]:
    """Oldest first. `key` is the process's."""
    actor.require(Role.OPERATOR, Role.WORKER)
    query = (
        select(subscription, process_definition.c.key)
        .join_from(subscription, process_definition, process_definition.c.id == subscription.c.process_definition_id)
        .where(~closings.is_over(subscription))
    )
    for column, wanted in (
        (subscription.c.kind, kind and kind.value),
        (subscription.c.name, name),
        (subscription.c.process_instance_id, process_instance_id),
        (process_definition.c.key, key),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    with engine.database.read() as connection:
        return fetch_page(connection, query, subscription.c.id, _view, limit=limit, cursor=cursor, newest_first=False)


def _view(row: Row[Any]) -> SubscriptionView:
    return SubscriptionView(
        id=row.id,
        kind=SubscriptionKind(row.kind),
        name=row.name,
        correlation_key=None if row.correlation_key is None else correlation_keys.written(row.correlation_key),
        process_definition_id=row.process_definition_id,
        key=row.key,
        process_instance_id=row.process_instance_id,
        scope_id=row.scope_id,
        token_id=row.token_id,
        element_id=row.element_id,
        flows=tuple(msgspec.json.decode(row.flows)),
        created_at=row.created_at,
    )
