"""Python scripts: what they give back, and that nothing they do gets out of their box."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from baton.bpm import errors
from baton.bpm.expressions import python_script
from baton.bpm.expressions.python_workers import PythonWorkers, ScriptLimits
from baton.bpm.expressions.worker_processes import LOOK_EVERY
from baton.bpm.values import FileValue, YearsMonthsDuration

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def workers() -> Iterator[PythonWorkers]:
    pool = PythonWorkers(ScriptLimits(seconds=0.5, memory=32 * 1024 * 1024, depth=200))
    yield pool
    pool.close()


@pytest.mark.parametrize(
    ("script", "result", "assignments"),
    [
        ("amount * 2", 84, {}),
        ("total = amount * 2", None, {"total": 84}),
        ("total = amount * 2\ntotal + 1", 85, {"total": 84}),
        ("total = 1; (total + 1)  # two\n", 2, {"total": 1}),
        ("(amount,\n amount)", [42, 42], {}),
        ("'ä' + \"'\"; x = 'ö'; x + 'ü'", "öü", {"x": "ö"}),
        ("    if amount > 10:\n        big = True\n    else:\n        small = True\n", None, {"big": True}),
        ("price + 2 ** 20000 % 7", Decimal("5.10"), {}),
        ("amount += 1", None, {"amount": 43}),
        ("amount = 42", None, {}),
        ("items.append(3)", None, {"items": [1, 2, 3]}),
        ("order['state'] = 'new'", None, {"order": {"state": "new"}}),
        ("alias = items\nalias[0] = 5", None, {"alias": [5, 2], "items": [5, 2]}),
        ("len(items)", 2, {}),
        ("_inner = {1, 2}\ncount = len(_inner)", None, {"count": 2}),
        ("def double(x):\n    y = x * 2\n    return y\nz = double(4)", None, {"z": 8}),
        ("def remember():\n    global found\n    found = 3\nremember()", None, {"found": 3}),
        ("squares = [n * n for n in items if (last := n)]", None, {"squares": [1, 4], "last": 2}),
        ("import json\ndata = json.loads('{\"a\": [1.5, null]}')", None, {"data": {"a": [1.5, None]}}),
        ("import datetime\ndue = day + datetime.timedelta(days=1)", None, {"due": date(2026, 2, 1)}),
        ("import datetime\ndatetime.datetime.now(datetime.timezone.utc)", NOW, {}),
        ("price * 3", Decimal("3.30"), {}),
        ("moment", datetime(2026, 1, 31, 12, tzinfo=ZoneInfo("Europe/Berlin")), {}),
        ("pause * 2", timedelta(hours=2), {}),
        ("huge + 1", 10**50 + 1, {}),
        ("r = ''.join(['a', 'b']).upper()\r\nr\r\n", "AB", {"r": "AB"}),
        ("big = 2 ** 20000", None, {"big": 2**20000}),
        ("", None, {}),
    ],
)
def test_a_script_gives_its_last_value_and_what_it_assigned(
    workers: PythonWorkers, script: str, result: Any, assignments: dict[str, Any]
) -> None:
    variables = {
        "amount": 42,
        "items": [1, 2],
        "order": {},
        "day": date(2026, 1, 31),
        "price": Decimal("1.10"),
        "moment": datetime(2026, 1, 31, 12, tzinfo=ZoneInfo("Europe/Berlin")),
        "pause": timedelta(hours=1),
        "huge": 10**50,
        "not a name": 1,
        "class": 2,
        "unread": FileValue("a", "b", b""),
    }

    answer = python_script.run(script, variables, now=NOW, workers=workers)

    assert answer.result == result
    assert type(answer.result) is type(result)
    assert answer.assignments == assignments
    assert variables["items"] == [1, 2]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("a = 1\nb = a / 0", "The script failed in line 2: ZeroDivisionError: division by zero."),
        ("missing + 1", "The script failed in line 1: NameError: name 'missing' is not defined."),
        ("raise ValueError('no stock')", "The script failed in line 1: ValueError: no stock."),
        ("x = {1, 2}", "Expected the script's variable 'x' to become a variable, but it holds a Python set"),
        ("class A:\n    pass\nx = A()", "begin the name with _"),
        ("b'x'", "a Python bytes"),
        ("{1: 2}", "Expected text as the keys of the script's result, but found a int"),
        ("x = float('nan')", "Expected a finite number, but found nan. It is script.x."),
        ("'a\\0b'", "NUL"),
        ("file", "Expected the variable 'file' to be something a Python script can read, but it holds a file"),
        ("period", "holds a duration"),
        ("open('/etc/passwd').read()", "Permission denied"),
        ("import os\nos.environ", "not supported"),
        ("import os\nos.listdir('/')", "The script failed"),
        ("import os\nos.system('id')", "The script failed"),
        ("import socket", "No module named 'socket'"),
        ("import subprocess", "No module named 'subprocess'"),
        ("import time\ntime.sleep(1)", "not supported"),
        ("().__class__.__base__.__subclasses__()", "The script failed"),
        ("(lambda: 0).__globals__", "The script failed"),
        ("__import__('os')", "The script failed"),
        ("with open('x', 'w') as f:\n    f.write('x')", "The script failed"),
    ],
)
def test_what_a_script_does_wrong_is_an_error_that_says_so(workers: PythonWorkers, script: str, message: str) -> None:
    variables = {"file": FileValue("a", "b", b""), "period": YearsMonthsDuration(1)}

    with pytest.raises(errors.ExpressionError) as caught:
        python_script.run(script, variables, now=NOW, workers=workers)

    assert message in caught.value.message


@pytest.mark.parametrize(
    "script",
    [
        "while True:\n    pass",
        "x = [0]\nwhile True:\n    x = x + x",
        "'x' * 10 ** 9",
        "10 ** 10 ** 8",
        "def f():\n    return f()\nf()",
        "x = []\nfor i in range(100000):\n    x = [x]\nx",
        "x = [0]\nfor i in range(40):\n    x = [x, x]\nx",
        "x = {}\nfor i in range(100000):\n    x = {'a': x}\nx",
        "'x' * 5000000",
        "while True:\n    print('x' * 10000)",
        "import re\nre.match('(a|a)*$', 'a' * 40 + 'b')\nwhile True:\n    pass",
        "def f():\n    try:\n        while True:\n            pass\n    except BaseException:\n        f()\nf()",
    ],
)
def test_a_script_that_wants_too_much_is_stopped_in_time_and_the_next_one_runs(
    workers: PythonWorkers, script: str
) -> None:
    start = time.monotonic()

    with pytest.raises(errors.ExpressionLimitError):
        python_script.run(script, {}, now=NOW, workers=workers)

    # Many times what is granted: the machine may have other things to do.
    assert time.monotonic() - start < 20
    assert python_script.run("1 + 1", {}, now=NOW, workers=workers).result == 2


@pytest.mark.parametrize("script", ["raise ValueError('x' * 1_000_000)", "raise MemoryError('x' * 1_000_000)"])
def test_a_long_message_of_a_script_is_cut(workers: PythonWorkers, script: str) -> None:
    with pytest.raises(errors.ExpressionError) as caught:
        python_script.run(script, {}, now=NOW, workers=workers)

    assert len(caught.value.message) < 1_000


def test_a_worker_that_grew_is_replaced_by_a_small_one() -> None:
    pool = PythonWorkers(ScriptLimits(workers=1))
    others = set(children())

    try:
        python_script.run("1", {}, now=NOW, workers=pool)
        before = set(children()) - others
        python_script.run("_x = ['a' * 1000 for _ in range(40_000)]\nlen(_x)", {}, now=NOW, workers=pool)
        for _ in range(LOOK_EVERY + 1):
            python_script.run("1", {}, now=NOW, workers=pool)
        after = set(children()) - others
    finally:
        pool.close()

    assert len(before) == 1
    assert not before & after


def test_a_worker_inherits_no_environment(workers: PythonWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SECRET", "hunter2")
    pool = PythonWorkers()

    try:
        assert python_script.run("1", {}, now=NOW, workers=pool).result == 1
        environments = [Path(f"/proc/{child}/environ").read_bytes() for child in children()]
    finally:
        pool.close()

    assert environments
    assert not any(b"hunter2" in environment for environment in environments)


def children() -> list[str]:
    tasks = Path(f"/proc/{os.getpid()}/task")
    if not tasks.exists():
        pytest.skip("needs /proc")
    return [child for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def test_nothing_is_started_before_the_first_script_and_nothing_is_left_after_close() -> None:
    before = set(children())
    pool = PythonWorkers()
    python_script.check("x = 1")
    idle = set(children())

    python_script.run("1", {}, now=NOW, workers=pool)
    running = set(children())
    pool.close()

    assert idle == before
    assert len(running - before) == 1
    assert not set(children()) - before


def test_workers_can_be_used_again_after_close() -> None:
    pool = PythonWorkers()
    pool.close()

    try:
        assert python_script.run("1", {}, now=NOW, workers=pool).result == 1
        pool.close()
        assert python_script.run("2", {}, now=NOW, workers=pool).result == 2
    finally:
        pool.close()


def test_scripts_of_several_threads_share_the_workers(workers: PythonWorkers) -> None:
    with ThreadPoolExecutor(6) as threads:
        outcomes = list(
            threads.map(lambda n: python_script.run("n * 2", {"n": n}, now=NOW, workers=workers).result, range(60))
        )

    assert outcomes == [n * 2 for n in range(60)]


def test_a_script_that_finds_no_free_worker_is_told_so() -> None:
    pool = PythonWorkers(ScriptLimits(seconds=1.0, wait=0.05, workers=1))
    started = threading.Event()

    def occupy() -> None:
        started.set()
        with suppress(errors.ExpressionLimitError):
            python_script.run("while True:\n    pass", {}, now=NOW, workers=pool)

    thread = threading.Thread(target=occupy)
    thread.start()
    try:
        started.wait()
        with pytest.raises(errors.ExpressionLimitError, match="all 1 are busy"):
            run_while(thread, pool)
    finally:
        thread.join()
        pool.close()


def run_while(thread: threading.Thread, pool: PythonWorkers) -> None:
    while thread.is_alive():
        python_script.run("1", {}, now=NOW, workers=pool)


def test_other_limits_hold_from_the_next_script_on() -> None:
    pool = PythonWorkers()

    try:
        assert python_script.run("'x' * 20_000_000 == ''", {}, now=NOW, workers=pool).result is False
        pool.configure(ScriptLimits(memory=10 * 1024 * 1024))
        with pytest.raises(errors.ExpressionLimitError, match="10 MB"):
            python_script.run("'x' * 20_000_000 == ''", {}, now=NOW, workers=pool)
    finally:
        pool.close()


def test_one_script_does_not_see_what_another_left(workers: PythonWorkers) -> None:
    python_script.run("secret = 42", {}, now=NOW, workers=workers)

    with pytest.raises(errors.ExpressionError, match="'secret' is not defined"):
        python_script.run("secret", {}, now=NOW, workers=workers)


@pytest.mark.parametrize(
    ("script", "position", "message"),
    [
        ("x = 1\ny = (", 10, "line 2"),
        ("return 5", 0, "no return outside a function"),
        ("x = 1\nif x:\n    return x", 16, "line 3"),
        ("(" * 10_000, 0, "nested"),
        ("-" * 49_000 + "1", 0, "nested"),
        ("x" + ".y" * 20_000, 0, "nested"),
        ("1" * 49_000, 0, "Expected Python"),
        ("x = 1\0", 0, "Expected Python"),
        ("'\ud800'", 0, "Expected Python"),
        ("x" * 50_001, 0, "at most 50,000 characters"),
    ],
)
def test_what_is_no_script_is_found_without_running_it(script: str, position: int, message: str) -> None:
    with pytest.raises(errors.ExpressionSyntaxError) as caught:
        python_script.check(script)

    assert message in caught.value.message
    if position:
        assert caught.value.position == position
