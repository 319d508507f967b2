"""JavaScript of script tasks and conditions: variables in, the last expression's value and what was set out.

Runs in sandbox processes (`javascript_workers`), never in this one. The words are Camunda 7's: variables are globals,
`execution.setVariable` writes. An assignment to a global stays within the script, as does a change inside a value.
"""

from __future__ import annotations

from typing import Any

import msgspec

from baton.bpm import errors
from baton.bpm.expressions import task_calls
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.feel.cache import SCRIPTS, CompiledTexts
from baton.bpm.expressions.javascript_source import JavaScriptSource, prepare
from baton.bpm.expressions.javascript_values import from_wire, milliseconds, to_wire
from baton.bpm.expressions.javascript_workers import JavaScriptWorkers
from baton.bpm.expressions.script_result import ScriptResult, check_values
from baton.bpm.expressions.task_calls import TaskCall
from baton.bpm.expressions.worker_processes import ScriptLimits

_shared = JavaScriptWorkers()
_checked: CompiledTexts[bool] = CompiledTexts(SCRIPTS)
"""The workers of this process; they start with the first script."""

_JSON_ANSWER = b"V"
_CHECK = b'{"needs":true,"check":true}'


class CompiledJavaScript:
    """A condition written as a script; shared by threads. `names` cannot be told: None."""

    __slots__ = ("text",)
    names: frozenset[str] | None = None

    def __init__(self, text: str) -> None:
        prepare(text)
        self.text = text

    def evaluate(self, context: EvaluationContext, notes: list[str] | None = None) -> Any:
        """The script's value; what it sets goes to the context's writes. Raises as `run` does."""
        outcome = run(self.text, context)
        for names, local in ((outcome.assignments, False), (outcome.local_assignments, True)):
            for name, value in names.items():
                if context.writes is None:
                    raise errors.ExpressionError(f"Expected no setting of the variable '{name}' here: it has no step.")
                context.writes.add(name, value, local=local)
        return outcome.result

    def failing_position(self, context: EvaluationContext) -> int | None:
        """Its errors say their line."""
        return None


def check(text: str, *, workers: JavaScriptWorkers | None = None) -> None:
    """Raises `ExpressionSyntaxError` for what is no JavaScript.

    quickjs itself reads the script, in a worker and without running any of it: only the reader that will read it
    later knows what it accepts, and to read a stranger's text is work for a sandbox too. So this is the one check
    at upload that may start a process. Raises `ExpressionLimitError` if no worker is free.
    """
    source = prepare(text)
    if workers is None:
        _checked.get(source.text, None, lambda: _check(source, _shared))
    else:
        _check(source, workers)


def _check(source: JavaScriptSource, workers: JavaScriptWorkers) -> bool:
    """True, or it raises what is wrong."""
    _answer(_CHECK, source, workers)
    return True


def run(text: str, context: EvaluationContext, *, workers: JavaScriptWorkers | None = None) -> ScriptResult:
    """Run a script. `new Date()` is the context's `now` in there.

    Raises `ExpressionError` for what the script did wrong, `ExpressionLimitError` for its budget.
    """
    source = prepare(text)
    answer = _answer(_request(source, context), source, workers or _shared)
    if type(answer) is not dict or answer.keys() - {"task"} != {"result", "set", "local"}:
        raise errors.ExpressionError("The script's answer cannot be understood.")
    result = from_wire(answer["result"], "result")
    assignments, local = _written(answer["set"]), _written(answer["local"])
    check_values(result, assignments, local)
    return ScriptResult(result, assignments, local, _called(answer.get("task", ())))


def configure(limits: ScriptLimits) -> None:
    """Other limits for all scripts from the next one on; to be called once, when the server starts."""
    _shared.configure(limits)


def close() -> None:
    """End the workers; the next script starts new ones."""
    _shared.close()


def _request(source: JavaScriptSource, context: EvaluationContext) -> bytes:
    plain: dict[str, Any] = {}
    typed: dict[str, Any] = {}
    for name, value in source.needed(context.variables).items():
        written, has_types = to_wire(value, f"the variable {name!r}")
        (typed if has_types else plain)[name] = written
    request: dict[str, Any] = {"plain": plain}
    if typed or source.furnished or "__proto__" in plain:
        request["needs"] = True
    if typed:
        request["typed"] = typed
    if source.furnished:
        request["furnished"] = True
        request["now"] = milliseconds(context.now)
    about = context.properties()
    task = context.task if "task" in source.words and "task" not in context.variables else None
    if task is not None:
        ids = {name: about[name] for name in ("processDefinitionId", "processInstanceId")}
        request["task"] = {**ids, **task.properties()}
        request["taskMethods"] = () if context.task_calls is None else task_calls.METHODS
    if source.asks_execution or task is not None:
        request["process"] = about
    if source.reads_local:
        request["local"] = list(context.local())
    return msgspec.json.encode(request)


def _answer(request: bytes, source: JavaScriptSource, workers: JavaScriptWorkers) -> Any:
    raw = workers.run(request, source.encoded)
    if raw[:1] != _JSON_ANSWER:
        reason = raw[1:].decode(errors="replace").partition("\n")[0]
        # What quickjs says when it has no memory left even for the words.
        reason = "out of memory" if reason == "null" else reason
        raise errors.ExpressionLimitError(f"The script used up its budget ({workers.limits.budget()}): {reason}.")
    try:
        answer = msgspec.json.decode(raw[1:])
    except (msgspec.DecodeError, RecursionError) as error:
        raise errors.ExpressionError(f"The script's result cannot be taken over: {error}.") from error
    if type(answer) is dict and "failure" in answer:
        _fail(answer["failure"], source, workers)
    return answer


def _fail(failure: Any, source: JavaScriptSource, workers: JavaScriptWorkers) -> None:
    """Raise what the worker says; anything could stand in there."""
    words = failure if type(failure) is dict else {}
    message = str(words.get("message", "for a reason it does not tell"))[:1000].rstrip(".")
    line, column = (value if type(value) is int and value > 0 else 0 for value in map(words.get, ("line", "column")))
    place = f" in line {line}, column {column}" if line else ""
    match words.get("kind"):
        case "syntax":
            hint = "; the value of a script is that of its last expression" if "return" in message else ""
            raise errors.ExpressionSyntaxError(
                f"Expected JavaScript, but line {line}, column {column} is not: {message}{hint}.",
                position=_position(source.text, line, column),
            )
        case "limit":
            raise errors.ExpressionLimitError(
                f"The script used up its budget{place} ({workers.limits.budget()}): {message}."
            )
    raise errors.ExpressionError(f"The script failed{place}: {message}.")


def _position(text: str, line: int, column: int) -> int:
    lines = text.split("\n")[: max(line - 1, 0)]
    return min(sum(len(text) + 1 for text in lines) + max(column - 1, 0), len(text))


def _called(found: Any) -> tuple[TaskCall, ...]:
    calls: list[TaskCall] = []
    for call in found if type(found) is list else ():
        if type(call) is not list or len(call) != 2 or call[0] not in task_calls.METHODS:
            raise errors.ExpressionError("The script's answer cannot be understood.")
        task_calls.add(calls, call[0], from_wire(call[1], f"the argument of task.{call[0]}()"))
    return tuple(calls)


def _written(found: Any) -> dict[str, Any]:
    if type(found) is not dict:
        raise errors.ExpressionError("The script's answer cannot be understood.")
    return {name: from_wire(value, f"variable '{name}'") for name, value in found.items()}
