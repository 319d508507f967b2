"""`/instances/batches`: the same deed on many instances, asked for from their list, and how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from baton.app.api.shapes import id_number
from baton.app.web import filter_values, forms, instances, page
from baton.bpm import errors
from baton.bpm.runtime import batches
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.instance_search import InstanceFilter
from baton.bpm.runtime.job_kinds import Deed

blueprint = Blueprint("instance_batches", __name__, url_prefix="/instances/batches")


@blueprint.get("")
def index() -> BaseResponse:
    """Where a list was shown again after a refusal: back to the list itself."""
    query = request.query_string.decode()
    return redirect(f"/instances?{query}" if query else "/instances", 303)


@blueprint.post("")
def ask() -> page.Answer:
    """Do it to those that are ticked; to all that the address finds only after a second question that says how many."""
    forms.check(page.FORM_LIMIT)
    actor = page.actor()
    try:
        actor.require(Role.OPERATOR)
        if request.form.get("which") == "all" and not request.form.get("askedAt"):
            return _question(actor)
        view = _asked(actor)
    except errors.Rejection as refusal:
        return instances.show_list(refusal)
    return redirect(f"/instances/batches/{view.id}{'?more=1' if view.more else ''}", 303)


def _question(actor: Actor) -> str:
    """How many are found, before anything happens to them."""
    deed, given = _deed(), _given()
    # Bounds of time are not met themselves; what started at this very moment was found.
    asked_at = page.engine().clock() + timedelta(microseconds=1)
    query = request.query_string.decode()
    return page.show(
        "instances/confirm.html",
        area="instances",
        deed=deed,
        given=given,
        reason=_reason(),
        asked_at=asked_at,
        count=batches.count(page.engine(), _not_younger(instances.wanted(given), asked_at), actor=actor, deed=deed),
        query=f"?{query}" if query else "",
    )


def _asked(actor: Actor) -> batches.BatchView:
    deed, reason = _deed(), _reason()
    if request.form.get("which") == "all":
        asked_at = filter_values.a_time(request.form, "askedAt")
        wanted = _not_younger(instances.wanted(_given()), asked_at or page.engine().clock())
        return batches.request(page.engine(), deed, actor=actor, wanted=wanted, reason=reason)
    ids = [_id(text) for text in request.form.getlist("id")]
    if not ids:
        raise errors.InvalidCommand("Expected at least one instance to be ticked, or all to be chosen.", field="id")
    return batches.request(page.engine(), deed, actor=actor, ids=ids, reason=reason)


def _deed() -> Deed:
    deed = request.form.get("deed", "")
    if deed not in tuple(Deed):
        raise errors.InvalidCommand(f"Expected one of the deeds {', '.join(Deed)}, found '{deed[:50]}'.", field="deed")
    return Deed(deed)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:1000]


def _given() -> dict[str, str]:
    return page.filters(*instances.TYPED, *instances.LINKED)


def _not_younger(wanted: InstanceFilter, asked_at: datetime) -> InstanceFilter:
    """What started after the question was not counted, and is left alone."""
    before = wanted.started_before
    return msgspec.structs.replace(wanted, started_before=asked_at if before is None else min(before, asked_at))


def _id(text: str) -> int:
    number = id_number(text, field="id") if text.isascii() and text.isdigit() else None
    if number is None:
        raise errors.InvalidCommand(f"Expected the id of an instance, found '{text[:50]}'.", field="id")
    return number


@blueprint.get("/<id:batch_id>")
def batch(batch_id: int) -> str:
    """How far it is."""
    return page.show("instances/batch.html", area="instances", **_progress(page.actor(), batch_id))


@blueprint.get("/<id:batch_id>/live")
def live(batch_id: int) -> Response:
    """The part of it that changes."""
    return page.fragment("instances/batch_live.html", **_progress(page.actor(), batch_id))


def _progress(actor: Actor, batch_id: int) -> dict[str, Any]:
    return {"batch": batches.progress(page.engine(), batch_id, actor=actor)}
