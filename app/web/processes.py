"""`/processes`: what is deployed; one version with its diagram and what is live on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from baton.app.web import page
from baton.bpm.runtime import element_counts, process_definitions, process_instances
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
    engine = page.engine()
    counts = element_counts.live(engine, process_definition_id, actor=actor)
    definition = engine.definitions.get(process_definition_id)
    elements = sorted({*counts.tokens, *counts.incidents})
    query = urlencode({"processDefinitionId": process_definition_id, "state": "active"})
    return {
        "tokens": counts.tokens,
        "incidents": counts.incidents,
        "links": dict.fromkeys(elements, f"/instances?{query}"),
        "rows": [
            {
                "id": element,
                "name": definition.label(element).name or element,
                "tokens": counts.tokens.get(element, 0),
                "incidents": counts.incidents.get(element, 0),
            }
            for element in elements
        ],
    }
