"""`/signals`: broadcast."""

from __future__ import annotations

from typing import Annotated

import msgspec

from baton.app.api import variables
from baton.app.api.blueprint import noun
from baton.app.api.contract import PUBLISHERS, Call, operation
from baton.app.api.shapes import Answer, Request, Variables
from baton.bpm.runtime import signals

blueprint = noun("signals")


class Signal(Request, frozen=True, kw_only=True):
    """For everybody who waits for `name`. The body may have 64 kB: every receiver gets the variables."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    variables: Variables = msgspec.field(default_factory=dict)


class Broadcast(Answer, frozen=True, kw_only=True):
    """How many instances get it and how many start events it begins; they do so by jobs of their own, at once."""

    process_instances: int
    starts: int


@blueprint.post("")
@operation(body=Signal, answer=Broadcast, roles=PUBLISHERS)
def broadcast_signal(call: Call, body: Signal) -> Broadcast:
    """Broadcast a signal to every open subscription and every signal start event of a newest version."""
    view = signals.broadcast(call.engine, actor=call.actor, name=body.name, variables=variables.read(body.variables))
    return Broadcast(process_instances=view.process_instances, starts=view.starts)
