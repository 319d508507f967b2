"""What operators do on the page of an instance: end, pause, variables, jobs, incidents. Refusals are told in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from baton.app.api.shapes import id_number
from baton.app.web import forms, instance_page, page, variable_rows
from baton.bpm import errors
from baton.bpm.runtime import incidents, jobs, process_instances
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("instance_deeds", __name__, url_prefix="/instances/<id:process_instance_id>")


def _do(process_instance_id: int, place: str, command: Callable[[Actor], object]) -> page.Answer:
    """Carry it out and show the instance again; `place` is where on the page a refusal is told."""
    forms.check(page.FORM_LIMIT)
    actor = page.actor()
    try:
        actor.require(Role.OPERATOR)
        command(actor)
    except errors.Rejection as refusal:
        return instance_page.refused(process_instance_id, refusal, place)
    return redirect(f"/instances/{process_instance_id}{instance_page.query('at')}", 303)


@blueprint.get("/<any(terminate, suspend, resume, variables):deed>")
@blueprint.get("/<any(jobs, incidents):deed>/<id:_of>/<_verb>")
def show_again(process_instance_id: int, deed: str, _of: int = 0, _verb: str = "") -> BaseResponse:
    """Where a refusal was shown: the instance itself."""
    return redirect(f"/instances/{process_instance_id}", 303)


# --- the instance --------------------------------------------------------------------------------------------


def _reason() -> str:
    return request.form.get("reason", "").strip()[:1000]


@blueprint.post("/terminate")
def terminate(process_instance_id: int) -> page.Answer:
    """End everything that is live in it."""
    return _do(
        process_instance_id,
        "state",
        lambda actor: process_instances.terminate(page.engine(), process_instance_id, actor=actor, reason=_reason()),
    )


@blueprint.post("/suspend")
def suspend(process_instance_id: int) -> page.Answer:
    """Let nothing happen in it."""
    return _do(
        process_instance_id,
        "state",
        lambda actor: process_instances.suspend(page.engine(), process_instance_id, actor=actor, reason=_reason()),
    )


@blueprint.post("/resume")
def resume(process_instance_id: int) -> page.Answer:
    """Let it go on."""
    return _do(
        process_instance_id,
        "state",
        lambda actor: process_instances.resume(page.engine(), process_instance_id, actor=actor, reason=_reason()),
    )


@blueprint.post("/variables")
def set_variable(process_instance_id: int) -> page.Answer:
    """Write variables of one scope; new ones are told of beside the form for new ones."""
    given = request.form
    name, scope = given.get(f"{variable_rows.FIELD}:name", "").strip(), given.get("scopeId", "")

    def write(actor: Actor) -> None:
        variables = variable_rows.sent()
        if not variables:
            raise errors.InvalidCommand("Expected the name of a variable and its value.", field=variable_rows.FIELD)
        process_instances.set_variables(
            page.engine(),
            process_instance_id,
            actor=actor,
            variables=variables,
            scope_id=_id(scope, "scopeId") if scope else None,
        )

    return _do(process_instance_id, f"variable:{'' if given.get('new') else f'{scope}:{name}'}", write)


def _id(text: str, field: str) -> int:
    number = id_number(text, field=field) if text.isascii() and text.isdigit() else None
    if number is None:
        raise errors.InvalidCommand(f"Expected {field} to be an id, found '{text[:50]}'.", field=field)
    return number


# --- jobs ----------------------------------------------------------------------------------------------------


@blueprint.post("/jobs/<id:job_id>/run")
def run(process_instance_id: int, job_id: int) -> page.Answer:
    """Do not wait until it is due."""
    return _do(process_instance_id, f"job:{job_id}", lambda actor: jobs.run_now(page.engine(), job_id, actor=actor))


@blueprint.post("/jobs/<id:job_id>/reschedule")
def reschedule(process_instance_id: int, job_id: int) -> page.Answer:
    """Another time, in UTC."""
    return _do(
        process_instance_id,
        f"job:{job_id}",
        lambda actor: jobs.reschedule(page.engine(), job_id, actor=actor, due_at=_due_at()),
    )


def _due_at() -> datetime:
    text = request.form.get("dueAt", "").strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise errors.InvalidCommand(
            f"Expected a date and a time such as 2026-01-31T08:30, found '{text[:50]}'.", field="dueAt"
        ) from error


@blueprint.post("/jobs/<id:job_id>/retries")
def retries(process_instance_id: int, job_id: int) -> page.Answer:
    """How often it may be tried from now on."""
    return _do(
        process_instance_id,
        f"job:{job_id}",
        lambda actor: jobs.set_retries(page.engine(), job_id, actor=actor, retries=_retries() or 0),
    )


def _retries() -> int | None:
    text = request.form.get("retries", "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise errors.InvalidCommand(f"Expected a whole number of retries, found '{text[:50]}'.", field="retries")
    return int(text) if text else None


# --- incidents -----------------------------------------------------------------------------------------------


@blueprint.post("/incidents/<id:incident_id>/resolve")
def resolve(process_instance_id: int, incident_id: int) -> page.Answer:
    """Write variables, then try again."""
    return _do(
        process_instance_id,
        f"incident:{incident_id}",
        lambda actor: incidents.resolve(
            page.engine(), incident_id, actor=actor, variables=variable_rows.sent(), retries=_retries()
        ),
    )
