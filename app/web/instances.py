"""`/instances`: what runs and ran; one instance with what it waits for; incidents resolved."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from baton.app.api.shapes import id_number
from baton.app.web import page, texts
from baton.bpm.lifecycle import IncidentState, ProcessInstanceState
from baton.bpm.runtime import audit_events, incidents, process_instances, user_tasks
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("instances", __name__)


@blueprint.get("/instances")
def index() -> str:
    """Newest first, by the filters of the address."""
    given = page.filters("key", "businessKey", "state", "processDefinitionId")
    state = given.get("state")
    found = process_instances.list_(
        page.engine(),
        actor=page.actor(),
        key=given.get("key"),
        business_key=given.get("businessKey"),
        state=ProcessInstanceState(state) if state in tuple(ProcessInstanceState) else None,
        process_definition_id=id_number(given.get("processDefinitionId"), field="processDefinitionId"),
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    states = [(state.value, texts.t(f"state.{state.value}")) for state in ProcessInstanceState]
    return page.show("instances/index.html", area="instances", instances=found, states=states)


@blueprint.get("/instances/<id:process_instance_id>")
def instance(process_instance_id: int) -> str:
    """One instance: what it waits for, its variables, what happened."""
    return page.show("instances/instance.html", area="instances", **_instance(page.actor(), process_instance_id))


@blueprint.get("/instances/<id:process_instance_id>/live")
def live(process_instance_id: int) -> Response:
    """The part of it that changes."""
    return page.fragment("instances/live.html", **_instance(page.actor(), process_instance_id))


@blueprint.post("/incidents/<id:incident_id>/resolve")
def resolve(incident_id: int) -> page.Answer:
    """Try again, after writing variables."""

    def repair(actor: Actor) -> object:
        actor.require(Role.OPERATOR)
        return incidents.resolve(page.engine(), incident_id, actor=actor, variables=page.typed_variables())

    return page.act(repair, then="/")


def open_incidents(actor: Actor, process_instance_id: int | None = None) -> list[dict[str, Any]]:
    """Open incidents, each with the name of its element."""
    engine = page.engine()
    found = incidents.list_(
        engine, actor=actor, process_instance_id=process_instance_id, state=IncidentState.OPEN, limit=page.ROWS
    )
    return [
        {"view": view, "element_name": engine.definitions.get(view.process_definition_id).label(view.element_id).name}
        for view in found.items
    ]


def _instance(actor: Actor, process_instance_id: int) -> dict[str, Any]:
    engine = page.engine()
    view = process_instances.get(engine, process_instance_id, actor=actor)
    return {
        "instance": view,
        "waiting": process_instances.waiting(engine, process_instance_id, actor=actor).items,
        "variables": process_instances.variables(engine, process_instance_id, actor=actor),
        "tasks": user_tasks.list_(
            engine, actor=actor, process_instance_id=process_instance_id, open_only=True, limit=page.ROWS
        ).items,
        "incidents": open_incidents(actor, process_instance_id) if actor.is_operator else [],
        "events": audit_events.list_(engine, actor=actor, process_instance_id=process_instance_id, limit=200).items,
        "back": f"/instances/{process_instance_id}",
        "now": engine.clock(),
    }
