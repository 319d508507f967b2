"""Incidents: seen, repaired, resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update

from baton.bpm import errors, values
from baton.bpm.execution.commands import ResolveIncident
from baton.bpm.execution.events import IncidentRaised
from baton.bpm.lifecycle import IncidentState, JobState
from baton.bpm.runtime import announcements, closings, instance_store
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.instance_store import Handled
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.pages import Page, fetch_page
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic
from baton.models import incident, job

_details = msgspec.json.Decoder(dict[str, Any]).decode
_HAND_OUT_AGAIN = (
    update(job)
    .where(job.c.id == bindparam("id_"))
    .values(
        state=JobState.CREATED.value,
        due_at=bindparam("now"),
        retries=bindparam("retries_"),
        deliveries=0,
        failures=0,
        locked_by=None,
        locked_until=None,
    )
    .returning(job.c.kind, job.c.type)
)

_ONE = select(incident, closings.is_over(incident).label("is_over")).where(incident.c.id == bindparam("id_"))


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` as in `execution.events.IncidentRaised`; `job_id` for type `job`."""

    id: int
    process_instance_id: int
    process_definition_id: int
    token_id: int
    scope_id: int
    job_id: int | None
    element_id: str
    type: str
    message: str
    details: dict[str, Any]
    state: IncidentState
    cause: str
    raised_at: datetime
    ended_at: datetime | None
    ended_by: str | None


def list_(
    engine: Engine,
    *,
    actor: Actor,
    state: IncidentState | None = None,
    process_instance_id: int | None = None,
    type: str | None = None,
    cause: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[IncidentView]:
    """Newest first; `cause` is of open ones, as `incident_groups` gives it. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    if cause is not None:
        state = _only_open(state)
    query = select(incident).where(closings.is_to_be_seen(incident))
    for column, wanted in (
        (incident.c.state, state and state.value),
        (incident.c.process_instance_id, process_instance_id),
        (incident.c.type, type),
        (incident.c.cause, cause),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    with engine.database.read() as connection:
        return fetch_page(connection, query, incident.c.id, _view, limit=limit, cursor=cursor, newest_first=True)


def get(engine: Engine, incident_id: int, *, actor: Actor) -> IncidentView:
    """Raises `NotFound`."""
    actor.require(Role.OPERATOR)
    with engine.database.read() as connection:
        row = connection.execute(_ONE, {"id_": incident_id}).first()
    if row is None:
        raise Subject("incident", incident_id).not_found()
    view = _view(row)
    if row.is_over and row.ended_at is None:
        return msgspec.structs.replace(view, state=IncidentState.CANCELLED)
    return view


def resolve(
    engine: Engine,
    incident_id: int,
    *,
    actor: Actor,
    variables: Mapping[str, Any] | None = None,
    retries: int | None = None,
) -> IncidentView:
    """Write `variables` from the incident's scope outward, then try the failed step again.

    A job is offered to workers again with `retries` (by default the configured number). If the step fails again
    there is a new incident. Raises `NotFound`, `WrongState` if it is not open.
    """
    try_again(engine, incident_id, actor=actor, variables=variables, retries=retries)
    return get(engine, incident_id, actor=actor)


def try_again(
    engine: Engine,
    incident_id: int,
    *,
    actor: Actor,
    variables: Mapping[str, Any] | None = None,
    retries: int | None = None,
) -> bool:
    """What `resolve` does; whether there is a new incident already (a worker's job fails later, if it does)."""
    actor.require(Role.OPERATOR)
    if retries is not None and not 1 <= retries <= 1000:
        raise errors.InvalidCommand(f"Expected retries between 1 and 1000, found {retries}", field="retries")
    given = dict(variables or {})
    values.check_limits(given, limits=engine.variable_limits)

    count = retries or engine.settings.job_retries
    handed_out: list[Entry] = []

    def decide(loaded: Loaded) -> ResolveIncident:
        handed_out.clear()
        row = loaded.row
        if row.state != IncidentState.OPEN:
            raise errors.WrongState(
                f"Expected to resolve incident with id '{row.id}', but it is in state '{row.state}'", state=row.state
            )
        loaded.require_active(f"resolve incident with id '{row.id}'")
        if row.job_id is not None:
            # Ahead of the kernel's events, in the same list that `run` takes them from.
            handed_out.append(Entry("JobRetriesChanged", row.element_id, {"job_id": str(row.job_id), "retries": count}))
        return ResolveIncident(incident_id=row.id, token_id=row.token_id, scope_id=row.scope_id, variables=given)

    def hand_out_again(connection: Connection, handled: Handled) -> None:
        job_id = handled.loaded.row.job_id
        if job_id is None:
            return
        found = connection.execute(
            _HAND_OUT_AGAIN,
            {"id_": job_id, "now": engine.clock(), "retries_": count},
        ).first()
        if found is None:
            return
        topic = job_topic(found.type) if found.kind == JobKind.SERVICE else TIMER_TOPIC
        handled.rows.topics.add(topic)
        announcements.announce(engine, connection, (topic,))

    handled = instance_store.run(
        engine, Subject("incident", incident_id), decide, actor=actor, also=hand_out_again, before=handed_out
    )
    return any(isinstance(event, IncidentRaised) for event in handled.happened)


def _only_open(state: IncidentState | None) -> IncidentState:
    if state not in (None, IncidentState.OPEN):
        raise errors.InvalidCommand(f"Expected open incidents with a cause, found state '{state}'", field="state")
    return IncidentState.OPEN


def _view(row: Row[Any]) -> IncidentView:
    return IncidentView(
        id=row.id,
        process_instance_id=row.process_instance_id,
        process_definition_id=row.process_definition_id,
        token_id=row.token_id,
        scope_id=row.scope_id,
        job_id=row.job_id,
        element_id=row.element_id,
        type=row.type,
        message=row.message,
        details=_details(row.details),
        state=IncidentState(row.state),
        cause=row.cause,
        raised_at=row.raised_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
