"""The form of a task or start event: found, kept ready, and what people send checked against it.

A task without a form costs one look into a mapping. A form by deployment or version, and one inside the diagram, never
changes and is found in memory; the latest version or that of a tag is asked for each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from baton.bpm import errors, forms, values
from baton.bpm.definition.elements import Binding, FormPlace, FormSource
from baton.bpm.runtime import seen_variables
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.form_cache import FoundForm
from baton.bpm.runtime.form_references import FILE, read_own
from baton.bpm.runtime.instance_rows import Loaded
from baton.models import form_definition, resource

_IDS = (
    select(form_definition.c.id)
    .where(form_definition.c.key == bindparam("key_"))
    .order_by(form_definition.c.version.desc())
    .limit(1)
)
_BY_BINDING: Mapping[Binding, Select[Any]] = {
    Binding.LATEST: _IDS,
    Binding.DEPLOYMENT: _IDS.where(form_definition.c.deployment_id == bindparam("which")),
    Binding.VERSION: _IDS.where(form_definition.c.version == bindparam("which")),
    Binding.VERSION_TAG: _IDS.where(form_definition.c.version_tag == bindparam("which")),
}
_BY_FILE = (
    select(form_definition.c.id)
    .join_from(form_definition, resource, form_definition.c.resource_id == resource.c.id)
    .where(form_definition.c.deployment_id == bindparam("which"), resource.c.name == bindparam("key_"))
    .limit(1)
)
_CONTENT = (
    select(form_definition.c.key, form_definition.c.version, resource.c.name, resource.c.content)
    .join_from(form_definition, resource, form_definition.c.resource_id == resource.c.id)
    .where(form_definition.c.id == bindparam("id_"))
)


# --- finding -------------------------------------------------------------------------------------------------


def find(
    engine: Engine, connection: Connection, definition: RunnableDefinition, element_id: str, reference: str | None
) -> FoundForm | None:
    """The form of an element, None if it has none; `reference` is the one that an expression yielded."""
    source = definition.forms.get(element_id)
    if source is None:
        return None
    if source.place is FormPlace.FIELDS or source.embedded:
        return _own(engine, definition, element_id, source)
    literal = source.reference if isinstance(source.reference, str) else ""
    name = reference or literal
    form_id = _bound_id(engine, connection, definition, source, name)
    return FoundForm(name) if form_id is None else _stored(engine, connection, form_id, name)


def _own(engine: Engine, definition: RunnableDefinition, element_id: str, source: FormSource) -> FoundForm:
    key = (definition.id, element_id)
    found = engine.forms.own.get(key)
    if found is None:
        own = read_own(element_id, source)
        content = source.embedded.encode() if source.embedded else None
        found = FoundForm(str(source.reference), own.form if own else None, content=content)
        engine.forms.own.put(key, found, found.size)
    return found


def _bound_id(
    engine: Engine, connection: Connection, definition: RunnableDefinition, source: FormSource, name: str
) -> int | None:
    which: int | str | None
    if source.place is FormPlace.KEY:
        if not name.startswith(FILE):
            return None
        query, key, which = _BY_FILE, name.removeprefix(FILE), definition.deployment_id
    else:
        query, key = _BY_BINDING[source.binding], name
        which = _which(definition, source)
        if which is None:
            return None
    changes = source.place is FormPlace.ID and source.binding in (Binding.LATEST, Binding.VERSION_TAG)
    known = (definition.deployment_id, source.place, source.binding, source.version, name)
    found = None if changes else engine.forms.bound.get(known)
    if found is None:
        found = connection.execute(query, {"key_": key, "which": which}).scalar()
        if found is not None and not changes:
            engine.forms.bound.put(known, found, len(name))
    return found


def _which(definition: RunnableDefinition, source: FormSource) -> int | str | None:
    match source.binding:
        case Binding.DEPLOYMENT:
            return definition.deployment_id
        case Binding.VERSION:
            is_number = source.version.isascii() and source.version.isdigit() and len(source.version) < 10
            return int(source.version) if is_number else None
        case Binding.VERSION_TAG:
            return source.version
        case Binding.LATEST:
            return ""


def _stored(engine: Engine, connection: Connection, form_id: int, reference: str) -> FoundForm:
    found = engine.forms.stored.get(form_id)
    if found is None:
        row = connection.execute(_CONTENT, {"id_": form_id}).first()
        if row is None:
            return FoundForm(reference)
        read = forms.read_file(row.name, row.content)
        if read.form is None:
            raise errors.BatonError(
                f"Expected the stored file of form definition '{form_id}' to be a form, but this version of Baton "
                f"does not read it: {'; '.join(problem.message for problem in read.problems[:3])}"
            )
        found = FoundForm(reference, read.form, form_id, row.key, row.version, bytes(row.content))
        engine.forms.stored.put(form_id, found, found.size)
    return found


# --- checking ------------------------------------------------------------------------------------------------


def check_task(
    engine: Engine, definition: RunnableDefinition, loaded: Loaded, variables: dict[str, Any]
) -> dict[str, Any]:
    """What a completion may write. Raises `FormRefused` with every field that is wrong."""
    row = loaded.row
    if row.element_id not in definition.forms or loaded.source is None:
        return variables
    found = find(engine, loaded.source.connection, definition, row.element_id, row.form)
    if found is None or found.form is None:
        return variables
    existing = seen_variables.of_token(definition, loaded.source, loaded.id, row.scope_id, row.id)
    return check_form(engine, found.form, variables, existing, f"user task with id '{row.id}'")


def check_start(
    engine: Engine,
    definition: RunnableDefinition,
    start_event_id: str | None,
    variables: dict[str, Any],
    business_key: str | None,
) -> tuple[dict[str, Any], str | None]:
    """What a start may write, and the business key, which a field may hold. Raises `FormRefused`."""
    element_id = start_element(definition, start_event_id)
    source = None if element_id is None else definition.forms.get(element_id)
    if element_id is None or source is None:
        return variables, business_key
    with engine.database.read() as connection:
        found = find(engine, connection, definition, element_id, None)
    if found is None or found.form is None:
        return variables, business_key
    checked = check_form(engine, found.form, variables, {}, f"start of '{definition.key}'")
    if business_key is None and source.business_key:
        value = checked.get(source.business_key)
        business_key = None if value in (None, "") else str(value)
    return checked, business_key


def start_element(definition: RunnableDefinition, start_event_id: str | None) -> str | None:
    """The start event that a start begins at, None where that is not yet known."""
    if start_event_id is not None:
        return start_event_id
    starts = definition.spec.starts
    return str(starts[0].name) if len(starts) == 1 else None


def context(engine: Engine, existing: Mapping[str, Any]) -> forms.Context:
    """What a check at this moment sees."""
    now = engine.clock()
    return forms.Context(existing, now, now.astimezone(engine.zone).date())


def check_form(
    engine: Engine, form: forms.Form, variables: Mapping[str, Any], existing: Mapping[str, Any], what: str
) -> dict[str, Any]:
    """The variables as the form's fields want them; `what` it is the form of. Raises `FormRefused`."""
    outcome = forms.check(form, variables, context(engine, existing))
    if outcome.errors:
        count = len(outcome.errors)
        first = outcome.errors[0]
        raise errors.FormRefused(
            f"Expected the form of the {what} to be filled in correctly, found {count} "
            f"{'field that is' if count == 1 else 'fields that are'} wrong; '{first.field}': {first.message}",
            field=first.field,
            fields=outcome.errors,
        )
    values.check_limits(outcome.variables, limits=engine.variable_limits)
    return outcome.variables
