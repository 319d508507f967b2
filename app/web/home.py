"""`/`: everything at a glance, live."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from baton.app.web import page
from baton.app.web.instances import open_incidents
from baton.bpm.runtime import audit_events, decision_definitions, process_definitions, process_instances, user_tasks
from baton.bpm.runtime.actors import Actor

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> str:
    """Everything at a glance."""
    return page.show("home/index.html", area="home", **_glance(page.actor()))


@blueprint.get("/live")
def live() -> Response:
    """The part of it that changes."""
    return page.fragment("home/live.html", **_glance(page.actor()))


def _glance(actor: Actor) -> dict[str, Any]:
    engine = page.engine()
    glance: dict[str, Any] = {
        "can_operate": actor.is_operator,
        "now": engine.clock(),
        "definitions": process_definitions.list_(engine, actor=actor, latest=True, limit=page.ROWS).items,
        "decisions": decision_definitions.list_(engine, actor=actor, latest=True, limit=page.ROWS).items,
        "tasks": user_tasks.list_(engine, actor=actor, open_only=True, limit=page.ROWS).items,
        "instances": process_instances.list_(engine, actor=actor, limit=page.ROWS).items,
    }
    if actor.is_operator:
        glance |= {
            "incidents": open_incidents(actor),
            "events": audit_events.list_(engine, actor=actor, limit=page.ROWS).items,
        }
    return glance
