"""What an upload's diagrams say about forms: broken forms inside them, references that lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, select

from baton.bpm import forms
from baton.bpm.definition.elements import (
    Binding,
    FormPlace,
    FormSource,
    Process,
    StartEvent,
    UserTask,
)
from baton.bpm.definition.problems import Problem, Severity
from baton.models import form_definition

FILE = "camunda-forms:deployment:"
EMBEDDED = "camunda-forms:bpmn:"


def sources(process: Process) -> Iterator[tuple[StartEvent | UserTask, FormSource]]:
    """Every element with a form, and where the form is."""
    for node in process.elements.walk():
        if isinstance(node, StartEvent | UserTask) and node.form_source is not None:
            yield node, node.form_source


def binds_to_deployment(process: Process) -> bool:
    """Whether one of its forms is the one that was deployed together with the process."""
    return any(
        source.binding is Binding.DEPLOYMENT
        or (isinstance(source.reference, str) and source.reference.startswith(FILE))
        for _, source in sources(process)
    )


def own_problems(process: Process) -> list[Problem]:
    """Problems of forms that the diagram holds itself."""
    found: list[Problem] = []
    for node, source in sources(process):
        own = read_own(node.id, source)
        if own is not None:
            found += [_at(problem, node) for problem in own.problems]
    return found


def read_own(element_id: str, source: FormSource) -> forms.ReadForm | None:
    """The form that the diagram holds itself; None if it is elsewhere."""
    if source.place is FormPlace.FIELDS:
        return forms.read_fields(element_id, source.fields)
    if source.embedded:
        return forms.read_embedded(element_id, source.embedded)
    return None


def dangling(
    connection: Connection, process: Process, uploaded_keys: Collection[str], uploaded_files: Collection[str]
) -> Iterator[Problem]:
    """A warning for each reference to a form that is not there, an info for each form that is kept elsewhere."""
    for node, source in sources(process):
        reference = source.reference
        if source.place is FormPlace.FIELDS or source.embedded or not isinstance(reference, str):
            continue
        if source.place is FormPlace.ID:
            if not _is_there(connection, source, reference, uploaded_keys):
                yield _missing(node, f"the form '{reference[:120]}'{_which(source)}")
        elif reference.startswith(FILE):
            if reference.removeprefix(FILE) not in uploaded_files:
                yield _missing(node, f"the file '{reference.removeprefix(FILE)[:120]}' of the same upload")
        elif reference.startswith(EMBEDDED):
            yield _missing(node, f"the form '{reference.removeprefix(EMBEDDED)[:120]}' in the diagram")
        else:
            yield _problem(
                node,
                Severity.INFO,
                f"The form '{reference[:120]}' of '{node.name or node.id}' is kept elsewhere: what people send is not "
                "checked against it.",
                "Nothing has to be done; or deploy a form and refer to it by its id.",
            )


def _is_there(connection: Connection, source: FormSource, key: str, uploaded: Collection[str]) -> bool:
    if source.binding is Binding.DEPLOYMENT:
        return key in uploaded
    query: Any = select(form_definition.c.id).where(form_definition.c.key == key)
    match source.binding:
        case Binding.VERSION:
            if not (source.version.isascii() and source.version.isdigit() and len(source.version) < 10):
                return False
            query = query.where(form_definition.c.version == int(source.version))
        case Binding.VERSION_TAG:
            query = query.where(form_definition.c.version_tag == source.version)
        case _:
            pass
    return connection.execute(query.limit(1)).first() is not None


def _which(source: FormSource) -> str:
    match source.binding:
        case Binding.DEPLOYMENT:
            return " in the same upload"
        case Binding.VERSION:
            return f" in version {source.version[:20]}"
        case Binding.VERSION_TAG:
            return f" with the version tag '{source.version[:120]}'"
        case Binding.LATEST:
            return ""


def _missing(node: StartEvent | UserTask, what: str) -> Problem:
    return _problem(
        node,
        Severity.WARNING,
        f"'{node.name or node.id}' refers to {what}, which is not there: until it is, what people send is not checked.",
        "Deploy the form, together with the diagram or before it.",
    )


def _problem(node: StartEvent | UserTask, severity: Severity, message: str, fix: str) -> Problem:
    return Problem("form-reference", severity, message, fix, node.id, node.name or None, node.line)


def _at(problem: Problem, node: StartEvent | UserTask) -> Problem:
    return Problem(
        problem.rule,
        problem.severity,
        f"The form of '{node.name or node.id}': {problem.message}",
        problem.fix,
        node.id,
        node.name or None,
        node.line,
    )
