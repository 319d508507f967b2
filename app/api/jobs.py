"""`/jobs`: service tasks for workers, and the engine's own timers and continuations."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from baton.app import context
from baton.app.api import variables
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, JOB_READERS, OPERATORS, WORKERS, Call, operation
from baton.app.api.shapes import (
    Answer,
    Id,
    Nothing,
    Page,
    PageQuery,
    Request,
    Time,
    TimeFilter,
    Variables,
    id_number,
    optional_id,
    optional_time,
    time_text,
)
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import jobs

blueprint = noun("jobs")

WorkerName = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86400)]
JobType = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Job(Answer, frozen=True, kw_only=True):
    """`dueAt` is when it may next be taken, null while an incident is open; higher `priority` first.

    `variables` come with `activate` only.
    """

    id: Id
    kind: jobs.JobKind
    type: str
    state: JobState
    suspended: bool
    process_instance_id: Id | None
    process_definition_id: Id
    element_id: str
    created_at: Time
    due_at: Time | None
    priority: int
    retries: int
    deliveries: int
    locked_by: str | None
    locked_until: Time | None
    headers: dict[str, str]
    error_message: str | None
    variables: dict[str, Any]

    @classmethod
    def of(cls, view: jobs.JobView) -> Job:
        return cls(
            id=str(view.id),
            kind=view.kind,
            type=view.type,
            state=view.state,
            suspended=view.suspended,
            process_instance_id=optional_id(view.process_instance_id),
            process_definition_id=str(view.process_definition_id),
            element_id=view.element_id,
            created_at=time_text(view.created_at),
            due_at=optional_time(view.due_at),
            priority=view.priority,
            retries=view.retries,
            deliveries=view.deliveries,
            locked_by=view.locked_by,
            locked_until=optional_time(view.locked_until),
            headers=view.headers,
            error_message=view.error_message,
            variables=variables.write(view.variables),
        )


class JobList(Answer, frozen=True, kw_only=True):
    """The jobs that were activated; empty when none came in time."""

    items: list[Job]


class JobQuery(PageQuery, frozen=True, kw_only=True):
    """Timers are jobs of kind `timer` and `start_timer`; those of `condition` `due` come by due time."""

    condition: jobs.JobCondition | None = None
    kind: jobs.JobKind | None = None
    state: JobState | None = None
    type: str | None = None
    process_instance_id: Id | None = None
    process_definition_id: Id | None = None
    due_before: TimeFilter | None = None
    due_after: TimeFilter | None = None


class Activation(Request, frozen=True, kw_only=True):
    """`timeoutSeconds` is how long to wait for the first job; `lockSeconds` how long the jobs are the worker's."""

    types: Annotated[list[JobType], msgspec.Meta(min_length=1, max_length=100)]
    worker: WorkerName
    max_jobs: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    lock_seconds: Seconds = 300.0
    timeout_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.0


class JobCompletion(Request, frozen=True, kw_only=True):
    """`worker` is the name the job was activated under."""

    worker: WorkerName
    variables: Variables = msgspec.field(default_factory=dict)


class JobFailure(Request, frozen=True, kw_only=True):
    """`retries` left; null counts down by one. Without any left the job gets an incident."""

    worker: WorkerName
    message: Annotated[str, msgspec.Meta(max_length=10_000)]
    retries: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    backoff_seconds: Annotated[float, msgspec.Meta(ge=0, le=31_536_000)] | None = None


class JobError(Request, frozen=True, kw_only=True):
    """A BPMN error: flow, not failure."""

    worker: WorkerName
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    message: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    variables: Variables = msgspec.field(default_factory=dict)


class Extension(Request, frozen=True, kw_only=True):
    """The lock then ends `lockSeconds` from now."""

    worker: WorkerName
    lock_seconds: Seconds


class Rescheduling(Request, frozen=True, kw_only=True):
    """A time that is past means at once."""

    due_at: TimeFilter


class Retries(Request, frozen=True, kw_only=True):
    """How often the job may be tried from now on."""

    retries: Annotated[int, msgspec.Meta(ge=1, le=1000)]


