"""`/audit`: who did what, when; searched, exported, and verified to be as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from baton.app.api.audit_events import exported
from baton.app.web import filter_values, page
from baton.bpm import errors
from baton.bpm.execution import events
from baton.bpm.runtime import audit_chains, audit_events
from baton.bpm.runtime.actors import Role
from baton.bpm.runtime.audit_events import AuditFilters
from baton.bpm.runtime.audit_exports import ExportFormat
from baton.bpm.runtime.pages import Page

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

FILTERS = ("actor", "type", "key", "processInstanceId", "processDefinitionId", "elementId", "after", "before")
# Proposed where a type is typed: what a token game tells, and what people do beside it.
TYPES = sorted(
    {name for name, kind in vars(events).items() if isinstance(kind, type) and kind.__module__ == events.__name__}
    | {"DeploymentCreated", "IncidentGroupResolved", "JobFailed", "JobRescheduled", "JobRetriesChanged"}
    | {"JobRunRequested", "ProcessDefinitionCreated", "ProcessInstanceResumed", "ProcessInstanceSuspended"}
    | {"UserChanged", "UserCreated", "UserDeactivated", "UserDeleted", "ApiKeyCreated", "ApiKeyRevoked"}
)


# The same as the pages say them: who reads "user task completed" types that.
TYPES_BY_WORDS = {page.words(name): name for name in TYPES}


@blueprint.get("")
def index() -> page.Answer:
    """Newest first, by the filters of the address; who is no operator sees their own."""
    actor = page.actor()
    given = page.filters(*FILTERS)
    found: Page[Any] = Page((), None)
    refusal: errors.Rejection | None = None
    try:
        found = audit_events.list_(
            page.engine(), actor=actor, limit=2 * page.ROWS, cursor=request.args.get("cursor"), **_members(given)
        )
    except (errors.InvalidCommand, errors.NotFound) as error:
        refusal = error
    shown = page.show(
        "audit/index.html", area="audit", page=found, given=given, query=urlencode(given), refusal=refusal, types=TYPES
    )
    return shown if refusal is None else (shown, refusal.status)


@blueprint.get("/export")
def export() -> Response:
    """All that the search finds, as a file."""
    actor = page.actor()
    given = page.filters(*FILTERS, "format")
    format = filter_values.a_choice(given, "format", ExportFormat) or ExportFormat.NDJSON
    return exported(page.engine(), AuditFilters(**_members(given)), actor=actor, format=format)


@blueprint.get("/verification")
def verification() -> page.Answer:
    """Is every event as it was written: of one instance, or page by page of all."""
    actor = page.actor()
    actor.require(Role.OPERATOR)
    engine = page.engine()
    found: Page[Any] = Page((), None)
    refusal: errors.Rejection | None = None
    try:
        instance_id = filter_values.an_id(page.filters("processInstanceId"), "processInstanceId")
        if instance_id is None:
            found = audit_chains.verify_all(
                engine, actor=actor, limit=page.ROWS, cursor=request.args.get("cursor") or None
            )
        else:
            found = Page((audit_chains.verify(engine, instance_id, actor=actor),), None)
    except (errors.InvalidCommand, errors.NotFound) as error:
        refusal = error
    broken = sum(chain.broken_at is not None for chain in found.items)
    shown = page.show("audit/verification.html", area="audit", page=found, broken=broken, refusal=refusal)
    return shown if refusal is None else (shown, refusal.status)


def _members(given: Mapping[str, str]) -> dict[str, Any]:
    """The filters by the names of the runtime. Raises `InvalidCommand`."""
    return {
        "actor_id": given.get("actor"),
        "type": _type(given.get("type")),
        "key": given.get("key"),
        "element_id": given.get("elementId"),
        "process_instance_id": filter_values.an_id(given, "processInstanceId"),
        "process_definition_id": filter_values.an_id(given, "processDefinitionId"),
        "after": filter_values.a_time(given, "after"),
        "before": filter_values.a_time(given, "before"),
    }


def _type(given: str | None) -> str | None:
    return None if given is None else TYPES_BY_WORDS.get(" ".join(given.lower().split()), given)
