"""What crosses from one process instance to another: which job kind is carried out by what, and in which order.

What one sender sends happens in the order in which it was sent, whichever thread or server carries it out: what a job
finds before it is carried out first. Both may then do the same job, which has one effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row, select

from baton.bpm.runtime import called_instances, signals, thrown_messages
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.models import job
from baton.models.job import NOT_SUSPENDED

CROSSINGS: Mapping[str, Callable[[Engine, Row[Any]], bool]] = {
    JobKind.CALL: called_instances.start,
    JobKind.CALL_CANCEL: called_instances.cancel,
    JobKind.RETURN: called_instances.tell,
    JobKind.CALL_FAILED: called_instances.tell,
    JobKind.CALL_ERROR: called_instances.tell,
    JobKind.CALL_ESCALATION: called_instances.tell,
    JobKind.MESSAGE: thrown_messages.deliver,
    JobKind.SIGNAL: signals.spread,
    JobKind.SIGNAL_DELIVERY: signals.deliver,
    JobKind.SIGNAL_START: signals.start,
}
_TO_CALLER = frozenset({JobKind.RETURN, JobKind.CALL_FAILED, JobKind.CALL_ERROR, JobKind.CALL_ESCALATION})
_IN_ORDER = (_TO_CALLER, frozenset({JobKind.MESSAGE, JobKind.SIGNAL}), frozenset({JobKind.SIGNAL_DELIVERY}))
_MOST_BEFORE = 100


def carry_out(engine: Engine, row: Row[Any]) -> bool:
    """Do what the job says, and before it what was sent earlier. False if nothing happened by this job."""
    for earlier in _before(engine, row):
        CROSSINGS[earlier.kind](engine, earlier)
    return CROSSINGS[row.kind](engine, row)


def _before(engine: Engine, row: Row[Any]) -> list[Row[Any]]:
    """Due jobs of the same sender to the same receivers, oldest first; not what waits for a repair or a resumption."""
    kinds = next((group for group in _IN_ORDER if row.kind in group), None)
    if kinds is None or row.process_instance_id is None:
        return []
    query = select(job).where(
        job.c.process_instance_id == row.process_instance_id,
        job.c.id < row.id,
        job.c.kind.in_([kind.value for kind in kinds]),
        job.c.due_at <= engine.clock(),
        NOT_SUSPENDED,
    )
    if kinds is _TO_CALLER:
        query = query.where(job.c.token_id == row.token_id)
    with engine.database.read() as connection:
        return list(connection.execute(query.order_by(job.c.id).limit(_MOST_BEFORE)).all())
