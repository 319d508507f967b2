"""`/upload`: bring files in; what is wrong with them is shown on them, before and after they are deployed."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request

from baton.app.api.deployments import DEPLOYMENT_LIMIT, base_name
from baton.app.web import checked_files, page
from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.runtime import deployments
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("upload", __name__, url_prefix="/upload")


@blueprint.get("")
def index() -> str:
    """Choose files."""
    page.actor().require(Role.OPERATOR)
    return page.show("upload/index.html", area="processes")


@blueprint.post("/check")
def check() -> page.Answer:
    """The chosen files with their problems, nothing deployed: a fragment for scripts, else a page."""
    actor = _operator()
    shown: dict[str, object] = {}
    status = 200
    try:
        shown["files"] = checked_files.look(page.engine(), _files(), actor=actor, mode=_mode())
    except errors.Rejection as error:
        shown["refusal"], status = error, error.status
    if request.headers.get("HX-Request"):
        return render_template("upload/checked.html", **shown), status
    return page.show("upload/index.html", area="processes", mode=_mode(), **shown), status


@blueprint.post("")
def upload() -> page.Answer:
    """Deploy the files of the form; what was made, and what is worth knowing about it, is shown."""
    actor = _operator()
    mode = _mode()
    resources: list[deployments.Resource] = []
    try:
        resources = _files()
        view = deployments.deploy(page.engine(), actor=actor, resources=resources, name=resources[0].name, mode=mode)
    except errors.InvalidDiagram as error:
        files = checked_files.look(page.engine(), resources, actor=actor, mode=mode)
        return page.show("upload/index.html", area="processes", refusal=error, files=files, mode=mode), error.status
    except errors.Rejection as error:
        return page.show("upload/index.html", area="processes", refusal=error, mode=mode), error.status
    if not view.problems:
        return redirect(_made(view), 303)
    files = checked_files.look(page.engine(), resources, actor=actor, mode=mode)
    return page.show("upload/index.html", area="processes", deployed=view, files=files, mode=mode)


def _made(view: deployments.DeploymentView) -> str:
    """Where to see what was deployed."""
    if len(view.process_definitions) == 1:
        return f"/processes/{view.process_definitions[0].id}"
    return "/decisions" if view.decision_definitions and not view.process_definitions else "/processes"


def _operator() -> Actor:
    request.max_content_length = DEPLOYMENT_LIMIT
    actor = page.actor()
    actor.require(Role.OPERATOR)
    return actor


def _files() -> list[deployments.Resource]:
    """The files of the form. Raises `InvalidCommand` for none."""
    files = [file for file in request.files.getlist("resource") if file.filename]
    if not files:
        raise errors.InvalidCommand("Expected at least one file, but none was chosen.", field="resource")
    return [deployments.Resource(base_name(file.filename or ""), file.read()) for file in files]


def _mode() -> Mode | None:
    given = request.form.get("mode")
    return Mode(given) if given in tuple(Mode) else None
