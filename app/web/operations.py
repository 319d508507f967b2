"""`/operations`: is Baton well, and what waits for repair."""

from __future__ import annotations

from flask import Blueprint, request

from baton.app.web import page
from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import health, incidents
from baton.bpm.runtime.actors import Role

blueprint = Blueprint("operations", __name__, url_prefix="/operations")


@blueprint.get("")
def index() -> str:
    """Health and open incidents, newest first."""
    actor = page.actor()
    actor.require(Role.OPERATOR)
    found = incidents.list_(
        page.engine(), actor=actor, state=IncidentState.OPEN, limit=page.ROWS, cursor=request.args.get("cursor")
    )
    return page.show("operations/index.html", area="operations", health=health.health(page.engine()), incidents=found)
