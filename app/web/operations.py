"""`/operations`: is Baton well, what waits for repair, what is to be done by machines and who does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, request

from baton.app.web import filter_values, forms, page, variable_rows
from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import health, incident_groups, incidents, jobs, workers
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.incident_groups import RepairView
from baton.bpm.runtime.jobs import JobCondition, JobKind, JobView
from baton.bpm.runtime.pages import Page

blueprint = Blueprint("operations", __name__, url_prefix="/operations")

LARGEST = 5
REPAIRED_AT_ONCE = 100
JOB_FILTERS = ("condition", "kind", "type", "processInstanceId", "dueAfter", "dueBefore")


@blueprint.get("")
def index() -> str:
    """Health, the largest groups of incidents, workers."""
    return page.show("operations/index.html", area="operations", **_overview(_operator()))


@blueprint.get("/live")
def live() -> Response:
    """The part of it that changes."""
    return page.fragment("operations/live.html", **_overview(_operator()))


# --- incidents ------------------------------------------------------------------------------------------------


@blueprint.get("/incidents")
def causes() -> str:
    """Open incidents by cause, largest first."""
    found = incident_groups.list_(page.engine(), actor=_operator(), limit=page.ROWS, cursor=request.args.get("cursor"))
    return page.show("operations/causes.html", area="operations", groups=found)


@blueprint.get("/incidents/<cause>")
def cause(cause: str) -> str:
    """Those of one cause, and how to repair them all at once."""
    return _cause(_operator(), cause)


@blueprint.post("/incidents/<cause>/resolve")
def resolve(cause: str) -> page.Answer:
    """Try them again, a bounded number at once, after writing variables."""
    actor = _operator()
    forms.check(page.FORM_LIMIT)
    try:
        done = incident_groups.resolve(
            page.engine(),
            cause,
            actor=actor,
            variables=variable_rows.sent(),
            retries=filter_values.a_number(request.form, "retries"),
            limit=REPAIRED_AT_ONCE,
            cursor=request.form.get("cursor") or None,
        )
    except errors.Rejection as error:
        return _cause(actor, cause, refusal=error), error.status
    return _cause(actor, cause, done=done)


def _cause(actor: Actor, cause: str, *, done: RepairView | None = None, refusal: errors.Rejection | None = None) -> str:
    engine = page.engine()
    found = incidents.list_(
        engine,
        actor=actor,
        state=IncidentState.OPEN,
        cause=cause,
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    groups = incident_groups.list_(engine, actor=actor, cause=cause, limit=1).items
    return page.show(
        "operations/cause.html",
        area="operations",
        cause=cause,
        group=groups[0] if groups else None,
        incidents=found,
        done=done,
        refusal=refusal,
        typed_rows=variable_rows.again(refusal),
        at_once=REPAIRED_AT_ONCE,
    )


# --- jobs -----------------------------------------------------------------------------------------------------


class ListedJob(msgspec.Struct, frozen=True):
    """A job with the names of its process and element."""

    view: JobView
    key: str
    element_name: str


@blueprint.get("/jobs")
def job_list() -> page.Answer:
    """By the filters of the address; those that are due by due time, others oldest first."""
    actor = _operator()
    found: Page[Any] = Page((), None)
    refusal: errors.Rejection | None = None
    try:
        found = jobs.list_(
            page.engine(),
            actor=actor,
            limit=page.ROWS,
            cursor=request.args.get("cursor"),
            **_job_members(page.filters(*JOB_FILTERS)),
        )
    except errors.InvalidCommand as error:
        refusal = error
    shown = page.show(
        "operations/jobs.html",
        area="operations",
        jobs=Page(tuple(_listed(view) for view in found.items), found.next_cursor),
        refusal=refusal,
        conditions=list(JobCondition),
        kinds=list(JobKind),
    )
    return shown if refusal is None else (shown, refusal.status)


@blueprint.get("/jobs/<id:job_id>")
def job(job_id: int) -> str:
    """One job, and what can be done about it."""
    return _job(_operator(), job_id)


@blueprint.post("/jobs/<id:job_id>/run")
def run(job_id: int) -> page.Answer:
    """Do not wait until it is due."""
    return _change(job_id, lambda actor: jobs.run_now(page.engine(), job_id, actor=actor))


@blueprint.post("/jobs/<id:job_id>/reschedule")
def reschedule(job_id: int) -> page.Answer:
    """Another due time."""
    return _change(
        job_id, lambda actor: jobs.reschedule(page.engine(), job_id, actor=actor, due_at=_required_time("dueAt"))
    )


@blueprint.post("/jobs/<id:job_id>/retries")
def set_retries(job_id: int) -> page.Answer:
    """How often it may be tried from now on."""

    def change(actor: Actor) -> object:
        retries = filter_values.a_number(request.form, "retries")
        return jobs.set_retries(page.engine(), job_id, actor=actor, retries=0 if retries is None else retries)

    return _change(job_id, change)


def _change(job_id: int, command: Any) -> page.Answer:
    """Do it and go back; a job that is there still shows a refusal beside its forms."""
    actor = _operator()
    try:
        jobs.get(page.engine(), job_id, actor=actor)
    except errors.NotFound:
        return page.act(command, then="/operations/jobs")
    return page.act(command, then="/operations/jobs", again=lambda error: _job(actor, job_id, refusal=error))


def _job(actor: Actor, job_id: int, *, refusal: errors.Rejection | None = None) -> str:
    found = jobs.get(page.engine(), job_id, actor=actor)
    return page.show("operations/job.html", area="operations", job=_listed(found), refusal=refusal)


def _listed(view: JobView) -> ListedJob:
    definition = page.engine().definitions.get(view.process_definition_id)
    return ListedJob(view, definition.key, definition.label(view.element_id).name or view.element_id)


def _job_members(given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "condition": filter_values.a_choice(given, "condition", JobCondition),
        "kind": filter_values.a_choice(given, "kind", JobKind),
        "type": given.get("type"),
        "process_instance_id": filter_values.an_id(given, "processInstanceId"),
        "due_after": filter_values.a_time(given, "dueAfter"),
        "due_before": filter_values.a_time(given, "dueBefore"),
    }


def _required_time(name: str) -> datetime:
    found = filter_values.a_time(request.form, name)
    if found is None:
        raise errors.InvalidCommand("Expected a time such as 2026-01-31T18:00, in UTC.", field=name)
    return found


# --- workers --------------------------------------------------------------------------------------------------


@blueprint.get("/workers")
def worker_list() -> str:
    """Who asked for jobs in the last seven days, by name."""
    found = workers.list_(page.engine(), actor=_operator(), limit=page.ROWS, cursor=request.args.get("cursor"))
    return page.show("operations/workers.html", area="operations", workers=found)


def _overview(actor: Actor) -> dict[str, Any]:
    engine = page.engine()
    return {
        "health": health.details(engine, actor=actor),
        "groups": incident_groups.list_(engine, actor=actor, limit=LARGEST),
        "workers": workers.list_(engine, actor=actor, limit=LARGEST),
    }


def _operator() -> Actor:
    actor = page.actor()
    actor.require(Role.OPERATOR)
    return actor
