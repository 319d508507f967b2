"""Decision definitions: immutable, versioned by key; made on request, besides those that processes make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, insert

from baton.bpm import errors, values
from baton.bpm.definition.elements import Binding
from baton.bpm.execution.decisions import DecisionCall
from baton.bpm.runtime import audit, decision_records, deployed_decisions, versioned
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.decision_evaluations import DecisionEvaluationView, view_of
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.bpm.runtime.told_values import Shape
from baton.models import decision_definition, decision_evaluation

_SELECT = versioned.with_file_name(decision_definition)


class DecisionDefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the decision's id in the file, `graph_id` the id of the file's requirement graph."""

    id: int
    key: str
    version: int
    name: str
    version_tag: str | None
    graph_id: str
    graph_name: str
    deployment_id: int
    resource_name: str
    deployed_at: datetime


def list_(
    engine: Engine,
    *,
    actor: Actor,
    key: str | None = None,
    latest: bool = False,
    version_tag: str | None = None,
    deployment_id: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DecisionDefinitionView]:
    """Newest first; with `latest` only the newest version of each key."""
    query = versioned.narrowed(
        _SELECT, decision_definition, latest=latest, key=key, version_tag=version_tag, deployment_id=deployment_id
    )
    with engine.database.read() as connection:
        return fetch_page(
            connection, query, decision_definition.c.id, _view, limit=limit, cursor=cursor, newest_first=True
        )


def get(engine: Engine, decision_definition_id: int, *, actor: Actor) -> DecisionDefinitionView:
    """Raises `NotFound`."""
    return _view(_row(engine, decision_definition_id))


def xml(engine: Engine, decision_definition_id: int, *, actor: Actor) -> bytes:
    """The file as it was uploaded. Raises `NotFound`."""
    with engine.database.read() as connection:
        content = versioned.file_of(connection, decision_definition, decision_definition_id)
    if content is None:
        raise not_found(decision_definition_id)
    return content


def file_of(engine: Engine, decision_definition_id: int) -> tuple[str, int]:
    """The decision's key, and the id of the file that it is in. Raises `NotFound`."""
    row = _row(engine, decision_definition_id)
    return row.key, row.resource_id


def evaluate(
    engine: Engine,
    *,
    actor: Actor,
    decision_definition_id: int | None = None,
    key: str | None = None,
    version: int | None = None,
    version_tag: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> DecisionEvaluationView:
    """Make a decision by its id, or by key and perhaps version or version tag; the latest unless given.

    It is recorded and audited also when it fails: then `failure` says why. Raises `NotFound`, `NotAllowed`.
    """
    actor.require(Role.OPERATOR, Role.WORKER)
    given = dict(variables or {})
    values.check_limits(given, limits=engine.variable_limits)
    row = _chosen(engine, decision_definition_id, key, version, version_tag)
    now = engine.clock()
    made = engine.decision_models.get(row.resource_id).attempt_any(row.key, given, now=now)
    record = decision_records.record(made, Shape(engine.settings.audit_value_bytes, engine.sensitive))
    written = decision_records.row(
        record,
        id=engine.next_id(),
        decision_definition_id=row.id,
        key=row.key,
        version=row.version,
        evaluated_at=now,
        actor_id=actor.id,
    )
    labels = audit.Labels(occurred_at=now, actor=actor, key=row.key, deployment_id=row.deployment_id)
    told = {
        "evaluation_id": str(written["id"]),
        "decision_definition_id": str(row.id),
        "decision": row.key,
        "version": row.version,
        **record,
    }
    events = audit.rows(
        [audit.Entry("DecisionEvaluated", None, told)],
        labels,
        sequence=None,
        previous_hash=audit.EMPTY_HASH,
        element_name=str,
    )
    with engine.database.write() as connection:
        connection.execute(insert(decision_evaluation), written)
        engine.statements.audit.write(connection, events)
    whole = decision_records.record(made, decision_records.WHOLE, total_bytes=decision_records.NO_LIMIT)
    return view_of(written, whole)


def not_found(decision_definition_id: int) -> errors.NotFound:
    """The rejection for an id that names nothing."""
    return errors.NotFound(f"Expected a decision definition with id '{decision_definition_id}', but there is none")


def _chosen(
    engine: Engine, decision_definition_id: int | None, key: str | None, version: int | None, version_tag: str | None
) -> Row[Any]:
    if decision_definition_id is not None:
        if key is not None or version is not None or version_tag is not None:
            raise errors.InvalidCommand("Expected either an id, or a key with version or version tag", field="id")
        return _row(engine, decision_definition_id)
    if key is None:
        raise errors.InvalidCommand("Expected the key or the id of a decision definition, found neither", field="key")
    if version is not None and version_tag is not None:
        raise errors.InvalidCommand("Expected a version or a version tag, found both", field="versionTag")
    binding = Binding.LATEST
    if version is not None:
        binding = Binding.VERSION
    elif version_tag is not None:
        binding = Binding.VERSION_TAG
    with engine.database.read() as connection:
        found = deployed_decisions.find(connection, DecisionCall(key, binding, version, version_tag))
    return _row(engine, found.id)


def _row(engine: Engine, decision_definition_id: int) -> Row[Any]:
    with engine.database.read() as connection:
        row = connection.execute(_SELECT.where(decision_definition.c.id == decision_definition_id)).first()
    if row is None:
        raise not_found(decision_definition_id)
    return row


def _view(row: Row[Any]) -> DecisionDefinitionView:
    return DecisionDefinitionView(
        id=row.id,
        key=row.key,
        version=row.version,
        name=row.name,
        version_tag=row.version_tag,
        graph_id=row.graph_id,
        graph_name=row.graph_name,
        deployment_id=row.deployment_id,
        resource_name=row.resource_name,
        deployed_at=row.deployed_at,
    )
