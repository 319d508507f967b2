"""Deployments: bringing files in, all or nothing."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy import delete as sql_delete

from baton.bpm import errors
from baton.bpm.definition.elements import Mode, Process
from baton.bpm.definition.importer import Diagram
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.execution import diagrams
from baton.bpm.execution.specs import build_specs
from baton.bpm.forms import is_form_file
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import (
    audit,
    decision_deployments,
    form_definitions,
    form_references,
    process_instances,
    start_subscriptions,
    start_timers,
)
from baton.bpm.runtime import idempotency as idempotency_
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.decision_deployments import DecisionFile, DeployedDecisionView
from baton.bpm.runtime.duplicate_keys import Keyed, duplicate_keys
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.form_definitions import FormDefinitionView, FormFile
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import (
    closing,
    decision_evaluation,
    deployment,
    flow_node_instance,
    flow_node_statistics,
    incident,
    job,
    process_definition,
    process_instance,
    resource,
    scope,
    subscription,
    user_task,
    user_task_candidate,
    variable,
)

_LIVE = (ProcessInstanceState.ACTIVE.value, ProcessInstanceState.SUSPENDED.value)
_ENDED_AT_ONCE = 100
_DEPLOY_LOCK = 0x6261746F6E646570  # "batondep": versions are counted by one deployment at a time


class Resource(msgspec.Struct, frozen=True):
    """One uploaded file."""

    name: str
    content: bytes


class DeployedDefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """`created` False: the latest version has the same content and stays."""

    id: int
    key: str
    version: int
    name: str
    version_tag: str | None
    mode: Mode
    resource_name: str
    created: bool


class ResourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a deployment; `digest` is sha256 in hex, `size` bytes."""

    name: str
    digest: str
    size: int


class FileProblems(msgspec.Struct, frozen=True, kw_only=True):
    """Warnings and infos of one file."""

    resource_name: str
    problems: tuple[Problem, ...]


class DeploymentView(msgspec.Struct, frozen=True, kw_only=True):
    """`problems` are given in the answer to `deploy` only; they are not kept."""

    id: int
    name: str
    deployed_at: datetime
    deployed_by: str | None
    process_definitions: tuple[DeployedDefinitionView, ...]
    decision_definitions: tuple[DeployedDecisionView, ...]
    resources: tuple[ResourceView, ...]
    form_definitions: tuple[FormDefinitionView, ...] = ()
    problems: tuple[FileProblems, ...] = ()


class CheckedFileView(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is before it is deployed: `kind` is `process`, `decision` or `form`; `mode` of processes only."""

    name: str
    kind: str
    mode: Mode | None
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """True if nothing keeps it from being deployed."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


class _File(msgspec.Struct, frozen=True):
    """A file of processes that was read: `digest` covers content and mode."""

    resource: Resource
    diagram: Diagram
    digest: str


class _Upload(msgspec.Struct, frozen=True):
    """What one call of `deploy` brings: all files, in the order given, and what was read out of them."""

    resources: Sequence[Resource]
    files: Sequence[_File]
    decisions: Sequence[DecisionFile]
    form_files: Sequence[FormFile]
    name: str
    force: bool


class _Written(msgspec.Struct, frozen=True):
    """The deployment, and its definitions with those that stay as they are."""

    deployment_id: int
    processes: Sequence[DeployedDefinitionView]
    decisions: Sequence[DeployedDecisionView]
    forms: Sequence[FormDefinitionView]


def deploy(
    engine: Engine,
    *,
    actor: Actor,
    resources: Sequence[Resource],
    name: str | None = None,
    mode: Mode | None = None,
    force: bool = False,
    idempotency: idempotency_.Idempotency | None = None,
) -> DeploymentView:
    """Bring `resources` in, all or nothing; `mode` None: as each file says.

    A process whose latest version has the same content gets no new one unless `force`; if that is so for all,
    the answer is their deployment. Raises `InvalidDiagram` with the problems of all files. Sent again with its
    `idempotency` key it answers as before.
    """
    actor.require(Role.OPERATOR)
    answered = idempotency_.replay(engine, actor, idempotency, DeploymentView)
    if answered is not None:
        return answered
    _check_resources(engine, resources)
    upload = _read(engine, resources, mode, name or resources[0].name, force)
    _check_problems(upload)
    with engine.database.write() as connection:
        if not engine.database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(_DEPLOY_LOCK)))
        written = _write(engine, connection, upload, actor)
        view = msgspec.structs.replace(
            _views(connection, [written.deployment_id])[0],
            process_definitions=tuple(written.processes),
            decision_definitions=tuple(written.decisions),
            form_definitions=tuple(written.forms),
            problems=_notes(connection, upload),
        )
        idempotency_.remember(engine, connection, actor, idempotency, view)
    start_timers.tell(engine)
    return view


