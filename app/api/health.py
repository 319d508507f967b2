"""`/health`: is the database there, is work piling up."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response

from baton.app.api.blueprint import noun
from baton.app.api.contract import Call, operation
from baton.app.api.shapes import Answer
from baton.bpm.runtime import health

blueprint = noun("health")


class Health(Answer, frozen=True, kw_only=True):
    """`status` is `ok` or what is wrong; `checks` holds the single findings."""

    status: str
    checks: dict[str, Any]


@blueprint.get("")
@operation(answer=Health, roles=None, errors=(503,))
def get_health(call: Call) -> Response:
    """Health of the server; needs no login, answers 503 when it cannot work."""
    found = health.health(call.engine)
    status = str(found.get("status", "ok"))
    answer = Health(status=status, checks={name: value for name, value in found.items() if name != "status"})
    return Response(msgspec.json.encode(answer), status=200 if status == "ok" else 503, mimetype="application/json")
