"""From events to rows: jobs, which are also what a timer, a continuation or a closing waits by."""

from __future__ import annotations

import msgspec

from baton.bpm.execution import events
from baton.bpm.runtime import class_names, job_rows
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic
from baton.bpm.runtime.written_rows import Row, Rows

_json = msgspec.json.Encoder(enc_hook=str).encode
_ASYNC_TYPES = {"before": "asyncBefore", "after": "asyncAfter"}


def job_row(rows: Rows, job_id: int, kind: str, type_: str, element_id: str) -> Row:
    """A new job of the instance; who knows more writes it into the row."""
    rows.jobs[job_id] = row = job_rows.created(
        job_id,
        kind,
        type_,
        process_definition_id=rows.definition.id,
        element_id=element_id,
        at=rows.now,
        retries=3,
    )
    row["process_instance_id"], row["root_id"] = rows.process_instance_id, rows.root_id
    return row


def job_created(rows: Rows, event: events.JobCreated) -> None:
    row = job_row(rows, event.job_id, "service", event.type, event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["retries"] = event.retries
    row["pauses"] = _json(event.pauses).decode() if event.pauses else "[]"
    row["headers"] = _json(event.headers).decode()
    row["priority"] = event.priority or 0
    rows.topics.add(job_topic(event.type))
    rows.topics.update(class_names.topics(event.type))


def timer_scheduled(rows: Rows, event: events.TimerScheduled) -> None:
    row = job_row(rows, event.job_id, "timer", "timer", event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["due_at"] = event.due_at
    row["payload"] = _json(event.payload).decode()
    row["retries"] = event.retries or 1
    row["pauses"] = _json(event.pauses).decode() if event.pauses else "[]"
    row["priority"] = event.priority or 0
    rows.topics.add(TIMER_TOPIC)


def async_continuation_scheduled(rows: Rows, event: events.AsyncContinuationScheduled) -> None:
    row = job_row(rows, event.job_id, JobKind.ASYNC_CONTINUATION.value, _ASYNC_TYPES[event.stage], event.element_id)
    row["token_id"], row["scope_id"] = event.token_id, event.scope_id
    row["retries"] = event.retries
    row["pauses"] = _json(event.pauses).decode() if event.pauses else "[]"
    row["priority"] = event.priority or 0
    rows.topics.add(TIMER_TOPIC)


def continuation_scheduled(rows: Rows, event: events.ContinuationScheduled) -> None:
    job_row(rows, event.job_id, "continuation", "continuation", rows.definition.key)
    rows.topics.add(TIMER_TOPIC)


def job_ended(
    rows: Rows,
    event: events.JobCompleted | events.JobCancelled | events.TimerFired | events.TimerCancelled,
) -> None:
    if rows.jobs.pop(event.job_id, None) is None:
        rows.ended_jobs.append({"id_": event.job_id})


def closing_begun(rows: Rows, event: events.ClosingBegun) -> None:
    rows.closings.append(
        {
            "token_id": event.token_id,
            "scope_id": event.scope_id,
            "process_instance_id": rows.process_instance_id,
            "began_at": rows.now,
        }
    )
    closing_continued(rows, event)


def closing_continued(rows: Rows, event: events.ClosingBegun | events.ClosingContinued) -> None:
    row = job_row(rows, rows.next_id(), JobKind.CLOSING.value, JobKind.CLOSING.value, event.element_id)
    row["token_id"] = event.token_id
    rows.topics.add(TIMER_TOPIC)


def closing_completed(rows: Rows, event: events.ClosingCompleted) -> None:
    rows.ended_closings.append({"id_": event.token_id})
