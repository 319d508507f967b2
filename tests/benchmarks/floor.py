"""The floor program: the least that a durable completion over HTTP costs with this server and these libraries.

One Flask route; per request one JSON body is checked, one row read (locked on PostgreSQL), two rows are
updated, one event of some 800 bytes is added, and one transaction commits durably, all by prepared
SQLAlchemy Core statements. No engine, no audit, no variables. Baton's completion is measured beside it.

    FLOOR_DATABASE_URL=... granian --interface wsgi --workers 1 --blocking-threads 16 tests.benchmarks.floor:app
    POST /floor/<number below 256>   {"variables": {"approved": true, "amount": 1234.5}}
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import sqlalchemy
from flask import Flask, Response, request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, bindparam, event

from baton.bpm.runtime.locks import FifoLock

ROWS = 256

metadata = MetaData()
instance = Table("floor_instance", metadata, Column("id", Integer, primary_key=True), Column("state", LargeBinary))
task = Table("floor_task", metadata, Column("id", Integer, primary_key=True), Column("state", Text))
audit = Table("floor_audit", metadata, Column("id", Integer, primary_key=True), Column("data", LargeBinary))


class Body(msgspec.Struct):
    """What is sent."""

    variables: dict[str, Any]


def connect(url: str) -> sqlalchemy.Engine:
    """An engine that commits durably: SQLite in WAL mode with full syncs, PostgreSQL as it comes."""
    engine = sqlalchemy.create_engine(url, pool_size=20, max_overflow=20)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _set_up(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            connection.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000"
            )

        @event.listens_for(engine, "begin")
        def _begin(connection: sqlalchemy.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


engine = connect(os.environ["FLOOR_DATABASE_URL"])
one_writer = engine.dialect.name == "sqlite"
writer = FifoLock()

row_of = sqlalchemy.select(instance.c.state).where(instance.c.id == bindparam("row"))
read = row_of if one_writer else row_of.with_for_update()
save_instance = instance.update().where(instance.c.id == bindparam("row")).values(state=bindparam("new"))
save_task = task.update().where(task.c.id == bindparam("row")).values(state=bindparam("new"))
append = audit.insert()
decode, encode = msgspec.json.Decoder(Body).decode, msgspec.json.encode

metadata.drop_all(engine)
metadata.create_all(engine)
with engine.begin() as setting_up:
    first = encode({"turn": 0, "variables": {}, "rest": "." * 1500})
    setting_up.execute(instance.insert(), [{"id": row, "state": first} for row in range(ROWS)])
    setting_up.execute(task.insert(), [{"id": row, "state": "0"} for row in range(ROWS)])

app = Flask(__name__)


@contextmanager
def transaction() -> Iterator[sqlalchemy.Connection]:
    """One durable transaction; on SQLite writers come one after the other, in order."""
    if not one_writer:
        with engine.begin() as connection:
            yield connection
        return
    with writer, engine.begin() as connection:
        yield connection


@app.post("/floor/<int:row>")
def complete(row: int) -> Response:
    """The completion."""
    variables = decode(request.get_data()).variables
    with transaction() as connection:
        state = msgspec.json.decode(connection.execute(read, {"row": row}).scalar_one())
        state["turn"] += 1
        state["variables"].update(variables)
        connection.execute(save_instance, {"row": row, "new": encode(state)})
        connection.execute(save_task, {"row": row, "new": str(state["turn"])})
        connection.execute(append, {"data": encode(variables) + os.urandom(800)})
    return Response(encode({"id": row, "state": "completed"}), mimetype="application/json")
