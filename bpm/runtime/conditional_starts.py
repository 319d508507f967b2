"""Conditional start events of processes: asked with variables from outside, as there are none before the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import select

from baton.bpm import errors, values
from baton.bpm.execution import start_subscriptions
from baton.bpm.execution.commands import StartProcessInstance
from baton.bpm.execution.token import TriggerKind
from baton.bpm.runtime import instance_store
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.models import process_definition, subscription


class StartedView(msgspec.Struct, frozen=True, kw_only=True):
    """An instance that began because the condition of `element_id` held."""

    process_instance_id: int
    process_definition_id: int
    key: str
    element_id: str


class UndecidedView(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that could not be decided with the variables given, and why: it starts nothing."""

    key: str
    element_id: str
    reason: str


class EvaluatedView(msgspec.Struct, frozen=True, kw_only=True):
    """What evaluating the conditions led to."""

    started: tuple[StartedView, ...]
    undecided: tuple[UndecidedView, ...]


def evaluate(
    engine: Engine,
    *,
    actor: Actor,
    variables: Mapping[str, Any],
    business_key: str | None = None,
    key: str | None = None,
) -> EvaluatedView:
    """Start an instance for each conditional start event of a newest version (of `key`) that holds.

    Each start is a transaction of its own. Raises `InvalidCommand`, `TooLarge`.
    """
    actor.require(Role.OPERATOR, Role.WORKER)
    given = dict(variables)
    values.check_limits(given, limits=engine.variable_limits)
    if business_key is not None and (not 1 <= len(business_key) <= 255 or "\0" in business_key):
        raise errors.InvalidCommand("Expected businessKey to have 1 to 255 characters", field="businessKey")
    started: list[StartedView] = []
    undecided: list[UndecidedView] = []
    for definition_id, element_id in _waiting(engine, key):
        try:
            definition = engine.definitions.get(definition_id)
        except errors.NotFound:
            continue  # just deleted
        try:
            holds, part = start_subscriptions.holding(definition.spec, element_id, given, engine.clock())
        except errors.ExpressionError as error:
            undecided.append(UndecidedView(key=definition.key, element_id=element_id, reason=error.message))
            continue
        if not holds:
            continue
        command = StartProcessInstance(variables=given, start_event_id=element_id, part=part)
        handled = instance_store.start(engine, definition, command, actor=actor, business_key=business_key)
        started.append(
            StartedView(
                process_instance_id=handled.loaded.id,
                process_definition_id=definition_id,
                key=definition.key,
                element_id=element_id,
            )
        )
    return EvaluatedView(started=tuple(started), undecided=tuple(undecided))


def _waiting(engine: Engine, key: str | None) -> list[tuple[int, str]]:
    c = subscription.c
    query = (
        select(c.process_definition_id, c.element_id)
        .join_from(subscription, process_definition, process_definition.c.id == c.process_definition_id)
        .where(c.process_instance_id.is_(None), c.kind == TriggerKind.CONDITION.value)
        .group_by(c.process_definition_id, c.element_id)
        .order_by(c.process_definition_id, c.element_id)
    )
    if key is not None:
        query = query.where(process_definition.c.key == key)
    with engine.database.read() as connection:
        return [(row.process_definition_id, row.element_id) for row in connection.execute(query)]
