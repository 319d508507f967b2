"""`/batches`: the same deed on many process instances."""

from __future__ import annotations

from typing import Annotated

import msgspec

from baton.app.api.blueprint import noun
from baton.app.api.contract import OPERATORS, Call, operation
from baton.app.api.process_instances import InstanceSearch, instance_filter
from baton.app.api.shapes import Answer, Id, Request, Time, id_number, time_text
from baton.bpm import errors
from baton.bpm.runtime import batches
from baton.bpm.runtime.job_kinds import Deed

blueprint = noun("batches")


class Batch(Answer, frozen=True, kw_only=True):
    """`instances` are those it will be done to, one after the other; `more`: the filter fits others too, ask again."""

    id: Id
    deed: Deed
    instances: int
    more: bool


class BatchProgress(Answer, frozen=True, kw_only=True):
    """`remaining` of `instances` are still to be done; those that were left out count as done."""

    id: Id
    deed: Deed
    instances: int
    remaining: int
    reason: str
    requested_at: Time
    requested_by: str


class BatchCount(Answer, frozen=True, kw_only=True):
    """`instances` are those that are found; `more`: there are others, beyond what one batch takes."""

    instances: int
    more: bool


class BatchCountRequest(Request, frozen=True, kw_only=True):
    """`filter` as for a batch; with a `deed` only those count that are in a state for it."""

    filter: InstanceSearch
    deed: Deed | None = None


class BatchRequest(Request, frozen=True, kw_only=True):
    """Either `ids` or `filter`, whose members are those of the list; `reason` is for the audit."""

    deed: Deed
    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=1000)] | None = None
    filter: InstanceSearch | None = None
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


@blueprint.post("")
@operation(body=BatchRequest, answer=Batch, status=202, roles=OPERATORS)
def request_batch(call: Call, body: BatchRequest) -> Batch:
    """Terminate, suspend or resume many instances, or resolve their incidents: each in a transaction of its own.

    The answer comes when all of it is written down; instances that are not in a state for it then are left out. A
    filter has at least one member: all that run are `{"state": "active"}`.
    """
    if body.filter == InstanceSearch():
        raise errors.InvalidCommand(
            'Expected a filter with at least one member, found none; all that run are {"state": "active"}',
            field="filter",
        )
    view = batches.request(
        call.engine,
        body.deed,
        actor=call.actor,
        ids=None if body.ids is None else [id_number(id_, field="ids") or 0 for id_ in body.ids],
        wanted=None if body.filter is None else instance_filter(body.filter),
        reason=body.reason,
    )
    return Batch(id=str(view.id), deed=view.deed, instances=view.instances, more=view.more)


@blueprint.post("/count")
@operation(body=BatchCountRequest, answer=BatchCount, roles=OPERATORS)
def count_batch(call: Call, body: BatchCountRequest) -> BatchCount:
    """Count the instances that a batch with this filter would be for; nothing is done to them."""
    view = batches.count(call.engine, instance_filter(body.filter), actor=call.actor, deed=body.deed)
    return BatchCount(instances=view.instances, more=view.more)


@blueprint.get("/<id:batch_id>")
@operation(answer=BatchProgress, roles=OPERATORS, errors=(404,))
def get_batch(call: Call, batch_id: int) -> BatchProgress:
    """Get how far a batch is."""
    view = batches.progress(call.engine, batch_id, actor=call.actor)
    return BatchProgress(
        id=str(view.id),
        deed=view.deed,
        instances=view.instances,
        remaining=view.remaining,
        reason=view.reason,
        requested_at=time_text(view.requested_at),
        requested_by=view.requested_by,
    )
