"""The decisions of a deployment: files read together, versions counted per key, rows written and deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy import delete as sql_delete

from baton.bpm import errors
from baton.bpm.decisions import DecisionDiagram
from baton.bpm.decisions.bundle import imported_files, is_dmn, read_bundle
from baton.bpm.decisions.elements import Decision, DecisionService
from baton.bpm.definition.elements import Binding, BusinessRuleTask, Process
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.execution.decisions import DecisionCall
from baton.bpm.runtime import deployed_decisions
from baton.bpm.runtime.duplicate_keys import Keyed
from baton.bpm.runtime.engine import Engine
from baton.models import decision_definition, decision_evaluation, resource


class DeployedDecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """`created` False: the latest version has the same content and stays. `key` is the decision's id in the file."""

    id: int
    key: str
    version: int
    name: str
    version_tag: str | None
    resource_name: str
    created: bool


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """A file of decisions that was read. `digest` covers the files that it imports too."""

    name: str
    diagram: DecisionDiagram
    digest: str

    @property
    def decisions(self) -> Sequence[Decision | DecisionService]:
        """The decisions and decision services of the file, in its order."""
        return () if self.diagram.model is None else self.diagram.model.invocables


def holds_decisions(name: str, content: bytes) -> bool:
    """True for a `.dmn` file, whatever its name."""
    return name.lower().endswith(".dmn") or is_dmn(content)


def read(contents: Mapping[str, bytes], limits: Limits) -> list[DecisionFile]:
    """The files by name, each seeing the others as what it may import."""
    imported = imported_files(contents, limits)
    files = []
    for name, diagram in read_bundle(contents, limits).items():
        digest = hashlib.sha256(contents[name])
        for other in sorted(imported[name]):
            digest.update(hashlib.sha256(contents[other]).digest())
        files.append(DecisionFile(name, diagram, digest.hexdigest()))
    return files


def keys(files: Sequence[DecisionFile]) -> Iterable[Keyed]:
    """What the files bring, by its keys."""
    for file in files:
        for decision in file.decisions:
            yield Keyed("decision", decision.id, decision.name, 0, file.name)


def missing(connection: Connection, process: Process, files: Sequence[DecisionFile]) -> Iterable[Problem]:
    """A warning for each decision that the process names and that is neither uploaded nor deployed."""
    uploaded = {decision.id: decision for file in files for decision in file.decisions}
    for node in process.elements.walk():
        if not isinstance(node, BusinessRuleTask):
            continue
        call = _named_call(node)
        if call is None or _is_uploaded(call, uploaded.get(call.key)) or _is_deployed(connection, call):
            continue
        together = call.binding is Binding.DEPLOYMENT
        yield Problem(
            rule="decision-not-deployed",
            severity=Severity.WARNING,
            message=f"The decision {call} of the business rule task '{node.name or node.id}' is not deployed.",
            fix="Upload its .dmn file together with this one."
            if together
            else "Deploy its .dmn file before the task runs.",
            element_id=node.id,
            element_name=node.name or None,
            line=node.line,
        )


def is_bound_to_deployment(process: Process) -> bool:
    """True if a decision that the process calls is the one uploaded with it."""
    return any(
        isinstance(node, BusinessRuleTask) and node.called_decision.binding is Binding.DEPLOYMENT
        for node in process.elements.walk()
    )


def _named_call(node: BusinessRuleTask) -> DecisionCall | None:
    """The call, if nothing of it is known at run time only."""
    called = node.called_decision
    if not isinstance(called.decision, str) or not isinstance(called.version, str | None):
        return None
    if not isinstance(called.version_tag, str | None):
        return None
    version = None if called.version is None else int(called.version)
    return DecisionCall(called.decision, called.binding, version, called.version_tag)


def _is_uploaded(call: DecisionCall, decision: Decision | DecisionService | None) -> bool:
    if decision is None or call.binding is Binding.VERSION:
        return False
    return call.binding is not Binding.VERSION_TAG or call.version_tag == _version_tag(decision)


def _version_tag(decision: Decision | DecisionService) -> str | None:
    return decision.version_tag if isinstance(decision, Decision) else None


