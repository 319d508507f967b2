"""`/modeler`: draw a diagram, new or of a deployed version, and deploy it."""

from __future__ import annotations

from flask import Blueprint, redirect, request

from baton.app.api.deployments import DEPLOYMENT_LIMIT, base_name
from baton.app.api.shapes import id_number
from baton.app.web import page
from baton.bpm import errors
from baton.bpm.runtime import deployments, process_definitions
from baton.bpm.runtime.actors import Role

blueprint = Blueprint("modeler", __name__, url_prefix="/modeler")

NEW_FILE = "new.bpmn"


@blueprint.get("")
def index() -> str:
    """The modeler with a new diagram, or with that of `definition`."""
    actor = page.actor()
    actor.require(Role.OPERATOR)
    definition_id = id_number(page.filters("definition").get("definition"), field="definition")
    if definition_id is None:
        return page.show("modeler/index.html", area="modeler", xml=None, file_name=NEW_FILE)
    definition = process_definitions.get(page.engine(), definition_id, actor=actor)
    xml = f"/api/v1/process-definitions/{definition.id}/xml?clean=true"
    return page.show("modeler/index.html", area="modeler", xml=xml, file_name=definition.resource_name)


@blueprint.post("")
def deploy() -> page.Answer:
    """Deploy what was drawn."""
    request.max_content_length = DEPLOYMENT_LIMIT
    request.max_form_memory_size = DEPLOYMENT_LIMIT
    actor = page.actor()
    actor.require(Role.OPERATOR)
    name = base_name(request.form.get("name", "")) or NEW_FILE
    try:
        view = deployments.deploy(
            page.engine(),
            actor=actor,
            resources=[deployments.Resource(name, request.form.get("xml", "").encode())],
            name=name,
        )
    except errors.Rejection as error:
        return page.refused(error, back="/modeler")
    return redirect(f"/processes/{view.process_definitions[0].id}" if view.process_definitions else "/processes", 303)
