"""`/decision-evaluations`: which decisions were made, from what, by which rules."""

from __future__ import annotations

from typing import Any

from baton.app.api.blueprint import noun
from baton.app.api.contract import OPERATORS, Call, operation
from baton.app.api.shapes import Answer, Id, Page, PageQuery, Time, id_number, optional_id, time_text
from baton.bpm.runtime import decision_evaluations

blueprint = noun("decision-evaluations")


class MatchedRule(Answer, frozen=True, kw_only=True):
    """A rule that counted; `index` is its number in the table, from 1."""

    table_id: str | None
    rule_id: str | None
    index: int
    outputs: dict[str, Any]


class MadeDecision(Answer, frozen=True, kw_only=True):
    """One of the decisions that were made for the one that was asked for."""

    id: str
    name: str
    inputs: dict[str, Any]
    matched_rules: list[MatchedRule]
    output: Any

    @classmethod
    def of(cls, made: dict[str, Any]) -> MadeDecision:
        rules = [MatchedRule(**rule) for rule in made["matched_rules"]]
        return cls(id=made["id"], name=made["name"], inputs=made["inputs"], matched_rules=rules, output=made["output"])


class DecisionEvaluation(Answer, frozen=True, kw_only=True):
    """`decisions` are all that were made, in order; in the history large values are `{"size", "digest"}`.

    `notes` say why something became null, `failure` why there is no output. The process instance and the element
    are null where the decision was made on request.
    """

    id: Id
    decision_definition_id: Id
    key: str
    version: int
    process_instance_id: Id | None
    process_definition_id: Id | None
    token_id: Id | None
    element_id: str | None
    evaluated_at: Time
    actor_id: str
    inputs: dict[str, Any]
    output: Any
    decisions: list[MadeDecision]
    notes: list[str]
    failure: str | None

    @classmethod
    def of(cls, view: decision_evaluations.DecisionEvaluationView) -> DecisionEvaluation:
        return cls(
            id=str(view.id),
            decision_definition_id=str(view.decision_definition_id),
            key=view.key,
            version=view.version,
            process_instance_id=optional_id(view.process_instance_id),
            process_definition_id=optional_id(view.process_definition_id),
            token_id=optional_id(view.token_id),
            element_id=view.element_id,
            evaluated_at=time_text(view.evaluated_at),
            actor_id=view.actor_id,
            inputs=view.inputs,
            output=view.output,
            decisions=[MadeDecision.of(made) for made in view.decisions],
            notes=view.notes,
            failure=view.failure,
        )


class DecisionEvaluationQuery(PageQuery, frozen=True, kw_only=True):
    """Filters are joined by "and"; `key` is the decision's."""

    key: str | None = None
    decision_definition_id: Id | None = None
    process_instance_id: Id | None = None


@blueprint.get("")
@operation(query=DecisionEvaluationQuery, answer=Page[DecisionEvaluation], roles=OPERATORS)
def list_decision_evaluations(call: Call, query: DecisionEvaluationQuery) -> Page[DecisionEvaluation]:
    """List decisions that were made, newest first."""
    page = decision_evaluations.list_(
        call.engine,
        actor=call.actor,
        key=query.key,
        decision_definition_id=id_number(query.decision_definition_id, field="decisionDefinitionId"),
        process_instance_id=id_number(query.process_instance_id, field="processInstanceId"),
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[DecisionEvaluation.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:decision_evaluation_id>")
@operation(answer=DecisionEvaluation, roles=OPERATORS, errors=(404,))
def get_decision_evaluation(call: Call, decision_evaluation_id: int) -> DecisionEvaluation:
    """Get a decision that was made."""
    return DecisionEvaluation.of(decision_evaluations.get(call.engine, decision_evaluation_id, actor=call.actor))