def _is_deployed(connection: Connection, call: DecisionCall) -> bool:
    if call.binding is Binding.DEPLOYMENT:
        return False
    try:
        deployed_decisions.find(connection, call)
    except errors.NotFound:
        return False
    return True


# --- writing -------------------------------------------------------------------------------------------------

_DEFINITIONS = select(decision_definition, resource.c.name.label("resource_name")).join_from(
    decision_definition, resource, decision_definition.c.resource_id == resource.c.id
)
_LATEST = (
    _DEFINITIONS.where(decision_definition.c.key == bindparam("key"))
    .order_by(decision_definition.c.version.desc())
    .limit(1)
)


class Versions:
    """The latest versions of the files' decisions before they are written, and which of them stay as they are."""

    def __init__(self, connection: Connection, files: Sequence[DecisionFile], *, force: bool) -> None:
        self._latest: dict[str, Any] = {}
        self.unchanged: dict[str, Any] = {}
        for file in files:
            for decision in file.decisions:
                row = connection.execute(_LATEST, {"key": decision.id}).first()
                self._latest[decision.id] = row
                if not force and row is not None and row.digest == file.digest:
                    self.unchanged[decision.id] = row

    @property
    def changes(self) -> bool:
        """True if there is something to write."""
        return len(self.unchanged) < len(self._latest)

    def kept(self) -> list[DeployedDecisionView]:
        """The versions that stay."""
        return [view(row, created=False) for row in self.unchanged.values()]

    def write(
        self,
        engine: Engine,
        connection: Connection,
        file: DecisionFile,
        *,
        deployment_id: int,
        resource_id: int,
        now: datetime,
    ) -> list[DeployedDecisionView]:
        """The file's definitions, new ones and those that stay."""
        views: list[DeployedDecisionView] = []
        model = file.diagram.model
        assert model is not None
        for decision in file.decisions:
            if decision.id in self.unchanged:
                views.append(view(self.unchanged[decision.id], created=False))
                continue
            before = self._latest[decision.id]
            row: dict[str, Any] = {
                "id": engine.next_id(),
                "key": decision.id,
                "version": 1 if before is None else before.version + 1,
                "name": decision.name or decision.id,
                "version_tag": _version_tag(decision),
                "graph_id": model.id,
                "graph_name": model.name or model.id,
                "deployment_id": deployment_id,
                "resource_id": resource_id,
                "digest": file.digest,
                "deployed_at": now,
            }
            connection.execute(insert(decision_definition), row)
            views.append(
                DeployedDecisionView(
                    id=row["id"],
                    key=row["key"],
                    version=row["version"],
                    name=row["name"],
                    version_tag=row["version_tag"],
                    resource_name=file.name,
                    created=True,
                )
            )
        return views


def of_deployments(connection: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[DeployedDecisionView]]:
    """The definitions that each deployment made."""
    rows = connection.execute(
        _DEFINITIONS.where(decision_definition.c.deployment_id.in_(ids)).order_by(decision_definition.c.id)
    ).all()
    found: dict[int, list[DeployedDecisionView]] = {id_: [] for id_ in ids}
    for row in rows:
        found[row.deployment_id].append(view(row, created=True))
    return found


def delete(connection: Connection, deployment_id: int) -> list[int]:
    """Delete a deployment's decisions and what they were evaluated to; the ids of their files."""
    own = select(decision_definition.c.id).where(decision_definition.c.deployment_id == deployment_id)
    files = select(decision_definition.c.resource_id).where(decision_definition.c.deployment_id == deployment_id)
    resource_ids = list(connection.execute(files.distinct()).scalars())
    connection.execute(sql_delete(decision_evaluation).where(decision_evaluation.c.decision_definition_id.in_(own)))
    connection.execute(sql_delete(decision_definition).where(decision_definition.c.deployment_id == deployment_id))
    return resource_ids


def view(row: Any, *, created: bool) -> DeployedDecisionView:
    """Of a row with the name of its file."""
    return DeployedDecisionView(
        id=row.id,
        key=row.key,
        version=row.version,
        name=row.name,
        version_tag=row.version_tag,
        resource_name=row.resource_name,
        created=created,
    )
