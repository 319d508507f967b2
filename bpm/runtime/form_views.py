"""The form of a task or of a start, for those who fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from baton.bpm import errors
from baton.bpm import forms as forms_
from baton.bpm.runtime import form_cache, forms, instance_rows, seen_variables, user_tasks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine

ELSEWHERE = "external"


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is that of the form, or `external` where it is kept elsewhere or missing; `content` its JSON, if any.

    `key`, `version` and `form_definition_id` are those of a form that was deployed by itself.
    """

    kind: str
    reference: str
    form_definition_id: int | None
    key: str | None
    version: int | None
    content: bytes | None
    fields: tuple[forms_.ShownField, ...]


def of_task(engine: Engine, task_id: int, *, actor: Actor, typed: Mapping[str, list[str]] | None = None) -> FormView:
    """With the values of now, and over them what was `typed` into the inputs of a page.

    Raises `NotFound` for no task or no form, `NotAllowed` for who may not see it.
    """
    found, existing = _look(engine, task_id, actor)
    view = _view(engine, found, existing)
    if not typed:
        return view
    return _view(engine, found, existing | forms_.filled(view.fields, typed, existing))


def filled(engine: Engine, task_id: int, typed: Mapping[str, list[str]], *, actor: Actor) -> dict[str, Any]:
    """What was typed into the inputs of a page, by the fields' paths, as variables. Raises as `of_task`."""
    found, existing = _look(engine, task_id, actor)
    first = _view(engine, found, existing)
    # Fields that what was typed lets appear are not in the page that was sent; those it hides are.
    return forms_.filled(first.fields, typed, existing) | _opened(engine, found, existing, first, typed)


def _opened(
    engine: Engine,
    found: form_cache.FoundForm,
    existing: dict[str, Any],
    first: FormView,
    typed: Mapping[str, list[str]],
) -> dict[str, Any]:
    """The variables of fields that were hidden before and were sent all the same."""
    second = _view(engine, found, existing | forms_.filled(first.fields, typed, existing))
    return forms_.filled([each for each in second.fields if each.field in typed], typed, existing)


def _look(engine: Engine, task_id: int, actor: Actor) -> tuple[form_cache.FoundForm, dict[str, Any]]:
    """The form, and the variables that the task sees while it is open."""
    task = user_tasks.get(engine, task_id, actor=actor)
    definition = engine.definitions.get(task.process_definition_id)
    with engine.database.read() as connection:
        found = forms.find(engine, connection, definition, task.element_id, task.form)
        if found is None:
            raise errors.NotFound(f"Expected user task with id '{task_id}' to have a form, but it has none")
        existing: dict[str, Any] = {}
        if task.ended_at is None:
            source = instance_rows.RowSource(connection, task.process_instance_id, None)
            try:
                existing = seen_variables.of_token(definition, source, task.process_instance_id, task.scope_id, task.id)
            except LookupError:
                existing = {}  # it ended just now
    return found, existing


def of_start(
    engine: Engine,
    process_definition_id: int,
    *,
    actor: Actor,
    start_event_id: str | None = None,
    typed: Mapping[str, list[str]] | None = None,
) -> FormView:
    """With defaults as values, and over them what was `typed`. Raises `NotFound` for no definition or no form."""
    found = _look_at_start(engine, process_definition_id, start_event_id)
    view = _view(engine, found, {})
    return _view(engine, found, forms_.filled(view.fields, typed, {})) if typed else view


def filled_start(
    engine: Engine,
    process_definition_id: int,
    typed: Mapping[str, list[str]],
    *,
    actor: Actor,
    start_event_id: str | None = None,
) -> dict[str, Any]:
    """What was typed into the inputs of a start's page, as variables. Raises as `of_start`."""
    found = _look_at_start(engine, process_definition_id, start_event_id)
    first = _view(engine, found, {})
    return forms_.filled(first.fields, typed, {}) | _opened(engine, found, {}, first, typed)


def _look_at_start(engine: Engine, process_definition_id: int, start_event_id: str | None) -> form_cache.FoundForm:
    definition = engine.definitions.get(process_definition_id)
    element_id = forms.start_element(definition, start_event_id)
    with engine.database.read() as connection:
        found = None if element_id is None else forms.find(engine, connection, definition, element_id, None)
    if found is None:
        raise errors.NotFound(
            f"Expected process definition with id '{process_definition_id}' to have a start form, but it has none"
        )
    return found


def _view(engine: Engine, found: form_cache.FoundForm, existing: dict[str, Any]) -> FormView:
    form = found.form
    return FormView(
        kind=ELSEWHERE if form is None else str(form.kind),
        reference=found.reference,
        form_definition_id=found.id,
        key=found.key,
        version=found.version,
        content=found.content,
        fields=() if form is None else forms_.show(form, forms.context(engine, existing)),
    )
