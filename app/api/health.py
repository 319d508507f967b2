"""`/health`: is the database there, is work piling up."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response

from baton.app.api.blueprint import noun
from baton.app.api.contract import OPERATORS, Call, operation
from baton.app.api.shapes import Answer, Time, optional_time
from baton.bpm.runtime import health

blueprint = noun("health")


class Health(Answer, frozen=True, kw_only=True):
    """`status` is `ok` or what is wrong; `checks` holds the single findings."""

    status: str
    checks: dict[str, Any]


class HealthDetails(Answer, frozen=True, kw_only=True):
    """Sizes are bytes; counts of jobs and incidents stop at 10,000. `oldestDueAt`: what has waited longest."""

    status: str
    version: str
    python: str
    database: str
    database_version: str
    database_bytes: int
    schema_revision: str | None
    job_backlog: int
    oldest_due_at: Time | None
    jobs_leased: int
    jobs_failed: int
    jobs_out_of_retries: int
    open_incidents: int


@blueprint.get("/details")
@operation(answer=HealthDetails, roles=OPERATORS)
def get_health_details(call: Call) -> HealthDetails:
    """Versions, database size, and how jobs and incidents stand."""
    found = msgspec.structs.asdict(health.details(call.engine, actor=call.actor))
    return HealthDetails(**found | {"oldest_due_at": optional_time(found["oldest_due_at"])})


@blueprint.get("")
@operation(answer=Health, roles=None, errors=(503,))
def get_health(call: Call) -> Response:
    """Health of the server; needs no login, answers 503 when it cannot work."""
    found = health.health(call.engine)
    status = str(found.get("status", "ok"))
    answer = Health(status=status, checks={name: value for name, value in found.items() if name != "status"})
    return Response(msgspec.json.encode(answer), status=200 if status == "ok" else 503, mimetype="application/json")
