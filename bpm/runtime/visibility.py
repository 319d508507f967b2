"""Which process instances who is no operator may see: those they started, or have or may take a task in.

A task for anybody may be taken by everybody while it is open.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from baton.bpm.runtime import instance_rows
from baton.bpm.runtime.actors import Actor
from baton.models import process_instance, user_task, user_task_candidate


def instance_row(connection: Connection, process_instance_id: int, actor: Actor) -> Row[Any]:
    """The row, if the actor may see it. Raises `NotFound`."""
    query = select(process_instance).where(process_instance.c.id == process_instance_id)
    if not actor.is_operator:
        query = query.where(concerns(actor))
    row = connection.execute(query).first()
    if row is None:
        raise instance_rows.Subject("process_instance", process_instance_id).not_found()
    return row


def concerns(actor: Actor) -> ColumnElement[bool]:
    """True of the instances that the actor started, or has or may take a task in."""
    # Asked per instance, by its tasks: no index leads to the tasks for anybody, or to those that somebody did.
    candidates = exists().where(
        user_task_candidate.c.task_id == user_task.c.id,
        or_(
            (user_task_candidate.c.kind == "user") & (user_task_candidate.c.name == actor.id),
            (user_task_candidate.c.kind == "group") & user_task_candidate.c.name.in_(actor.groups),
        ),
    )
    for_anybody = and_(
        user_task.c.ended_at.is_(None),
        user_task.c.assignee.is_(None),
        user_task.c.candidate_users == "[]",
        user_task.c.candidate_groups == "[]",
    )
    has_task = exists().where(
        user_task.c.process_instance_id == process_instance.c.id,
        or_(user_task.c.assignee == actor.id, for_anybody, candidates),
    )
    return or_(process_instance.c.started_by == actor.id, has_task)
