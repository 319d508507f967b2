"""Prepared statements on SQLite: what SQLAlchemy would have done for us must be done all the same."""

from __future__ import annotations

import pytest
import sqlalchemy
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, delete, exc, insert, select, update

from baton.bpm.runtime.clock import utc_now
from baton.bpm.runtime.database import make_engine
from baton.bpm.runtime.prepared import Prepared
from baton.models.base import UtcDateTime

THINGS = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("at", UtcDateTime),
)
INSERT = Prepared(insert(THINGS), ("id", "name", "at"))
RENAME = Prepared(update(THINGS).where(THINGS.c.id >= bindparam("from_")).values(name=bindparam("new"), at=None))
READ = Prepared(select(THINGS.c.id, THINGS.c.at, THINGS.c.name.label("called")).where(THINGS.c.id == bindparam("id_")))
NEXT = Prepared(select((THINGS.c.id + 1).label("next")).where(THINGS.c.id == bindparam("id_")))


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/things.db")
    THINGS.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_values_are_converted_on_their_way_in_and_out(engine):
    now = utc_now()
    with engine.begin() as connection:
        assert INSERT.change(connection, [{"id": 1, "name": "a", "at": now}, {"id": 2, "name": "b", "at": None}]) == 2
        (row,) = READ.fetch(connection, {"id_": 1})
        assert (row.id, row.at, row.called) == (1, now, "a")
        assert READ.fetch(connection, {"id_": 2})[0].at is None
        assert READ.fetch(connection, {"id_": 3}) == []
        assert NEXT.fetch(connection, {"id_": 2})[0].next == 3


def test_a_change_counts_rows_and_needs_some(engine):
    with engine.begin() as connection:
        INSERT.change(connection, [{"id": id_, "name": "", "at": utc_now()} for id_ in range(5)])
        assert RENAME.change(connection, ({"from_": 3, "new": "c"},)) == 2
        assert RENAME.change(connection, []) == 0
        assert Prepared(delete(THINGS)).change(connection, ({},)) == 5


def test_it_begins_the_transaction_that_sqlalchemy_would_begin(engine):
    with engine.connect() as connection:
        INSERT.change(connection, ({"id": 1, "name": "", "at": None},))
        assert connection.in_transaction()
        connection.rollback()
    with engine.connect() as connection:
        assert READ.fetch(connection, {"id_": 1}) == []


def test_errors_of_the_driver_are_sqlalchemys_and_hide_values(engine):
    row = {"id": 1, "name": "secret", "at": None}
    with engine.begin() as connection:
        INSERT.change(connection, (row,))
        with pytest.raises(exc.IntegrityError) as caught:
            INSERT.change(connection, (row,))
    assert "secret" not in str(caught.value)


def test_who_listens_to_statements_hears_of_these(engine):
    heard = []
    for event in ("before_cursor_execute", "after_cursor_execute"):
        sqlalchemy.event.listen(engine, event, lambda *args, event=event: heard.append((event, args[2], args[5])))
    with engine.begin() as connection:
        INSERT.change(connection, [{"id": id_, "name": "", "at": None} for id_ in range(2)])
    assert [(event, text.split()[0], many) for event, text, many in heard] == [
        ("before_cursor_execute", "INSERT", True),
        ("after_cursor_execute", "INSERT", True),
    ]
