"""Kill the server while instances call each other, talk by messages and signals, and close what was interrupted.

An order calls a bill; the bill asks a bank by a message that starts it, is answered by a message, and rings a clerk by
a signal. Then many approvals of the order are interrupted, so many that they are closed in steps. Nobody has to do
anything: what was started ends by itself, exactly once, whenever the server died.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing as closed
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from time import monotonic, sleep

import msgspec
import sqlalchemy

from baton.bpm.runtime.database import make_engine
from baton.models import audit_event, closing, incident, job, process_instance, scope, user_task
from tests.benchmarks import api, servers
from tests.benchmarks.client import Connection, message
from tests.benchmarks.servers import Server
from tests.faults.kills import check_chain

ORDERS_PER_ROUND = 10
APPROVALS = 40
STEPS_PER_TRANSACTION = 15
FINISH_SECONDS = 60


def flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def keyed(name: str) -> str:
    return (
        f'<message id="{name}" name="{name}"><extensionElements><zeebe:subscription correlationKey="= order"/>'
        "</extensionElements></message>"
    )


ORDERS = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    f'targetNamespace="urn:baton:faults">{keyed("ask")}{keyed("paid")}<signal id="billed" name="billed"/>'
    '<process id="order" isExecutable="true"><startEvent id="o1"/>'
    '<callActivity id="o2"><extensionElements><zeebe:calledElement processId="bill"/></extensionElements>'
    "</callActivity>"
    '<userTask id="o3"><multiInstanceLoopCharacteristics><extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="= approvals" inputElement="approval"/>'
    "</extensionElements></multiInstanceLoopCharacteristics></userTask>"
    '<boundaryEvent id="o4" attachedToRef="o3"><timerEventDefinition><timeDuration>PT0.2S</timeDuration>'
    f'</timerEventDefinition></boundaryEvent><endEvent id="o5"/>'
    f"{flow('o1', 'o2')}{flow('o2', 'o3')}{flow('o3', 'o5')}{flow('o4', 'o5')}</process>"
    '<process id="bill" isExecutable="true"><startEvent id="b1"/>'
    '<intermediateThrowEvent id="b2"><messageEventDefinition messageRef="ask"/></intermediateThrowEvent>'
    '<intermediateCatchEvent id="b3"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent>'
    '<endEvent id="b4"><signalEventDefinition signalRef="billed"/></endEvent>'
    f"{flow('b1', 'b2')}{flow('b2', 'b3')}{flow('b3', 'b4')}</process>"
    '<process id="bank" isExecutable="true">'
    '<startEvent id="k1"><messageEventDefinition messageRef="ask"/></startEvent>'
    '<intermediateCatchEvent id="k2"><timerEventDefinition><timeDuration>PT0.1S</timeDuration></timerEventDefinition>'
    '</intermediateCatchEvent><endEvent id="k3"><messageEventDefinition messageRef="paid"/></endEvent>'
    f"{flow('k1', 'k2')}{flow('k2', 'k3')}</process>"
    '<process id="clerk" isExecutable="true">'
    '<startEvent id="c1"><signalEventDefinition signalRef="billed"/></startEvent><endEvent id="c2"/>'
    f"{flow('c1', 'c2')}</process></definitions>"
)


def kill_repeatedly(database_url: str, folder: Path, *, kills: int, seed: int = 1) -> int:
    """Rounds of orders and SIGKILL, then let everything end and check it; how many orders there were."""
    chance = random.Random(seed)
    answered = 0
    for turn in range(kills):
        server = servers.start_baton(database_url, folder)
        try:
            if turn == 0:
                api.deploy(server, ORDERS)
            answered += start_orders(server, turn)
            sleep(chance.uniform(0.1, 1.5))
            server.kill()
        finally:
            server.stop()

    server = servers.start_baton(database_url, folder)
    try:
        wait_for_the_end(server)
    finally:
        server.stop()
    return check(database_url, answered, asked=kills * ORDERS_PER_ROUND)


def start_orders(server: Server, turn: int) -> int:
    """How many were answered."""
    (definition,) = server.ask("GET", "/api/v1/process-definitions?key=order")["items"]
    answered = 0
    with suppress(OSError), closed(Connection(server.port)) as connection:
        for number in range(ORDERS_PER_ROUND):
            variables = {"order": f"{turn}-{number}", "approvals": list(range(APPROVALS))}
            (request,) = api.start_requests(definition["id"], 1, variables)
            status, _ = connection.send(message(server.port, request))
            assert 200 <= status < 300
            answered += 1
    return answered


def wait_for_the_end(server: Server) -> None:
    deadline = monotonic() + FINISH_SECONDS
    while left := [
        *server.ask("GET", "/api/v1/process-instances?state=active&limit=1")["items"],
        *server.ask("GET", "/api/v1/jobs?limit=1")["items"],
    ]:
        assert monotonic() < deadline, f"expected every instance and job to end by itself, but there is still {left}"
        sleep(0.1)


def check(database_url: str, answered: int, *, asked: int) -> int:
    """Every order had one bill, one bank and one clerk, all are completed, and nothing is left of them."""
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection:
            instances = connection.execute(sqlalchemy.select(process_instance)).all()
            tasks = connection.execute(sqlalchemy.select(user_task.c.id, user_task.c.state)).all()
            events = connection.execute(
                sqlalchemy.select(audit_event)
                .where(audit_event.c.process_instance_id.is_not(None))
                .order_by(audit_event.c.process_instance_id, audit_event.c.sequence)
            ).all()
            left = {
                table.name: connection.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(table)).scalar()
                for table in (job, incident, scope, closing)
            }
    finally:
        engine.dispose()

    orders = {row.id for row in instances if row.key == "order"}
    assert answered <= len(orders) <= asked
    assert Counter(row.key for row in instances) == dict.fromkeys(("order", "bill", "bank", "clerk"), len(orders))
    assert {row.caller_id for row in instances if row.key == "bill"} == orders
    assert {row.state for row in instances} == {"completed"}
    assert left == dict.fromkeys(left, 0), f"expected nothing to be left, found {left}"
    assert {row.state for row in tasks} == {"cancelled"}
    ended = Counter(
        msgspec.json.decode(row.data)["token_id"]
        for row in events
        if row.type in ("FlowNodeCompleted", "FlowNodeCancelled")
    )
    assert set(ended.values()) == {1}, "something ended twice"
    for _, of_instance in groupby(events, key=lambda row: row.process_instance_id):
        check_chain(list(of_instance))
    return len(orders)