@blueprint.get("")
@operation(query=JobQuery, answer=Page[Job], roles=JOB_READERS)
def list_jobs(call: Call, query: JobQuery) -> Page[Job]:
    """List jobs, timers with their due time among them.

    A page looks at a bounded number of jobs: where few of very many fit, it is short, and `nextCursor` leads on.
    """
    page = jobs.list_(
        call.engine,
        actor=call.actor,
        condition=query.condition,
        kind=query.kind,
        state=query.state,
        type=query.type,
        process_instance_id=id_number(query.process_instance_id, field="processInstanceId"),
        process_definition_id=id_number(query.process_definition_id, field="processDefinitionId"),
        due_before=query.due_before,
        due_after=query.due_after,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[Job.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:job_id>")
@operation(answer=Job, roles=JOB_READERS, errors=(404,))
def get_job(call: Call, job_id: int) -> Job:
    """Get a job."""
    return Job.of(jobs.get(call.engine, job_id, actor=call.actor))


@blueprint.post("/activate")
@operation(body=Activation, answer=JobList, roles=WORKERS)
def activate_jobs(call: Call, body: Activation) -> JobList:
    """Take jobs of some types for a while; waits for the first one up to `timeoutSeconds`.

    Each waiting request holds a thread of the server: beyond half of them the answer comes at once.
    """
    polls = context.current().long_polls
    may_wait = body.timeout_seconds > 0 and polls.enter()
    try:
        found = jobs.activate(
            call.engine,
            actor=call.actor,
            types=body.types,
            worker=body.worker,
            max_jobs=body.max_jobs,
            lock_seconds=body.lock_seconds,
            timeout_seconds=body.timeout_seconds if may_wait else 0,
            stop=polls.is_closing,
        )
    finally:
        if may_wait:
            polls.leave()
    return JobList(items=[Job.of(view) for view in found])


@blueprint.post("/<id:job_id>/complete")
@operation(body=JobCompletion, answer=Nothing, roles=WORKERS, errors=(404, 409), body_limit=BODY_LIMIT)
def complete_job(call: Call, job_id: int, body: JobCompletion) -> Nothing:
    """The work is done; the instance goes on. Sent again with the same Idempotency-Key it answers the same."""
    jobs.complete(
        call.engine,
        job_id,
        actor=call.actor,
        worker=body.worker,
        variables=variables.read(body.variables),
        idempotency=call.idempotency(),
    )
    return Nothing()


@blueprint.post("/<id:job_id>/fail")
@operation(body=JobFailure, answer=Job, roles=WORKERS, errors=(404, 409))
def fail_job(call: Call, job_id: int, body: JobFailure) -> Job:
    """The work failed; it is tried again after a while, or becomes an incident."""
    view = jobs.fail(
        call.engine,
        job_id,
        actor=call.actor,
        worker=body.worker,
        message=body.message,
        retries=body.retries,
        backoff_seconds=body.backoff_seconds,
    )
    return Job.of(view)


@blueprint.post("/<id:job_id>/error")
@operation(body=JobError, answer=Nothing, roles=WORKERS, errors=(404, 409), body_limit=BODY_LIMIT)
def throw_job_error(call: Call, job_id: int, body: JobError) -> Nothing:
    """Throw a BPMN error at the service task."""
    jobs.throw_error(
        call.engine,
        job_id,
        actor=call.actor,
        worker=body.worker,
        code=body.code,
        message=body.message,
        variables=variables.read(body.variables),
    )
    return Nothing()


@blueprint.post("/<id:job_id>/extend")
@operation(body=Extension, answer=Job, roles=WORKERS, errors=(404, 409))
def extend_job(call: Call, job_id: int, body: Extension) -> Job:
    """Keep a job for longer."""
    view = jobs.extend(call.engine, job_id, actor=call.actor, worker=body.worker, lock_seconds=body.lock_seconds)
    return Job.of(view)


@blueprint.post("/<id:job_id>/run")
@operation(answer=Nothing, roles=OPERATORS, errors=(404, 409))
def run_job_now(call: Call, job_id: int) -> Nothing:
    """Do not wait until it is due: a timer fires, a failed service job may be taken again."""
    jobs.run_now(call.engine, job_id, actor=call.actor)
    return Nothing()


@blueprint.post("/<id:job_id>/reschedule")
@operation(body=Rescheduling, answer=Job, roles=OPERATORS, errors=(404, 409))
def reschedule_job(call: Call, job_id: int, body: Rescheduling) -> Job:
    """Let a timer fire, or a service job be offered to workers, at another time."""
    return Job.of(jobs.reschedule(call.engine, job_id, actor=call.actor, due_at=body.due_at))


@blueprint.post("/<id:job_id>/retries")
@operation(body=Retries, answer=Job, roles=OPERATORS, errors=(404, 409))
def set_job_retries(call: Call, job_id: int, body: Retries) -> Job:
    """Set how often a service job may be tried from now on; a job with an incident gets them when that is resolved."""
    return Job.of(jobs.set_retries(call.engine, job_id, actor=call.actor, retries=body.retries))
