"""`/tasks`: what people have to do, by inbox. One task is in `task_page`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from baton.app.web import forms, page, task_page, variable_rows
from baton.bpm import errors
from baton.bpm.runtime import user_tasks
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")

INBOXES = ("all", "mine", "groups", "unassigned", "overdue")
ORDERS = ("created", "due", "priority")


@blueprint.get("")
def index() -> str:
    """An inbox of open tasks, by the filters of the address."""
    return page.show("tasks/index.html", area="tasks", inboxes=INBOXES, orders=ORDERS, **_tasks(page.actor()))


@blueprint.get("/live")
def live() -> Response:
    """The part of it that changes."""
    return page.fragment("tasks/live.html", **_tasks(page.actor()))


@blueprint.post("/claim-next")
def claim_next() -> page.Answer:
    """Take the most urgent task that is for the actor, of one process if a `key` is given."""
    forms.check(page.FORM_LIMIT)
    actor = page.actor()
    actor.require(Role.OPERATOR, Role.PARTICIPANT)
    task = user_tasks.claim_next(page.engine(), actor=actor, key=request.form.get("key", "").strip() or None)
    back = page.way_back("/tasks")
    if task is None:
        return redirect(f"/tasks?{urlencode({'inbox': 'mine', 'done': 'none'})}", 303)
    return redirect(f"/tasks/{task.id}?{urlencode({'back': back, 'next': '1'})}", 303)


@blueprint.post("/<id:user_task_id>/complete")
def complete(user_task_id: int) -> page.Answer:
    """Complete a task from its card; a decision's buttons send the chosen option. A refusal shows its page."""

    def finish(actor: Actor) -> str:
        user_tasks.complete(
            page.engine(),
            user_task_id,
            actor=actor,
            variables=variable_rows.sent(),
            decision=request.form.getlist("decision"),
        )
        return page.way_back("/")

    return task_page.do("form", user_task_id, finish)


def _tasks(actor: Actor) -> dict[str, Any]:
    given = page.filters("inbox", "name", "key", "assignee", "dueUntil", "followUpUntil", "order", "done")
    inbox = given.pop("inbox", "all")
    order = given.pop("order", "created")
    done = given.pop("done", None)
    found = user_tasks.list_(
        page.engine(),
        actor=actor,
        inbox=user_tasks.Inbox(inbox if inbox in INBOXES else "all"),
        assignee=given.get("assignee"),
        key=given.get("key"),
        name=given.get("name"),
        due_before=_end_of_day(given.get("dueUntil"), "dueUntil"),
        follow_up_before=_end_of_day(given.get("followUpUntil"), "followUpUntil"),
        order=user_tasks.TaskOrder(order if order in ORDERS else "created"),
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    return {
        "tasks": found,
        "inbox": inbox if inbox in INBOXES else "all",
        "filtered": bool(given),
        "done": done if done in ("1", "last", "none") else None,
        "now": page.engine().clock(),
        "back": page.address(done=None),
        "query": urlencode({name: text for name, text in request.args.items() if name != "done"}),
    }


def _end_of_day(text: str | None, field: str) -> datetime | None:
    """The beginning of the day after, at the server's place."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), page.engine().zone)
    except (ValueError, OverflowError):
        raise errors.InvalidCommand(f"Expected a date such as 2026-01-31, found '{text[:100]}'", field=field) from None
