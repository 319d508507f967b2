"""Deployments: bringing files in, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select

from baton.bpm import errors
from baton.bpm.definition.elements import Mode, Process
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.execution.specs import build_specs
from baton.bpm.runtime import (
    decision_deployments,
    deployment_audit,
    form_definitions,
    form_references,
    start_subscriptions,
    start_timers,
    uploads,
)
from baton.bpm.runtime import idempotency as idempotency_
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.decision_deployments import DeployedDecisionView
from baton.bpm.runtime.deployment_deletion import delete
from baton.bpm.runtime.deployment_views import (
    LATEST,
    CheckedFileView,
    DeployedDefinitionView,
    DeploymentView,
    FileProblems,
    ResourceView,
    created_view,
    deployed_view,
    get_view,
    views_of,
)
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.form_definitions import FormDefinitionView
from baton.bpm.runtime.pages import Page, fetch_page
from baton.bpm.runtime.uploads import File, Resource, Upload
from baton.models import (
    deployment,
    process_definition,
    resource,
)

__all__ = [
    "CheckedFileView",
    "DeployedDefinitionView",
    "DeploymentView",
    "FileProblems",
    "Resource",
    "ResourceView",
    "check",
    "delete",
    "deploy",
    "get",
    "list_",
]


_DEPLOY_LOCK = 0x6261746F6E646570  # "batondep": versions are counted by one deployment at a time


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
    uploads.check_resources(engine, resources)
    upload = uploads.read(engine, resources, mode, name or resources[0].name, force)
    uploads.check_problems(upload)
    with engine.database.write() as connection:
        if not engine.database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(_DEPLOY_LOCK)))
        written = _write(engine, connection, upload, actor)
        view = msgspec.structs.replace(
            views_of(connection, [written.deployment_id])[0],
            process_definitions=tuple(written.processes),
            decision_definitions=tuple(written.decisions),
            form_definitions=tuple(written.forms),
            problems=uploads.notes(connection, upload, engine.settings),
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
    uploads.check_resources(engine, resources)
    upload = uploads.read(engine, resources, mode, resources[0].name, force=False)
    with engine.database.read() as connection:
        found = {each.resource_name: list(each.problems) for each in uploads.notes(connection, upload, engine.settings)}
    for problem in uploads.duplicates(upload):
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
        return Page(tuple(views_of(connection, page.items)), page.next_cursor)


def get(engine: Engine, deployment_id: int, *, actor: Actor) -> DeploymentView:
    """Raises `NotFound`."""
    with engine.database.read() as connection:
        return get_view(connection, deployment_id)


def _write(engine: Engine, connection: Connection, upload: Upload, actor: Actor) -> _Written:
    """A process whose decision or form is the one deployed with it is new when one of these is."""
    files, force = upload.files, upload.force
    decisions = decision_deployments.Versions(connection, upload.decisions, force=force)
    latest_forms = form_definitions.latest(connection, upload.form_files)
    new_forms = bool(upload.form_files) and (force or form_definitions.changed(upload.form_files, latest_forms))
    latest = {
        process.key: connection.execute(LATEST, {"key": process.key}).first()
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
        processes = [deployed_view(row, created=False) for row in rows]
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
                deployed.append(deployed_view(unchanged[process.key], created=False))
                continue
            before = latest[process.key]
            row: dict[str, Any] = {
                "id": engine.next_id(),
                "key": process.key,
                "version": 1 if before is None else before.version + 1,
                "name": process.name or process.key,
                "version_tag": process.version_tag,
                "mode": process.mode.value,
                "is_listed": process.starters.is_listed,
                "starter_users": msgspec.json.encode(process.starters.users).decode(),
                "starter_groups": msgspec.json.encode(process.starters.groups).decode(),
                "history_time_to_live": process.history_time_to_live,
                "deployment_id": deployment_id,
                "resource_id": resource_ids[file.resource.name],
                "digest": file.digest,
                "deployed_at": now,
            }
            connection.execute(insert(process_definition), row)
            deployed.append(created_view(row, file.resource.name))
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
            deployment_audit.write(engine, connection, actor, "FormDefinitionCreated", deployment_id, data)
    return written


def _insert_resources(engine: Engine, connection: Connection, upload: Upload, deployment_id: int) -> dict[str, int]:
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


def _schedule(engine: Engine, connection: Connection, process: Process, definition_id: int, file: File) -> None:
    try:
        start_timers.schedule(engine, connection, process, definition_id)
    except errors.ExpressionError as error:
        raise _cannot_start(
            process,
            file,
            rule="timer-definition",
            message=f"The start timer of process '{process.key}' cannot be scheduled: {error.message}",
            fix="Give the timer a date, duration or cycle that needs no variables: none exist before the start.",
            expected="start timers that can be scheduled",
        ) from error


def _subscribe(engine: Engine, connection: Connection, process: Process, row: dict[str, Any], file: File) -> None:
    try:
        start_subscriptions.open_(engine, connection, build_specs(process), row["id"], row["deployment_id"])
    except errors.ExpressionError as error:
        raise _cannot_start(
            process,
            file,
            rule="message-definition",
            message=f"A start event of process '{process.key}' cannot be waited for: {error.message}",
            fix="Give its message or signal a name that needs no variables: none exist before the start.",
            expected="start events that can be waited for",
        ) from error


def _cannot_start(
    process: Process, file: File, *, rule: str, message: str, fix: str, expected: str
) -> errors.InvalidDiagram:
    problem = Problem(
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        fix=fix,
        element_id=process.key,
        element_name=process.name,
        line=process.line,
        resource=file.resource.name,
    )
    return errors.InvalidDiagram(f"Expected '{file.resource.name}' to have {expected}", problems=(problem,))


def _audit_deployment(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    name: str,
    written: _Written,
) -> None:
    deployment_id = written.deployment_id
    deployment_audit.write(engine, connection, actor, "DeploymentCreated", deployment_id, {"name": name})
    for view in written.processes:
        if view.created:
            data = {"version": view.version, "name": view.name, "resource_name": view.resource_name}
            deployment_audit.write(
                engine, connection, actor, "ProcessDefinitionCreated", deployment_id, data, definition=view
            )
    for made in written.decisions:
        if made.created:
            data = {
                "decision_definition_id": str(made.id),
                "decision": made.key,
                "version": made.version,
                "name": made.name,
                "resource_name": made.resource_name,
            }
            deployment_audit.write(engine, connection, actor, "DecisionDefinitionCreated", deployment_id, data)
