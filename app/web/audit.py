"""`/audit`: who did what, when."""

from __future__ import annotations

from flask import Blueprint, request

from baton.app.web import page
from baton.bpm.runtime import audit_events

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("")
def index() -> str:
    """Newest first; who is no operator sees their own."""
    actor = page.actor()
    found = audit_events.list_(
        page.engine(),
        actor=actor,
        actor_id=None if actor.is_operator else actor.id,
        limit=2 * page.ROWS,
        cursor=request.args.get("cursor"),
    )
    return page.show("audit/index.html", area="audit", page=found)
