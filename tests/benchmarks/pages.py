"""Every page as the server makes it, with 100 process instances and with 1,000,000: its time must not grow with them.

Each page is asked of the application itself, without a network, of both databases in turn. Of the million, 100,000 are
open with a user task each, half of them somebody's; there are two audit events and a variable of each, a job of each
open one, 1,000 incidents, and 500,000 evaluations. The 100 are alike but denser, so that their lists fill a page.
How the time is taken is told in `sides`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from flask.testing import FlaskClient

from baton.app import demo
from baton.app.factory import create_app
from baton.bpm.runtime import decision_definitions, identity, workers
from baton.bpm.runtime.actors import Role
from baton.bpm.runtime.engine import Engine
from tests.benchmarks import drawings, library, page_paths, servers
from tests.benchmarks.figures import Figure, at_most, figure
from tests.benchmarks.filling import DENSE, GROUPS, Filling
from tests.benchmarks.sides import Side, p95s

GROUP = "pages"
SIZES = (100, 1_000_000)
USERS = 40
OPERATOR, CLERK = "user-0", "user-1"
_ROLES: Mapping[str, tuple[Role, ...]] = {
    OPERATOR: (Role.ADMINISTRATOR, Role.OPERATOR, Role.WORKER, Role.PARTICIPANT),
}


def figures() -> Iterator[Figure]:
    for kind in servers.DATABASES:
        with ExitStack() as stack:
            few, many = (stack.enter_context(_filled(kind, size)) for size in SIZES)
            yield from compared(kind, few, many)


def compared(kind: str, few: Side, many: Side) -> Iterator[Figure]:
    """Each page with few instances and with many."""
    slowest = ("", 0.0)
    for name in few.asks:
        one, other = p95s(few, many, name)
        slowest = max(slowest, (name, other), key=lambda each: each[1])
        # A millisecond more is none that anybody sees.
        grown = other / max(one, 0.001)
        yield figure(GROUP, f"page {name}, {kind}: p95 against {SIZES[0]} instances", grown, at_most(2))
    name, longest = slowest
    yield figure(GROUP, f"slowest page, {kind}, {SIZES[-1]:,} instances: p95 milliseconds", longest * 1e3)


@contextmanager
def _filled(kind: str, size: int) -> Iterator[Side]:
    with servers.DATABASES[kind]() as url, library.running(url) as engine:
        filling = fill(engine, size)
        yield side(engine, filling)


# --- what there is -------------------------------------------------------------------------------------------


def fill(engine: Engine, size: int) -> Filling:
    """People and workers, the examples with their instances, and as many instances of a process in two versions."""
    for number in range(USERS):
        user_id = f"user-{number}"
        identity.create_user(
            engine,
            user_id,
            actor=library.ACTOR,
            name=f"User {number}",
            roles=_ROLES.get(user_id, (Role.PARTICIPANT,)),
            groups=(GROUPS[number % len(GROUPS)],),
        )
        workers.note(engine, f"worker-{number}", ("mail",), actor=library.ACTOR)
    identity.create_api_key(engine, actor=library.ACTOR, user_id=OPERATOR, name="key")
    demo.fill(engine)
    definition = library.deploy(engine, drawings.sequence(2, "userTask"))
    library.deploy(engine, drawings.sequence(2, "userTask").replace('name="task0"', 'name="First"'))
    decision = decision_definitions.list_(engine, actor=library.ACTOR, limit=1).items[0]
    filling = Filling(engine, definition, size, None if size > SIZES[0] else DENSE)
    filling.instances()
    filling.beside(decision.id, decision.key)
    filling.finish()
    return filling


# --- asking --------------------------------------------------------------------------------------------------


def side(engine: Engine, filling: Filling) -> Side:
    """Pages are asked for as an operator, or as a participant where the name says so."""
    client = create_app(engine).test_client()
    asked = {name: _asking(client, name, path) for name, path in page_paths.of(filling, OPERATOR).items()}
    return Side.of(engine, asked)


def _asking(client: FlaskClient, name: str, path: str) -> Callable[[], None]:
    who = CLERK if name.endswith("of a participant") else OPERATOR
    headers = {"Host": "localhost", "Accept": "text/html", "Baton-User": who}

    def ask() -> None:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, f"{path}: expected 200, found {answer.status_code}: {answer.text[:2000]}"

    return ask
