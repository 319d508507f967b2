"""Writers of one SQLite file: each one's writes are durable when it returns, and only its own are lost if it fails."""

import threading

import pytest
import sqlalchemy
from sqlalchemy import event

from baton.bpm.runtime.database import make_engine
from baton.bpm.runtime.group_commit import GroupCommit


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/test.db", pool_size=20)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE number (value INTEGER PRIMARY KEY)")
    yield engine
    engine.dispose()


@pytest.fixture
def commits(engine):
    seen = []
    event.listen(engine, "commit", lambda connection: seen.append(1))
    return seen


def numbers(engine):
    with engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT value FROM number ORDER BY value")]


def insert(connection, value):
    connection.exec_driver_sql("INSERT INTO number VALUES (?)", (value,))


class Writers:
    """The first holds its turn until all others are in the queue."""

    def __init__(self, group, engine):
        self.group, self.engine = group, engine
        self.first_is_in, self.go_on = threading.Event(), threading.Event()
        self.errors, self.durable, self.threads = {}, {}, []

    def write(self, value, *, hold=False, fail=False):
        try:
            with self.group.turn() as connection:
                insert(connection, value)
                if hold:
                    self.first_is_in.set()
                    self.go_on.wait()
                if fail:
                    raise ValueError(value)
            self.durable[value] = value in numbers(self.engine)
        except Exception as error:
            self.errors[value] = error

    def run(self, *deeds):
        for index, deed in enumerate(deeds):
            thread = threading.Thread(target=self.write, args=(index,), kwargs={"hold": index == 0, **deed})
            self.threads.append(thread)
            thread.start()
            if index == 0:
                assert self.first_is_in.wait(10)
            else:
                while len(self.group._turn._queue) < index:
                    threading.Event().wait(0.001)
        self.go_on.set()
        for thread in self.threads:
            thread.join(10)


def test_writers_that_wait_for_each_other_share_one_commit(engine, commits):
    writers = Writers(GroupCommit(engine), engine)

    writers.run(*[{}] * 8)

    assert numbers(engine) == list(range(8))
    assert writers.errors == {}
    assert all(writers.durable.values())
    assert len(commits) == 1


@pytest.mark.parametrize("failing", [0, 3, 7])
def test_a_writer_that_fails_takes_back_its_own_writes_only(engine, failing):
    writers = Writers(GroupCommit(engine), engine)

    writers.run(*[{"fail": index == failing} for index in range(8)])

    assert numbers(engine) == [index for index in range(8) if index != failing]
    assert list(writers.errors) == [failing]
    assert all(writers.durable.values())


def test_a_writer_that_fails_because_of_another_of_its_group_can_see_why_when_it_is_told(engine):
    writers = Writers(GroupCommit(engine), engine)
    seen = []

    def insert_the_same():
        try:
            with writers.group.turn() as connection:
                insert(connection, 0)
        except sqlalchemy.exc.IntegrityError:
            seen.append(numbers(engine))

    first = threading.Thread(target=writers.write, args=(0,), kwargs={"hold": True})
    first.start()
    assert writers.first_is_in.wait(10)
    others = [threading.Thread(target=insert_the_same) for _ in range(3)]
    for other in others:
        other.start()
    while len(writers.group._turn._queue) < 3:
        threading.Event().wait(0.001)
    writers.go_on.set()
    for thread in (first, *others):
        thread.join(10)

    assert seen == [[0]] * 3


def test_a_failed_commit_is_told_to_every_writer_of_the_group(engine):
    group = GroupCommit(engine)
    writers = Writers(group, engine)

    def refuse(connection):
        raise sqlalchemy.exc.OperationalError("COMMIT", None, OSError("disk full"))

    event.listen(engine, "commit", refuse)
    writers.run(*[{}] * 3)
    event.remove(engine, "commit", refuse)

    assert sorted(writers.errors) == [0, 1, 2]
    assert numbers(engine) == []
    writers.write(9)
    assert numbers(engine) == [9]


def test_alone_a_writer_needs_no_savepoint(engine):
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    with GroupCommit(engine).turn() as connection:
        insert(connection, 1)

    assert statements == ["INSERT INTO number VALUES (?)"]
    assert numbers(engine) == [1]


def test_many_writers_in_any_order_lose_nothing(engine, commits):
    group = GroupCommit(engine)

    def work(first):
        for value in range(first, first + 50):
            with group.turn() as connection:
                insert(connection, value)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 400, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert numbers(engine) == list(range(400))
    assert len(commits) < 400
