"""Live scopes of a process instance: where its variables are, and where they can be set."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, select

from baton.bpm.runtime import visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import scope


class ScopeView(msgspec.Struct, frozen=True, kw_only=True):
    """The process itself (`parent_id` None), or what the token `parent_token_id` of another scope has opened."""

    id: int
    element_id: str
    element_name: str
    parent_id: int | None
    parent_token_id: int | None


def list_(
    engine: Engine, process_instance_id: int, *, actor: Actor, limit: int = 50, cursor: str | None = None
) -> Page[ScopeView]:
    """Oldest first, the process before its sub-processes; none of an instance that has ended. Raises `NotFound`."""
    query = select(scope).where(scope.c.process_instance_id == process_instance_id)
    with engine.database.read() as connection:
        definition = engine.definitions.get(
            visibility.instance_row(connection, process_instance_id, actor).process_definition_id
        )

        def view(row: Row[Any]) -> ScopeView:
            return ScopeView(
                id=row.id,
                element_id=row.element_id,
                element_name=definition.label(row.element_id).name,
                parent_id=row.parent_id,
                parent_token_id=row.parent_token_id,
            )

        return fetch_page(connection, query, scope.c.id, view, limit=limit, cursor=cursor, newest_first=False)
