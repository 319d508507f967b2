"""`/subscriptions`: who waits for a message, a signal or a condition."""

from __future__ import annotations

from baton.app.api.blueprint import noun
from baton.app.api.contract import PUBLISHERS, Call, operation
from baton.app.api.shapes import Answer, Id, Page, PageQuery, Time, id_number, optional_id, time_text
from baton.bpm.runtime import subscriptions
from baton.bpm.runtime.subscriptions import SubscriptionKind

blueprint = noun("subscriptions")


class Subscription(Answer, frozen=True, kw_only=True):
    """`processInstanceId` null: a start event. `flows` are the message flows of guided mode that arrive there."""

    id: Id
    kind: SubscriptionKind
    name: str | None
    correlation_key: str | None
    process_definition_id: Id
    key: str
    process_instance_id: Id | None
    scope_id: Id | None
    token_id: Id | None
    element_id: str
    flows: list[str]
    created_at: Time


class SubscriptionQuery(PageQuery, frozen=True, kw_only=True):
    """Filters are joined by "and"; `key` is the process's."""

    kind: SubscriptionKind | None = None
    name: str | None = None
    process_instance_id: Id | None = None
    key: str | None = None


@blueprint.get("")
@operation(query=SubscriptionQuery, answer=Page[Subscription], roles=PUBLISHERS)
def list_subscriptions(call: Call, query: SubscriptionQuery) -> Page[Subscription]:
    """List open subscriptions of instances and of start events of newest versions, oldest first."""
    page = subscriptions.list_(
        call.engine,
        actor=call.actor,
        kind=query.kind,
        name=query.name,
        process_instance_id=id_number(query.process_instance_id, field="processInstanceId"),
        key=query.key,
        limit=query.limit,
        cursor=query.cursor,
    )
    items = [
        Subscription(
            id=str(view.id),
            kind=view.kind,
            name=view.name,
            correlation_key=view.correlation_key,
            process_definition_id=str(view.process_definition_id),
            key=view.key,
            process_instance_id=optional_id(view.process_instance_id),
            scope_id=optional_id(view.scope_id),
            token_id=optional_id(view.token_id),
            element_id=view.element_id,
            flows=list(view.flows),
            created_at=time_text(view.created_at),
        )
        for view in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)
