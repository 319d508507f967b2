"""`/people`: users with their roles and groups."""

from __future__ import annotations

from flask import Blueprint

from baton.app.web import page
from baton.bpm.runtime import identity
from baton.bpm.runtime.actors import Role

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
def index() -> str:
    """Everybody."""
    page.actor().require(Role.ADMINISTRATOR)
    return page.show("people/index.html", area="people", everybody=identity.users(page.engine()))
