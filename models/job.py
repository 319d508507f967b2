"""Jobs: the only record of service tasks, timers, start timers and continuations. A row goes when it is done.

`due_at` is when the job may next be taken: at once, at a timer's time, after a retry's back-off, or when a
worker's lease runs out; null while an incident is open. `suspended` follows the process instance. Higher `priority`
first; only jobs that have one are in the indexes of priorities.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, and_, text

from baton.models.base import Id, UtcDateTime, metadata, partial_index

# Written so that both databases find their partial index by it.
NOT_SUSPENDED = text("NOT suspended")
IS_SUSPENDED = text("suspended")
HAS_PRIORITY = text("priority <> 0")

job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("process_instance_id", Id),
    Column("root_id", Id),
    Column("process_definition_id", Id, nullable=False),
    Column("token_id", Id),
    Column("scope_id", Id),
    Column("element_id", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("retries", Integer, nullable=False),
    Column("deliveries", Integer, nullable=False),
    # Tries that failed since retries were given; the pauses between them in seconds (a JSON list), empty: doubling.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("pauses", Text, nullable=False, server_default="[]"),
    Column("locked_by", Text),
    Column("locked_until", UtcDateTime),
    Column("payload", Text, nullable=False),
    Column("headers", Text, nullable=False),
    Column("error_message", Text),
    Index(None, "process_instance_id", "id"),
    Index(None, "process_definition_id", "kind"),
    Index(None, "due_at"),
)
partial_index(
    "ix_job_internal_due",
    job.c.due_at,
    where=and_(job.c.kind != "service", NOT_SUSPENDED),
)
partial_index(
    "ix_job_internal_priority",
    job.c.priority.desc(),
    job.c.due_at,
    where=and_(job.c.kind != "service", NOT_SUSPENDED, HAS_PRIORITY),
)
partial_index(
    "ix_job_service_priority",
    job.c.type,
    job.c.priority.desc(),
    job.c.due_at,
    where=and_(job.c.kind == "service", NOT_SUSPENDED, HAS_PRIORITY),
)
partial_index(
    "ix_job_service_due",
    job.c.type,
    job.c.due_at,
    where=and_(job.c.kind == "service", NOT_SUSPENDED),
)
# What somebody holds, what failed, what has no retries left: few among many that wait.
partial_index("ix_job_state", job.c.state, job.c.id, where=job.c.state != "created")
# Few too; with the index of what workers take, all that have a type.
partial_index("ix_job_suspended", job.c.type, job.c.id, where=IS_SUSPENDED)
