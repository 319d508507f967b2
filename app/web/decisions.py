"""`/decisions`: what can be decided, by which rules, tried out; and what was decided, with the rules that matched."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request

from baton.app.api.shapes import id_number
from baton.app.web import forms, inputs, page, variable_rows
from baton.bpm import errors
from baton.bpm.decisions.written import WrittenDecision
from baton.bpm.runtime import decision_definitions, decision_evaluations, decision_logic
from baton.bpm.runtime.actors import Actor

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")

LAST_ONES = 10
MOST_RULES = 500
"""That the table without scripts has; the island has all."""


@blueprint.get("")
def index() -> str:
    """The newest version of each decision, newest first."""
    found = decision_definitions.list_(
        page.engine(),
        actor=page.actor(),
        key=page.filters("key").get("key"),
        latest=True,
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    return page.show("decisions/index.html", area="decisions", decisions=found)


@blueprint.get("/<id:decision_definition_id>")
def decision(decision_definition_id: int) -> str:
    """One version: its tables, what it asks for, its other versions, what it decided last."""
    return _decision(page.actor(), decision_definition_id)


@blueprint.post("/<id:decision_definition_id>/evaluate")
def evaluate(decision_definition_id: int) -> page.Answer:
    """Decide with what was typed; a failed decision is shown like any other."""
    forms.check(page.FORM_LIMIT)
    actor = page.actor()
    try:
        made = decision_definitions.evaluate(
            page.engine(),
            actor=actor,
            decision_definition_id=decision_definition_id,
            variables=_given(actor, decision_definition_id),
        )
    except errors.Rejection as error:
        if isinstance(error, errors.NotFound | errors.NotAllowed):
            raise
        return _decision(actor, decision_definition_id, error), error.status
    return redirect(f"/decisions/evaluations/{made.id}", 303)


@blueprint.get("/evaluations")
def evaluations() -> str:
    """What was decided, newest first, by the filters of the address."""
    given = page.filters("key", "processInstanceId")
    found = decision_evaluations.list_(
        page.engine(),
        actor=page.actor(),
        key=given.get("key"),
        process_instance_id=id_number(given.get("processInstanceId"), field="processInstanceId"),
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    return page.show("decisions/evaluations.html", area="decisions", evaluations=found)


@blueprint.get("/evaluations/<id:decision_evaluation_id>")
def evaluation(decision_evaluation_id: int) -> str:
    """How one was decided: inputs, matched rules, outputs, and the decisions that it required."""
    engine, actor = page.engine(), page.actor()
    made = decision_evaluations.get(engine, decision_evaluation_id, actor=actor)
    definition = decision_definitions.get(engine, made.decision_definition_id, actor=actor)
    logic = decision_logic.get(engine, definition.id, actor=actor)
    return page.show(
        "decisions/evaluation.html",
        area="decisions",
        evaluation=made,
        decision=definition,
        made=[(each, _matched(each)) for each in reversed(made.decisions)],
        written={each.id: each for each in logic.decisions},
        rules=_rules_shown,
        matched_ids=[rule["rule_id"] for each in made.decisions for rule in each["matched_rules"] if rule["rule_id"]],
    )


def _given(actor: Actor, decision_definition_id: int) -> dict[str, Any]:
    given = decision_logic.filled(page.engine(), decision_definition_id, inputs.given(), actor=actor)
    return given | variable_rows.sent()


def _decision(actor: Actor, decision_definition_id: int, refusal: errors.Rejection | None = None) -> str:
    engine = page.engine()
    definition = decision_definitions.get(engine, decision_definition_id, actor=actor)
    versions = decision_definitions.list_(
        engine, actor=actor, key=definition.key, limit=page.ROWS, cursor=request.args.get("cursor")
    )
    last = (
        decision_evaluations.list_(engine, actor=actor, key=definition.key, limit=LAST_ONES)
        if actor.is_operator
        else None
    )
    return page.show(
        "decisions/decision.html",
        area="decisions",
        decision=definition,
        versions=versions,
        logic=decision_logic.get(engine, decision_definition_id, actor=actor),
        rules=_rules_shown,
        last=last,
        refusal=refusal,
        given=inputs.given() if refusal else {},
        wrong=inputs.wrong(refusal),
        typed_rows=variable_rows.again(refusal),
    )


def _rules_shown(written: WrittenDecision, matched: frozenset[int] = frozenset()) -> list[Any]:
    """The first rules of a table, and those that matched."""
    rules = written.table.rules if written.table else ()
    return [rule for rule in rules if rule.number <= MOST_RULES or rule.number in matched]


def _matched(made: dict[str, Any]) -> frozenset[int]:
    """The numbers of the rules that matched."""
    return frozenset(rule["index"] for rule in made["matched_rules"])
