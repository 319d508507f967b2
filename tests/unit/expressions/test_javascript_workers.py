"""Hostile JavaScript stays in its box, and the pool of workers survives it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from baton.bpm import errors
from baton.bpm.expressions import EvaluationContext, ScriptLimits, javascript_script
from baton.bpm.expressions.javascript_workers import JavaScriptWorkers
from baton.bpm.expressions.worker_processes import RUNS_PER_WORKER, has_grown

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
SECONDS = 0.3
LONGEST = SECONDS * 1.5 + 0.5


@pytest.fixture(scope="module")
def workers() -> Iterator[JavaScriptWorkers]:
    pool = JavaScriptWorkers(ScriptLimits(seconds=SECONDS, memory=16 * 1024 * 1024))
    yield pool
    pool.close()


def run(text: str, workers: JavaScriptWorkers, **variables: Any) -> Any:
    return javascript_script.run(text, EvaluationContext(variables, NOW), workers=workers).result


@pytest.mark.parametrize(
    "script",
    [
        "for (;;) {}",
        "while (true) { try { for (;;) {} } catch (error) {} finally { continue } }",
        "/(a+)+$/.test('a'.repeat(40) + 'b')",
        "/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(50))",
        "var text = 'x'; for (;;) text += text",
        "'x'.repeat(2 ** 28)",
        "'x'.padEnd(2 ** 29)",
        "var list = []; for (;;) list.push(new Array(1e5).fill(1))",
        "var list = [1]; for (;;) list = list.concat(list)",
        "Array(1e9).join('x').length",
        "new Array(2 ** 32 - 1).sort()",
        "new Array(1e8).fill({}).map(JSON.stringify)",
        "2n ** 100000000n",
        "(function f() { return f() })()",
        "var f = () => [1].map(f); f()",
        "JSON.parse('['.repeat(1e6))",
        "var a = []; for (var i = 0; i < 1e6; i++) a = [a]; a",
        "({get a() { for (;;) {} }})",
        "new Proxy({}, {ownKeys() { for (;;) {} }})",
        "new Proxy({}, {getPrototypeOf() { for (;;) {} }})",
        "({toString() { for (;;) {} }}) + ''",
        "Object.prototype.toJSON = () => { for (;;) {} }; throw {a: 1}",
        "throw {get message() { for (;;) {} }, toString() { for (;;) {} }, toJSON() { for (;;) {} }}",
        "Array.prototype.fill.call({length: 2 ** 53 - 1}, 1)",
        "var o = {}; for (var i = 0; ; i++) o['k' + i] = i",
        "new Function('for (;;) {}')()",
        "eval('for (;;) {}')",
        "Reflect.construct(Date, [{valueOf() { for (;;) {} }}])",
        "[3, 1, 2].sort(() => { for (;;) {} })",
        "'x'.replace(/x/g, () => { for (;;) {} })",
        "var g = (function* () { for (;;) yield 1 })(); [...g]",
        "Array.from({length: 600000}, (_, i) => i)",
    ],
)
def test_a_hostile_script_ends_with_an_error_in_time(workers: JavaScriptWorkers, script: str) -> None:
    begin = time.monotonic()
    with pytest.raises(errors.ExpressionError):
        run(script, workers)

    # Twice what is granted: the machine may have other things to do.
    assert time.monotonic() - begin < LONGEST * 2
    assert run("1 + 1", workers) == 2


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("({toJSON() { return 'forged' }, a: 1}).a", 1),
        ("Object.prototype.toJSON = () => 'forged'; ({a: [1]})", {"a": [1]}),
        ("Array.prototype.toJSON = () => 'forged'; [1]", [1]),
        ("String.prototype.toJSON = () => 'forged'; 'x'", "x"),
        ("JSON.stringify = () => '{\"forged\": 1}'; JSON.parse = null; ({a: 'x'})", {"a": "x"}),
        ("Object.prototype.result = 'forged'; 1", 1),
        ("Object.defineProperty(Object.prototype, 'type', {get() { return 'date' }}); ({a: 1})", {"a": 1}),
        ("Object.prototype.value = 1; Array.prototype[5] = 2; [1]", [1]),
        ("var Object = null, Reflect = null, Number = null; ({a: 2.5})", {"a": 2.5}),
        ("Number.isSafeInteger = () => true; 5", 5),
        ("({['__proto__']: 1})", {"__proto__": 1}),
        (
            "({type: 'object', value: {type: 'file', value: 'x'}})",
            {"type": "object", "value": {"type": "file", "value": "x"}},
        ),
        ("new Proxy([1, 2], {})", [1, 2]),
        ("new Proxy({a: 1}, {get: () => 'seen'})", {"a": "seen"}),
        ("typeof std + typeof os + typeof require + typeof process + typeof Worker", "undefined" * 5),
        ("(function () {}).constructor('return typeof std')()", "undefined"),
        ("this.constructor.constructor('return typeof process')()", "undefined"),
        ("try { importScripts('x') } catch (error) { error.name }", "ReferenceError"),
        ("globalThis === this", True),
    ],
)
def test_tricks_with_prototypes_globals_and_results_change_nothing_outside(
    workers: JavaScriptWorkers, script: str, result: Any
) -> None:
    assert run(script, workers) == result
    assert run("[typeof {}.toJSON, {a: 1}, [1]]", workers) == ["undefined", {"a": 1}, [1]]


@pytest.mark.parametrize("script", ["import('os')", "import('/etc/passwd')", "import x from 'std'; 1"])
def test_nothing_can_be_imported(workers: JavaScriptWorkers, script: str) -> None:
    with pytest.raises(errors.ExpressionError):
        run(script, workers)


def test_a_worker_that_was_over_its_limit_is_replaced() -> None:
    pool = JavaScriptWorkers(ScriptLimits(seconds=SECONDS))
    run("1", pool)
    (before,) = pool.process_ids()

    with pytest.raises(errors.ExpressionLimitError, match="used up its budget"):
        run("Array(1e9).join('x')", pool)

    assert pool.process_ids() == []
    assert not exists(before)
    assert run("1", pool) == 1
    pool.close()


def test_a_worker_is_replaced_after_many_scripts() -> None:
    pool = JavaScriptWorkers()
    run("1", pool)
    (before,) = pool.process_ids()

    for _ in range(RUNS_PER_WORKER):
        run("1", pool)

    assert pool.process_ids() != [before]
    pool.close()


def test_a_worker_that_was_killed_between_scripts_costs_one_script_its_answer_and_no_more() -> None:
    pool = JavaScriptWorkers()
    run("1", pool)
    os.kill(pool.process_ids()[0], signal.SIGKILL)

    with pytest.raises(errors.ExpressionLimitError, match="ended before it did"):
        run("1", pool)

    assert run("2", pool) == 2
    pool.close()


def test_scripts_wait_in_turn_for_a_worker_and_no_more_than_allowed_are_started() -> None:
    pool = JavaScriptWorkers(ScriptLimits(workers=2, seconds=2))

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda number: run("number * 2", pool, number=number), range(200)))

    assert results == [number * 2 for number in range(200)]
    assert 1 <= len(pool.process_ids()) <= 2
    pool.close()


def test_who_waits_too_long_for_a_worker_is_told_so() -> None:
    pool = JavaScriptWorkers(ScriptLimits(seconds=1.0, wait=0.1, workers=1))

    with ThreadPoolExecutor(2) as threads:
        endless = [threads.submit(run, "for (;;) {}", pool) for _ in range(2)]
    messages = sorted(str(one.exception()) for one in endless)

    assert "Expected a free worker for the script within 0.1 seconds, but all 1 are busy" in messages[0]
    assert "used up its budget" in messages[1]
    assert run("1", pool) == 1
    pool.close()


def test_a_closed_pool_leaves_no_process_and_may_be_used_again() -> None:
    pool = JavaScriptWorkers()
    run("1", pool)
    (before,) = pool.process_ids()

    pool.close()

    assert not exists(before)
    assert run("1", pool) == 1
    pool.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not show the files of a process")
def test_a_worker_has_no_environment_and_no_file_but_its_pipes() -> None:
    pool = JavaScriptWorkers()
    with open(os.devnull) as kept_open:
        os.set_inheritable(kept_open.fileno(), True)
        run("1", pool)
    (worker,) = pool.process_ids()

    assert Path(f"/proc/{worker}/environ").read_bytes() in (b"TZ=UTC\0", b"")
    assert sorted(os.listdir(f"/proc/{worker}/fd")) == ["0", "1", "2"]
    assert "Max core file size        0 " in Path(f"/proc/{worker}/limits").read_text()
    assert not has_grown(worker)
    pool.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_uses_workers_of_its_own() -> None:
    pool = JavaScriptWorkers()
    run("1", pool)
    (before,) = pool.process_ids()

    child = os.fork()
    if child == 0:
        try:
            fine = pool.process_ids() == [] and run("2", pool) == 2 and pool.process_ids() != [before]
            pool.close()
        except BaseException:
            fine = False
        os._exit(0 if fine else 1)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert pool.process_ids() == [before]
    assert run("1", pool) == 1
    pool.close()


OWNER = """
import sys, threading
from datetime import UTC, datetime
from baton.bpm.expressions import EvaluationContext, ScriptLimits, javascript_script
from baton.bpm.expressions.javascript_workers import JavaScriptWorkers
pool = JavaScriptWorkers(ScriptLimits(seconds=0.5))
context = EvaluationContext({}, datetime.now(UTC))
javascript_script.run("1", context, workers=pool)
print(pool.process_ids()[0], flush=True)
if sys.argv[1] == "busy":
    threading.Thread(target=lambda: javascript_script.run("for (;;) {}", context, workers=pool)).start()
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["idle", "busy"])
def test_workers_end_by_themselves_when_their_owner_is_killed(how: str) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert owner.stdin is not None
    assert owner.stdout is not None
    worker = int(owner.stdout.readline())

    owner.kill()
    owner.communicate()

    ended = threading.Event()
    deadline = time.monotonic() + 20
    while exists(worker) and time.monotonic() < deadline:
        ended.wait(0.02)
    assert not exists(worker)


def exists(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
