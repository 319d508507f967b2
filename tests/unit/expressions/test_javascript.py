"""JavaScript: what scripts see, set and give back, and how what is wrong with them is said."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from baton.bpm import errors, expressions
from baton.bpm.definition.elements import Expression, Language, Script, ScriptLanguage
from baton.bpm.expressions import EvaluationContext, ScriptLimits, ScriptResult, VariableWrites, javascript_script
from baton.bpm.expressions.javascript_source import prepare
from baton.bpm.expressions.javascript_workers import JavaScriptWorkers
from baton.bpm.values import FileValue, YearsMonthsDuration

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
VARIABLES: dict[str, Any] = {
    "amount": 42,
    "name": "Anna",
    "items": [1, 2],
    "order": {"customer": {"name": "Bo"}, "total": 12.5},
    "nothing": None,
    "yes": True,
    "huge": 10**30,
    "price": Decimal("1.10"),
    "exact": Decimal("1.12345678901234567"),
    "half": 0.5,
    "day": date(2026, 1, 31),
    "moment": datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=BERLIN),
    "naive": datetime(2026, 1, 31, 12),
    "at": time(9, 30),
    "pause": timedelta(hours=2),
    "months": YearsMonthsDuration(14),
    "document": FileValue("a.txt", "text/plain", b"secret"),
    "order id": 7,
    "typed like": {"type": "date", "value": "x"},
    "__proto__": 5,
}

Run = Callable[..., ScriptResult]


@pytest.fixture(scope="module")
def workers() -> Iterator[JavaScriptWorkers]:
    pool = JavaScriptWorkers(ScriptLimits(seconds=0.5, memory=32 * 1024 * 1024))
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def run(workers: JavaScriptWorkers) -> Run:
    def _run(text: str, variables: dict[str, Any] | None = None, **context: Any) -> ScriptResult:
        given = VARIABLES if variables is None else variables
        return javascript_script.run(text, EvaluationContext(given, NOW, "77", "K1", **context), workers=workers)

    return _run


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("amount * 2", 84),
        ("amount / 8", 5.25),
        ("var x = amount; x + 1", 43),
        ("let amount = 1; amount", 1),
        ("amount = 5; amount", 5),
        ("if (amount > 10) 'big'; else 'small'", "big"),
        ("name + '!'", "Anna!"),
        ("'\\u00e4\\u{1F600}'", "ä😀"),
        ("items.map(function (n) { return n * n })", [1, 4]),
        ("order.customer.name", "Bo"),
        ("({...order, total: 3})", {"customer": {"name": "Bo"}, "total": 3}),
        ("nothing", None),
        ("undefined", None),
        ("var nothingElse", None),
        ("", None),
        ("yes && amount > 1", True),
        ("[1,,undefined]", [1, None, None]),
        ("({a: undefined, b: 1})", {"b": 1}),
        ("huge", 10**30),
        ("huge + 1n", 10**30 + 1),
        ("-(2n ** 64n)", -(2**64)),
        ("9007199254740991", 2**53 - 1),
        ("2 ** 60", float(2**60)),
        ("-0", 0),
        ("1e21", 1e21),
        ("price * 2", 2.2),
        ("exact", Decimal("1.12345678901234567")),
        ("Number(exact.value) > 1", True),
        ("typed('decimal', '1.10')", Decimal("1.10")),
        ("half", 0.5),
        ("day", date(2026, 1, 31)),
        ("day.getUTCDate()", 31),
        ("day.setUTCDate(1); day", datetime(2026, 1, 1, tzinfo=UTC)),
        ("moment", datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=BERLIN)),
        ("moment.toISOString()", "2026-01-31T11:00:00.123Z"),
        ("new Date(moment.getTime() + 1)", datetime(2026, 1, 31, 11, 0, 0, 124000, tzinfo=UTC)),
        ("naive", datetime(2026, 1, 31, 12)),
        ("[day, {a: day}]", [date(2026, 1, 31), {"a": date(2026, 1, 31)}]),
        ("at", time(9, 30)),
        ("String(pause)", "PT2H"),
        ("pause", timedelta(hours=2)),
        ("months", YearsMonthsDuration(14)),
        ("typed('duration', 'PT90M')", timedelta(minutes=90)),
        ("document.value", "a.txt"),
        ("execution.getVariable('order id')", 7),
        ("execution.getVariable('typed like')", {"type": "date", "value": "x"}),
        ("({type: 'date', value: 'x'})", {"type": "date", "value": "x"}),
        ("new Number(5)", 5),
        ("new Date()", NOW),
        ("new Date(Date.now()).getTime() === Date.now()", True),
        ("day.constructor.now() === Date.now()", True),
        ("new Date().getHours()", 10),
        ("console.log(amount); print('x'); console.error({}); 1", 1),
        ("typeof performance", "undefined"),
        ("execution.getVariable('missing')", None),
        ("execution.hasVariable('amount') && !execution.hasVariable('missing')", True),
        ("var n = 'amo' + 'unt'; execution.getVariable(n)", 42),
        ("var get = execution.getVariable; get('name')", "Anna"),
        ("execution['get' + 'Variable']('amount')", 42),
        ("globalThis['amo' + 'unt']", 42),
        ("\\u0061mount", 42),
        ("execution.getProcessInstanceId() + execution.getProcessBusinessKey() + execution.getBusinessKey()", "77K1K1"),
        ("execution.processInstanceId", "77"),
        ("Object.keys(execution.getVariables()).includes('amount')", True),
    ],
)
def test_a_script_gives_the_value_of_its_last_expression(run: Run, script: str, result: Any) -> None:
    outcome = run(script)

    assert outcome == ScriptResult(result)
    assert type(outcome.result) is type(result)


@pytest.mark.parametrize(
    ("script", "assignments", "local"),
    [
        ("execution.setVariable('total', amount + 1)", {"total": 43}, {}),
        ("execution.setVariable('a', 1); execution.setVariable('a', execution.getVariable('a') + 1)", {"a": 2}, {}),
        ("execution.setVariable('order', {n: [1, 2.5, null]})", {"order": {"n": [1, 2.5, None]}}, {}),
        ("execution.setVariable('when', new Date())", {"when": NOW}, {}),
        ("execution.setVariableLocal('mine', 1)", {}, {"mine": 1}),
        ("execution.setVariables({a: 1, b: 'x'})", {"a": 1, "b": "x"}, {}),
        ("amount = 1; items.push(3); var other = 2", {}, {}),
    ],
)
def test_a_script_sets_variables_only_through_execution(
    run: Run, script: str, assignments: dict[str, Any], local: dict[str, Any]
) -> None:
    outcome = run(script)

    assert outcome.assignments == assignments
    assert outcome.local_assignments == local


def test_a_script_knows_its_activity_and_the_variables_of_its_own_scope(run: Run) -> None:
    context = {"activity_id": "Task_1", "activity_name": "Sum", "local": lambda: {"amount": 42}}

    text = "[execution.getCurrentActivityId(), execution.currentActivityName, execution.getVariableLocal('amount'), "
    outcome = run(text + "execution.getVariableLocal('name'), execution.hasVariableLocal('amount')]", **context)

    assert outcome.result == ["Task_1", "Sum", 42, None, True]


def test_runs_share_nothing(run: Run) -> None:
    run("globalThis.left = 1; Object.prototype.left = 2; Array.prototype.map = null; Date = null")

    assert run("typeof left + typeof [].map + typeof Date").result == "undefinedfunctionfunction"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("\nfoo.bar", "failed in line 2, column 1: ReferenceError: foo is not defined"),
        ("order.missing.name", "TypeError: cannot read property 'name' of undefined"),
        ("throw new Error('no stock')", "in line 1, column 11: Error: no stock"),
        ("throw {code: 7}", 'it threw {"code":7}'),
        ("throw 'text'", "it threw the string text"),
        ("0 / 0", "Expected a finite number as the script's result, but found NaN"),
        ("execution.setVariable('x', 1 / 0)", "Expected a finite number as the variable 'x', but found Infinity"),
        ("(function () {})", "but found a function"),
        ("Symbol('a')", "but found a symbol"),
        ("new Map()", "use Object.fromEntries(map)"),
        ("new Set()", "use [...set]"),
        ("new (class A {})()", "use a plain object"),
        ("async function f() {} f()", "a Promise, and scripts cannot wait"),
        ("var a = {}; a.a = a; a", "or a value that holds itself"),
        ("new Date('x')", "Expected a date as the script's result"),
        ("({[Symbol('a')]: 1})", "found a symbol"),
        ("exact + 1", "a decimal that a JavaScript number would round"),
        ("huge + 1", "TypeError: cannot convert BigInt to number"),
        ("document", "a script can make no file"),
        ("typed('date', 'tomorrow')", "date"),
        ("typed('nonsense', 'x')", "nonsense"),
        ("'a\\u0000'", "without the NUL character"),
        ("'\\ud800'", "cannot be taken over"),
        ("execution.getVariable(1)", "Expected the name of a variable, but found the number 1"),
        ("execution.setVariable('', 1)", "Expected the name of a variable"),
        ("execution.removeVariable('a')", "set it to null"),
        ("execution.getProcessEngineServices()", "but found execution.getProcessEngineServices"),
        ("execution.amount = 1", "but found an assignment to execution"),
        ("var J = 'x'; java", "there is no Java here"),
        ("globalThis.x = 1; S", "Camunda Spin is not there"),
        ("setTimeout(print, 1)", "draw a timer"),
        ("require('fs')", "there are no modules"),
    ],
)
def test_what_a_script_does_wrong_is_an_error_that_says_what_and_where(run: Run, script: str, message: str) -> None:
    with pytest.raises(errors.ExpressionError) as caught:
        run(script)

    assert message in caught.value.message


@pytest.mark.parametrize(
    ("script", "line", "column"),
    [("var x = ;", 1, 9), ("\nlet a = 1; let a = 2", 2, 18), ("return 1", 1, 1), ("a b", 1, 3), ("await x", 1, 7)],
)
def test_what_is_no_javascript_is_found_with_its_place(
    workers: JavaScriptWorkers, script: str, line: int, column: int
) -> None:
    with pytest.raises(errors.ExpressionSyntaxError) as caught:
        javascript_script.check(script, workers=workers)

    assert f"line {line}, column {column}" in caught.value.message
    assert caught.value.position == script.rfind("\n") + column


@pytest.mark.parametrize(
    "script", ["for (;;) {}", "throw new Error('x')", "(() => { for (;;) {} })()", "`${(() => { for (;;) {} })()}`"]
)
def test_reading_a_script_at_upload_runs_none_of_it(workers: JavaScriptWorkers, script: str) -> None:
    javascript_script.check(script, workers=workers)


@pytest.mark.parametrize("script", ["}); for (;;) {} ({", "*/ for (;;) {} /*", "} for (;;) {} {"])
def test_a_script_cannot_end_what_it_is_read_in(workers: JavaScriptWorkers, script: str) -> None:
    with pytest.raises(errors.ExpressionSyntaxError, match="Expected JavaScript"):
        javascript_script.check(script, workers=workers)


@pytest.mark.parametrize(
    ("script", "line", "words"),
    [
        ("var x = 1;\nvar d = new java.util.Date()", 2, "there is no Java"),
        ("Java.type('java.lang.System')", 1, "there is no Java"),
        ("importPackage(org.x)", 1, "there is no Java"),
        ("org.camunda.spin.Spin.JSON('x')", 1, "there is no Java"),
        ("var customer = S(order).prop('customer')", 1, "JSON is a plain object"),
    ],
)
def test_java_that_is_plainly_asked_for_is_refused_at_upload(script: str, line: int, words: str) -> None:
    with pytest.raises(errors.ExpressionSyntaxError) as caught:
        prepare(script)

    assert words in caught.value.message
    assert f"line {line}, column" in caught.value.message


@pytest.mark.parametrize(
    "script", ["// java.util.Date\n1", "'java.util.Date'", "/* S(x) */ 1", "function S(x) { return x } S(1)", "a.S(1)"]
)
def test_words_that_only_look_like_java_are_let_through(script: str) -> None:
    prepare(script)


@pytest.mark.parametrize(
    ("script", "needed"),
    [
        ("amount + 1", {"amount"}),
        ("execution.getVariable('order id')", {"order", "order id"}),
        ("1", set()),
        ("execution.getVariable(name)", set(VARIABLES)),
        ("execution.getVariables()", set(VARIABLES)),
        ("this.x", set(VARIABLES)),
        ("f(execution)", set(VARIABLES)),
    ],
)
def test_only_variables_that_can_make_a_difference_are_handed_over(script: str, needed: set[str]) -> None:
    assert set(prepare(script).needed(VARIABLES)) == needed


@pytest.mark.parametrize(
    ("text", "message"), [("x" * 50_001, "at most 50,000"), ("a\0b", "NUL"), ("'\ud800'", "surrogate")]
)
def test_a_text_that_cannot_be_a_script_is_refused_unread(text: str, message: str) -> None:
    with pytest.raises(errors.ExpressionSyntaxError, match=message):
        prepare(text)


def test_results_are_held_to_the_limits_of_variables() -> None:
    # Enough time to send five megabytes, whoever else computes here.
    patient = JavaScriptWorkers(ScriptLimits(seconds=20))

    with pytest.raises(errors.ExpressionLimitError, match="bytes of variables"):
        javascript_script.run("'x'.repeat(5000000)", EvaluationContext({}, NOW), workers=patient)

    patient.close()


def test_a_condition_may_be_javascript_and_set_variables_of_its_step() -> None:
    writes = VariableWrites()
    context = EvaluationContext(VARIABLES, NOW, writes=writes)
    condition = expressions.compile_expression(
        Expression("execution.setVariable('seen', true); amount > 10", Language.JAVASCRIPT)
    )

    assert expressions.evaluate_condition(condition, context) is True
    assert writes.outward == {"seen": True}
    expressions.close()


def test_a_condition_without_a_step_cannot_set_variables() -> None:
    condition = expressions.compile_expression(Expression("execution.setVariable('a', 1); true", Language.JAVASCRIPT))

    with pytest.raises(errors.ExpressionError, match="it has no step"):
        condition.evaluate(EvaluationContext({}, NOW))
    expressions.close()


def test_the_door_runs_and_checks_javascript_and_juel() -> None:
    context = EvaluationContext(VARIABLES, NOW)

    assert expressions.run_script(Script("amount + 1", ScriptLanguage.JAVASCRIPT), context).result == 43
    assert expressions.run_script(Script("${amount} for #{name}", ScriptLanguage.JUEL), context).result == "42 for Anna"
    for script in (Script("a b", ScriptLanguage.JAVASCRIPT), Script("${a b}", ScriptLanguage.JUEL)):
        with pytest.raises(errors.ExpressionSyntaxError):
            expressions.check_script(script)
    with pytest.raises(errors.ExpressionSyntaxError):
        expressions.check_expression(Expression("a b", Language.JAVASCRIPT))
    expressions.close()
