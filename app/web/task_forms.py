"""A task's form as a page: inputs made of the form's fields, with what is wrong beside each of them.

Plain HTML without scripts. Fields in rows of lists, files and values without an input of their own are given as
variables below the form.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from baton.app import context, variable_texts
from baton.app.web import forms, page
from baton.bpm import errors
from baton.bpm.runtime import form_views, user_tasks
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("task_forms", __name__)

FORM_LIMIT = 512 * 1024
PREFIX = "field:"


@blueprint.get("/tasks/<id:user_task_id>/form")
def show(user_task_id: int) -> str:
    """The form with the values of now."""
    return _page(page.actor(), user_task_id, {})


@blueprint.post("/tasks/<id:user_task_id>/form")
def send(user_task_id: int) -> tuple[str, int] | BaseResponse:
    """Complete the task with what was typed; a refusal shows the form again with what is wrong."""
    forms.check(FORM_LIMIT)
    here = context.current()
    actor = here.access.identify(request)
    actor.require(Role.OPERATOR, Role.PARTICIPANT)
    texts = {name: request.form.getlist(name) for name in request.form if name.startswith(PREFIX)}
    given = {name.removeprefix(PREFIX): values for name, values in texts.items()}
    try:
        variables = form_views.filled(here.engine, user_task_id, given, actor=actor)
        variables |= variable_texts.parse_all(request.form.get("variables", "").splitlines())
        user_tasks.complete(here.engine, user_task_id, actor=actor, variables=variables)
    except errors.Rejection as error:
        return _page(actor, user_task_id, given, refusal=error), error.status
    return redirect("/", 303)


def _page(actor: Actor, user_task_id: int, given: dict[str, list[str]], **extra: Any) -> str:
    engine = context.current().engine
    refusal = extra.get("refusal")
    wrong = {each.field: each.message for each in refusal.fields} if isinstance(refusal, errors.FormRefused) else {}
    view = form_views.of_task(engine, user_task_id, actor=actor, typed=given)
    shown = {shown.field for shown in view.fields if not shown.hidden}
    return page.show(
        "tasks/form.html",
        area="tasks",
        task=user_tasks.get(engine, user_task_id, actor=actor),
        form=view,
        given=given,
        wrong=wrong,
        elsewhere={field: message for field, message in wrong.items() if field not in shown},
        extra_variables=request.form.get("variables", "") if request.method == "POST" else "",
        **extra,
    )
