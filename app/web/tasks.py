"""`/tasks`: what people have to do. Forms of tasks are in `task_forms`."""

from __future__ import annotations

from flask import Blueprint, request

from baton.app.web import page
from baton.bpm.runtime import user_tasks

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("")
def index() -> str:
    """Open tasks, oldest first."""
    found = user_tasks.list_(
        page.engine(), actor=page.actor(), open_only=True, limit=page.ROWS, cursor=request.args.get("cursor")
    )
    return page.show("tasks/index.html", area="tasks", tasks=found, back=page.address())


@blueprint.post("/<id:user_task_id>/complete")
def complete(user_task_id: int) -> page.Answer:
    """Complete a task; a decision's buttons send the chosen option."""
    return page.act(
        lambda actor: user_tasks.complete(
            page.engine(),
            user_task_id,
            actor=actor,
            variables=page.typed_variables(),
            decision=request.form.getlist("decision"),
        ),
        then="/",
    )


@blueprint.post("/<id:user_task_id>/claim")
def claim(user_task_id: int) -> page.Answer:
    """Take a task."""
    return page.act(lambda actor: user_tasks.claim(page.engine(), user_task_id, actor=actor), then="/")


@blueprint.post("/<id:user_task_id>/unclaim")
def unclaim(user_task_id: int) -> page.Answer:
    """Give a task back."""
    return page.act(lambda actor: user_tasks.unclaim(page.engine(), user_task_id, actor=actor), then="/")
