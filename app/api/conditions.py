"""`/conditions`: evaluate the conditional start events of processes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from baton.app.api import variables
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, PUBLISHERS, Call, operation
from baton.app.api.shapes import Answer, Id, Request, Variables
from baton.bpm.runtime import conditional_starts

blueprint = noun("conditions")


class Evaluation(Request, frozen=True, kw_only=True):
    """What the conditions see, and what the instances begin with. `processDefinitionKey`: of this process only."""

    variables: Variables
    business_key: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None
    process_definition_key: str | None = None


class StartedByCondition(Answer, frozen=True, kw_only=True):
    """An instance that began because the condition of the start event `elementId` held."""

    process_instance_id: Id
    process_definition_id: Id
    key: str
    element_id: str


class UndecidedCondition(Answer, frozen=True, kw_only=True):
    """A condition that could not be decided, and why; it started nothing."""

    key: str
    element_id: str
    reason: str


class Evaluated(Answer, frozen=True, kw_only=True):
    """Both are empty if no condition held."""

    started: list[StartedByCondition]
    undecided: list[UndecidedCondition]


@blueprint.post("")
@operation(body=Evaluation, answer=Evaluated, roles=PUBLISHERS, body_limit=BODY_LIMIT)
def evaluate_conditions(call: Call, body: Evaluation) -> Evaluated:
    """Start an instance for each conditional start event of a newest version that holds."""
    view = conditional_starts.evaluate(
        call.engine,
        actor=call.actor,
        variables=variables.read(body.variables),
        business_key=body.business_key,
        key=body.process_definition_key,
    )
    return Evaluated(
        started=[
            StartedByCondition(
                process_instance_id=str(one.process_instance_id),
                process_definition_id=str(one.process_definition_id),
                key=one.key,
                element_id=one.element_id,
            )
            for one in view.started
        ],
        undecided=[
            UndecidedCondition(key=one.key, element_id=one.element_id, reason=one.reason) for one in view.undecided
        ],
    )
