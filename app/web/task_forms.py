"""What is filled in for a task: by the island of form-js, or by plain inputs made of fields; drafts of both.

Plain inputs need no scripts. Files of form-js and what is too long for an input are given as variables below the form.
"""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import request

from baton.app.api import variables as api_variables
from baton.app.api.forms import decoded
from baton.app.web import inputs, page, variable_rows
from baton.bpm import errors, values
from baton.bpm.forms import FormKind
from baton.bpm.runtime import form_views, user_task_drafts, user_tasks
from baton.bpm.runtime.actors import Actor

PLAIN = "plain"


# --- shown -------------------------------------------------------------------------------------------------------


def shown(task: user_tasks.UserTaskView, actor: Actor, refusal: errors.Rejection | None) -> dict[str, Any]:
    """What the template of a form needs: the fields with the values of now, of a draft, or of what was just sent."""
    given = inputs.given()
    draft = None if refusal else _draft(task, actor)
    sent = inputs.by_island() if refusal else None
    over = form_views.saved(draft.variables if draft else sent or {})
    if refusal and not task.has_form:
        over = form_views.typed(page.engine(), task.id, given, actor=actor)
    if task.has_form:
        view = form_views.of_task(page.engine(), task.id, actor=actor, typed=given if refusal else None, over=over)
    else:
        view = form_views.of_variables(page.engine(), task.id, actor=actor, over=over)
    wrong = inputs.wrong(refusal)
    visible = set(inputs.visible(view.parts))
    return {
        "form": view,
        "given": given if refusal else {},
        "wrong": wrong,
        "elsewhere": {field: message for field, message in wrong.items() if field not in visible},
        "labels": dict(inputs.labels(view.parts)),
        "draft": draft,
        "island": _island(view, wrong, over),
        "typed_rows": variable_rows.again(refusal) or variable_rows.of(_others(view, over) if draft else {}),
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
        "name": inputs.DATA,
    }


def _others(view: form_views.FormView, kept: dict[str, Any]) -> dict[str, Any]:
    """The variables of a draft that no field holds."""
    names = {str(each.way[0]) for each in view.fields if each.has_input}
    return {name: value for name, value in kept.items() if name not in names}


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
    extra = variable_rows.sent()
    by_island = inputs.by_island()
    if by_island is not None:
        return api_variables.read(by_island) | extra
    if task.has_form:
        return form_views.filled(page.engine(), task.id, inputs.given(), actor=actor) | extra
    return form_views.changed(page.engine(), task.id, inputs.given(), actor=actor) | extra


def save_draft(task: user_tasks.UserTaskView, actor: Actor) -> None:
    """Keep what was typed, right or wrong. Raises as `user_task_drafts.save`; `InvalidCommand` for a bad variable."""
    extra = api_variables.write(variable_rows.sent())
    kept = inputs.by_island()
    if kept is None:
        look = form_views.filled if task.has_form else form_views.typed
        kept = api_variables.write(look(page.engine(), task.id, inputs.given(), actor=actor))
    user_task_drafts.save(page.engine(), task.id, actor=actor, variables=kept | extra)
