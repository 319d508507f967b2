"""What every live token waits for: the kernel's half of the answer to "why does it not go on?"."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.scope import Scope
from baton.bpm.execution.token import Phase, Token


class MissingFlow(msgspec.Struct, frozen=True):
    """An incoming flow of a join that has no token, and where it comes from."""

    flow_id: str
    name: str
    source_id: str
    source_name: str


class LiveToken(msgspec.Struct, frozen=True, kw_only=True):
    """One live token. `phase` is a `token.Phase` value; `flow_id` the flow on which a joining token waits.

    `job_id` is the open service job, `timers` are `(job id, event element id)` of the token's own timer or
    of boundary timers beside it; `missing_flows` is filled for joining tokens only.
    """

    token_id: int
    scope_id: int
    element_id: str
    element_name: str
    phase: str
    is_manual: bool
    flow_id: str | None
    incident_id: int | None
    job_id: int | None
    timers: tuple[tuple[int, str], ...]
    missing_flows: tuple[MissingFlow, ...] = ()


def live_tokens(instance: ProcessInstance) -> Iterator[LiveToken]:
    """All live tokens of the instance, outer scopes first; loads every scope."""
    scope_ids = [instance.id]
    while scope_ids:
        scope = instance.scope(scope_ids.pop(0))
        for token in scope.tokens.values():
            yield _describe(scope, token)
        scope_ids += instance.child_scope_ids(scope)


def _describe(scope: Scope, token: Token) -> LiveToken:
    node = token.task_spec
    return LiveToken(
        token_id=token.id,
        scope_id=scope.id,
        element_id=node.name,
        element_name=node.title,
        phase=token.phase.value,
        is_manual=token.phase in (Phase.WAITING, Phase.ARMED) and node.is_manual(token),
        flow_id=token.flow,
        incident_id=token.incident_id,
        job_id=token.job_id,
        timers=tuple(token.timers),
        missing_flows=_missing_flows(scope, token),
    )


def _missing_flows(scope: Scope, token: Token) -> tuple[MissingFlow, ...]:
    if token.phase is not Phase.JOINING:
        return ()
    present = scope.joins[token.task_spec.name]
    return tuple(
        MissingFlow(flow.id, flow.name, flow.source.name, flow.source.title)
        for flow in token.task_spec.incoming
        if flow.id not in present
    )
