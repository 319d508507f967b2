"""`/messages`: publish, see what waits, withdraw."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from baton.app.api import variables
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, PUBLISHERS, Call, operation
from baton.app.api.shapes import (
    Answer,
    Id,
    Nothing,
    Page,
    PageQuery,
    Request,
    Time,
    Variables,
    id_number,
    optional_id,
    optional_time,
    time_text,
)
from baton.bpm import values
from baton.bpm.runtime import messages

blueprint = noun("messages")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Publication(Request, frozen=True, kw_only=True):
    """A message for exactly one: by `correlationKey`, or by what else is given.

    `timeToLive` is seconds that it waits if nobody waits for it yet. The same `messageId` again happens once.
    """

    name: Name
    correlation_key: Annotated[
        Any, msgspec.Meta(description='A text, number or other plain value; 1 and "1" differ.')
    ] = None
    business_key: Name | None = None
    process_instance_id: Id | None = None
    correlation_variables: Variables = msgspec.field(default_factory=dict)
    variables: Variables = msgspec.field(default_factory=dict)
    time_to_live: Annotated[float, msgspec.Meta(ge=0, le=messages.MOST_SECONDS_TO_LIVE)] = 0.0
    message_id: Name | None = None


class Published(Answer, frozen=True, kw_only=True):
    """What became of it: `correlated` with the element of an instance, `started` one, or `buffered` until a time."""

    outcome: messages.Outcome
    process_instance_id: Id | None
    key: str | None
    element_id: str | None
    id: Id | None
    expires_at: Time | None


class Message(Answer, frozen=True, kw_only=True):
    """A message that waits. `correlationKey` is its JSON as text."""

    id: Id
    name: str
    correlation_key: str | None
    business_key: str | None
    message_id: str | None
    variables: dict[str, Any]
    published_at: Time
    published_by: str | None
    expires_at: Time


class MessageQuery(PageQuery, frozen=True, kw_only=True):
    """Messages of one name only."""

    name: str | None = None


@blueprint.post("")
@operation(body=Publication, answer=Published, roles=PUBLISHERS, errors=(404, 409), body_limit=BODY_LIMIT)
def publish_message(call: Call, body: Publication) -> Published:
    """Publish a message to the one who waits for it, or to the start event it begins.

    Nobody waiting is a 404 unless it has a time to live; several are a 409 that lists them; a suspended one is a 409.
    """
    view = messages.publish(
        call.engine,
        actor=call.actor,
        name=body.name,
        correlation_key=values.from_json(body.correlation_key, None, field="correlationKey"),
        business_key=body.business_key,
        process_instance_id=id_number(body.process_instance_id, field="processInstanceId"),
        correlation_variables=variables.read(body.correlation_variables),
        variables=variables.read(body.variables),
        time_to_live=body.time_to_live,
        message_id=body.message_id,
    )
    return Published(
        outcome=view.outcome,
        process_instance_id=optional_id(view.process_instance_id),
        key=view.key,
        element_id=view.element_id,
        id=optional_id(view.id),
        expires_at=optional_time(view.expires_at),
    )


@blueprint.get("")
@operation(query=MessageQuery, answer=Page[Message], roles=PUBLISHERS)
def list_messages(call: Call, query: MessageQuery) -> Page[Message]:
    """List messages that wait for somebody, oldest first."""
    page = messages.list_(call.engine, actor=call.actor, name=query.name, limit=query.limit, cursor=query.cursor)
    items = [
        Message(
            id=str(view.id),
            name=view.name,
            correlation_key=view.correlation_key,
            business_key=view.business_key,
            message_id=view.message_id,
            variables=variables.write(view.variables),
            published_at=time_text(view.published_at),
            published_by=view.published_by,
            expires_at=time_text(view.expires_at),
        )
        for view in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)


@blueprint.delete("/<id:id_>")
@operation(answer=Nothing, roles=PUBLISHERS, errors=(404,))
def delete_message(call: Call, id_: int) -> Nothing:
    """Withdraw a message that waits."""
    messages.withdraw(call.engine, id_, actor=call.actor)
    return Nothing()
