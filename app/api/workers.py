"""`/workers`: who asked for jobs lately."""

from __future__ import annotations

from baton.app.api.blueprint import noun
from baton.app.api.contract import OPERATORS, Call, operation
from baton.app.api.shapes import Answer, Page, PageQuery, Time, time_text
from baton.bpm.runtime import workers

blueprint = noun("workers")


class Worker(Answer, frozen=True, kw_only=True):
    """`lastSeenAt` is right to half a minute; `jobsLeased` is how many jobs it holds now."""

    name: str
    actor_id: str
    job_types: list[str]
    first_seen_at: Time
    last_seen_at: Time
    jobs_leased: int

    @classmethod
    def of(cls, view: workers.WorkerView) -> Worker:
        return cls(
            name=view.name,
            actor_id=view.actor_id,
            job_types=list(view.job_types),
            first_seen_at=time_text(view.first_seen_at),
            last_seen_at=time_text(view.last_seen_at),
            jobs_leased=view.jobs_leased,
        )


@blueprint.get("")
@operation(query=PageQuery, answer=Page[Worker], roles=OPERATORS)
def list_workers(call: Call, query: PageQuery) -> Page[Worker]:
    """List the workers of the last seven days, by name."""
    page = workers.list_(call.engine, actor=call.actor, limit=query.limit, cursor=query.cursor)
    return Page(items=[Worker.of(view) for view in page.items], next_cursor=page.next_cursor)
