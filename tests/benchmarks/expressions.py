"""Expressions, decisions and scripts beside Python's eval, single comparisons and the sandboxes called bare."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

import msgspec
import pydantic_monty
import quickjs

from baton.bpm import decisions, expressions
from baton.bpm.definition.elements import Expression, Language, Script, ScriptLanguage
from baton.bpm.expressions import EvaluationContext, ScriptLimits
from tests.benchmarks.figures import Figure, at_most, compare, figure

GROUP = "expressions"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VARIABLES = {"amount": 150, "quantity": 3, "customer": "Anna", "rating": 7}
CONTEXT = EvaluationContext(VARIABLES, NOW, "1")
RULES = 20

JAVASCRIPT = "var total = amount * quantity;\nvar discount = total > 100 ? 10 : 0;\ntotal - discount"
PYTHON = "total = amount * quantity\ndiscount = 10 if total > 100 else 0\ntotal - discount"
EXPECTED = 440


def figures() -> Iterator[Figure]:
    yield from feel()
    yield from decision_table()
    yield from python_script()
    yield from javascript()


def feel() -> Iterator[Figure]:
    compiled = expressions.compile_expression(Expression("amount > 100", Language.FEEL))
    code = compile("amount > 100", "condition", "eval")

    def ours() -> None:
        assert compiled.evaluate(CONTEXT) is True

    def pythons() -> None:
        assert eval(code, {}, VARIABLES) is True

    mine, theirs = compare(ours, repeated(pythons, 20), rounds=200)
    yield figure(GROUP, "FEEL 'amount > 100', compiled: microseconds", mine * 1e6)
    yield figure(
        GROUP, "FEEL 'amount > 100': time against Python's eval of compiled code", mine * 20 / theirs, at_most(20)
    )


def repeated(work: Callable[[], object], times: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(times):
            work()

    return run


def decision_table() -> Iterator[Figure]:
    decide = table()
    texts = [f"rating > {count}" if count % 2 else f'customer = "C{count}"' for count in range(RULES)]
    compiled = [expressions.compile_expression(Expression(text, Language.FEEL)) for text in texts]

    def comparisons() -> None:
        for one in compiled:
            one.evaluate(CONTEXT)

    mine, theirs = compare(decide, comparisons, rounds=200)
    yield figure(GROUP, "decision table of 20 rules: microseconds", mine * 1e6)
    yield figure(GROUP, "decision table of 20 rules: time against 20 FEEL comparisons", mine / theirs, at_most(1.5))


def table() -> Callable[[], None]:
    """A table with a numeric and a text input, of whose rules the last one matches."""
    cells = [(f"&gt; {count + 10}" if count % 2 else "-", f"C{count}") for count in range(RULES - 1)] + [
        ("&lt; 10", "Anna")
    ]
    rules = "".join(
        f'<rule><inputEntry><text>{number}</text></inputEntry><inputEntry><text>"{text}"</text></inputEntry>'
        f"<outputEntry><text>{count}</text></outputEntry></rule>"
        for count, (number, text) in enumerate(cells)
    )
    xml = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="M" namespace="urn:m">'
        '<decision id="D" name="D"><variable name="D"/><decisionTable hitPolicy="FIRST">'
        "<input><inputExpression><text>rating</text></inputExpression></input>"
        "<input><inputExpression><text>customer</text></inputExpression></input>"
        f"<output/>{rules}</decisionTable></decision></definitions>"
    )
    diagram = decisions.read_decisions(xml.encode())
    assert diagram.model is not None, diagram.problems
    model = diagram.model

    def decide() -> None:
        assert model.evaluate("D", VARIABLES, now=NOW).output == RULES - 1

    return decide


def python_script() -> Iterator[Figure]:
    script = Script(PYTHON, ScriptLanguage.PYTHON)
    limits = ScriptLimits()

    def ours() -> None:
        assert expressions.run_script(script, CONTEXT).result == EXPECTED

    with pydantic_monty.Monty(min_processes=1, max_processes=2) as pool:

        def bare() -> None:
            with pool.checkout(
                limits={"max_feed_duration_secs": limits.seconds, "max_memory": limits.memory}
            ) as session:
                assert session.feed_run(PYTHON, inputs={"amount": 150, "quantity": 3}) == EXPECTED

        mine, theirs = compare(ours, bare, rounds=400)
    yield figure(GROUP, "Python script of 3 lines, in a worker: microseconds", mine * 1e6)
    yield figure(
        GROUP, "Python script of 3 lines: time against pydantic-monty called bare", mine / theirs, at_most(1.5)
    )
    expressions.close()


def javascript() -> Iterator[Figure]:
    script = Script(JAVASCRIPT, ScriptLanguage.JAVASCRIPT)

    def ours() -> None:
        assert expressions.run_script(script, CONTEXT).result == EXPECTED

    mine, theirs = compare(ours, bare_context, rounds=400)
    yield figure(GROUP, "JavaScript of 3 lines, in a worker: microseconds", mine * 1e6)
    # Stated only: nothing keeps a script in this process from ending it, and going to another one has its price.
    yield figure(GROUP, "JavaScript of 3 lines: time against a bare quickjs-ng context in this process", mine / theirs)
    with BareWorker() as worker:
        mine, theirs = compare(ours, worker.ask, rounds=400)
    yield figure(
        GROUP, "JavaScript of 3 lines: time against a bare quickjs-ng worker process", mine / theirs, at_most(1.5)
    )
    yield figure(
        GROUP, "JavaScript of 3 lines, one after the other without pause: microseconds", without_pause(ours) * 1e6
    )
    expressions.close()


def without_pause(work: Callable[[], object]) -> float:
    """Median seconds of one call in ten rows of fifty."""
    times = []
    for _ in range(10):
        begin = perf_counter()
        repeated(work, 50)()
        times.append((perf_counter() - begin) / 50)
    return median(times)


def bare_context() -> None:
    """What a program without a sandbox of its own would do: a context for each script, limits, variables, eval."""
    limits = ScriptLimits()
    context = quickjs.Context()
    context.set_memory_limit(limits.memory)
    context.set_time_limit(limits.seconds)
    context.set("amount", 150)
    context.set("quantity", 3)
    assert context.eval(JAVASCRIPT) == EXPECTED


class BareWorker:
    """The least program that answers scripts from a process of its own: JSON lines, a fresh context each."""

    PROGRAM = """
import json, sys, _quickjs
for line in sys.stdin.buffer:
    request = json.loads(line)
    context = _quickjs.Context()
    context.set_memory_limit(67108864)
    context.set_time_limit(2)
    for name, value in request["variables"].items():
        context.set(name, value)
    sys.stdout.write(json.dumps(context.eval(request["source"])) + "\\n")
    sys.stdout.flush()
"""

    def __enter__(self) -> BareWorker:
        self._process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=-1
        )
        return self

    def ask(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        request = {"source": JAVASCRIPT, "variables": {"amount": 150, "quantity": 3}}
        self._process.stdin.write(msgspec.json.encode(request) + b"\n")
        self._process.stdin.flush()
        assert msgspec.json.decode(self._process.stdout.readline()) == EXPECTED

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)
