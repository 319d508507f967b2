"""`/tasks/<id>`: one task, what is filled in for it, and what may be done with it.

A refusal shows the page again, with what is wrong beside the button that was pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, redirect, request

from baton.app.web import forms, page, task_forms
from baton.bpm import errors
from baton.bpm.runtime import people, user_task_drafts, user_tasks
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("task_page", __name__, url_prefix="/tasks/<id:user_task_id>")

PEOPLE_OFFERED = 50


@blueprint.get("")
def show(user_task_id: int) -> str:
    """The task with its form."""
    return _page(page.actor(), user_task_id)


@blueprint.post("")
def send(user_task_id: int) -> page.Answer:
    """Complete it and go on with the next one or back to the list; or save what was typed so far."""
    return do("draft" if request.form.get("do") == "draft" else "form", user_task_id, _send)


@blueprint.post("/claim")
def claim(user_task_id: int) -> page.Answer:
    """Take it."""
    return do("hands", user_task_id, lambda actor: _claim(actor, user_task_id))


@blueprint.post("/unclaim")
def unclaim(user_task_id: int) -> page.Answer:
    """Give it back."""

    def give_back(actor: Actor) -> str:
        user_tasks.unclaim(page.engine(), user_task_id, actor=actor)
        return page.way_back("/tasks")

    return do("hands", user_task_id, give_back)


@blueprint.post("/assign")
def assign(user_task_id: int) -> page.Answer:
    """Give it to somebody, or with an empty name to nobody."""

    def give(actor: Actor) -> str:
        assignee = request.form.get("assignee", "").strip() or None
        user_tasks.assign(page.engine(), user_task_id, actor=actor, assignee=assignee)
        return _address(user_task_id) if actor.is_operator or assignee == actor.id else page.way_back("/tasks")

    return do("assign", user_task_id, give)


@blueprint.post("/change")
def change(user_task_id: int) -> page.Answer:
    """Set its dates and priority."""

    def set_(actor: Actor) -> str:
        task = user_tasks.get(page.engine(), user_task_id, actor=actor)
        user_tasks.change(
            page.engine(),
            user_task_id,
            actor=actor,
            due_at=_moment("due", task.due_at),
            follow_up_at=_moment("followUp", task.follow_up_at),
            priority=_whole_number("priority"),
        )
        return _address(user_task_id)

    return do("change", user_task_id, set_)


@blueprint.post("/discard")
def discard(user_task_id: int) -> page.Answer:
    """Forget what was typed so far."""

    def drop(actor: Actor) -> str:
        user_task_drafts.discard(page.engine(), user_task_id, actor=actor)
        return _address(user_task_id)

    return do("draft", user_task_id, drop)


def next_address(actor: Actor, *, back: str) -> str:
    """The page of the next task: the most urgent of the actor's own, else one that is claimed now, else the list."""
    engine = page.engine()
    task = _own_first(actor) or user_tasks.claim_next(engine, actor=actor)
    if task is None:
        return f"/tasks?{urlencode({'inbox': 'mine', 'done': 'last'})}"
    return f"/tasks/{task.id}?{urlencode({'back': back, 'next': '1', 'done': '1'})}"


def _own_first(actor: Actor) -> user_tasks.UserTaskView | None:
    """A page may be short while its cursor leads on."""
    cursor: str | None = None
    while True:
        found = user_tasks.list_(
            page.engine(),
            actor=actor,
            inbox=user_tasks.Inbox.MINE,
            order=user_tasks.TaskOrder.PRIORITY,
            limit=1,
            cursor=cursor,
        )
        if found.items or found.next_cursor is None:
            return found.items[0] if found.items else None
        cursor = found.next_cursor


# --- deeds -------------------------------------------------------------------------------------------------------


def do(place: str, user_task_id: int, deed: Callable[[Actor], str]) -> page.Answer:
    """Go where the deed says; what is refused is said at its `place` of the page."""
    forms.check(page.FORM_LIMIT)
    actor = page.actor()
    actor.require(Role.OPERATOR, Role.PARTICIPANT)
    try:
        return redirect(deed(actor), 303)
    except errors.Rejection as error:
        try:
            return _page(actor, user_task_id, refusal=error, place=place), error.status
        except errors.Rejection:
            return page.refused(error, back="/tasks")


def _send(actor: Actor) -> str:
    assert request.view_args is not None
    task = user_tasks.get(page.engine(), request.view_args["user_task_id"], actor=actor)
    if request.form.get("do") == "draft":
        task_forms.save_draft(task, actor)
        return _address(task.id, saved="1")
    user_tasks.complete(
        page.engine(),
        task.id,
        actor=actor,
        variables=task_forms.sent(task, actor),
        decision=request.form.getlist("decision"),
    )
    back = page.way_back("/tasks")
    if request.form.get("next"):
        return next_address(actor, back=back)
    return f"{back}{'&' if '?' in back else '?'}done=1" if back.startswith("/tasks") else back


def _claim(actor: Actor, user_task_id: int) -> str:
    user_tasks.claim(page.engine(), user_task_id, actor=actor)
    return _address(user_task_id)


def _address(user_task_id: int, **more: str) -> str:
    """The task's page, with what its address keeps."""
    kept = {name: request.form.get(name, "") for name in ("back", "form", "next")}
    query = urlencode({name: text for name, text in (kept | more).items() if text})
    return f"/tasks/{user_task_id}?{query}" if query else f"/tasks/{user_task_id}"


def _moment(name: str, before: datetime | None) -> datetime | msgspec.UnsetType | None:
    """A date and time as its input has it, in UTC; what was not changed is left alone, to the microsecond."""
    text = request.form.get(name, "").strip()
    if text == page.input_moment(before):
        return msgspec.UNSET
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise errors.InvalidCommand(
            f"Expected a date and time such as 2026-01-31T09:30, found '{text[:100]}'", field=name
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _whole_number(name: str) -> int | msgspec.UnsetType:
    text = request.form.get(name, "").strip()
    if not text:
        return msgspec.UNSET
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        raise errors.InvalidCommand(f"Expected a whole number, found '{text[:100]}'", field=name)
    return int(text)


# --- the page ----------------------------------------------------------------------------------------------------


def _page(actor: Actor, user_task_id: int, *, refusal: errors.Rejection | None = None, place: str | None = None) -> str:
    engine = page.engine()
    task = user_tasks.get(engine, user_task_id, actor=actor)
    is_own = task.assignee == actor.id
    may_work = task.ended_at is None and (task.assignee is None or is_own or actor.is_operator)
    may_change = task.ended_at is None and (is_own or actor.is_operator)
    offered = people.list_(engine, actor=actor, active=True, limit=PEOPLE_OFFERED).items if actor.is_operator else ()
    filled = place in ("form", "draft")
    return page.show(
        "tasks/task.html",
        area="tasks",
        task=task,
        is_own=is_own,
        may_work=may_work,
        may_change=may_change,
        offered=offered,
        refusal=refusal,
        place=place,
        back=page.local_path(request.values.get("back", "")) or "/tasks",
        **(task_forms.shown(task, actor, refusal if filled else None) if may_work else {}),
    )
