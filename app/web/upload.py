"""`/upload`: bring files in; what is wrong with them is listed."""

from __future__ import annotations

from flask import Blueprint, redirect, request

from baton.app import problem_details
from baton.app.api.deployments import DEPLOYMENT_LIMIT, base_name
from baton.app.web import page
from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.runtime import deployments
from baton.bpm.runtime.actors import Role

blueprint = Blueprint("upload", __name__, url_prefix="/upload")


@blueprint.get("")
def index() -> str:
    """Choose files."""
    page.actor().require(Role.OPERATOR)
    return page.show("upload/index.html", area="processes")


@blueprint.post("")
def upload() -> page.Answer:
    """Deploy the files of the form; what is worth knowing about them is listed."""
    request.max_content_length = DEPLOYMENT_LIMIT
    actor = page.actor()
    actor.require(Role.OPERATOR)
    files = [file for file in request.files.getlist("resource") if file.filename]
    mode = request.form.get("mode") or None
    try:
        if not files:
            raise errors.InvalidCommand("Choose at least one file.", field="resource")
        view = deployments.deploy(
            page.engine(),
            actor=actor,
            resources=[deployments.Resource(base_name(file.filename or ""), file.read()) for file in files],
            name=base_name(files[0].filename or ""),
            mode=Mode(mode) if mode in tuple(Mode) else None,
        )
    except errors.Rejection as error:
        return page.refused(error, back="/upload")
    found = [
        problem_details.diagram_problem(problem, resource=file.resource_name)
        for file in view.problems
        for problem in file.problems
    ]
    if found:
        return page.show("upload/index.html", area="processes", deployed=view, problems=found)
    return redirect("/processes", 303)
