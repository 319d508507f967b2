"""The first pages: what is deployed, what runs, what has to be done, what happened; forms that act on it.

Every form is a plain POST that redirects back, so nothing here needs JavaScript. `static/live.js` only
fetches `/live` again and again and shows it when it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from baton.app import context, problem_details, variable_texts
from baton.app.api.deployments import DEPLOYMENT_LIMIT, base_name
from baton.app.web import forms
from baton.bpm import errors, values
from baton.bpm.definition.elements import Mode
from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import (
    audit_events,
    decision_definitions,
    deployments,
    identity,
    incidents,
    process_definitions,
    process_instances,
    user_tasks,
)
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("pages", __name__)

FORM_LIMIT = 512 * 1024
ROWS = 25


@blueprint.get("/")
def overview() -> str | BaseResponse:
    """Everything at a glance."""
    try:
        actor = _actor()
    except errors.NotAuthenticated:
        return redirect("/login", 303)
    return _overview(actor)


@blueprint.get("/live")
def live() -> Response:
    """The part of the overview that changes, with an ETag."""
    answer = make_response(render_template("live.html", **_glance(_actor())))
    return _conditional(answer)


@blueprint.get("/instances/<id:process_instance_id>")
def instance(process_instance_id: int) -> str | BaseResponse:
    """One instance: what it waits for, its variables, what happened."""
    try:
        actor = _actor()
    except errors.NotAuthenticated:
        return redirect("/login", 303)
    return render_template("instance.html", **(_shell(actor) | _instance(actor, process_instance_id)))


@blueprint.get("/instances/<id:process_instance_id>/live")
def live_instance(process_instance_id: int) -> Response:
    """The part of an instance's page that changes, with an ETag."""
    found = _instance(_actor(), process_instance_id)
    return _conditional(make_response(render_template("live_instance.html", **found)))


@blueprint.post("/upload")
def upload() -> tuple[str, int] | BaseResponse:
    """Deploy the files of the form; problems are listed above it."""
    request.max_content_length = DEPLOYMENT_LIMIT
    actor = _actor()
    actor.require(Role.OPERATOR)
    files = [file for file in request.files.getlist("resource") if file.filename]
    mode = request.form.get("mode") or None
    try:
        if not files:
            raise errors.InvalidCommand("Choose at least one file.", field="resource")
        view = deployments.deploy(
            context.current().engine,
            actor=actor,
            resources=[deployments.Resource(base_name(file.filename or ""), file.read()) for file in files],
            name=base_name(files[0].filename or ""),
            mode=Mode(mode) if mode in tuple(Mode) else None,
        )
    except errors.Rejection as error:
        return _overview(actor, refusal=error), error.status
    found = [
        problem_details.diagram_problem(problem, resource=file.resource_name)
        for file in view.problems
        for problem in file.problems
    ]
    if found:
        return _overview(actor, deployed=view, problems=found), 200
    return redirect("/", 303)


@blueprint.post("/definitions/<id:process_definition_id>/start")
def start(process_definition_id: int) -> tuple[str, int] | BaseResponse:
    """Start an instance."""
    return _act(
        lambda actor: process_instances.start(
            context.current().engine,
            actor=actor,
            process_definition_id=process_definition_id,
            variables=_variables(),
            business_key=request.form.get("businessKey", "").strip() or None,
            start_event_id=request.form.get("startEventId") or None,
        )
    )


@blueprint.post("/tasks/<id:user_task_id>/complete")
def complete(user_task_id: int) -> tuple[str, int] | BaseResponse:
    """Complete a task; a decision's buttons send the chosen option."""
    return _act(
        lambda actor: user_tasks.complete(
            context.current().engine,
            user_task_id,
            actor=actor,
            variables=_variables(),
            decision=request.form.getlist("decision"),
        )
    )


@blueprint.post("/tasks/<id:user_task_id>/claim")
def claim(user_task_id: int) -> tuple[str, int] | BaseResponse:
    """Take a task."""
    return _act(lambda actor: user_tasks.claim(context.current().engine, user_task_id, actor=actor))


@blueprint.post("/tasks/<id:user_task_id>/unclaim")
def unclaim(user_task_id: int) -> tuple[str, int] | BaseResponse:
    """Give a task back."""
    return _act(lambda actor: user_tasks.unclaim(context.current().engine, user_task_id, actor=actor))


