"""The history of decisions: each time one was made, by a process or on request, or failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select

from baton.bpm import errors
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import decision_evaluation

_decode = msgspec.json.Decoder().decode


class DecisionEvaluationView(msgspec.Struct, frozen=True, kw_only=True):
    """Values are in their HTTP form; `decisions` as `decision_records.record` has them.

    The process instance, token and element are those of the business rule task, None where it was made on request.
    """

    id: int
    decision_definition_id: int
    key: str
    version: int
    process_instance_id: int | None
    process_definition_id: int | None
    token_id: int | None
    element_id: str | None
    evaluated_at: datetime
    actor_id: str
    inputs: dict[str, Any]
    output: Any
    decisions: list[dict[str, Any]]
    notes: list[str]
    failure: str | None


def list_(
    engine: Engine,
    *,
    actor: Actor,
    key: str | None = None,
    decision_definition_id: int | None = None,
    process_instance_id: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DecisionEvaluationView]:
    """Newest first. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    query = select(decision_evaluation)
    for column, wanted in (
        (decision_evaluation.c.key, key),
        (decision_evaluation.c.decision_definition_id, decision_definition_id),
        (decision_evaluation.c.process_instance_id, process_instance_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    with engine.database.read() as connection:
        return fetch_page(
            connection, query, decision_evaluation.c.id, _view, limit=limit, cursor=cursor, newest_first=True
        )


def get(engine: Engine, evaluation_id: int, *, actor: Actor) -> DecisionEvaluationView:
    """Raises `NotFound`."""
    actor.require(Role.OPERATOR)
    query = select(decision_evaluation).where(decision_evaluation.c.id == evaluation_id)
    with engine.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound(f"Expected a decision evaluation with id '{evaluation_id}', but there is none")
    return _view(row)


def view_of(row: Mapping[str, Any], made: Mapping[str, Any]) -> DecisionEvaluationView:
    """Of a row with a record of its own, which may be larger than the row's."""
    return DecisionEvaluationView(
        id=row["id"],
        decision_definition_id=row["decision_definition_id"],
        key=row["key"],
        version=row["version"],
        process_instance_id=row["process_instance_id"],
        process_definition_id=row["process_definition_id"],
        token_id=row["token_id"],
        element_id=row["element_id"],
        evaluated_at=row["evaluated_at"],
        actor_id=row["actor_id"],
        inputs=made["inputs"],
        output=made["output"],
        decisions=made["decisions"],
        notes=made.get("notes", []),
        failure=row["failure"],
    )


def _view(row: Row[Any]) -> DecisionEvaluationView:
    made = {name: _decode(getattr(row, name)) for name in ("inputs", "output", "decisions", "notes")}
    return view_of(row._asdict(), made)
