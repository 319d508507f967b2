"""The live rows behind what an instance waits for, read once for a page of tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Row, Table, select

from baton.bpm import values
from baton.bpm.execution import conditions
from baton.bpm.execution.token import Token, TriggerKind
from baton.bpm.lifecycle import FlowNodeState, IncidentState
from baton.bpm.runtime import ids
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.models import flow_node_instance, incident, job, message, process_instance, subscription, user_task, variable

_MOST_STRAYS = 3


class Wait(msgspec.Struct, frozen=True):
    """The part of a view that depends on what is waited for."""

    kind: str
    description: str
    moved_by: str
    action: dict[str, Any]
    due_at: datetime | None = None


def said(moment: datetime) -> str:
    """A moment in a sentence for people: to the second, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True, slots=True)
class Facts:
    """The live rows of the tokens that are shown, by the ids tokens know."""

    definition: RunnableDefinition
    since: dict[int, datetime]
    tasks: dict[int, Row[Any]]
    jobs: dict[int, Row[Any]]
    incidents: dict[int, Row[Any]]
    subscriptions: dict[int, Row[Any]]
    called: dict[int, Row[Any]]
    strays: dict[str, list[Row[Any]]]
    seen: dict[tuple[int, str], Any]

    @classmethod
    def read(
        cls, connection: Connection, definition: RunnableDefinition, instance_id: int, tokens: Sequence[Token]
    ) -> Facts:
        first, last = (tokens[0].id, tokens[-1].id) if tokens else (0, 0)

        def rows(table: Table, token_id: Column[Any], *conditions: Any) -> Sequence[Row[Any]]:
            query = select(table).where(
                table.c.process_instance_id == instance_id, token_id.between(first, last), *conditions
            )
            return connection.execute(query).all()

        subscriptions = {row.id: row for row in rows(subscription, subscription.c.token_id)}
        visits, tasks = flow_node_instance.c, user_task.c
        return cls(
            definition=definition,
            since={
                row.id: row.activated_at
                for row in rows(flow_node_instance, visits.id, visits.state == FlowNodeState.ACTIVE.value)
            },
            tasks={row.id: row for row in rows(user_task, tasks.id, tasks.ended_at.is_(None))},
            jobs={row.id: row for row in rows(job, job.c.token_id)},
            subscriptions=subscriptions,
            called=_called(connection, instance_id, tokens),
            strays=_strays(connection, {row.name for row in subscriptions.values() if row.kind == "message"}),
            seen=_seen(connection, instance_id, tokens),
            incidents={
                row.id: row for row in rows(incident, incident.c.token_id, incident.c.state == IncidentState.OPEN.value)
            },
        )

    def since_of(self, token_id: int) -> datetime:
        """When the flow node was activated; for a token at a join, which is before its node, when it came."""
        return self.since.get(token_id) or ids.time_of(token_id)


def _called(connection: Connection, instance_id: int, tokens: Sequence[Token]) -> dict[int, Row[Any]]:
    if all(token.details.called is None for token in tokens):
        return {}
    c = process_instance.c
    return {row.id: row for row in connection.execute(select(process_instance).where(c.caller_id == instance_id))}


def _strays(connection: Connection, names: Collection[str]) -> dict[str, list[Row[Any]]]:
    """The newest messages of each name that found nobody, or still wait."""
    found: dict[str, list[Row[Any]]] = {}
    for name in sorted(name for name in names if name):
        query = select(message).where(message.c.state.in_(("waiting", "unmatched")), message.c.name == name)
        found[name] = list(connection.execute(query.order_by(message.c.id.desc()).limit(_MOST_STRAYS)).all())
    return found


def _seen(connection: Connection, instance_id: int, tokens: Sequence[Token]) -> dict[tuple[int, str], Any]:
    """The variables that open conditions read, by scope and name."""
    names = {
        name
        for token in tokens
        for trigger in token.triggers
        if trigger.kind is TriggerKind.CONDITION
        for name in conditions.names_of(token, trigger)
    }
    if not names:
        return {}
    c = variable.c
    query = select(c.scope_id, c.name, c.type, c.value).where(c.process_instance_id == instance_id, c.name.in_(names))
    return {(row.scope_id, row.name): values.decode(row.type, row.value) for row in connection.execute(query)}
