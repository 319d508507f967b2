"""`/modeler`: draw a diagram, decisions or a form, new or of a deployed version, and deploy it."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, redirect, request

from baton.app.api.deployments import DEPLOYMENT_LIMIT, base_name
from baton.app.api.forms import decoded
from baton.app.api.shapes import id_number
from baton.app.problem_details import diagram_problem
from baton.app.web import page
from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.runtime import decision_definitions, deployments, form_definitions, process_definitions
from baton.bpm.runtime.actors import Actor, Role

Definition = (
    process_definitions.ProcessDefinitionView
    | decision_definitions.DecisionDefinitionView
    | form_definitions.FormDefinitionView
)
blueprint = Blueprint("modeler", __name__, url_prefix="/modeler")

LISTED = 12


class Kind(msgspec.Struct, frozen=True):
    """What is drawn: the island that does it, the form's field that gets the file, the name of a new one."""

    name: str
    island: str
    field: str
    new_file: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("bpmn", "modeler", "xml", "new.bpmn"),
        Kind("dmn", "dmn", "xml", "new.dmn"),
        Kind("form", "form-editor", "schema", "new.form"),
    )
}


@blueprint.get("")
def index() -> str:
    """Begin anew, or with one of the newest versions."""
    engine, actor = page.engine(), page.actor()
    actor.require(Role.OPERATOR)
    key = page.filters("key").get("key")
    newest: dict[str, Any] = {"actor": actor, "key": key, "latest": True, "limit": LISTED}
    return page.show(
        "modeler/index.html",
        area="modeler",
        kinds=KINDS,
        found={
            "bpmn": process_definitions.list_(engine, **newest).items,
            "dmn": decision_definitions.list_(engine, **newest).items,
            "form": form_definitions.list_(engine, **newest).items,
        },
    )


@blueprint.get("/<any(bpmn, dmn, form):kind>")
def edit(kind: str) -> str:
    """The editor with a new file, or with that of `definition`."""
    actor = page.actor()
    actor.require(Role.OPERATOR)
    definition_id = id_number(page.filters("definition").get("definition"), field="definition")
    chosen = KINDS[kind]
    if definition_id is None:
        return _editor(chosen, chosen.new_file, {})
    definition, begins_with = _deployed(actor, kind, definition_id)
    return _editor(chosen, definition.resource_name, begins_with, definition=definition)


@blueprint.post("/<any(bpmn, dmn, form):kind>")
def deploy(kind: str) -> page.Answer:
    """Deploy what was drawn; what is refused stays drawn, with what is wrong beside it."""
    request.max_content_length = DEPLOYMENT_LIMIT
    request.max_form_memory_size = DEPLOYMENT_LIMIT
    actor = page.actor()
    actor.require(Role.OPERATOR)
    chosen = KINDS[kind]
    content = request.form.get(chosen.field, "")
    name = base_name(request.form.get("name", "").strip() or chosen.new_file)
    given = request.form.get("mode")
    mode = Mode(given) if given in tuple(Mode) else None
    try:
        view = deployments.deploy(
            page.engine(),
            actor=actor,
            resources=[deployments.Resource(name, content.encode())],
            name=name,
            mode=mode,
        )
    except errors.Rejection as error:
        kept = _kept(kind, content)
        return _editor(chosen, name, kept, refusal=error, mode=mode, unsaved=bool(kept)), error.status
    return redirect(_made(view), 303)


def _editor(kind: Kind, file_name: str, begins_with: dict[str, Any], **more: Any) -> str:
    """`begins_with` are the island's properties that say what is drawn first."""
    refusal = more.get("refusal")
    found = refusal.problems if isinstance(refusal, errors.InvalidDiagram) else ()
    return page.show(
        "modeler/editor.html",
        area="modeler",
        kind=kind,
        file_name=file_name,
        begins_with=begins_with,
        problems=[diagram_problem(problem) for problem in found],
        **more,
    )


def _deployed(actor: Actor, kind: str, definition_id: int) -> tuple[Definition, dict[str, Any]]:
    """What was deployed, and where its content is. Raises `NotFound`."""
    engine = page.engine()
    match kind:
        case "bpmn":
            process = process_definitions.get(engine, definition_id, actor=actor)
            return process, {"xml": f"/api/v1/process-definitions/{definition_id}/xml?clean=true"}
        case "dmn":
            decision = decision_definitions.get(engine, definition_id, actor=actor)
            address = f"/api/v1/decision-definitions/{definition_id}/xml"
            return decision, {"xml": address, "decision": decision.key}
    form = form_definitions.get(engine, definition_id, actor=actor)
    return form, {"schema": decoded(form_definitions.content(engine, definition_id, actor=actor))}


def _kept(kind: str, content: str) -> dict[str, Any]:
    """What was sent, to be drawn again; nothing if no editor could."""
    if kind != "form":
        return {"content": content} if content else {}
    try:
        return {"schema": msgspec.json.decode(content, type=dict[str, Any])}
    except (msgspec.DecodeError, RecursionError):
        return {}


def _made(view: deployments.DeploymentView) -> str:
    """Where to see what was deployed."""
    if view.process_definitions:
        return f"/processes/{view.process_definitions[0].id}"
    if view.decision_definitions:
        return f"/decisions/{view.decision_definitions[0].id}"
    return f"/modeler/form?definition={view.form_definitions[0].id}" if view.form_definitions else "/modeler"
