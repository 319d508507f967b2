"""Deployed decisions as the kernel asks for them: found by key and binding, compiled once per file and kept."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, select

from baton.bpm import errors
from baton.bpm.decisions import DecisionModel
from baton.bpm.decisions.bundle import imported_files, is_dmn, read_bundle
from baton.bpm.definition.elements import Binding
from baton.bpm.execution.decisions import DecisionCall, FoundDecision
from baton.bpm.runtime.database import Database
from baton.bpm.runtime.recently_used import MEGABYTE, RecentlyUsed
from baton.models import decision_definition, resource

_KEPT = 256
_KEPT_BYTES = 32 * MEGABYTE
_BYTES_PER_CHARACTER = 30

_found = select(
    decision_definition.c.id,
    decision_definition.c.key,
    decision_definition.c.version,
    decision_definition.c.resource_id,
).where(decision_definition.c.key == bindparam("key"))
_newest = _found.order_by(decision_definition.c.version.desc()).limit(1)
_uploaded = resource.alias("uploaded")
_own = resource.alias("own")
FIND: dict[Binding, Select[Any]] = {
    Binding.LATEST: _newest,
    Binding.VERSION: _newest.where(decision_definition.c.version == bindparam("version")),
    Binding.VERSION_TAG: _newest.where(decision_definition.c.version_tag == bindparam("version_tag")),
    # An upload of a file that had not changed made no new version: the one of then was deployed before, and has the
    # same content as the file of this deployment.
    Binding.DEPLOYMENT: _newest.where(
        decision_definition.c.deployment_id <= bindparam("deployment_id"),
        exists().where(
            _own.c.id == decision_definition.c.resource_id,
            _uploaded.c.deployment_id == bindparam("deployment_id"),
            _uploaded.c.digest == _own.c.digest,
        ),
    ),
}


def find(connection: Connection, call: DecisionCall, *, deployment_id: int | None = None) -> Row[Any]:
    """Id, key, version and resource of the decision; `deployment_id` is the caller's. Raises `NotFound`."""
    match call.binding:
        case Binding.LATEST:
            more: dict[str, Any] = {}
        case Binding.VERSION:
            more = {"version": call.version}
        case Binding.VERSION_TAG:
            more = {"version_tag": call.version_tag}
        case Binding.DEPLOYMENT:
            more = {"deployment_id": deployment_id}
    row = connection.execute(FIND[call.binding], {"key": call.key, **more}).first()
    if row is None:
        raise errors.NotFound(f"Expected a deployed decision {call}, but there is none")
    return row


class DecisionModels:
    """The cache of compiled files, by resource; the least recently used go first. Safe between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: RecentlyUsed[DecisionModel] = RecentlyUsed(_KEPT, _KEPT_BYTES)

    def get(self, resource_id: int, connection: Connection | None = None) -> DecisionModel:
        """The file's model with those it imports; read by `connection` if one is given. Raises `NotFound`."""
        found = self._cache.get(resource_id)
        if found is not None:
            return found
        with self._database.read() if connection is None else nullcontext(connection) as reader:
            built, characters = _build(reader, resource_id)
        self._cache.put(resource_id, built, characters * _BYTES_PER_CHARACTER)
        return built

    def forget(self, resource_id: int) -> None:
        """It was deleted."""
        self._cache.forget(resource_id)


class DeployedDecisions:
    """The kernel's `DecisionSource` for one command; without a connection of the command's it reads on its own."""

    def __init__(
        self, database: Database, models: DecisionModels, deployment_id: int, connection: Connection | None = None
    ) -> None:
        self._database = database
        self._models = models
        self._deployment_id = deployment_id
        self._connection = connection

    def find(self, call: DecisionCall) -> FoundDecision:
        """Raises `NotFound`."""
        with self._database.read() if self._connection is None else nullcontext(self._connection) as connection:
            row = find(connection, call, deployment_id=self._deployment_id)
            model = self._models.get(row.resource_id, connection)
        return FoundDecision(row.id, row.key, row.version, model)


def _build(connection: Connection, resource_id: int) -> tuple[DecisionModel, int]:
    """The model, and how long the files are that it was made of."""
    own = select(resource.c.deployment_id).where(resource.c.id == resource_id).scalar_subquery()
    rows = connection.execute(
        select(resource.c.id, resource.c.name, resource.c.content).where(resource.c.deployment_id == own)
    ).all()
    names = {row.id: row.name for row in rows}
    if resource_id not in names:
        raise errors.NotFound(f"Expected a file with id '{resource_id}', but it was deleted")
    files = {row.name: bytes(row.content) for row in rows if row.id == resource_id or is_dmn(row.content)}
    name = names[resource_id]
    needed = imported_files(files)[name] | {name}
    diagram = read_bundle({file: content for file, content in files.items() if file in needed})[name]
    if diagram.model is None:
        problems = "; ".join(problem.message for problem in diagram.problems[:3])
        raise errors.BatonError(
            f"Expected the stored file '{name}' to hold decisions, "
            f"but this version of Baton does not find them there: {problems}"
        )
    return diagram.model, sum(len(files[file]) for file in needed)
