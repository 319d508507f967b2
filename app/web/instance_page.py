"""`/instances/{id}`: one instance as it is, live, or as it was after any of its events (`?at=17`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from baton.app.api.shapes import LARGEST_ID
from baton.app.web import filter_values, page, variable_rows
from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState, JobState, ProcessInstanceState
from baton.bpm.replay import InstanceState
from baton.bpm.runtime import (
    audit_events,
    call_hierarchy,
    history,
    incidents,
    jobs,
    process_instances,
    scopes,
    user_tasks,
    variable_lists,
)
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.jobs import JobKind, JobView
from baton.bpm.runtime.pages import MAXIMUM_LIMIT, Page

blueprint = Blueprint("instance_page", __name__, url_prefix="/instances/<id:process_instance_id>")

LIVE_SCOPES = 200
"""That can be chosen for a new variable."""
TOKENS = 50
EVENTS = 50
VARIABLES = 50
_PLACES = ("at", "tokens", "incidents", "tasks", "jobs", "events", "variables", "scope", "variable", "shown")


@blueprint.get("")
def instance(process_instance_id: int) -> str:
    """One instance, now or then."""
    return _page(_moment(page.actor(), process_instance_id, _at()))


@blueprint.get("/live")
def live(process_instance_id: int) -> Response:
    """The part of it that changes, or another moment."""
    return page.fragment("instances/moment.html", **_moment(page.actor(), process_instance_id, _at()))


def refused(process_instance_id: int, refusal: errors.Rejection, place: str) -> page.Answer:
    """The instance as it is, with the reason beside `place`, the part that asked for it; above all if that is gone."""
    moment = _moment(page.actor(), process_instance_id, None)
    there = place if place in _places(moment) else "page"
    told = {"refusal": refusal, "refused": there, "typed_rows": variable_rows.again(refusal)}
    return _page(moment | told), refusal.status


def _places(moment: dict[str, Any]) -> set[str]:
    """Where on the page something can be asked for."""
    if not moment["can_operate"]:
        return set()
    found = {"variable:"} | ({"state"} if moment["instance"].ended_at is None else set())
    found |= {f"incident:{incident.id}" for incident in moment["incidents"].items}
    found |= {f"job:{id_}" for id_ in moment["can_run"]}
    found |= {f"variable:{scope['id']}:{each['name']}" for scope in moment["scopes"] for each in scope["variables"]}
    can_change = moment["instance"].state == ProcessInstanceState.ACTIVE
    return found if can_change else {place for place in found if not place.startswith("variable")}


def _page(moment: dict[str, Any]) -> str:
    return page.show("instances/instance.html", area="instances", polled=query("at"), **moment)


def query(*without: str) -> str:
    """Of the address, with its question mark; the places in the lists of the page stay."""
    kept = {name: text for name, text in request.args.items() if name in _PLACES and name not in without}
    return f"?{urlencode(kept)}" if kept else ""


def _at() -> int | None:
    text = request.args.get("at", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 1 <= int(text) <= LARGEST_ID):
        raise errors.InvalidCommand(f"Expected at to be the number of an event, found '{text[:50]}'", field="at")
    return int(text)


def _moment(actor: Actor, process_instance_id: int, at: int | None) -> dict[str, Any]:
    engine = page.engine()
    view = process_instances.get(engine, process_instance_id, actor=actor)
    definition = engine.definitions.get(view.process_definition_id)
    of_moment = _now if at is None else _then
    return {
        "instance": view,
        "definition": definition,
        "label": definition.label,
        "can_operate": actor.is_operator,
        "refused": None,
        "typed_rows": [],
        "back": f"/instances/{process_instance_id}",
        "at": at,
        "kept": f"/instances/{process_instance_id}{query()}",
        "query": query("at"),
        **of_moment(engine, actor, view, definition, at),
    }


# --- now -----------------------------------------------------------------------------------------------------


def _now(
    engine: Engine,
    actor: Actor,
    view: process_instances.ProcessInstanceView,
    definition: RunnableDefinition,
    _at: int | None,
) -> dict[str, Any]:
    waiting = process_instances.waiting(engine, view.id, actor=actor, limit=TOKENS, cursor=request.args.get("tokens"))
    path = history.path(engine, view.id, actor=actor)
    events = audit_events.until(engine, view.id, actor=actor, limit=EVENTS, cursor=request.args.get("events"))
    calls = call_hierarchy.of(engine, view.id, actor=actor)
    newest = events.items if "events" not in request.args else _newest(engine, actor, view.id)
    return {
        "now": engine.clock(),
        "waiting": waiting,
        "tasks": user_tasks.list_(
            engine,
            actor=actor,
            process_instance_id=view.id,
            open_only=True,
            limit=page.ROWS,
            cursor=request.args.get("tasks"),
        ),
        **_variables(engine, actor, view, definition),
        "calls": calls,
        "events": events,
        "path_begins": path.from_sequence,
        "last": newest[0].sequence if newest else 0,
        "most": history.MOST_EVENTS,
        "paint": {
            "counts": waiting.tokens,
            "incidents": waiting.incidents,
            "path": [*path.flows, *path.flow_nodes],
            "tokens": list(waiting.tokens),
            "links": {
                called.caller_element_id: f"/instances/{called.id}"
                for called in calls.called
                if called.caller_id == view.id and called.state == ProcessInstanceState.ACTIVE
            },
        },
        **(_for_operators(engine, actor, view.id) if actor.is_operator else {"incidents": None, "jobs": None}),
    }


def _newest(engine: Engine, actor: Actor, process_instance_id: int) -> tuple[audit_events.AuditEventView, ...]:
    return tuple(audit_events.until(engine, process_instance_id, actor=actor, limit=1).items)


def _for_operators(engine: Engine, actor: Actor, process_instance_id: int) -> dict[str, Any]:
    found = jobs.list_(
        engine,
        actor=actor,
        process_instance_id=process_instance_id,
        limit=page.ROWS,
        cursor=request.args.get("jobs"),
    )
    return {
        "incidents": incidents.list_(
            engine,
            actor=actor,
            process_instance_id=process_instance_id,
            state=IncidentState.OPEN,
            limit=page.ROWS,
            cursor=request.args.get("incidents"),
        ),
        "jobs": found,
        "can_run": {job.id for job in found.items if _can_run(job)},
        "can_retry": {job.id for job in found.items if _can_run(job) and job.kind is JobKind.SERVICE},
    }


def _can_run(job: JobView) -> bool:
    waits = job.state in (JobState.CREATED, JobState.FAILED) and not job.suspended
    return waits and job.kind in (JobKind.SERVICE, JobKind.TIMER)


def _variables(
    engine: Engine, actor: Actor, view: process_instances.ProcessInstanceView, definition: RunnableDefinition
) -> dict[str, Any]:
    """One page of the variables by scope, and the scopes in which they can be set; an instance that ended has none."""
    wanted = page.filters("scope", "variable")
    found = variable_lists.list_(
        engine,
        view.id,
        actor=actor,
        scope_id=filter_values.an_id(wanted, "scope"),
        name_prefix=wanted.get("variable"),
        limit=VARIABLES,
        cursor=request.args.get("variables"),
    )
    live = {
        scope.id: scope.element_name for scope in scopes.list_(engine, view.id, actor=actor, limit=LIVE_SCOPES).items
    }
    held: dict[int, list[process_instances.VariableView]] = {} if found.items or wanted else {view.id: []}
    for variable in found.items:
        held.setdefault(variable.scope_id, []).append(variable)
    return {
        "variables": found,
        "is_found": bool(wanted),
        "live_scopes": live,
        "scopes": [
            {
                "id": id_,
                "name": definition.label(each[0].element_id if each else view.key).name,
                "is_live": view.ended_at is None and (id_ == view.id or each[0].element_id != view.key),
                "variables": [
                    {
                        "id": f"{id_}-{number}",
                        "name": variable.name,
                        "type": variable.type,
                        "value": variable.value,
                        "row": variable_rows.of({variable.name: variable.value})[0],
                    }
                    for number, variable in enumerate(each)
                ],
            }
            for id_, each in held.items()
        ],
    }


# --- then ----------------------------------------------------------------------------------------------------


def _then(
    engine: Engine,
    actor: Actor,
    view: process_instances.ProcessInstanceView,
    definition: RunnableDefinition,
    at: int | None,
) -> dict[str, Any]:
    wanted = None
    try:
        told = history.at(engine, view.id, actor=actor, sequence=at)
    except errors.NotYetRead as error:
        wanted, at = at, error.read_to
        told = history.at(engine, view.id, actor=actor, sequence=at)
    past = told.past
    variables = list(_past_variables(past, definition))
    first = filter_values.a_number(request.args, "shown") or 0
    return {
        "at": at,
        "wanted": wanted,
        "told": told,
        "last": told.last_sequence,
        "tokens": Page(tuple(sorted(past.tokens.values(), key=lambda token: token.id)[:MAXIMUM_LIMIT])),
        "variables": Page(
            tuple(variables[first : first + VARIABLES]),
            str(first + VARIABLES) if len(variables) > first + VARIABLES else None,
        ),
        "events": audit_events.until(
            engine, view.id, actor=actor, sequence=at, limit=EVENTS, cursor=request.args.get("events")
        ),
        "paint": {
            "counts": _by_element(token.element_id for token in past.tokens.values()),
            "incidents": _by_element(past.incidents.values()),
            "path": [*past.flows, *past.visits],
            "tokens": sorted({token.element_id for token in past.tokens.values()}),
        },
    }


def _past_variables(past: InstanceState, definition: RunnableDefinition) -> Iterator[dict[str, Any]]:
    """Those of each scope, then those that live activities had for themselves."""
    held = [(each.element_id, past.variables.get(each.id, {}), False) for each in past.scopes.values()]
    held += [(past.tokens[id_].element_id, variables, True) for id_, variables in past.own_variables().items()]
    for element_id, variables, is_own in held:
        scope = definition.label(element_id).name or element_id
        for name, value in sorted(variables.items()):
            yield {"scope": scope, "is_own": is_own, "name": name, "value": value}


def _by_element(elements: Iterable[str]) -> dict[str, int]:
    return dict(Counter(elements))
