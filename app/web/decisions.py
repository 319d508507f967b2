"""`/decisions`: decision tables that are deployed."""

from __future__ import annotations

from flask import Blueprint, request

from baton.app.web import page
from baton.bpm.runtime import decision_definitions

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")


@blueprint.get("")
def index() -> str:
    """The newest version of each decision, newest first."""
    found = decision_definitions.list_(
        page.engine(), actor=page.actor(), latest=True, limit=page.ROWS, cursor=request.args.get("cursor")
    )
    return page.show("decisions/index.html", area="decisions", decisions=found)


@blueprint.get("/<id:decision_definition_id>")
def decision(decision_definition_id: int) -> str:
    """One version, rendered."""
    view = decision_definitions.get(page.engine(), decision_definition_id, actor=page.actor())
    return page.show("decisions/decision.html", area="decisions", decision=view)
