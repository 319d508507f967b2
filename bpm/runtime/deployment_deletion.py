"""Taking a deployment away."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy import delete as sql_delete

from baton.bpm import errors
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import (
    decision_deployments,
    deployment_audit,
    process_instances,
    start_timers,
)
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.deployment_views import get_view
from baton.bpm.runtime.engine import Engine
from baton.models import (
    closing,
    decision_evaluation,
    deployment,
    flow_node_instance,
    flow_node_statistics,
    incident,
    job,
    process_definition,
    process_instance,
    scope,
    subscription,
    user_task,
    user_task_candidate,
    variable,
)

_LIVE = (ProcessInstanceState.ACTIVE.value, ProcessInstanceState.SUSPENDED.value)
_ENDED_AT_ONCE = 100


def delete(engine: Engine, deployment_id: int, *, actor: Actor, cascade: bool = False) -> None:
    """Delete definitions and their ended instances; with `cascade` live instances too. The audit stays.

    Live instances are terminated one by one before, each with its own audit.
    Raises `NotFound`; `WrongState` if there are live instances and no `cascade`.
    """
    actor.require(Role.OPERATOR)
    with engine.database.read() as connection:
        view = get_view(connection, deployment_id)
    ids = [definition.id for definition in view.process_definitions]
    ended = _end_instances(engine, ids, view.name, actor) if cascade else 0
    with engine.database.write() as connection:
        view = get_view(connection, deployment_id)
        _lock_definitions(engine, connection, ids)
        live = _lock_instances(engine, connection, ids)
        if live:
            raise errors.WrongState(
                f"Expected deployment '{deployment_id}' to have no live process instances, but it has {live}: "
                + ("started meanwhile; delete it again" if cascade else "end them first, or delete with cascade")
            )
        for definition_id in ids:
            _delete_definition(connection, definition_id)
        decision_resources = decision_deployments.delete(connection, deployment_id)
        connection.execute(sql_delete(deployment).where(deployment.c.id == deployment_id))
        for key in dict.fromkeys(definition.key for definition in view.process_definitions):
            start_timers.take_over(engine, connection, key)
        data = {
            "name": view.name,
            "cascade": cascade,
            "terminated": ended,
            "process_definitions": [
                {"key": definition.key, "version": definition.version} for definition in view.process_definitions
            ],
            "decision_definitions": [
                {"key": definition.key, "version": definition.version} for definition in view.decision_definitions
            ],
        }
        deployment_audit.write(engine, connection, actor, "DeploymentDeleted", deployment_id, data)
    for definition_id in ids:
        engine.definitions.forget(definition_id)
    for resource_id in decision_resources:
        engine.decision_models.forget(resource_id)
    engine.forms.forget()
    start_timers.tell(engine)


def _end_instances(engine: Engine, definition_ids: Sequence[int], name: str, actor: Actor) -> int:
    """Terminate what is live, some at a time, so that nobody waits long for the database. How many they were."""
    query = (
        select(process_instance.c.id)
        .where(process_instance.c.process_definition_id.in_(definition_ids), process_instance.c.state.in_(_LIVE))
        .order_by(process_instance.c.id)
        .limit(_ENDED_AT_ONCE)
    )
    reason, ended = f"deployment '{name}' is deleted", 0
    while True:
        with engine.database.read() as connection:
            found = connection.execute(query).scalars().all()
        for instance_id in found:
            # Who ended it in the meantime has told so in its audit.
            with contextlib.suppress(errors.WrongState, errors.NotFound):
                process_instances.terminate(engine, instance_id, actor=actor, reason=reason)
                ended += 1
        if len(found) < _ENDED_AT_ONCE:
            return ended


def _lock_definitions(engine: Engine, connection: Connection, definition_ids: Sequence[int]) -> None:
    """On PostgreSQL: from here on nobody starts an instance of them."""
    query = select(process_definition.c.id).where(process_definition.c.id.in_(definition_ids))
    if not engine.database.is_sqlite:
        connection.execute(query.order_by(process_definition.c.id).with_for_update())


def _lock_instances(engine: Engine, connection: Connection, definition_ids: Sequence[int]) -> int:
    """How many live instances there are; on PostgreSQL they are locked, in order of their ids."""
    query = (
        select(process_instance.c.id)
        .where(
            process_instance.c.process_definition_id.in_(definition_ids),
            process_instance.c.state.in_(_LIVE),
        )
        .order_by(process_instance.c.id)
    )
    if not engine.database.is_sqlite:
        query = query.with_for_update()
    return len(connection.execute(query).all())


def _delete_definition(connection: Connection, definition_id: int) -> None:
    instances = select(process_instance.c.id).where(process_instance.c.process_definition_id == definition_id)
    tasks = select(user_task.c.id).where(user_task.c.process_instance_id.in_(instances))
    connection.execute(sql_delete(user_task_candidate).where(user_task_candidate.c.task_id.in_(tasks)))
    connection.execute(sql_delete(subscription).where(subscription.c.process_definition_id == definition_id))
    for table in (user_task, scope, closing, variable, flow_node_instance, incident, decision_evaluation):
        connection.execute(sql_delete(table).where(table.c.process_instance_id.in_(instances)))
    for table in (job, flow_node_statistics):
        connection.execute(sql_delete(table).where(table.c.process_definition_id == definition_id))
    connection.execute(sql_delete(process_instance).where(process_instance.c.process_definition_id == definition_id))
    connection.execute(sql_delete(process_definition).where(process_definition.c.id == definition_id))
