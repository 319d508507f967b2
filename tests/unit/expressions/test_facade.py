"""The one door to all languages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm import errors, expressions
from baton.bpm.definition.elements import Expression, Language, Script, ScriptLanguage
from baton.bpm.expressions import EvaluationContext

CONTEXT = EvaluationContext({"amount": 150, "name": "Anna", "nothing": None}, datetime(2026, 1, 31, 10, tzinfo=UTC))


@pytest.fixture(autouse=True, scope="module")
def _workers_end() -> Iterator[None]:
    yield
    expressions.close()


def feel(text: str) -> expressions.Compiled:
    return expressions.compile_expression(Expression(text, Language.FEEL))


def juel(text: str) -> expressions.Compiled:
    return expressions.compile_expression(Expression(text, Language.JUEL))


@pytest.mark.parametrize("compiled", [feel("amount > 100"), juel("${amount > 100}")])
def test_a_condition_of_either_language_is_decided_and_names_its_variables(compiled: expressions.Compiled) -> None:
    assert expressions.evaluate_condition(compiled, CONTEXT) is True
    assert compiled.names == {"amount"}


@pytest.mark.parametrize(
    ("compiled", "message"),
    [
        (
            feel("missing > 100"),
            "Expected the condition 'missing > 100' to yield true or false, but it yields null (",
        ),
        (feel("amount"), "Expected the condition 'amount' to yield true or false, but it yields the integer '150'."),
        (juel("${nothing}"), "Expected the condition '${nothing}' to yield true or false, but it yields null."),
        (juel("${name}"), "but it yields the string 'Anna'."),
        (juel("amount > 100"), "but it yields the string 'amount > 100'."),
        (juel("${missing > 1}"), "Expected a variable named 'missing'"),
    ],
)
def test_a_condition_that_is_not_true_or_false_is_an_error(compiled: expressions.Compiled, message: str) -> None:
    with pytest.raises(errors.ExpressionError) as caught:
        expressions.evaluate_condition(compiled, CONTEXT)

    assert message in caught.value.message


@pytest.mark.parametrize(
    "expression",
    [Expression("amount >", Language.FEEL), Expression("${amount >}", Language.JUEL)],
)
def test_an_expression_that_does_not_parse_is_found_when_it_is_compiled(expression: Expression) -> None:
    with pytest.raises(errors.ExpressionSyntaxError):
        expressions.compile_expression(expression)


@pytest.mark.parametrize(
    ("script", "result", "assignments"),
    [
        (Script("amount * 2", ScriptLanguage.FEEL, "total"), 300, {}),
        (Script("0.1 + 0.2", ScriptLanguage.FEEL), Decimal("0.3"), {}),
        (Script("total = amount * 2", ScriptLanguage.PYTHON, "total"), 300, {"total": 300}),
        (Script("total = amount * 2", ScriptLanguage.PYTHON), None, {"total": 300}),
        (Script("amount * 2", ScriptLanguage.PYTHON, "total"), 300, {}),
    ],
)
def test_a_script_gives_a_result_and_assignments(script: Script, result: Any, assignments: dict[str, Any]) -> None:
    outcome = expressions.run_script(script, CONTEXT)

    assert outcome.result == result
    assert outcome.assignments == assignments


@pytest.mark.parametrize("script", [Script("1 +", ScriptLanguage.FEEL), Script("1 +", ScriptLanguage.PYTHON)])
def test_a_script_that_does_not_parse_is_found_without_running_it(script: Script) -> None:
    with pytest.raises(errors.ExpressionSyntaxError):
        expressions.check_script(script)


def test_a_script_that_parses_passes_the_check() -> None:
    expressions.check_script(Script("1 + 1", ScriptLanguage.FEEL))
    expressions.check_script(Script("1 / 0", ScriptLanguage.PYTHON))
