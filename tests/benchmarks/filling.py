"""Process instances by the million as running them leaves them, by SQL: running so many takes hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy

from baton.bpm.runtime import flow_node_statistics
from baton.bpm.runtime.engine import Engine

BASE = 10**12
"""Ids are those of the instance's number `i` from 1: `BASE + i * 8`, its visit and task one more, its incident two."""
GROUPS = ("sales", "warehouse", "risk", "personnel")


@dataclass(frozen=True, slots=True)
class Mix:
    """How instances differ: one of so many is open, is open with an incident, has a job, has the same `amount`.

    Of so many jobs two are for workers, of so many types. `users` share the tasks that somebody has, `starters` began
    the instances, `causes` is how many kinds of incidents there are.
    """

    open_every: int = 10
    trouble_every: int = 1000
    amounts: int = 1000
    job_every: int = 10
    service_every: int = 20
    types: int = 5
    users: int = 40
    starters: int = 40
    causes: int = 50


DENSE = Mix(
    open_every=2,
    trouble_every=4,
    amounts=4,
    job_every=1,
    service_every=4,
    types=1,
    users=1,
    starters=2,
    causes=25,
)
"""Of a hundred: so that their lists fill a page, as lists of a million do."""


class Filling:
    """Of one database. `definition` is what the instances run, a sequence of the user tasks `task0` and `task1`."""

    def __init__(self, engine: Engine, definition: int, size: int, mix: Mix | None = None) -> None:
        self.engine, self.size, self._mix = engine, size, mix or Mix()
        self._given = {
            "definition": definition,
            "key": engine.definitions.get(definition).key,
            "hash": b"",
            "inputs": '{"amount":1}',
        }
        self._began = engine.clock().replace(microsecond=0) - timedelta(seconds=size + 60)

    def started(self, number: int) -> datetime:
        """When that instance began: one began each second, the last one a minute ago."""
        return self._began + timedelta(seconds=number)

    def instances(self) -> None:
        """Instances, each with a variable and a visit, and of some an incident; an open one with a user task."""
        mix, at, id_ = self._mix, self._at("i"), f"{BASE} + i * 8"
        open_ = f"i % {mix.open_every} = 0"
        ended = f"CASE WHEN {open_} THEN NULL ELSE {at} END"
        state = f"CASE WHEN {open_} THEN 'active' ELSE 'completed' END"
        element = f"CASE WHEN i % {2 * mix.open_every} = 0 THEN 'task1' ELSE 'task0' END"
        self._run(
            "INSERT INTO process_instance (id, root_id, call_depth, process_definition_id, key, business_key, state,"
            " revision, audit_sequence, audit_hash, started_at, started_by, ended_at) "
            f"SELECT {id_}, {id_}, 0, :definition, :key, 'B-' || i, {state}, 1, 0, :hash, {at},"
            f" 'user-' || (i % {mix.starters}), {ended} FROM n",
            "INSERT INTO variable (scope_id, name, process_instance_id, type, value, value_key, size) "
            f"SELECT {id_}, 'amount', {id_}, 'integer', CAST(i % {mix.amounts} AS text),"
            f" 'n:' || (i % {mix.amounts}), 3 FROM n",
            "INSERT INTO flow_node_instance (id, process_instance_id, process_definition_id, scope_id, element_id,"
            " element_type, state, activated_at, ended_at) "
            f"SELECT {id_} + 1, {id_}, :definition, {id_}, {element}, 'userTask', {state}, {at}, {ended} FROM n",
            "INSERT INTO incident (id, process_instance_id, root_id, process_definition_id, scope_id, token_id,"
            " element_id, type, message, details, state, raised_at, cause) "
            f"SELECT {id_} + 2, {id_}, {id_}, :definition, {id_}, {id_} + 1, 'task1', 'job', 'No.', '{{}}', 'open',"
            f" {at}, 'cause-' || (i / {mix.trouble_every} % {mix.causes}) FROM n WHERE i % {mix.trouble_every} = 0",
        )
        self._tasks(f"{at}", element, id_, open_)

    def _tasks(self, at: str, element: str, id_: str, open_: str) -> None:
        """Half of them somebody's; of the others half are offered to a group, the rest to anybody. Half have a date."""
        number = f"(i / {self._mix.open_every})"
        assigned, offered = f"{number} % 2 = 0", f"{number} % 4 = 1"
        group = _choice(f"({number} / 4) % {len(GROUPS)}", GROUPS)
        due = f"CASE WHEN {number} % 4 < 2 THEN {self._at(f'i + {self.size // 3 - 100}')} ELSE NULL END"
        self._run(
            "INSERT INTO user_task (id, process_instance_id, root_id, process_definition_id, key, scope_id, element_id,"
            " kind, name, state, assignee, candidate_users, candidate_groups, due_at, follow_up_at, priority, options,"
            " choose, created_at) "
            f"SELECT {id_} + 1, {id_}, {id_}, :definition, :key, {id_}, {element}, 'user_task', {element},"
            f" CASE WHEN {assigned} THEN 'assigned' ELSE 'created' END,"
            f" CASE WHEN {assigned} THEN 'user-' || (({number} / 2) % {self._mix.users}) ELSE NULL END, '[]',"
            f" CASE WHEN {offered} THEN '[\"' || {group} || '\"]' ELSE '[]' END, {due},"
            f" CASE WHEN {number} % 8 = 2 THEN {at} ELSE NULL END, 50 + {number} % 5, '[]', 'one', {at}"
            f" FROM n WHERE {open_}",
            "INSERT INTO user_task_candidate (task_id, kind, name) "
            f"SELECT {id_} + 1, 'group', {group} FROM n WHERE {open_} AND {offered}",
        )

    def beside(self, decision: int, decision_key: str) -> None:
        """Two audit events of each instance, jobs of open ones, an evaluation of the decision for every second one."""
        mix, at, id_ = self._mix, self._at("i"), f"{BASE} + i * 8"
        future = self._at(f"i + {self.size * 2}")
        event = (
            "INSERT INTO audit_event (process_instance_id, sequence, occurred_at, actor_kind, actor_id, type,"
            " element_id, element_name, process_definition_id, key, data, hash, rare_type) "
        )
        type_ = "CASE k WHEN 1 THEN 'ProcessInstanceStarted' ELSE 'UserTaskCreated' END"
        # Of the two for workers one waits for them, the other has failed, is held or has an incident.
        job, services = f"(i / {mix.job_every})", mix.service_every
        is_timer = f"{job} % {services} > 1"
        state = (
            f"CASE WHEN {job} % {services} <> 1 THEN 'created' ELSE {_choice(f'({job} / {services}) % 3', _STATES)} END"
        )
        self._run(
            f"{event} SELECT {id_}, k, {at}, 'user', 'user-' || (i % {mix.starters}), {type_},"
            f" CASE k WHEN 2 THEN 'task' || (i / {mix.open_every} % 2) ELSE NULL END, NULL, :definition, :key, '{{}}',"
            f" :hash, CASE k WHEN 1 THEN {type_} ELSE NULL END FROM n, (SELECT 1 AS k UNION ALL SELECT 2) AS two"
            " ORDER BY i, k",
            "INSERT INTO job (id, kind, type, state, suspended, process_instance_id, root_id, process_definition_id,"
            " token_id, scope_id, element_id, created_at, due_at, retries, deliveries, locked_by, locked_until,"
            " payload, headers) "
            f"SELECT {id_} + 3, CASE WHEN {is_timer} THEN 'timer' ELSE 'service' END,"
            f" CASE WHEN {is_timer} THEN 'timer' ELSE 'type-' || ({job} / {services} % {mix.types}) END, {state},"
            f" false, {id_}, {id_},"
            f" :definition, {id_} + 1, {id_}, 'task1', {at}, CASE WHEN {state} = 'incident' THEN NULL"
            f" WHEN {state} = 'created' AND NOT ({is_timer}) THEN {at} ELSE {future} END, 3, 0,"
            f" CASE WHEN {state} = 'activated' THEN 'worker-' || ({job} % 20) ELSE NULL END,"
            f" CASE WHEN {state} = 'activated' THEN {future} ELSE NULL END, '', '{{}}'"
            f" FROM n WHERE i % {mix.job_every} = 0",
            "INSERT INTO decision_evaluation (id, decision_definition_id, key, version, process_instance_id,"
            " process_definition_id, token_id, element_id, evaluated_at, actor_id, inputs, output, decisions, notes) "
            f"SELECT {id_} + 4, {decision}, '{decision_key}', 1, {id_}, :definition, {id_} + 1, 'task0', {at},"
            " 'system', :inputs, '\"yes\"', '[]', '[]' FROM n WHERE i % 2 = 0",
        )

    def finish(self) -> None:
        """What the server does by itself after a while: sums of visits, and the database's own housekeeping."""
        flow_node_statistics.roll_up(self.engine)
        if self.engine.database.is_sqlite:
            return
        with self.engine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")

    def _at(self, second: str) -> str:
        """So many seconds after the beginning."""
        began = int(self._began.timestamp())
        if self.engine.database.is_sqlite:
            return f"({began} + {second}) * 1000000"
        return f"to_timestamp({began} + {second})"

    def _run(self, *statements: str) -> None:
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {self.size}) "
        with self.engine.database.write() as connection:
            for statement in statements:
                prepared = sqlalchemy.text(numbers + statement)
                names = {name: self._given[name] for name in prepared.compile().params}
                connection.execute(prepared, names)


_STATES = ("failed", "activated", "incident")


def _choice(number: str, of: tuple[str, ...]) -> str:
    """One of the texts by an SQL expression of its place."""
    return f"CASE {number} " + " ".join(f"WHEN {place} THEN '{text}'" for place, text in enumerate(of)) + " END"
