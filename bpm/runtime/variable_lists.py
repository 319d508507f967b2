"""The variables of an instance in pages, by scope and name."""

from __future__ import annotations

from sqlalchemy import select, tuple_

from baton.bpm import values
from baton.bpm.runtime import closings, keysets, visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, check_limit
from baton.bpm.runtime.process_instances import VariableView
from baton.models import scope, variable

_LIST = "variables"


def list_(
    engine: Engine,
    process_instance_id: int,
    *,
    actor: Actor,
    scope_id: int | None = None,
    name_prefix: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[VariableView]:
    """Of the process and its live sub-processes, or of one of them; `name_prefix` is how the name begins.

    Raises `NotFound`, and `InvalidCommand` for a limit or a cursor that is none.
    """
    check_limit(limit)
    query = (
        select(variable, scope.c.element_id)
        .join_from(variable, scope, scope.c.id == variable.c.scope_id, isouter=True)
        .where(variable.c.process_instance_id == process_instance_id, ~closings.is_over(variable))
        .order_by(variable.c.scope_id, variable.c.name)
        .limit(limit + 1)
    )
    if scope_id is not None:
        query = query.where(variable.c.scope_id == scope_id)
    if name_prefix:
        query = query.where(variable.c.name.startswith(name_prefix, autoescape=True))
    if cursor is not None:
        query = query.where(
            tuple_(variable.c.scope_id, variable.c.name) > keysets.decode(_LIST, cursor, tuple[int, str])
        )
    with engine.database.read() as connection:
        instance = visibility.instance_row(connection, process_instance_id, actor)
        rows = connection.execute(query).all()
    items = tuple(
        VariableView(
            scope_id=row.scope_id,
            element_id=row.element_id or instance.key,
            name=row.name,
            type=row.type,
            value=values.decode(row.type, row.value),
        )
        for row in rows[:limit]
    )
    last = items[-1] if len(rows) > limit else None
    return Page(items, None if last is None else keysets.encode(_LIST, last.scope_id, last.name))
