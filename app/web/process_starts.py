"""`/processes/…/start`: starting a process with the form of its start event, or with typed variables."""

from __future__ import annotations

import contextlib
from typing import Any

from flask import Blueprint, redirect, request

from baton.app.api.forms import decoded
from baton.app.web import forms, inputs, page, variable_rows
from baton.bpm import errors, values
from baton.bpm.runtime import form_views, process_definitions, process_instances
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.form_views import FormView

blueprint = Blueprint("process_starts", __name__, url_prefix="/processes")


@blueprint.get("/<id:process_definition_id>/start")
def show(process_definition_id: int) -> str:
    """The form with its defaults; `startEventId` chooses among several start events."""
    return _page(page.actor(), process_definition_id, request.args.get("startEventId") or None)


@blueprint.post("/<id:process_definition_id>/start")
def start(process_definition_id: int) -> page.Answer:
    """Start an instance with what was typed; a refusal shows it again with what is wrong beside each field."""
    forms.check(page.FORM_LIMIT)
    actor = page.actor()
    actor.require(Role.OPERATOR, Role.PARTICIPANT)
    start_event_id = request.form.get("startEventId") or None
    try:
        instance = process_instances.start(
            page.engine(),
            actor=actor,
            process_definition_id=process_definition_id,
            variables=_filled(actor, process_definition_id, start_event_id) | variable_rows.sent(),
            business_key=request.form.get("businessKey", "").strip() or None,
            start_event_id=start_event_id,
        )
    except errors.NotFound:
        raise
    except errors.Rejection as error:
        return _page(actor, process_definition_id, start_event_id, refusal=error), error.status
    return redirect(page.way_back(f"/instances/{instance.id}"), 303)


def _filled(actor: Actor, process_definition_id: int, start_event_id: str | None) -> dict[str, Any]:
    """What the form's island or its plain fields were filled in with."""
    data = inputs.by_island()
    if data is not None:
        return {name: values.from_json(value, None, field=name) for name, value in data.items()}
    typed = inputs.given()
    if not typed:
        return {}
    return form_views.filled_start(
        page.engine(), process_definition_id, typed, actor=actor, start_event_id=start_event_id
    )


def _page(
    actor: Actor, process_definition_id: int, start_event_id: str | None, refusal: errors.Rejection | None = None
) -> str:
    engine = page.engine()
    definition = process_definitions.get(engine, process_definition_id, actor=actor)
    starts = process_definitions.start_events(engine, process_definition_id, actor=actor)
    typed = inputs.given() if request.method == "POST" else {}
    form = _form(actor, process_definition_id, start_event_id, typed)
    wrong = inputs.wrong(refusal)
    return page.show(
        "processes/start.html",
        area="processes",
        definition=definition,
        starts=starts,
        start_event_id=start_event_id,
        form=form,
        island=None if form is None else _island(form, wrong),
        given=typed,
        wrong=wrong,
        elsewhere={} if form is None else _elsewhere(form, wrong),
        refusal=refusal,
        refused_field=refusal.field or "" if refusal is not None and not wrong else "",
        typed_rows=variable_rows.again(refusal),
        business_key=request.form.get("businessKey", ""),
        back=page.way_back("") if request.method == "POST" else "",
    )


def _form(
    actor: Actor, process_definition_id: int, start_event_id: str | None, typed: dict[str, list[str]]
) -> FormView | None:
    try:
        return form_views.of_start(
            page.engine(), process_definition_id, actor=actor, start_event_id=start_event_id, typed=typed
        )
    except errors.NotFound:
        return None


def _island(form: FormView, wrong: dict[str, str]) -> dict[str, Any] | None:
    """The properties of form-js, for the forms that it knows."""
    if form.kind != "form-js" or form.content is None:
        return None
    data: dict[str, Any] = {}
    with contextlib.suppress(errors.InvalidCommand):
        data = inputs.by_island() or {}
    return {
        "schema": decoded(form.content),
        "data": data,
        "errors": {field: [message] for field, message in wrong.items()},
    }


def _elsewhere(form: FormView, wrong: dict[str, str]) -> dict[str, str]:
    """What is wrong with fields that the page does not show."""
    shown = set(inputs.visible(form.parts))
    return {field: message for field, message in wrong.items() if field not in shown}
