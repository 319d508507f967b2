"""Deployments as they are read: with their definitions and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.runtime import (
    decision_deployments,
    form_definitions,
)
from baton.bpm.runtime.decision_deployments import DeployedDecisionView
from baton.bpm.runtime.form_definitions import FormDefinitionView
from baton.models import (
    deployment,
    process_definition,
    resource,
)


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


_DEFINITIONS = select(process_definition, resource.c.name.label("resource_name")).join_from(
    process_definition, resource, process_definition.c.resource_id == resource.c.id
)
LATEST = (
    _DEFINITIONS.where(process_definition.c.key == bindparam("key"))
    .order_by(process_definition.c.version.desc())
    .limit(1)
)


def get_view(connection: Connection, deployment_id: int) -> DeploymentView:
    """Raises `NotFound`."""
    views = views_of(connection, [deployment_id])
    if not views:
        raise errors.NotFound(f"Expected a deployment with id '{deployment_id}', but there is none")
    return views[0]


def views_of(connection: Connection, ids: Sequence[int]) -> list[DeploymentView]:
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
                deployed_view(definition, created=True)
                for definition in definitions
                if definition.deployment_id == row.id
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


def deployed_view(row: Any, *, created: bool) -> DeployedDefinitionView:
    """Of a row of `LATEST`."""
    return created_view(row._mapping, row.resource_name, created=created)


def created_view(row: Any, resource_name: str, *, created: bool = True) -> DeployedDefinitionView:
    """Of the columns of a definition."""
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
