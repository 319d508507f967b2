"""What process, decision and form definitions have in common: immutable rows, versioned by key, each from a file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from baton.models import resource


def with_file_name(definition: Table) -> Select[Any]:
    """The definitions, each with its `resource_name`."""
    return select(definition, resource.c.name.label("resource_name")).join_from(
        definition, resource, definition.c.resource_id == resource.c.id
    )


def narrowed(query: Select[Any], definition: Table, *, latest: bool, **wanted: Any) -> Select[Any]:
    """Only rows with the `wanted` columns, None being any; with `latest` only the newest version of each key."""
    for name, value in wanted.items():
        if value is not None:
            query = query.where(definition.c[name] == value)
    if latest:
        newer = definition.alias("newer")
        newest = select(func.max(newer.c.version)).where(newer.c.key == definition.c.key).scalar_subquery()
        query = query.where(definition.c.version == newest)
    return query


def file_of(connection: Connection, definition: Table, definition_id: int) -> bytes | None:
    """The file as it was uploaded; None if there is no such definition."""
    query = (
        select(resource.c.content)
        .join_from(definition, resource, definition.c.resource_id == resource.c.id)
        .where(definition.c.id == definition_id)
    )
    content = connection.execute(query).scalar()
    return None if content is None else bytes(content)
