"""Beans of the operator, the words `execution` and `task` of JUEL, and trusted Python."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from baton.bpm import errors, expressions
from baton.bpm.definition.elements import Expression, Language, Script, ScriptLanguage
from baton.bpm.expressions import EvaluationContext, Task, VariableWrites, beans, python_script

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_beans_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beans, "_registry", {})


def juel(text: str, variables: dict[str, Any] | None = None, **context: Any) -> Any:
    compiled = expressions.compile_expression(Expression(text, Language.JUEL))
    return compiled.evaluate(EvaluationContext(variables or {}, NOW, "77", "K1", **context))


def register() -> None:
    @expressions.bean("prices", methods=["of", "fail", "odd"], values=["currency"])
    class Prices:
        currency = "EUR"
        secret = "not listed"

        def of(self, article: str) -> int:
            return {"apple": 3}.get(article, 0)

        def fail(self) -> None:
            raise LookupError("no prices today")

        def odd(self) -> object:
            return object()


def test_a_registered_bean_is_asked_by_its_listed_names() -> None:
    register()

    assert juel("${prices.of('apple') > 2}") is True
    assert juel("${prices.of(name)} #{prices.currency}", {"name": "apple"}) == "3 EUR"


def test_a_variable_hides_a_bean_of_its_name() -> None:
    register()

    assert juel("${prices}", {"prices": 5}) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${prices.secret}", "Expected fail(), odd(), of(), currency of the bean 'prices', but found secret."),
        ("${prices.__class__}", "but found __class__"),
        ("${prices['__init__']}", "but found __init__"),
        ("${prices.of.__globals__}", "but found of"),
        ("${prices.__init__()}", "but found __init__()"),
        ("${prices.fail()}", "LookupError: no prices today"),
        ("${prices.of()}", "TypeError"),
        ("${prices.odd()}", "gave what is no variable"),
        ("${prices.of(execution)}", "Expected values as arguments of of()"),
        ("${prices}", "Expected a value, but found the bean itself"),
        ("${orders.of('apple')}", "A bean has to be registered on the server"),
    ],
)
def test_nothing_else_of_a_bean_can_be_reached(text: str, message: str) -> None:
    register()

    with pytest.raises(errors.ExpressionError) as caught:
        juel(text)

    assert message in caught.value.message


@pytest.mark.parametrize(
    ("name", "methods", "values"),
    [
        ("execution", [], []),
        ("_private", [], []),
        ("no name", [], []),
        ("fine", ["_hidden"], []),
        ("fine", ["missing"], []),
        ("fine", ["value"], []),
    ],
)
def test_a_bean_that_cannot_be_is_refused_at_registration(name: str, methods: list[str], values: list[str]) -> None:
    with pytest.raises(errors.ConfigurationError):

        @expressions.bean(name, methods=methods, values=values)
        class Fine:
            value = 1

            def _hidden(self) -> None: ...


def test_two_beans_of_one_name_are_refused() -> None:
    register()

    with pytest.raises(errors.ConfigurationError, match="Expected one bean 'prices'"):

        @expressions.bean("prices")
        class Other: ...


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${execution.getCurrentActivityId()}", "T1"),
        ("${execution.currentActivityName}", "Sum"),
        ("${execution.getProcessDefinitionId()}", "D1"),
        ("${execution.id}", "E1"),
        ("${execution.getEventName()}", "start"),
        ("${execution.getVariableLocal('mine')}", 1),
        ("${execution.hasVariableLocal('amount')}", False),
        ("${execution.getVariables().size()}", 2),
        ("${task.name} ${task.getAssignee()}", "Approve anna"),
        ("${task.id == null}", True),
        ("${task.execution.getVariable('amount')}", 5),
        ("${task.taskDefinitionKey}", "T1"),
        ("${currentUserGroups().contains('sales')}", True),
        ("${currentUser()}", "bo"),
    ],
)
def test_execution_and_task_tell_what_the_step_knows(text: str, value: Any) -> None:
    found = juel(
        text,
        {"amount": 5, "mine": 1},
        user="bo",
        groups=("sales",),
        activity_id="T1",
        activity_name="Sum",
        process_definition_id="D1",
        execution_id="E1",
        event_name="start",
        local=lambda: {"mine": 1},
        task=Task("Approve", definition_key="T1", assignee="anna"),
    )

    assert found == value


def test_task_is_a_variable_where_there_is_no_task() -> None:
    assert juel("${task}", {"task": "x"}) == "x"
    with pytest.raises(errors.ExpressionError, match="Expected a variable named 'task'"):
        juel("${task.name}")


def test_what_an_expression_sets_is_seen_by_the_rest_of_it_and_collected() -> None:
    writes = VariableWrites()

    text = "${execution.setVariable('a', amount + 1)}${execution.setVariableLocal('b', 2)}${a + b}"

    assert juel(text, {"amount": 5}, writes=writes) == "8"
    assert (writes.outward, writes.local) == ({"a": 6}, {"b": 2})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${execution.setVariable('a', execution)}", "Expected a value for the variable"),
        ("${execution.setVariable('', 1)}", "Expected the name of a variable"),
        ("${execution.removeVariable('a')}", "set it to null"),
    ],
)
def test_what_cannot_be_set_is_an_error(text: str, message: str) -> None:
    with pytest.raises(errors.ExpressionError) as caught:
        juel(text, writes=VariableWrites())

    assert message in caught.value.message


# --- trusted Python -------------------------------------------------------------------------------------


@pytest.fixture
def _trusted() -> Iterator[None]:
    python_script.trust()
    yield
    python_script.trust(trusted=False)


def run(text: str, **variables: Any) -> expressions.ScriptResult:
    return expressions.run_script(Script(text, ScriptLanguage.PYTHON), EvaluationContext(variables, NOW))


@pytest.mark.usefixtures("_trusted")
def test_trusted_python_runs_in_this_process_with_all_of_python() -> None:
    outcome = run("import os, statistics\npid = os.getpid()\nitems.append(3)\nstatistics.mean(items)", items=[1, 2])

    assert outcome.assignments["items"] == [1, 2, 3]
    assert outcome.assignments["pid"] == __import__("os").getpid()
    assert outcome.result == 2


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n1 / 0", "failed in line 2: ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("print", "builtin"),
    ],
)
def test_a_trusted_script_that_fails_is_an_incident_not_an_end(text: str, message: str) -> None:
    with pytest.raises(errors.ExpressionError) as caught:
        run(text)

    assert message in caught.value.message


def test_python_is_not_trusted_unless_somebody_said_so() -> None:
    with pytest.raises(errors.ExpressionError):
        run("import os\nos.getpid()")
    expressions.close()
