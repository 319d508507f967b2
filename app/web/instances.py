"""`/instances`: what runs and ran, found by filters in the address; incidents resolved from other pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Blueprint, redirect, request

from baton.app.api import json_bodies
from baton.app.api.process_instances import InstanceSearch, instance_filter
from baton.app.web import forms, instance_page, page, texts, variable_rows
from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState, ProcessInstanceState
from baton.bpm.runtime import incidents, process_instances
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.pages import Page

blueprint = Blueprint("instances", __name__)

TYPED = ("key", "state", "businessKeyPrefix", "variable", "elementId", "hasIncident", "startedAfter", "startedBefore")
"""Filters with a field of their own; links of other pages use the rest too."""
LINKED = ("version", "processDefinitionId", "businessKey", "callerId", "rootId", "endedAfter", "endedBefore")
_TIMES = ("startedAfter", "startedBefore", "endedAfter", "endedBefore")


@blueprint.get("/instances")
def index() -> page.Answer:
    """Newest first, by the filters of the address."""
    return show_list()


def show_list(refusal: errors.Rejection | None = None) -> page.Answer:
    """The list; a filter that cannot be answered is told beside it, `refusal` beside what is done to many."""
    given = page.filters(*TYPED, *LINKED)
    wrong: errors.Rejection | None = None
    found: Page[process_instances.ProcessInstanceView] = Page(())
    actor = page.actor()
    try:
        found = process_instances.list_(
            page.engine(),
            actor=actor,
            limit=page.ROWS,
            cursor=request.args.get("cursor"),
            **msgspec.structs.asdict(wanted(given)),
        )
    except errors.InvalidCommand as error:
        wrong = error
    shown = page.show(
        "instances/index.html",
        area="instances",
        instances=found,
        wrong=wrong,
        refusal=refusal,
        linked={name: given[name] for name in LINKED if name in given},
        is_filtered=bool(given),
        states=[(state.value, texts.t(f"state.{state.value}")) for state in ProcessInstanceState],
    )
    status = refusal.status if refusal else wrong.status if wrong else 200
    return shown, status


def wanted(given: Mapping[str, str]) -> process_instances.InstanceFilter:
    """The filter of an address: the members of the API's, times in UTC. Raises `InvalidCommand`."""
    texts_ = {name: _in_utc(text) if name in _TIMES else text for name, text in given.items()}
    try:
        search = msgspec.convert(texts_, InstanceSearch, strict=False)
    except msgspec.ValidationError as error:
        raise json_bodies.refuse_validation(error, InstanceSearch, what="filter") from error
    return instance_filter(search)


def _in_utc(text: str) -> str:
    """What a field of date and time gives, `2026-01-01T10:00`, with seconds and zone."""
    whole = f"{text}:00" if len(text) == len("2026-01-01T10:00") else text
    return whole if whole.endswith("Z") or "+" in whole else f"{whole}Z"


@blueprint.post("/incidents/<id:incident_id>/resolve")
def resolve(incident_id: int) -> page.Answer:
    """Try again, after writing variables; a refusal shows the instance with what was typed."""
    forms.check(page.FORM_LIMIT)
    actor = page.actor()
    try:
        actor.require(Role.OPERATOR)
        incidents.resolve(page.engine(), incident_id, actor=actor, variables=variable_rows.sent())
    except errors.NotFound:
        raise
    except errors.Rejection as refusal:
        incident = incidents.get(page.engine(), incident_id, actor=actor)
        return instance_page.refused(incident.process_instance_id, refusal, f"incident:{incident_id}")
    return redirect(page.way_back("/"), 303)


def open_incidents(actor: Actor) -> list[dict[str, Any]]:
    """Open incidents, each with the name of its element."""
    engine = page.engine()
    found = incidents.list_(engine, actor=actor, state=IncidentState.OPEN, limit=page.ROWS)
    return [
        {"view": view, "element_name": engine.definitions.get(view.process_definition_id).label(view.element_id).name}
        for view in found.items
    ]
