"""User tasks, open and done; `id` is the token's id.

`user_task_candidate` exists for the search by candidate and holds open tasks only; what a finished task's
candidates were stands in `candidate_users` and `candidate_groups` (JSON lists).
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, and_

from baton.models.base import Id, UtcDateTime, metadata, partial_index

user_task = Table(
    "user_task",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("process_instance_id", Id, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("process_definition_id", Id, nullable=False),
    Column("key", Text, nullable=False),
    Column("scope_id", Id, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("assignee", Text),
    # Set when the assignee took the task themselves; null when it was given to them.
    Column("claimed_at", UtcDateTime),
    Column("candidate_users", Text, nullable=False),
    Column("candidate_groups", Text, nullable=False),
    Column("due_at", UtcDateTime),
    Column("follow_up_at", UtcDateTime),
    Column("priority", Integer, nullable=False),
    Column("form", Text),
    Column("options", Text, nullable=False),
    Column("choose", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Text),
    Index(None, "process_instance_id", "id"),
)
# Lists of open tasks are what people look at; ended ones must not make them slower.
_open = user_task.c.ended_at.is_(None)
for _name, _column in (("key", user_task.c.key), ("assignee", user_task.c.assignee), ("name", user_task.c.name)):
    partial_index(f"ix_user_task_open_{_name}", _column, user_task.c.id, where=_open)
partial_index("ix_user_task_open", user_task.c.id, where=_open)
partial_index("ix_user_task_open_priority", user_task.c.priority.desc(), user_task.c.id, where=_open)
for _column in (user_task.c.due_at, user_task.c.follow_up_at):
    partial_index(f"ix_user_task_open_{_column.name}", _column, user_task.c.id, where=and_(_open, _column.is_not(None)))
partial_index("ix_user_task_open_without_due_at", user_task.c.id, where=and_(_open, user_task.c.due_at.is_(None)))
# What anybody may take: found without asking every open task for its candidates.
FOR_ANYBODY = and_(
    user_task.c.assignee.is_(None), user_task.c.candidate_users == "[]", user_task.c.candidate_groups == "[]"
)
partial_index("ix_user_task_open_for_anybody", user_task.c.id, where=and_(_open, FOR_ANYBODY))

user_task_candidate = Table(
    "user_task_candidate",
    metadata,
    Column("task_id", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Index(None, "kind", "name", "task_id"),
)

# What somebody typed and has not sent yet; gone when the task ends. `variables` is their HTTP form as JSON.
user_task_draft = Table(
    "user_task_draft",
    metadata,
    Column("task_id", Id, primary_key=True, autoincrement=False),
    Column("user_id", Text, primary_key=True),
    Column("variables", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Index(None, "user_id"),
)
