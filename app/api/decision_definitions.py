"""`/decision-definitions`: what can be decided, and deciding it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Response

from baton.app.api import variables
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, DECIDERS, EVERYBODY, Call, operation
from baton.app.api.decision_evaluations import DecisionEvaluation
from baton.app.api.process_definitions import file_as_download
from baton.app.api.shapes import Answer, Id, Page, PageQuery, Request, Time, Variables, id_number, time_text
from baton.bpm.runtime import decision_definitions, decision_logic

blueprint = noun("decision-definitions")


class DecisionDefinition(Answer, frozen=True, kw_only=True):
    """`key` is the decision's id in the file, `graphId` the file's own id; versions count from 1 per key."""

    id: Id
    key: str
    version: int
    name: str
    version_tag: str | None
    graph_id: str
    graph_name: str
    deployment_id: Id
    resource_name: str
    deployed_at: Time

    @classmethod
    def of(cls, view: decision_definitions.DecisionDefinitionView) -> DecisionDefinition:
        return cls(
            id=str(view.id),
            key=view.key,
            version=view.version,
            name=view.name,
            version_tag=view.version_tag,
            graph_id=view.graph_id,
            graph_name=view.graph_name,
            deployment_id=str(view.deployment_id),
            resource_name=view.resource_name,
            deployed_at=time_text(view.deployed_at),
        )


class DecisionInput(Answer, frozen=True, kw_only=True):
    """What has to be given. `type` is FEEL's word, empty if unknown; `allowed` lists the texts it may be, if known."""

    name: str
    type: str
    allowed: list[str]


class DecisionColumn(Answer, frozen=True, kw_only=True):
    """`expression` is what an input tests, or the name of an output."""

    label: str
    expression: str
    type: str
    allowed: str


class DecisionRule(Answer, frozen=True, kw_only=True):
    """The texts of its cells, `-` for a test that every value passes; `number` counts from 1."""

    id: str | None
    number: int
    inputs: list[str]
    outputs: list[str]
    note: str


class DecisionTable(Answer, frozen=True, kw_only=True):
    """`aggregation` is empty but for collecting tables that calculate."""

    hit_policy: str
    aggregation: str
    inputs: list[DecisionColumn]
    outputs: list[DecisionColumn]
    rules: list[DecisionRule]


class WrittenDecision(Answer, frozen=True, kw_only=True):
    """A decision as it is written: its `table`, or the text of its `expression`; neither for other logic."""

    id: str
    name: str
    description: str
    table: DecisionTable | None
    expression: str | None


class DecisionLogic(Answer, frozen=True, kw_only=True):
    """`decisions` are those of the file that are made for it, the one asked for first."""

    inputs: list[DecisionInput]
    decisions: list[WrittenDecision]

    @classmethod
    def of(cls, view: decision_logic.DecisionLogicView) -> DecisionLogic:
        return msgspec.convert({"inputs": view.inputs, "decisions": view.decisions}, cls, from_attributes=True)


class DecisionDefinitionQuery(PageQuery, frozen=True, kw_only=True):
    """`latest` leaves out older versions."""

    key: str | None = None
    latest: bool = False
    version_tag: str | None = None
    deployment_id: Id | None = None


class Evaluation(Request, frozen=True, kw_only=True):
    """By `id`, or by `key` with `version` or `versionTag`; the latest unless given."""

    id: Id | None = None
    key: str | None = None
    version: Annotated[int, msgspec.Meta(ge=1, le=999_999_999)] | None = None
    version_tag: str | None = None
    variables: Variables = msgspec.field(default_factory=dict)


@blueprint.get("")
@operation(query=DecisionDefinitionQuery, answer=Page[DecisionDefinition], roles=EVERYBODY)
def list_decision_definitions(call: Call, query: DecisionDefinitionQuery) -> Page[DecisionDefinition]:
    """List decision definitions, newest first."""
    page = decision_definitions.list_(
        call.engine,
        actor=call.actor,
        key=query.key,
        latest=query.latest,
        version_tag=query.version_tag,
        deployment_id=id_number(query.deployment_id, field="deploymentId"),
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[DecisionDefinition.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:decision_definition_id>")
@operation(answer=DecisionDefinition, roles=EVERYBODY, errors=(404,))
def get_decision_definition(call: Call, decision_definition_id: int) -> DecisionDefinition:
    """Get a decision definition."""
    return DecisionDefinition.of(decision_definitions.get(call.engine, decision_definition_id, actor=call.actor))


@blueprint.get("/<id:decision_definition_id>/xml")
@operation(media_type="application/xml", roles=EVERYBODY, errors=(404,))
def get_decision_definition_xml(call: Call, decision_definition_id: int) -> Response:
    """Get the decision's file, byte for byte as it was uploaded."""
    content = decision_definitions.xml(call.engine, decision_definition_id, actor=call.actor)
    return file_as_download(content, "decisions.dmn")


@blueprint.get("/<id:decision_definition_id>/logic")
@operation(answer=DecisionLogic, roles=EVERYBODY, errors=(404,))
def get_decision_logic(call: Call, decision_definition_id: int) -> DecisionLogic:
    """Get what a decision asks for, and its tables as they are written."""
    return DecisionLogic.of(decision_logic.get(call.engine, decision_definition_id, actor=call.actor))


@blueprint.post("/evaluate")
@operation(body=Evaluation, answer=DecisionEvaluation, roles=DECIDERS, errors=(404,), body_limit=BODY_LIMIT)
def evaluate_decision(call: Call, body: Evaluation) -> DecisionEvaluation:
    """Make a decision, and those it requires, with the variables given; it is recorded and audited.

    A decision that fails is an answer too: its `failure` says why, and its `decisions` what was found before.
    """
    view = decision_definitions.evaluate(
        call.engine,
        actor=call.actor,
        decision_definition_id=id_number(body.id, field="id"),
        key=body.key,
        version=body.version,
        version_tag=body.version_tag,
        variables=variables.read(body.variables),
    )
    return DecisionEvaluation.of(view)
