"""`/user-tasks`: what people have to do."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from baton.app.api import variables
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, PEOPLE, Call, operation
from baton.app.api.forms import Form
from baton.app.api.shapes import (
    Answer,
    Id,
    Nothing,
    Page,
    PageQuery,
    Request,
    Time,
    TimeFilter,
    Variables,
    id_number,
    optional_time,
    time_text,
)
from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import form_views, user_task_drafts, user_tasks

blueprint = noun("user-tasks")

DRAFT_BODY_LIMIT = 2 * user_task_drafts.MAXIMUM_DRAFT_BYTES


class Option(Answer, frozen=True, kw_only=True):
    """One way out of a decision; `id` is a sequence flow's."""

    id: str
    name: str


class UserTask(Answer, frozen=True, kw_only=True):
    """`kind` is `user_task`, `todo`, `decision` or `continue`.

    `documentation` is the task's own, `processDocumentation` its process's. A decision has `options`; `choose` says
    whether `one` or `many` of them.
    """

    id: Id
    process_instance_id: Id
    process_definition_id: Id
    key: str
    scope_id: Id
    element_id: str
    kind: str
    name: str
    documentation: str
    process_documentation: str
    state: UserTaskState
    assignee: str | None
    candidate_users: list[str]
    candidate_groups: list[str]
    due_at: Time | None
    follow_up_at: Time | None
    priority: int
    form: str | None
    options: list[Option]
    choose: str
    created_at: Time
    ended_at: Time | None
    ended_by: str | None
    has_form: bool

    @classmethod
    def of(cls, view: user_tasks.UserTaskView) -> UserTask:
        return cls(
            id=str(view.id),
            process_instance_id=str(view.process_instance_id),
            process_definition_id=str(view.process_definition_id),
            key=view.key,
            scope_id=str(view.scope_id),
            element_id=view.element_id,
            kind=view.kind,
            name=view.name,
            documentation=view.documentation,
            process_documentation=view.process_documentation,
            state=view.state,
            assignee=view.assignee,
            candidate_users=list(view.candidate_users),
            candidate_groups=list(view.candidate_groups),
            due_at=optional_time(view.due_at),
            follow_up_at=optional_time(view.follow_up_at),
            priority=view.priority,
            form=view.form,
            options=[Option(id=option.id, name=option.name) for option in view.options],
            choose=view.choose,
            created_at=time_text(view.created_at),
            ended_at=optional_time(view.ended_at),
            ended_by=view.ended_by,
            has_form=view.has_form,
        )


class TaskQuery(PageQuery, frozen=True, kw_only=True):
    """`candidateGroup` may be given several times: a task of any of them. `open` leaves out ended tasks, an inbox too.

    `name` is a part of the name. It, follow-up dates and other orders than `created` need open tasks only.
    """

    inbox: user_tasks.Inbox | None = None
    assignee: str | None = None
    candidate_user: str | None = None
    candidate_group: list[str] = msgspec.field(default_factory=list)
    unassigned: bool = False
    state: UserTaskState | None = None
    open: bool = False
    kind: str | None = None
    key: str | None = None
    process_definition_id: Id | None = None
    process_instance_id: Id | None = None
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    due_before: TimeFilter | None = None
    due_after: TimeFilter | None = None
    follow_up_before: TimeFilter | None = None
    follow_up_after: TimeFilter | None = None
    order: user_tasks.TaskOrder = user_tasks.TaskOrder.CREATED


class Completion(Request, frozen=True, kw_only=True):
    """`decision` names the chosen options, for kind `decision`: each by id, name or number from 1 on; one or a list."""

    variables: Variables = msgspec.field(default_factory=dict)
    decision: str | int | Annotated[list[str | int], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=list)

    @property
    def decided(self) -> list[str]:
        """The words of the decision."""
        words = self.decision if isinstance(self.decision, list) else [self.decision]
        return [str(word) for word in words]


class Assignee(Request, frozen=True, kw_only=True):
    """A user's id; null takes the assignee away."""

    assignee: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None


class TaskChange(Request, frozen=True, kw_only=True):
    """What is left out stays; null takes a date away."""

    due_at: TimeFilter | msgspec.UnsetType | None = msgspec.UNSET
    follow_up_at: TimeFilter | msgspec.UnsetType | None = msgspec.UNSET
    priority: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)] | msgspec.UnsetType = msgspec.UNSET


class NextTask(Request, frozen=True, kw_only=True):
    """Of the process `key` only, if given."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None


class ClaimedTask(Answer, frozen=True, kw_only=True):
    """`task` is null when there is none."""

    task: UserTask | None


class DraftToSave(Request, frozen=True, kw_only=True):
    """The fields as they are, unchecked; at most 256 KiB."""

    variables: dict[str, Any]


class Draft(Answer, frozen=True, kw_only=True):
    """Your own draft of a task's form."""

    user_task_id: Id
    variables: dict[str, Any]
    saved_at: Time

    @classmethod
    def of(cls, view: user_task_drafts.DraftView) -> Draft:
        return cls(user_task_id=str(view.task_id), variables=view.variables, saved_at=time_text(view.saved_at))


