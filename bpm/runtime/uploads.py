"""What one deployment brings, read and checked: files of processes, decisions and forms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec
from sqlalchemy import Connection

from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.importer import Diagram
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.execution import diagrams
from baton.bpm.forms import is_form_file
from baton.bpm.runtime import (
    connectors,
    decision_deployments,
    form_definitions,
    form_references,
)
from baton.bpm.runtime.decision_deployments import DecisionFile
from baton.bpm.runtime.deployment_views import FileProblems
from baton.bpm.runtime.duplicate_keys import Keyed, duplicate_keys
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.form_definitions import FormFile
from baton.bpm.settings import Settings


class Resource(msgspec.Struct, frozen=True):
    """One uploaded file."""

    name: str
    content: bytes


class File(msgspec.Struct, frozen=True):
    """A file of processes that was read: `digest` covers content and mode."""

    resource: Resource
    diagram: Diagram
    digest: str


class Upload(msgspec.Struct, frozen=True):
    """What one call of `deploy` brings: all files, in the order given, and what was read out of them."""

    resources: Sequence[Resource]
    files: Sequence[File]
    decisions: Sequence[DecisionFile]
    form_files: Sequence[FormFile]
    name: str
    force: bool


def check_resources(engine: Engine, resources: Sequence[Resource]) -> None:
    """Raise `InvalidCommand` or `TooLarge` for names and numbers of files that are not taken."""
    if not resources:
        raise errors.InvalidCommand("Expected at least one file, found none", field="resources")
    if len(resources) > engine.settings.max_deployment_files:
        raise errors.TooLarge(
            f"Expected at most {engine.settings.max_deployment_files} files, found {len(resources)}", field="resources"
        )
    names = [resource_.name for resource_ in resources]
    for name in names:
        if not 1 <= len(name) <= 255 or "\0" in name:
            raise errors.InvalidCommand("Expected a file name of 1 to 255 characters", field="resources")
        if names.count(name) > 1:
            raise errors.InvalidCommand(f"Expected every file once, found '{name}' twice", field="resources")


def read(engine: Engine, resources: Sequence[Resource], mode: Mode | None, name: str, force: bool) -> Upload:
    """Every file by what it holds: forms, decisions, else processes. It never raises on content."""
    limits = Limits(max_bytes=engine.settings.max_diagram_bytes)
    form_files = [
        form_definitions.read_file(resource_.name, resource_.content)
        for resource_ in resources
        if is_form_file(resource_.name)
    ]
    of_decisions = {
        resource_.name: resource_.content
        for resource_ in resources
        if not is_form_file(resource_.name) and decision_deployments.holds_decisions(resource_.name, resource_.content)
    }
    files = [
        _read_processes(engine, resource_, mode, limits)
        for resource_ in resources
        if resource_.name not in of_decisions and not is_form_file(resource_.name)
    ]
    return Upload(resources, files, decision_deployments.read(of_decisions, limits), form_files, name, force)


def _read_processes(engine: Engine, resource_: Resource, mode: Mode | None, limits: Limits) -> File:
    diagram = diagrams.read(resource_.content, mode=mode, limits=limits, severities=engine.severities)
    digest = hashlib.sha256(resource_.content + diagram.mode.value.encode()).hexdigest()
    return File(resource_, diagram, digest)


def check_problems(upload: Upload) -> None:
    """Raise all problems of all files if one of them is an error, each with the name of its file."""
    problems: list[Problem] = []
    for name, found in _problems(upload).items():
        problems += [replace(problem, resource=name) for problem in found]
    problems += duplicates(upload)
    failed = sum(problem.severity is Severity.ERROR for problem in problems)
    if failed:
        raise errors.InvalidDiagram(
            f"Expected diagrams that can run, found {failed} error{'s' if failed > 1 else ''}", problems=problems
        )


def duplicates(upload: Upload) -> Iterable[Problem]:
    """What two files bring under one key."""
    yield from duplicate_keys(_keys(upload.files))
    yield from duplicate_keys(decision_deployments.keys(upload.decisions))
    yield from duplicate_keys(_form_keys(upload.form_files))


def _problems(upload: Upload) -> dict[str, list[Problem]]:
    """Each file's name with its problems, in the order of the upload."""
    found: dict[str, list[Problem]] = {resource_.name: [] for resource_ in upload.resources}
    for file in upload.files:
        # Of the diagram, and of the forms inside it.
        inside = [problem for process in file.diagram.processes for problem in form_references.own_problems(process)]
        found[file.resource.name] += [*file.diagram.problems, *inside]
    for decision_file in upload.decisions:
        found[decision_file.name] += decision_file.diagram.problems
    for form_file in upload.form_files:
        found[form_file.resource_name] += form_file.problems
    return found


def notes(connection: Connection, upload: Upload, settings: Settings) -> tuple[FileProblems, ...]:
    """Warnings and infos by file, with those about decisions and forms that are not there."""
    keys = {file.form.id for file in upload.form_files if file.form is not None}
    names = {file.resource_name for file in upload.form_files}
    found = _problems(upload)
    for file in upload.files:
        for process in file.diagram.processes:
            found[file.resource.name] += decision_deployments.missing(connection, process, upload.decisions)
            found[file.resource.name] += form_references.dangling(connection, process, keys, names)
            found[file.resource.name] += connectors.left_to_workers(process, settings)
    return tuple(
        FileProblems(resource_name=name, problems=tuple(problems)) for name, problems in found.items() if problems
    )


def _form_keys(files: Sequence[FormFile]) -> Iterable[Keyed]:
    for file in files:
        if file.form is not None:
            yield Keyed("form", file.form.id, "", 0, file.resource_name)


def _keys(files: Sequence[File]) -> Iterable[Keyed]:
    for file in files:
        for process in file.diagram.processes:
            yield Keyed("process", process.key, process.name, process.line, file.resource.name)