def check(
    engine: Engine, *, actor: Actor, resources: Sequence[Resource], mode: Mode | None = None
) -> tuple[CheckedFileView, ...]:
    """What `deploy` would say of each file, in the order given; nothing is written.

    Raises as `deploy`, but for problems of the files.
    """
    actor.require(Role.OPERATOR)
    _check_resources(engine, resources)
    upload = _read(engine, resources, mode, resources[0].name, force=False)
    with engine.database.read() as connection:
        found = {each.resource_name: list(each.problems) for each in _notes(connection, upload)}
    for problem in _duplicates(upload):
        found.setdefault(problem.resource or "", []).append(problem)
    modes = {file.resource.name: file.diagram.mode for file in upload.files}
    decisions = {file.name for file in upload.decisions}
    return tuple(
        CheckedFileView(
            name=each.name,
            kind="process" if each.name in modes else "decision" if each.name in decisions else "form",
            mode=modes.get(each.name),
            problems=tuple(found.get(each.name, ())),
        )
        for each in resources
    )


def list_(
    engine: Engine, *, actor: Actor, name: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[DeploymentView]:
    """Newest first."""
    query = select(deployment.c.id)
    if name is not None:
        query = query.where(deployment.c.name == name)
    with engine.database.read() as connection:
        page = fetch_page(
            connection, query, deployment.c.id, lambda row: int(row.id), limit=limit, cursor=cursor, newest_first=True
        )
        return Page(tuple(_views(connection, page.items)), page.next_cursor)


def get(engine: Engine, deployment_id: int, *, actor: Actor) -> DeploymentView:
    """Raises `NotFound`."""
    with engine.database.read() as connection:
        return _get(connection, deployment_id)


def delete(engine: Engine, deployment_id: int, *, actor: Actor, cascade: bool = False) -> None:
    """Delete definitions and their ended instances; with `cascade` live instances too. The audit stays.

    Live instances are terminated one by one before, each with its own audit.
    Raises `NotFound`; `WrongState` if there are live instances and no `cascade`.
    """
    actor.require(Role.OPERATOR)
    with engine.database.read() as connection:
        view = _get(connection, deployment_id)
    ids = [definition.id for definition in view.process_definitions]
    ended = _end_instances(engine, ids, view.name, actor) if cascade else 0
    with engine.database.write() as connection:
        view = _get(connection, deployment_id)
        _lock_definitions(engine, connection, ids)
        live = _lock_instances(engine, connection, ids)
        if live:
            raise errors.WrongState(
                f"Expected deployment '{deployment_id}' to have no live process instances, but it has {live}: "
                + ("started meanwhile; delete it again" if cascade else "end them first, or delete with cascade")
            )
        for definition_id in ids:
            _delete_definition(connection, definition_id)
        decision_resources = decision_deployments.delete(connection, deployment_id)
        connection.execute(sql_delete(deployment).where(deployment.c.id == deployment_id))
        for key in dict.fromkeys(definition.key for definition in view.process_definitions):
            start_timers.take_over(engine, connection, key)
        data = {
            "name": view.name,
            "cascade": cascade,
            "terminated": ended,
            "process_definitions": [
                {"key": definition.key, "version": definition.version} for definition in view.process_definitions
            ],
            "decision_definitions": [
                {"key": definition.key, "version": definition.version} for definition in view.decision_definitions
            ],
        }
        _audit(engine, connection, actor, "DeploymentDeleted", deployment_id, data)
    for definition_id in ids:
        engine.definitions.forget(definition_id)
    for resource_id in decision_resources:
        engine.decision_models.forget(resource_id)
    engine.forms.forget()
    start_timers.tell(engine)


# --- reading files -------------------------------------------------------------------------------------------


def _check_resources(engine: Engine, resources: Sequence[Resource]) -> None:
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


def _read(engine: Engine, resources: Sequence[Resource], mode: Mode | None, name: str, force: bool) -> _Upload:
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
    return _Upload(resources, files, decision_deployments.read(of_decisions, limits), form_files, name, force)


def _read_processes(engine: Engine, resource_: Resource, mode: Mode | None, limits: Limits) -> _File:
    diagram = diagrams.read(resource_.content, mode=mode, limits=limits, severities=engine.severities)
    digest = hashlib.sha256(resource_.content + diagram.mode.value.encode()).hexdigest()
    return _File(resource_, diagram, digest)


def _check_problems(upload: _Upload) -> None:
    """Raise all problems of all files if one of them is an error, each with the name of its file."""
    problems: list[Problem] = []
    for name, found in _problems(upload).items():
        problems += [replace(problem, resource=name) for problem in found]
    problems += _duplicates(upload)
    failed = sum(problem.severity is Severity.ERROR for problem in problems)
    if failed:
        raise errors.InvalidDiagram(
            f"Expected diagrams that can run, found {failed} error{'s' if failed > 1 else ''}", problems=problems
        )


def _duplicates(upload: _Upload) -> Iterable[Problem]:
    """What two files bring under one key."""
    yield from duplicate_keys(_keys(upload.files))
    yield from duplicate_keys(decision_deployments.keys(upload.decisions))
    yield from duplicate_keys(_form_keys(upload.form_files))


def _problems(upload: _Upload) -> dict[str, list[Problem]]:
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


def _notes(connection: Connection, upload: _Upload) -> tuple[FileProblems, ...]:
    """Warnings and infos by file, with those about decisions and forms that are not there."""
    keys = {file.form.id for file in upload.form_files if file.form is not None}
    names = {file.resource_name for file in upload.form_files}
    found = _problems(upload)
    for file in upload.files:
        for process in file.diagram.processes:
            found[file.resource.name] += decision_deployments.missing(connection, process, upload.decisions)
            found[file.resource.name] += form_references.dangling(connection, process, keys, names)
    return tuple(
        FileProblems(resource_name=name, problems=tuple(problems)) for name, problems in found.items() if problems
    )


def _form_keys(files: Sequence[FormFile]) -> Iterable[Keyed]:
    for file in files:
        if file.form is not None:
            yield Keyed("form", file.form.id, "", 0, file.resource_name)


def _keys(files: Sequence[_File]) -> Iterable[Keyed]:
    for file in files:
        for process in file.diagram.processes:
            yield Keyed("process", process.key, process.name, process.line, file.resource.name)


# --- writing -------------------------------------------------------------------------------------------------


def _write(engine: Engine, connection: Connection, upload: _Upload, actor: Actor) -> _Written:
    """A process whose decision or form is the one deployed with it is new when one of these is."""
    files, force = upload.files, upload.force
    decisions = decision_deployments.Versions(connection, upload.decisions, force=force)
    latest_forms = form_definitions.latest(connection, upload.form_files)
    new_forms = bool(upload.form_files) and (force or form_definitions.changed(upload.form_files, latest_forms))
    latest = {
        process.key: connection.execute(_LATEST, {"key": process.key}).first()
        for file in files
        for process in file.diagram.processes
    }
    unchanged = {
        process.key: latest[process.key]
        for file in files
        for process in file.diagram.processes
        if not force
        and latest[process.key] is not None
        and latest[process.key].digest == file.digest  # type: ignore[union-attr]
        and not (decisions.changes and decision_deployments.is_bound_to_deployment(process))
        and not (new_forms and form_references.binds_to_deployment(process))
    }
    kept_forms = [] if new_forms else [form_definitions.kept(row) for row in latest_forms.values()]
    kept = [*unchanged.values(), *decisions.unchanged.values(), *kept_forms]
    if kept and len(unchanged) == len(latest) and not decisions.changes and not new_forms:
        rows = [row for row in unchanged.values() if row is not None]
        processes = [_deployed(row, created=False) for row in rows]
        return _Written(kept[0].deployment_id, processes, decisions.kept(), kept_forms)
    now, deployment_id = engine.clock(), engine.next_id()
    connection.execute(
        insert(deployment), {"id": deployment_id, "name": upload.name, "deployed_at": now, "deployed_by": actor.id}
    )
    resource_ids = _insert_resources(engine, connection, upload, deployment_id)
    deployed: list[DeployedDefinitionView] = []
    made = [
        view
        for decision_file in upload.decisions
        for view in decisions.write(
            engine,
            connection,
            decision_file,
            deployment_id=deployment_id,
            resource_id=resource_ids[decision_file.name],
            now=now,
        )
    ]
    for file in files:
        for process in file.diagram.processes:
            if process.key in unchanged:
                deployed.append(_deployed(unchanged[process.key], created=False))
                continue
            before = latest[process.key]
            row: dict[str, Any] = {
                "id": engine.next_id(),
                "key": process.key,
                "version": 1 if before is None else before.version + 1,
                "name": process.name or process.key,
                "version_tag": process.version_tag,
                "mode": process.mode.value,
                "deployment_id": deployment_id,
                "resource_id": resource_ids[file.resource.name],
                "digest": file.digest,
                "deployed_at": now,
            }
            connection.execute(insert(process_definition), row)
            deployed.append(_created(row, file.resource.name))
            _schedule(engine, connection, process, row["id"], file)
            _subscribe(engine, connection, process, row, file)
    deployed_forms = form_definitions.write(
        engine,
        connection,
        upload.form_files,
        latest_forms,
        resource_ids,
        deployment_id=deployment_id,
        now=now,
        all_of_them=force
        or any(
            form_references.binds_to_deployment(process)
            for file in files
            for process in file.diagram.processes
            if process.key not in unchanged
        ),
    )
    written = _Written(deployment_id, deployed, made, deployed_forms)
    _audit_deployment(engine, connection, actor, upload.name, written)
    for form in deployed_forms:
        if form.created:
            data = {"key": form.key, "version": form.version, "name": form.name, "resource_name": form.resource_name}
            _audit(engine, connection, actor, "FormDefinitionCreated", deployment_id, data)
    return written


def _insert_resources(engine: Engine, connection: Connection, upload: _Upload, deployment_id: int) -> dict[str, int]:
    """A row per file, in the order of the upload; their ids by name."""
    ids: dict[str, int] = {}
    for each in upload.resources:
        ids[each.name] = engine.next_id()
        connection.execute(
            insert(resource),
            {
                "id": ids[each.name],
                "deployment_id": deployment_id,
                "name": each.name,
                "content": each.content,
                "digest": hashlib.sha256(each.content).hexdigest(),
            },
        )
    return ids


def _schedule(engine: Engine, connection: Connection, process: Process, definition_id: int, file: _File) -> None:
    try:
        start_timers.schedule(engine, connection, process, definition_id)
    except errors.ExpressionError as error:
        problem = Problem(
            rule="timer-definition",
            severity=Severity.ERROR,
            message=f"The start timer of process '{process.key}' cannot be scheduled: {error.message}",
            fix="Give the timer a date, duration or cycle that needs no variables: none exist before the start.",
            element_id=process.key,
            element_name=process.name,
            line=process.line,
            resource=file.resource.name,
        )
        raise errors.InvalidDiagram(
            f"Expected '{file.resource.name}' to have start timers that can be scheduled", problems=(problem,)
        ) from error


def _subscribe(engine: Engine, connection: Connection, process: Process, row: dict[str, Any], file: _File) -> None:
    try:
        start_subscriptions.open_(engine, connection, build_specs(process), row["id"], row["deployment_id"])
    except errors.ExpressionError as error:
        problem = Problem(
            rule="message-definition",
            severity=Severity.ERROR,
            message=f"A start event of process '{process.key}' cannot be waited for: {error.message}",
            fix="Give its message or signal a name that needs no variables: none exist before the start.",
            element_id=process.key,
            element_name=process.name,
            line=process.line,
            resource=file.resource.name,
        )
        raise errors.InvalidDiagram(
            f"Expected '{file.resource.name}' to have start events that can be waited for", problems=(problem,)
        ) from error


def _audit_deployment(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    name: str,
    written: _Written,
) -> None:
    deployment_id = written.deployment_id
    _audit(engine, connection, actor, "DeploymentCreated", deployment_id, {"name": name})
    for view in written.processes:
        if view.created:
            data = {"version": view.version, "name": view.name, "resource_name": view.resource_name}
            _audit(engine, connection, actor, "ProcessDefinitionCreated", deployment_id, data, definition=view)
    for made in written.decisions:
        if made.created:
            data = {
                "decision_definition_id": str(made.id),
                "decision": made.key,
                "version": made.version,
                "name": made.name,
                "resource_name": made.resource_name,
            }
            _audit(engine, connection, actor, "DecisionDefinitionCreated", deployment_id, data)


def _audit(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    type_: str,
    deployment_id: int,
    data: dict[str, Any],
    *,
    definition: DeployedDefinitionView | None = None,
) -> None:
    labels = audit.Labels(
        occurred_at=engine.clock(),
        actor=actor,
        deployment_id=deployment_id,
        process_definition_id=definition.id if definition else None,
        key=definition.key if definition else None,
    )
    rows = audit.rows(
        [audit.Entry(type_, None, data)], labels, sequence=None, previous_hash=audit.EMPTY_HASH, element_name=str
    )
    engine.statements.audit.write(connection, rows)


# --- deleting ------------------------------------------------------------------------------------------------


def _end_instances(engine: Engine, definition_ids: Sequence[int], name: str, actor: Actor) -> int:
    """Terminate what is live, some at a time, so that nobody waits long for the database. How many they were."""
    query = (
        select(process_instance.c.id)
        .where(process_instance.c.process_definition_id.in_(definition_ids), process_instance.c.state.in_(_LIVE))
        .order_by(process_instance.c.id)
        .limit(_ENDED_AT_ONCE)
    )
    reason, ended = f"deployment '{name}' is deleted", 0
    while True:
        with engine.database.read() as connection:
            found = connection.execute(query).scalars().all()
        for instance_id in found:
            # Who ended it in the meantime has told so in its audit.
            with contextlib.suppress(errors.WrongState, errors.NotFound):
                process_instances.terminate(engine, instance_id, actor=actor, reason=reason)
                ended += 1
        if len(found) < _ENDED_AT_ONCE:
            return ended


def _lock_definitions(engine: Engine, connection: Connection, definition_ids: Sequence[int]) -> None:
    """On PostgreSQL: from here on nobody starts an instance of them."""
    query = select(process_definition.c.id).where(process_definition.c.id.in_(definition_ids))
    if not engine.database.is_sqlite:
        connection.execute(query.order_by(process_definition.c.id).with_for_update())


def _lock_instances(engine: Engine, connection: Connection, definition_ids: Sequence[int]) -> int:
    """How many live instances there are; on PostgreSQL they are locked, in order of their ids."""
    query = (
        select(process_instance.c.id)
        .where(
            process_instance.c.process_definition_id.in_(definition_ids),
            process_instance.c.state.in_(_LIVE),
        )
        .order_by(process_instance.c.id)
    )
    if not engine.database.is_sqlite:
        query = query.with_for_update()
    return len(connection.execute(query).all())


def _delete_definition(connection: Connection, definition_id: int) -> None:
    instances = select(process_instance.c.id).where(process_instance.c.process_definition_id == definition_id)
    tasks = select(user_task.c.id).where(user_task.c.process_instance_id.in_(instances))
    connection.execute(sql_delete(user_task_candidate).where(user_task_candidate.c.task_id.in_(tasks)))
    connection.execute(sql_delete(subscription).where(subscription.c.process_definition_id == definition_id))
    for table in (user_task, scope, closing, variable, flow_node_instance, incident, decision_evaluation):
        connection.execute(sql_delete(table).where(table.c.process_instance_id.in_(instances)))
    for table in (job, flow_node_statistics):
        connection.execute(sql_delete(table).where(table.c.process_definition_id == definition_id))
    connection.execute(sql_delete(process_instance).where(process_instance.c.process_definition_id == definition_id))
    connection.execute(sql_delete(process_definition).where(process_definition.c.id == definition_id))


# --- reading rows --------------------------------------------------------------------------------------------

_DEFINITIONS = select(process_definition, resource.c.name.label("resource_name")).join_from(
    process_definition, resource, process_definition.c.resource_id == resource.c.id
)
_LATEST = (
    _DEFINITIONS.where(process_definition.c.key == bindparam("key"))
    .order_by(process_definition.c.version.desc())
    .limit(1)
)


def _get(connection: Connection, deployment_id: int) -> DeploymentView:
    views = _views(connection, [deployment_id])
    if not views:
        raise errors.NotFound(f"Expected a deployment with id '{deployment_id}', but there is none")
    return views[0]


def _views(connection: Connection, ids: Sequence[int]) -> list[DeploymentView]:
    """In the order of `ids`; those that do not exist are left out."""
    found = connection.execute(select(deployment).where(deployment.c.id.in_(ids))).all()
    definitions = connection.execute(
        _DEFINITIONS.where(process_definition.c.deployment_id.in_(ids)).order_by(process_definition.c.id)
    ).all()
    files = connection.execute(
        select(resource.c.deployment_id, resource.c.name, resource.c.digest, func.length(resource.c.content).label("n"))
        .where(resource.c.deployment_id.in_(ids))
        .order_by(resource.c.id)
    ).all()
    decisions = decision_deployments.of_deployments(connection, ids)
    forms = form_definitions.of_deployments(connection, ids)
    views = {
        row.id: DeploymentView(
            id=row.id,
            name=row.name,
            deployed_at=row.deployed_at,
            deployed_by=row.deployed_by,
            process_definitions=tuple(
                _deployed(definition, created=True) for definition in definitions if definition.deployment_id == row.id
            ),
            decision_definitions=tuple(decisions[row.id]),
            resources=tuple(
                ResourceView(name=file.name, digest=file.digest, size=file.n)
                for file in files
                if file.deployment_id == row.id
            ),
            form_definitions=tuple(form for form in forms if form.deployment_id == row.id),
        )
        for row in found
    }
    return [views[id_] for id_ in ids if id_ in views]


def _deployed(row: Any, *, created: bool) -> DeployedDefinitionView:
    return _created(row._mapping, row.resource_name, created=created)


def _created(row: Any, resource_name: str, *, created: bool = True) -> DeployedDefinitionView:
    return DeployedDefinitionView(
        id=row["id"],
        key=row["key"],
        version=row["version"],
        name=row["name"],
        version_tag=row["version_tag"],
        mode=Mode(row["mode"]),
        resource_name=resource_name,
        created=created,
    )
