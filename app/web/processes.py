"""`/processes`: what is deployed; one version with its diagram and what is live on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from baton.app.web import page
from baton.bpm.runtime import flow_node_statistics, process_definitions, process_instances
from baton.bpm.runtime.actors import Actor

blueprint = Blueprint("processes", __name__, url_prefix="/processes")


@blueprint.get("")
def index() -> str:
    """The newest version of each process, newest first."""
    found = process_definitions.list_(
        page.engine(),
        actor=page.actor(),
        key=page.filters("key").get("key"),
        latest=True,
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    return page.show("processes/index.html", area="processes", definitions=found)


@blueprint.get("/<id:process_definition_id>")
def process(process_definition_id: int) -> str:
    """One version: diagram with live counts, start, the other versions."""
    engine, actor = page.engine(), page.actor()
    definition = process_definitions.get(engine, process_definition_id, actor=actor)
    versions = process_definitions.list_(
        engine, actor=actor, key=definition.key, limit=page.ROWS, cursor=request.args.get("cursor")
    )
    return page.show(
        "processes/process.html",
        area="processes",
        definition=definition,
        versions=versions,
        **_live(actor, process_definition_id),
    )


@blueprint.get("/<id:process_definition_id>/live")
def live(process_definition_id: int) -> Response:
    """The part of it that changes."""
    return page.fragment("processes/live.html", **_live(page.actor(), process_definition_id))


@blueprint.post("/<id:process_definition_id>/start")
def start(process_definition_id: int) -> page.Answer:
    """Start an instance."""
    return page.act(
        lambda actor: process_instances.start(
            page.engine(),
            actor=actor,
            process_definition_id=process_definition_id,
            variables=page.typed_variables(),
            business_key=request.form.get("businessKey", "").strip() or None,
            start_event_id=request.form.get("startEventId") or None,
        ),
        then=f"/processes/{process_definition_id}",
    )


def _live(actor: Actor, process_definition_id: int) -> dict[str, Any]:
    """What is live by element; nothing for who is no operator, since they see only their own instances."""
    engine = page.engine()
    found: Sequence[flow_node_statistics.FlowNodeStatisticsView] = ()
    if actor.is_operator:
        found = flow_node_statistics.of_definition(engine, process_definition_id, actor=actor).items
    live = [item for item in found if item.open or item.incidents]
    definition = engine.definitions.get(process_definition_id)
    query = urlencode({"processDefinitionId": process_definition_id, "state": "active"})
    return {
        "tokens": {item.element_id: item.open for item in live if item.open},
        "incidents": {item.element_id: item.incidents for item in live if item.incidents},
        "links": {item.element_id: f"/instances?{query}" for item in live},
        "rows": [
            {
                "id": item.element_id,
                "name": definition.label(item.element_id).name or item.element_id,
                "tokens": item.open,
                "incidents": item.incidents,
            }
            for item in live
        ],
    }
