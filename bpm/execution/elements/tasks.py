"""Tasks: abstract, manual, user, service and script (BPMN 2.0.2, 10.3.3 and 13.3.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution import evaluation, in_process, listeners, timers, user_task_changes
from baton.bpm.execution.elements.activities import Activity
from baton.bpm.execution.events import JobCancelled, UserTaskCreated
from baton.bpm.execution.token import WAITING
from baton.bpm.execution.user_task_changes import DEFAULT_PRIORITY
from baton.bpm.execution.work import begin_job, names, short_text, whole_number

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token

UNASSIGNED = elements.Assignment()


class UnworkedTask(Activity):
    """No work that the engine sees: passes through; guided, or if a person has to say that it is done: a to-do."""

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        if self.spec_of.is_guided or getattr(self.element, "awaited", False):
            self.begin_todo(instance, token)
        else:
            instance.finish(token)


class AbstractTask(UnworkedTask, spiff.NoneTask):
    """`bpmn:task`: what is done is not drawn."""

    element: elements.AbstractTask


class ManualTask(UnworkedTask, spiff.ManualTask):
    """Done by a person without the engine (BPMN 13.3.3)."""

    element: elements.ManualTask


class UserTask(Activity, spiff.UserTask):
    """Waits for a person."""

    element: elements.UserTask

    def __init__(self, spec: ProcessSpec, element: elements.UserTask) -> None:
        super().__init__(spec, element)
        # The usual drawing says nothing about people: nothing to evaluate.
        self._is_plain = element.assignment == UNASSIGNED and element.form is None and element.label is None

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        created = user_task_changes.asked_before(token, self._created(instance, token))
        token.phase = WAITING
        instance.emit(created)

    def cancel(self, instance: ProcessInstance, token: Token) -> None:
        super().cancel(instance, token)
        listeners.deleted(instance, token)

    def assignee_of(self, instance: ProcessInstance, token: Token) -> str | None:
        """Who the diagram gives the task to. `StepFailure`."""
        what = f"assignee of '{self.title}'"
        found: str | None = evaluation.text(
            instance,
            token,
            self.element.assignment.assignee,
            type_="assignment",
            what=what,
            convert=lambda value: _short_text(value, what),
        )
        return found

    def _created(self, instance: ProcessInstance, token: Token) -> UserTaskCreated:
        who = self.element.assignment
        if self._is_plain:
            return UserTaskCreated(
                token.id,
                token.workflow.id,
                self.name,
                kind="user_task",
                name=self.title,
                candidate_groups=self.lane_groups,
            )

        def value(attribute: elements.Text | None, what: str, convert: Callable[[Any, str], Any]) -> Any:
            what = f"{what} of '{self.title}'"
            return evaluation.text(
                instance, token, attribute, type_="assignment", what=what, convert=lambda found: convert(found, what)
            )

        groups = value(who.candidate_groups, "candidate groups", _short_names)
        users = value(who.candidate_users, "candidate users", _short_names)
        assignee = self.assignee_of(instance, token)
        if not groups and not users and assignee in (None, ""):
            groups = self.lane_groups

        def moment(found: Any, what: str) -> datetime | None:
            return timers.instant(instance, found, what)

        return UserTaskCreated(
            token.id,
            token.workflow.id,
            self.name,
            kind="user_task",
            name=value(self.element.label, "name", _short_text) or self.title,
            assignee=assignee,
            candidate_users=users,
            candidate_groups=groups,
            due_at=value(who.due_date, "due date", moment),
            follow_up_at=value(who.follow_up_date, "follow-up date", moment),
            priority=value(who.priority, "priority", _priority),
            form=value(self.element.form, "form", _short_text),
        )


class ServiceTask(Activity, spiff.ServiceTask):
    """Waits for a worker to do a job, or evaluates an expression; guided without implementation: a to-do."""

    element: elements.ServiceTask

    def __init__(self, spec: ProcessSpec, element: elements.ServiceTask) -> None:
        super().__init__(spec, element)
        if element.connector is not None:
            self.element_outputs = (*element.connector.outputs, *element.outputs)

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        job, work = self.element.job, self.element.in_process
        if work is not None and not in_process.is_for_a_worker(token, work):
            in_process.do(instance, token, work)
            # Done is done, even if choosing the way out fails.
            instance.finish(token)
        elif job is None:
            self.begin_todo(instance, token)
        else:
            if self.element.connector is not None:
                self.map_into_own(instance, token, self.element.connector.inputs)
            begin_job(instance, token, job)

    def map_outputs(self, instance: ProcessInstance, token: Token) -> None:
        """Those of the connector first: the task's own may read them."""
        if self.element.connector is None:
            super().map_outputs(instance, token)
            return
        seen: dict[str, Any] = {}
        written: list[tuple[elements.DataMapping, Any]] = []
        for output in self.element_outputs:
            value = evaluation.mapping(instance, token, output, self.title, seen)
            written.append((output, value))
            seen[output.target] = value
        for output, value in written:
            instance.write_mapped(token, output, value)

    def cancel(self, instance: ProcessInstance, token: Token) -> None:
        if token.job_id is not None:
            instance.emit(JobCancelled(token.job_id, token.id, token.workflow.id, self.name))
        else:
            super().cancel(instance, token)

    def is_manual(self, token: Token) -> bool:
        return token.job_id is None


class ScriptTask(Activity, spiff.ScriptTask):
    """Evaluates its script, then writes; guided without script: a to-do."""

    element: elements.ScriptTask

    def __init__(self, spec: Any, element: elements.ScriptTask) -> None:
        # SpiffWorkflow keeps the text; its script engine never sees it.
        super().__init__(spec, element, element.script.text if element.script else "")

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.script is None:
            self.begin_todo(instance, token)
            return
        writes = evaluation.script(instance, token, self.element.script)
        for name, value in writes.items():
            instance.write_for(token, name, value)
        instance.write_what_was_asked()
        # The script is done even if choosing the way out fails: it must not run again.
        instance.finish(token)


def _short_text(value: Any, what: str) -> str | None:
    return short_text(value, what, "assignment")


def _short_names(value: Any, what: str) -> tuple[str, ...]:
    checked = (_short_text(name, what) for name in names(value))
    return tuple(name for name in checked if name)


def _priority(value: Any, what: str) -> int:
    return whole_number(value, what, DEFAULT_PRIORITY, "assignment")
