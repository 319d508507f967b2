"""`/process-instances/{id}/...`: the path taken, the instance as it was, its scopes, who called whom."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from apiflask import APIBlueprint

from baton.app.api.blueprint import PREFIX
from baton.app.api.contract import PEOPLE, Call, operation
from baton.app.api.shapes import Answer, Id, Page, PageQuery, Request, Time, optional_id, time_text
from baton.bpm import replay
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import call_hierarchy, history, scopes

blueprint = APIBlueprint("instance_history", __name__, url_prefix=f"{PREFIX}/process-instances")


class Path(Answer, frozen=True, kw_only=True):
    """How often each sequence flow was taken and each flow node left, by id.

    `fromSequence` is above 1 for an instance of more than 20000 events: then it is the path of the last of them.
    """

    from_sequence: int
    flows: dict[str, int]
    flow_nodes: dict[str, int]


class PastQuery(Request, frozen=True, kw_only=True):
    """`at` is the number of an audit event; the last one unless given. 200000 events are read for one answer: one that
    is further from what was read before is refused, and asked again it goes on from there.
    """

    at: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None


class PastToken(Answer, frozen=True, kw_only=True):
    """At a flow node, since the event numbered `since`."""

    id: Id
    element_id: str
    scope_id: Id
    since: int


class PastScope(Answer, frozen=True, kw_only=True):
    """The process (`parentId` null), a sub-process or one instance of a loop, with its variables as the audit tells
    them: long ones by size and digest, sensitive ones by type.
    """

    id: Id
    element_id: str
    parent_id: Id | None
    variables: dict[str, Any]


class PastActivity(Answer, frozen=True, kw_only=True):
    """The variables that a live activity, by its token, has for itself: inputs of mappings, what a message brought."""

    token_id: Id
    element_id: str
    variables: dict[str, Any]


class PastState(Answer, frozen=True, kw_only=True):
    """After the event `sequence` of `lastSequence` so far, which `actorId` caused.

    `incidents` are the elements of open incidents by id; `flows` and `flowNodes` the path up to there.
    """

    sequence: int
    last_sequence: int
    occurred_at: Time
    actor_kind: str
    actor_id: str
    type: str
    element_id: str | None
    element_name: str | None
    state: str
    tokens: list[PastToken]
    scopes: list[PastScope]
    activities: list[PastActivity]
    incidents: dict[str, str]
    flows: dict[str, int]
    flow_nodes: dict[str, int]

    @classmethod
    def of(cls, view: history.PastStateView) -> PastState:
        past = view.past
        return cls(
            sequence=view.sequence,
            last_sequence=view.last_sequence,
            occurred_at=time_text(view.occurred_at),
            actor_kind=view.actor_kind,
            actor_id=view.actor_id,
            type=view.type,
            element_id=view.element_id,
            element_name=view.element_name,
            state=past.state,
            tokens=[
                PastToken(
                    id=str(token.id), element_id=token.element_id, scope_id=str(token.scope_id), since=token.since
                )
                for token in past.tokens.values()
            ],
            scopes=_scopes(past),
            activities=[
                PastActivity(token_id=str(id_), element_id=past.tokens[id_].element_id, variables=variables)
                for id_, variables in past.own_variables().items()
            ],
            incidents={str(id_): element_id for id_, element_id in past.incidents.items()},
            flows=dict(past.flows),
            flow_nodes=dict(past.visits),
        )


def _scopes(past: replay.InstanceState) -> list[PastScope]:
    variables = past.seen_variables()
    return [
        PastScope(
            id=str(scope.id),
            element_id=scope.element_id,
            parent_id=optional_id(scope.parent_id),
            variables=variables.get(scope.id, {}),
        )
        for scope in past.scopes.values()
    ]


class Scope(Answer, frozen=True, kw_only=True):
    """Where variables are: the process (`parentId` null), or what the token `parentTokenId` has opened."""

    id: Id
    element_id: str
    element_name: str
    parent_id: Id | None
    parent_token_id: Id | None


class CalledInstance(Answer, frozen=True, kw_only=True):
    """`callerElementId` is the call activity of `callerId`; `depth` counts the callers above."""

    id: Id
    process_definition_id: Id
    key: str
    business_key: str | None
    state: ProcessInstanceState
    depth: int
    caller_id: Id | None
    caller_element_id: str | None

    @classmethod
    def of(cls, view: call_hierarchy.CalledView) -> CalledInstance:
        return cls(
            id=str(view.id),
            process_definition_id=str(view.process_definition_id),
            key=view.key,
            business_key=view.business_key,
            state=view.state,
            depth=view.depth,
            caller_id=optional_id(view.caller_id),
            caller_element_id=view.caller_element_id,
        )


class CallHierarchy(Answer, frozen=True, kw_only=True):
    """`callers` outermost first; `called` nearest first, at most 500: `more` says that there are others."""

    callers: list[CalledInstance]
    called: list[CalledInstance]
    more: bool


@blueprint.get("/<id:process_instance_id>/path")
@operation(answer=Path, roles=PEOPLE, errors=(404,))
def get_path(call: Call, process_instance_id: int) -> Path:
    """Get the path taken so far."""
    view = history.path(call.engine, process_instance_id, actor=call.actor)
    return Path(from_sequence=view.from_sequence, flows=view.flows, flow_nodes=view.flow_nodes)


@blueprint.get("/<id:process_instance_id>/history")
@operation(query=PastQuery, answer=PastState, roles=PEOPLE, errors=(404,))
def get_past_state(call: Call, process_instance_id: int, query: PastQuery) -> PastState:
    """Get the instance as it was after one of its events: tokens, variables and who acted."""
    return PastState.of(history.at(call.engine, process_instance_id, actor=call.actor, sequence=query.at))


@blueprint.get("/<id:process_instance_id>/scopes")
@operation(query=PageQuery, answer=Page[Scope], roles=PEOPLE, errors=(404,))
def list_scopes(call: Call, process_instance_id: int, query: PageQuery) -> Page[Scope]:
    """List the live scopes, in each of which variables can be set."""
    page = scopes.list_(call.engine, process_instance_id, actor=call.actor, limit=query.limit, cursor=query.cursor)
    items = [
        Scope(
            id=str(view.id),
            element_id=view.element_id,
            element_name=view.element_name,
            parent_id=optional_id(view.parent_id),
            parent_token_id=optional_id(view.parent_token_id),
        )
        for view in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)


@blueprint.get("/<id:process_instance_id>/call-hierarchy")
@operation(answer=CallHierarchy, roles=PEOPLE, errors=(404,))
def get_call_hierarchy(call: Call, process_instance_id: int) -> CallHierarchy:
    """Get who called the instance, and whom it called."""
    view = call_hierarchy.of(call.engine, process_instance_id, actor=call.actor)
    return CallHierarchy(
        callers=[CalledInstance.of(caller) for caller in view.callers],
        called=[CalledInstance.of(called) for called in view.called],
        more=view.more,
    )