@blueprint.get("")
@operation(query=TaskQuery, answer=Page[UserTask], roles=PEOPLE)
def list_user_tasks(call: Call, query: TaskQuery) -> Page[UserTask]:
    """List user tasks.

    Participants see their own and those they are a candidate for. A page looks at a bounded number of open tasks: where
    few of very many fit, it is short, and `nextCursor` leads on.
    """
    page = user_tasks.list_(
        call.engine,
        actor=call.actor,
        inbox=query.inbox,
        assignee=query.assignee,
        candidate_user=query.candidate_user,
        candidate_groups=query.candidate_group,
        unassigned=query.unassigned,
        state=query.state,
        open_only=query.open,
        kind=query.kind,
        process_definition_id=id_number(query.process_definition_id, field="processDefinitionId"),
        key=query.key,
        process_instance_id=id_number(query.process_instance_id, field="processInstanceId"),
        name=query.name,
        due_before=query.due_before,
        due_after=query.due_after,
        follow_up_before=query.follow_up_before,
        follow_up_after=query.follow_up_after,
        order=query.order,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[UserTask.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:user_task_id>")
@operation(answer=UserTask, roles=PEOPLE, errors=(404,))
def get_user_task(call: Call, user_task_id: int) -> UserTask:
    """Get a user task."""
    return UserTask.of(user_tasks.get(call.engine, user_task_id, actor=call.actor))


@blueprint.patch("/<id:user_task_id>")
@operation(body=TaskChange, answer=UserTask, roles=PEOPLE, errors=(404, 409))
def change_user_task(call: Call, user_task_id: int, body: TaskChange) -> UserTask:
    """Set due date, follow-up date and priority of a task; its assignee and operators may."""
    view = user_tasks.change(
        call.engine,
        user_task_id,
        actor=call.actor,
        due_at=body.due_at,
        follow_up_at=body.follow_up_at,
        priority=body.priority,
    )
    return UserTask.of(view)


@blueprint.get("/<id:user_task_id>/draft")
@operation(answer=Draft, roles=PEOPLE, errors=(404,))
def get_user_task_draft(call: Call, user_task_id: int) -> Draft:
    """Get your draft of a task's form; 404 if there is none."""
    return Draft.of(user_task_drafts.get(call.engine, user_task_id, actor=call.actor))


@blueprint.put("/<id:user_task_id>/draft")
@operation(body=DraftToSave, answer=Draft, roles=PEOPLE, errors=(404, 409), body_limit=DRAFT_BODY_LIMIT)
def save_user_task_draft(call: Call, user_task_id: int, body: DraftToSave) -> Draft:
    """Keep what you have typed so far; it goes when the task ends."""
    return Draft.of(user_task_drafts.save(call.engine, user_task_id, actor=call.actor, variables=body.variables))


@blueprint.delete("/<id:user_task_id>/draft")
@operation(answer=Nothing, roles=PEOPLE, errors=(404,))
def discard_user_task_draft(call: Call, user_task_id: int) -> Nothing:
    """Drop your draft."""
    user_task_drafts.discard(call.engine, user_task_id, actor=call.actor)
    return Nothing()


@blueprint.post("/claim-next")
@operation(body=NextTask, answer=ClaimedTask, roles=PEOPLE)
def claim_next_user_task(call: Call, body: NextTask) -> ClaimedTask:
    """Claim the next task that is for you: highest priority, then oldest; of two at once each gets another one."""
    view = user_tasks.claim_next(call.engine, actor=call.actor, key=body.key)
    return ClaimedTask(task=None if view is None else UserTask.of(view))


@blueprint.get("/<id:user_task_id>/form")
@operation(answer=Form, roles=PEOPLE, errors=(404,))
def get_user_task_form(call: Call, user_task_id: int) -> Form:
    """Get the form of a task, with the values of now; 404 if it has none."""
    return Form.of(form_views.of_task(call.engine, user_task_id, actor=call.actor))


@blueprint.post("/<id:user_task_id>/claim")
@operation(answer=UserTask, roles=PEOPLE, errors=(404, 409))
def claim_user_task(call: Call, user_task_id: int) -> UserTask:
    """Take a task that nobody has; of two at once, one gets it."""
    return UserTask.of(user_tasks.claim(call.engine, user_task_id, actor=call.actor))


@blueprint.post("/<id:user_task_id>/unclaim")
@operation(answer=UserTask, roles=PEOPLE, errors=(404, 409))
def unclaim_user_task(call: Call, user_task_id: int) -> UserTask:
    """Give a task back to its candidates."""
    return UserTask.of(user_tasks.unclaim(call.engine, user_task_id, actor=call.actor))


@blueprint.post("/<id:user_task_id>/assign")
@operation(body=Assignee, answer=UserTask, roles=PEOPLE, errors=(404, 409))
def assign_user_task(call: Call, user_task_id: int, body: Assignee) -> UserTask:
    """Give a task to somebody: its assignee passes it on, operators may whoever has it now."""
    return UserTask.of(user_tasks.assign(call.engine, user_task_id, actor=call.actor, assignee=body.assignee))


@blueprint.post("/<id:user_task_id>/complete")
@operation(body=Completion, answer=UserTask, roles=PEOPLE, errors=(404, 409), body_limit=BODY_LIMIT)
def complete_user_task(call: Call, user_task_id: int, body: Completion) -> UserTask:
    """Complete a task: its variables are written and the instance goes on, in one transaction.

    If the task has a form, the variables are checked against it; a refusal lists every field that is wrong.
    """
    view = user_tasks.complete(
        call.engine,
        user_task_id,
        actor=call.actor,
        variables=variables.read(body.variables),
        decision=body.decided,
        idempotency=call.idempotency(),
    )
    return UserTask.of(view)
