"""Jobs that stand for Java classes: a handler of the simple class name does those of `org.example.ShipOrder` too."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.wakeups import job_topic
from baton.models import job
from baton.models.job import NOT_SUSPENDED

_CLASS = re.compile(r"(?:[A-Za-z_$][\w$]*\.)+([A-Z][\w$]*)", re.ASCII)
_MOST_TYPES = 10_000
# From one type to the next by the index: few questions, however many jobs there are.
_NEXT = select(func.min(job.c.type)).where(job.c.kind == "service", NOT_SUSPENDED, job.c.type > bindparam("after"))


def simple_name(job_type: str) -> str | None:
    """`ShipOrder` of `org.example.ShipOrder`; None for what is no full name of a Java class."""
    found = _CLASS.fullmatch(job_type)
    return None if found is None else found.group(1)


def topic(name: str) -> str:
    """The topic of jobs of all classes of that simple name."""
    return job_topic(f"*.{name}")


def topics(job_type: str) -> tuple[str, ...]:
    """What to announce a new job by, besides its type."""
    name = simple_name(job_type)
    return () if name is None else (topic(name),)


def waiting(engine: Engine, names: Collection[str]) -> dict[str, str]:
    """The classes of open jobs whose simple name is one of `names` and which are none of them: {class: simple name}."""
    found: dict[str, str] = {}
    after: str | None = ""
    with engine.database.read() as connection:
        for _ in range(_MOST_TYPES):
            after = connection.execute(_NEXT, {"after": after}).scalar()
            if after is None:
                break
            name = simple_name(after)
            if name is not None and name in names and after not in names:
                found[after] = name
    return found