@blueprint.post("/incidents/<id:incident_id>/resolve")
def resolve(incident_id: int) -> tuple[str, int] | BaseResponse:
    """Try again, after writing variables."""

    def repair(actor: Actor) -> object:
        actor.require(Role.OPERATOR)
        return incidents.resolve(context.current().engine, incident_id, actor=actor, variables=_variables())

    return _act(repair)


def _act(command: Callable[[Actor], object]) -> tuple[str, int] | BaseResponse:
    """Carry out and go back to where the form was; a refusal is shown on the overview with its status."""
    forms.check(FORM_LIMIT)
    actor = _actor()
    actor.require(Role.OPERATOR, Role.PARTICIPANT)
    try:
        command(actor)
    except errors.Rejection as error:
        return _overview(actor, refusal=error), error.status
    return redirect(_back(), 303)


def _back() -> str:
    """An instance's page if the form says so, else the overview; never another site."""
    instance_id = request.form.get("instance", "")
    return f"/instances/{instance_id}" if instance_id.isascii() and instance_id.isdigit() else "/"


def _variables() -> dict[str, Any]:
    return variable_texts.parse_all(request.form.get("variables", "").splitlines())


def _actor() -> Actor:
    return context.current().access.identify(request)


def _overview(actor: Actor, **extra: Any) -> str:
    return render_template("overview.html", **(_shell(actor) | _glance(actor) | extra))


def _shell(actor: Actor) -> dict[str, Any]:
    here = context.current()
    return {
        "actor": actor,
        "is_open": here.access.is_open,
        "users": identity.users(here.engine, demo=True) if here.access.is_open else [],
        "can_operate": actor.is_operator,
    }


def _glance(actor: Actor) -> dict[str, Any]:
    engine = context.current().engine
    glance: dict[str, Any] = {
        "can_operate": actor.is_operator,
        "actor": actor,
        "now": engine.clock(),
        "definitions": process_definitions.list_(engine, actor=actor, latest=True, limit=ROWS).items,
        "decisions": decision_definitions.list_(engine, actor=actor, latest=True, limit=ROWS).items,
        "tasks": user_tasks.list_(engine, actor=actor, open_only=True, limit=ROWS).items,
        "instances": process_instances.list_(engine, actor=actor, limit=ROWS).items,
    }
    if actor.is_operator:
        glance |= {
            "incidents": _incidents(actor),
            "events": audit_events.list_(engine, actor=actor, limit=ROWS).items,
        }
    return glance


def _instance(actor: Actor, process_instance_id: int) -> dict[str, Any]:
    engine = context.current().engine
    view = process_instances.get(engine, process_instance_id, actor=actor)
    return {
        "instance": view,
        "waiting": process_instances.waiting(engine, process_instance_id, actor=actor).items,
        "variables": process_instances.variables(engine, process_instance_id, actor=actor),
        "tasks": user_tasks.list_(
            engine, actor=actor, process_instance_id=process_instance_id, open_only=True, limit=ROWS
        ).items,
        "incidents": _incidents(actor, process_instance_id) if actor.is_operator else [],
        "events": audit_events.list_(engine, actor=actor, process_instance_id=process_instance_id, limit=200).items,
        "here": str(process_instance_id),
        "actor": actor,
        "now": engine.clock(),
    }


def _incidents(actor: Actor, process_instance_id: int | None = None) -> list[dict[str, Any]]:
    """Open incidents, each with the name of its element."""
    engine = context.current().engine
    found = incidents.list_(
        engine, actor=actor, process_instance_id=process_instance_id, state=IncidentState.OPEN, limit=ROWS
    )
    return [
        {"view": view, "element_name": engine.definitions.get(view.process_definition_id).label(view.element_id).name}
        for view in found.items
    ]


def _conditional(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    conditional = answer.make_conditional(request)
    assert isinstance(conditional, Response)
    return conditional


@blueprint.app_template_filter("moment")
def moment(value: datetime | None) -> str:
    """2026-01-01 10:00:00, UTC."""
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M:%S")


@blueprint.app_template_filter("shown")
def shown(value: Any) -> str:
    """A variable's value in one short line, as JSON unless it is a text."""
    text = value if isinstance(value, str) else msgspec.json.encode(values.to_json(value)).decode()
    return text if len(text) <= 120 else f"{text[:119]}…"


@blueprint.app_template_filter("words")
def words(name: str) -> str:
    """`UserTaskCompleted` and `user_task` to words."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.replace("_", " "))
    return spaced.strip()
