"""The form of a task or of a start, for those who fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from baton.bpm import errors, values
from baton.bpm import forms as forms_
from baton.bpm.runtime import form_cache, forms, instance_rows, seen_variables, user_tasks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine

ELSEWHERE = "external"
GENERATED = "variables"


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is that of the form, or `external` where it is kept elsewhere or missing; `content` its JSON, if any.

    `key`, `version` and `form_definition_id` are those of a form that was deployed by itself. `data` are the variables
    that a form-js form names, for it to calculate with; those that its fields hold are among them. `parts` are the
    fields in their groups and rows.
    """

    kind: str
    reference: str
    form_definition_id: int | None
    key: str | None
    version: int | None
    content: bytes | None
    fields: tuple[forms_.ShownField, ...]
    parts: tuple[forms_.ShownPart, ...]
    data: dict[str, Any]


def of_task(
    engine: Engine,
    task_id: int,
    *,
    actor: Actor,
    typed: Mapping[str, list[str]] | None = None,
    over: Mapping[str, Any] | None = None,
) -> FormView:
    """With the values of now, `over` them a draft's, and over both what was `typed` into the inputs of a page.

    Raises `NotFound` for no task or no form, `NotAllowed` for who may not see it.
    """
    found, existing = _look(engine, task_id, actor)
    existing |= over or {}
    return _view(engine, found, existing | _filled(engine, found, existing, typed) if typed else existing)


def filled(engine: Engine, task_id: int, typed: Mapping[str, list[str]], *, actor: Actor) -> dict[str, Any]:
    """What was typed into the inputs of a page, by the fields' paths, as variables. Raises as `of_task`."""
    found, existing = _look(engine, task_id, actor)
    return _filled(engine, found, existing, typed)


def of_variables(engine: Engine, task_id: int, *, actor: Actor, over: Mapping[str, Any] | None = None) -> FormView:
    """For a task without a form: a field for each variable that it sees, but the sensitive ones."""
    existing = _seen(engine, user_tasks.get(engine, task_id, actor=actor))
    form = forms_.of_variables(existing, leave_out=engine.sensitive.among(existing))
    shown = _view(engine, form_cache.FoundForm(GENERATED, form), existing | dict(over or {}))
    return msgspec.structs.replace(shown, kind=GENERATED)


def typed(engine: Engine, task_id: int, texts: Mapping[str, list[str]], *, actor: Actor) -> dict[str, Any]:
    """What was typed into the fields of `of_variables` and is another value than before, right or wrong."""
    return forms_.changed(of_variables(engine, task_id, actor=actor).fields, texts)


def changed(engine: Engine, task_id: int, texts: Mapping[str, list[str]], *, actor: Actor) -> dict[str, Any]:
    """The same, checked. Raises `FormRefused`."""
    existing = _seen(engine, user_tasks.get(engine, task_id, actor=actor))
    form = forms_.of_variables(existing, leave_out=engine.sensitive.among(existing))
    found = forms_.changed(forms_.show(form, forms.context(engine, existing)), texts)
    return forms.check_form(engine, form, found, {}, f"user task with id '{task_id}'")


def saved(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a draft; what nothing of ours can be stays as it is, for it to be corrected."""
    found: dict[str, Any] = {}
    for name, value in variables.items():
        try:
            found[name] = values.from_json(value, None, field=name)
        except errors.InvalidCommand:
            found[name] = value
    return found


def _filled(
    engine: Engine, found: form_cache.FoundForm, existing: dict[str, Any], typed: Mapping[str, list[str]]
) -> dict[str, Any]:
    """What was typed as variables, with the fields that it lets appear: a page that was refused had them already."""
    is_schema = found.form is not None and found.form.kind is forms_.FormKind.JSON_SCHEMA
    first = _view(engine, found, existing)
    variables = forms_.filled(first.parts, typed, existing, without_empty=is_schema)
    second = _view(engine, found, existing | variables)
    return forms_.opened(second.parts, typed, existing, first.parts, variables, without_empty=is_schema)


def _look(engine: Engine, task_id: int, actor: Actor) -> tuple[form_cache.FoundForm, dict[str, Any]]:
    """The form, and the variables that the task sees while it is open."""
    task = user_tasks.get(engine, task_id, actor=actor)
    definition = engine.definitions.get(task.process_definition_id)
    with engine.database.read() as connection:
        found = forms.find(engine, connection, definition, task.element_id, task.form)
        if found is None:
            raise errors.NotFound(f"Expected user task with id '{task_id}' to have a form, but it has none")
    return found, _seen(engine, task)


def _seen(engine: Engine, task: user_tasks.UserTaskView) -> dict[str, Any]:
    """The variables that the task sees while it is open."""
    if task.ended_at is not None:
        return {}
    definition = engine.definitions.get(task.process_definition_id)
    with engine.database.read() as connection:
        source = instance_rows.RowSource(connection, task.process_instance_id, None)
        try:
            return seen_variables.of_token(definition, source, task.process_instance_id, task.scope_id, task.id)
        except LookupError:
            return {}  # it ended just now


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
    return _view(engine, found, _filled(engine, found, {}, typed) if typed else {})


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
    return _filled(engine, found, {}, typed)


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
        parts=() if form is None else forms_.show_parts(form, forms.context(engine, existing)),
        data=_named(found, existing),
    )


def _named(found: form_cache.FoundForm, existing: Mapping[str, Any]) -> dict[str, Any]:
    """The variables whose name stands anywhere in the file: a form can calculate with no others."""
    if found.form is None or found.form.kind is not forms_.FormKind.FORM_JS or found.content is None or not existing:
        return {}
    text = msgspec.json.encode(msgspec.json.decode(found.content.removeprefix(b"\xef\xbb\xbf"))).decode()
    return {name: value for name, value in existing.items() if name in text}
