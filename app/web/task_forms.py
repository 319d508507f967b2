"""What is filled in for a task: by the island of form-js, or by plain inputs made of fields; drafts of both.

Plain inputs need no scripts. Fields in rows of lists, files and values without an input of their own are given as
variables below the form.
"""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec
from flask import request

from baton.app.api import variables as api_variables
from baton.app.api.forms import decoded
from baton.app.web import inputs, page
from baton.bpm import errors, values
from baton.bpm.forms import FormKind
from baton.bpm.runtime import form_views, user_task_drafts, user_tasks
from baton.bpm.runtime.actors import Actor
from baton.bpm.values.json_depth import nests_deeper

DATA = "data"
"""The field that the island fills with JSON."""
PLAIN = "plain"


# --- shown -------------------------------------------------------------------------------------------------------


def shown(task: user_tasks.UserTaskView, actor: Actor, refusal: errors.Rejection | None) -> dict[str, Any]:
    """What the template of a form needs: the fields with the values of now, of a draft, or of what was just sent."""
    given = inputs.given()
    draft = None if refusal else _draft(task, actor)
    sent = _sent_by_island() if refusal else None
    over = form_views.saved(draft.variables if draft else sent or {})
    if refusal and not task.has_form:
        over = form_views.typed(page.engine(), task.id, given, actor=actor)
    if task.has_form:
        view = form_views.of_task(page.engine(), task.id, actor=actor, typed=given if refusal else None, over=over)
    else:
        view = form_views.of_variables(page.engine(), task.id, actor=actor, over=over)
    wrong = inputs.wrong(refusal)
    visible = {each.field for each in view.fields if not each.hidden and not each.repeats}
    return {
        "form": view,
        "given": given if refusal else {},
        "wrong": wrong,
        "elsewhere": {field: message for field, message in wrong.items() if field not in visible},
        "labels": {each.field: each.label for each in view.fields},
        "draft": draft,
        "island": _island(view, wrong, over),
        "extra_variables": request.form.get("variables", "") if refusal else _others(view, draft),
    }


def _draft(task: user_tasks.UserTaskView, actor: Actor) -> user_task_drafts.DraftView | None:
    with contextlib.suppress(errors.NotFound):
        return user_task_drafts.get(page.engine(), task.id, actor=actor)
    return None


def _island(view: form_views.FormView, wrong: dict[str, str], over: dict[str, Any]) -> dict[str, Any] | None:
    """The properties of the island, None where plain inputs are shown to everybody."""
    if view.kind != FormKind.FORM_JS or view.content is None or request.values.get("form") == PLAIN:
        return None
    return {
        "schema": decoded(view.content),
        "data": {name: _plain(value) for name, value in {**view.data, **over}.items()},
        "errors": {field: [message] for field, message in wrong.items()},
        "name": DATA,
    }


def _others(view: form_views.FormView, draft: user_task_drafts.DraftView | None) -> str:
    """The variables of a draft that no field holds, as they are typed."""
    names = {str(each.way[0]) for each in view.fields if each.type not in inputs.WITHOUT_INPUT}
    kept = {} if draft is None else {name: value for name, value in draft.variables.items() if name not in names}
    return "\n".join(f"{name}={msgspec.json.encode(value).decode()}" for name, value in kept.items())


def _plain(value: Any) -> Any:
    """As form-js has values: numbers, and texts of dates."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
        case date() | time() | datetime():
            return value.isoformat()
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return values.to_json(value)


# --- sent --------------------------------------------------------------------------------------------------------


def sent(task: user_tasks.UserTaskView, actor: Actor) -> dict[str, Any]:
    """The variables to complete the task with. Raises `InvalidCommand`, `FormRefused`."""
    extra = page.typed_variables()
    by_island = _sent_by_island()
    if by_island is not None:
        return api_variables.read(by_island) | extra
    if task.has_form:
        return form_views.filled(page.engine(), task.id, inputs.given(), actor=actor) | extra
    return form_views.changed(page.engine(), task.id, inputs.given(), actor=actor) | extra


def save_draft(task: user_tasks.UserTaskView, actor: Actor) -> None:
    """Keep what was typed, right or wrong. Raises as `user_task_drafts.save`; `InvalidCommand` for a bad variable."""
    extra = api_variables.write(page.typed_variables())
    kept = _sent_by_island()
    if kept is None:
        look = form_views.filled if task.has_form else form_views.typed
        kept = api_variables.write(look(page.engine(), task.id, inputs.given(), actor=actor))
    user_task_drafts.save(page.engine(), task.id, actor=actor, variables=kept | extra)


def _sent_by_island() -> dict[str, Any] | None:
    text = request.form.get(DATA, "")
    if not text:
        return None
    try:
        if nests_deeper(text.encode(errors="replace"), values.DEFAULT_LIMITS.max_depth):
            raise ValueError
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise errors.InvalidCommand(
            f"Expected '{DATA}' to be a JSON object, at most {values.DEFAULT_LIMITS.max_depth} levels deep", field=DATA
        ) from None
