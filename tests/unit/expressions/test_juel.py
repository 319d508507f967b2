"""JUEL: values, errors, and that nothing outside the variables can be reached."""

import threading
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm import errors
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.juel import compile_expression
from baton.bpm.values import FileValue

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "amount": 150,
    "rate": 0.5,
    "price": Decimal("1.10"),
    "name": "Anna Bell",
    "blank": "",
    "nothing": None,
    "yes": True,
    "no": False,
    "items": ["a", "b", 3],
    "none_left": [],
    "order": {"id": 7, "lines": [{"sku": "x"}], "odd key": 1, "empty": "full", "class": "gold"},
    "due": date(2026, 3, 1),
    "moment": datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
    "pause": timedelta(minutes=5),
    "file": FileValue("a.txt", "text/plain", b"a"),
    "$total": 5,
    "größe": 6,
}


def evaluate(text: str, variables: dict[str, Any] | None = None) -> Any:
    known = VARIABLES if variables is None else variables
    context = EvaluationContext(known, NOW, process_instance_id="42", business_key="A-1", user="anna")
    return compile_expression(text).evaluate(context)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("${amount}", 150),
        ("#{amount}", 150),
        (" ${amount}", " 150"),
        ("Order ${order.id} of #{name}!", "Order 7 of Anna Bell!"),
        ("${yes}${no}${nothing}|${rate}|${price}|${items}|${order.lines}", "truefalse|0.5|1.10|[a, b, 3]|[{sku=x}]"),
        ("cost: $5 #1 \\${amount}", "cost: $5 #1 ${amount}"),
        ("${'}'}${\"${\"}", "}${"),
        ("${'it\\'s \\\\ ok'}", "it's \\ ok"),
        ("${1}", 1),
        ("${1.5}", 1.5),
        ("${.5e1}", 5.0),
        ("${2.}", 2.0),
        ("${true}", True),
        ("${null}", None),
        ("${$total + größe}", 11),
        ("${amount > 100}", True),
        ("${amount gt 100 and amount le 150}", True),
        ("${amount >= 150 && !(amount != 150)}", True),
        ("${amount lt 100 or no}", False),
        ("${not yes}", False),
        ("${!!yes}", True),
        ("${amount eq 150.0}", True),
        ("${amount == '150'}", True),
        ("${price == 1.1}", True),
        ("${price > 1.09 && price < 1.11}", True),
        ("${name == 'Anna Bell'}", True),
        ("${name ne 'Anna'}", True),
        ("${nothing == null}", True),
        ("${nothing <= null}", True),
        ("${nothing < 1}", False),
        ("${yes == 'true'}", True),
        ("${due > '2026-02-28'}", True),
        ("${due < moment}", False),
        ("${due == due}", True),
        ("${moment < now()}", True),
        ("${pause == pause}", True),
        ("${1 + 2 * 3 - 4}", 3),
        ("${(1 + 2) * 3}", 9),
        ("${10 - 3 - 2}", 5),
        ("${7 / 2}", 3.5),
        ("${4 / 2}", 2.0),
        ("${8 div 4 div 2}", 1.0),
        ("${-7 % 3}", -1),
        ("${7 mod -3}", 1),
        ("${7.5 % 2}", 1.5),
        ("${price * 3}", Decimal("3.30")),
        ("${price + 0.1}", Decimal("1.20")),
        ("${price / 4}", Decimal("0.275")),
        ("${amount + rate}", 150.5),
        ("${-amount}", -150),
        ("${- -amount}", 150),
        ("${'3' + '4'}", 7),
        ("${'1.5' + 1}", 2.5),
        ("${nothing + 1}", 1),
        ("${9223372036854775807 + 1}", 9223372036854775808),
        ("${0.1 + 0.2}", 0.30000000000000004),
        ("x${10000000.0} ${0.0001} ${100.0} ${1e21}", "x1.0E7 1.0E-4 100.0 1.0E21"),
        ("${amount > 100 ? 'big' : 'small'}", "big"),
        ("${no ? 1 : no ? 2 : 3}", 3),
        ("${no ? 1 : yes ? 2 : 3}", 2),
        ("${yes ? no ? 1 : 2 : 3}", 2),
        ("${empty blank && empty nothing && empty none_left && not empty items}", True),
        ("${empty order.missing}", True),
        ("${order.id}", 7),
        ("${order['odd key']}", 1),
        ("${order.lines[0].sku}", "x"),
        ("${order.lines[5]}", None),
        ("${order.lines[5].sku}", None),
        ("${nothing.deep.er}", None),
        ("${order.empty}", "full"),
        ("${order.class}", "gold"),
        ("${items[1]}", "b"),
        ("${items['1']}", "b"),
        ("${items[1 + 1]}", 3),
        ("${items.size()}", 3),
        ("${items.empty}", False),
        ("${items.contains('a') && !items.contains('3') && items.contains(3.0)}", True),
        ("${items.indexOf('b')}", 1),
        ("${items.get(2)}", 3),
        ("${none_left.isEmpty()}", True),
        ("${order.containsKey('id')}", True),
        ("${order.containsValue(7)}", True),
        ("${order.get('id')}", 7),
        ("${order.getOrDefault('x', 9)}", 9),
        ("${order.keySet().size()}", 5),
        ("${order.prop('lines').elements().get(0).prop('sku').stringValue()}", "x"),
        ("${name.length()}", 9),
        ("${name.toUpperCase().startsWith('ANNA')}", True),
        ("${name.substring(0, 4).equals('Anna')}", True),
        ("${name.substring(5)}", "Bell"),
        ("${name.equalsIgnoreCase('ANNA BELL')}", True),
        ("${name.contains('Bell') and name.endsWith('l')}", True),
        ("${name.replace('l', 'LL').concat('!')}", "Anna BeLLLL!"),
        ("${name.split(' ')[1]}", "Bell"),
        ("${name.indexOf('z')}", -1),
        ("${name.charAt(1)}", "n"),
        ("${' a '.trim()}", "a"),
        ("${name.compareTo('Zoe')}", -1),
        ("${amount.equals(150)}", True),
        ("${amount.equals('150')}", False),
        ("${rate.intValue()}", 0),
        ("${amount.toString().length()}", 3),
        ("${execution.getVariable('amount')}", 150),
        ("${execution.getVariable('missing')}", None),
        ("${execution.hasVariable('missing')}", False),
        ("${execution.getProcessInstanceId()}", "42"),
        ("${execution.processInstanceId}", "42"),
        ("${execution.getProcessBusinessKey()}${execution.businessKey}${execution.getBusinessKey()}", "A-1A-1A-1"),
        ("${authenticatedUserId}", "anna"),
        ("${currentUser()}", "anna"),
        ("${now()}", NOW),
        ("${dateTime().plusDays(2).toDate()}", datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ("${dateTime().plusMonths(1).minusHours(3)}", datetime(2026, 2, 28, 7, tzinfo=UTC)),
        ("${dateTime().plusWeeks(1).withTimeAtStartOfDay()}", datetime(2026, 2, 7, tzinfo=UTC)),
        ("${dateTime().plusYears(1).getYear()}", 2027),
        ("${due.plusDays(1).isAfter(due)}", True),
        ("${moment.getTime()}", 1_769_851_800_000),
        ("${moment.hourOfDay}", 9),
        ("${due.dayOfMonth}", 1),
        ("until ${due} or ${moment}", "until 2026-03-01 or 2026-01-31T09:30:00Z"),
        ("${\n  amount\t>\u00a01 }", True),
        ("${ yes or missing }", True),
        ("${ no and missing }", False),
        ("${ yes ? 1 : missing }", 1),
        ("${'' + 1}", 1),
        ("${(2 * 10.0).toString()}", "20.0"),
    ],
)
def test_an_expression_has_this_value(text: str, value: Any) -> None:
    found = evaluate(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${missing > 1}", "Expected a variable named 'missing', but there is none"),
        ("${name > 1}", "Expected a number, but found the string 'Anna Bell'."),
        ("${yes + 1}", "Expected a number, but found the boolean 'True'."),
        ("${items + 1}", "Expected a number, but found the list."),
        ("${amount && yes}", "Expected true or false, but found the integer '150'."),
        ("${items < items}", "Expected two values that can be compared"),
        ("${due < 5}", "Expected a number"),
        ("${due < 'tomorrow'}", "Expected a date, but found the string 'tomorrow'."),
        ("${1 / 0}", "a divisor other than zero"),
        ("${1 % 0}", "a divisor other than zero"),
        ("${1.0 % 0}", "a divisor other than zero"),
        ("${price / 0}", "a divisor other than zero"),
        ("${1e308 * 10}", "within the range of doubles"),
        ("${'nan' + 1}", "Expected a number"),
        ("${'1_0' + 1}", "Expected a number"),
        ("${nothing.size()}", "Expected a method of null (nothing), but found size()."),
        ("${name.getClass()}", "but found getClass()."),
        ("${name.class}", "Expected a property of the string 'Anna Bell', but found 'class'."),
        ("${name.__class__}", "Expected a property"),
        ("${name.__class__()}", "but found __class__()."),
        ("${name.format('x')}", "but found format()."),
        ("${items.__len__()}", "but found __len__()."),
        ("${amount.real}", "Expected a property"),
        ("${file.content}", "Expected a property"),
        ("${execution}", "execution itself"),
        ("a ${execution} b", "execution itself"),
        ("${execution > 1}", "Expected a number, but found a execution."),
        ("${execution.context}", "Expected a property of execution"),
        ("${execution.context()}", "Expected a method of execution"),
        ("${execution.toString()}", "Expected a method of execution"),
        ("${execution.setVariable('a', 1)}", "Expected no setting of the variable 'a' here"),
        ("${name.substring(5, 99)}", "Expected an index from 0 to 9, but found 99."),
        ("${name.substring(-1)}", "Expected an index from 0 to 9, but found -1."),
        ("${items.get(3)}", "Expected an index from 0 to 2, but found 3."),
        ("${name.length(1)}", "Expected 0 arguments of length(), but found 1."),
        ("${name.replace('a')}", "Expected 2 arguments of replace(), but found 1."),
        ("${name.contains(1)}", "Expected text as argument"),
        ("${name.split('.*')}", "regular expressions are not offered"),
        ("${dateTime().plusYears(99999)}", "between the years"),
        ("${dateTime().plusDays(999999999999)}", "that exists"),
        ("${dateTime().plusDays('1')}", "Expected an integer as argument"),
        ("${beans.run('x')}", "Expected a variable named 'beans'"),
        ("${execution.getVariable(1)}", "Expected the name of a variable"),
    ],
)
def test_what_cannot_be_evaluated_is_an_error_that_says_why(text: str, message: str) -> None:
    with pytest.raises(errors.ExpressionError) as caught:
        evaluate(text)

    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("${", 2, "Expected } at the end of the expression"),
        ("${amount > }", 11, "Expected a value at column 12, but found '}'."),
        ("${amount > 1", 12, "Expected } at the end"),
        ("a ${1 2}", 6, "Expected an operator or } at column 7, but found '2'."),
        ("${}", 2, "Expected a value"),
        ("${(1}", 4, "Expected ) at column 5"),
        ("${a ? 1}", 7, "Expected : at column 8"),
        ("${a.}", 4, "Expected the name of a property"),
        ("${a[1}", 5, "Expected ] at column 6"),
        ("${a = 1}", 4, "Expected JUEL at column 5"),
        ("${'abc}", 2, "Expected JUEL at column 3"),
        ("${a; b}", 3, "Expected JUEL"),
        (
            "${print(1)}",
            2,
            "Expected one of the functions now(), dateTime(), currentUser(), currentUserGroups() at column 3",
        ),
        ("${now(1)}", 6, "Expected )"),
        ("${1e999}", 2, "Expected a value"),
        ("${" + "1" * 2_000 + "}", 2, "Expected a value"),
        ("${" + "(" * 50 + "1" + ")" * 50 + "}", 42, "Expected at most 40 brackets"),
        ("${" + "(" * 9_000, 42, ""),
        ("${" + "a[" * 4_000 + "1" + "]" * 4_000 + "}", 0, "too"),
        ("x" * 10_001, 0, "at most 10,000 characters"),
    ],
)
def test_what_is_no_juel_is_refused_with_its_position(text: str, position: int, message: str) -> None:
    with pytest.raises(errors.ExpressionSyntaxError) as caught:
        compile_expression(text)

    if message != "too":
        assert message in caught.value.message
    if position and message:
        assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("${amount > 100 && order.id == limit}", {"amount", "order", "limit"}),
        ("a ${b} ${c[d]} e", {"b", "c", "d"}),
        ("${true && now() > due && authenticatedUserId == 'x'}", {"due"}),
        ("${execution.getVariable('x') == execution.hasVariable(\"y\")}", {"x", "y"}),
        ("${name.contains('x')}", {"name"}),
        ("plain", set()),
        ("${execution.getVariable(key)}", None),
        ("${execution.getVariable('a' == b ? 'c' : 'd')}", None),
    ],
)
def test_the_names_an_expression_reads_are_known(text: str, names: set[str] | None) -> None:
    assert compile_expression(text).names == (None if names is None else frozenset(names))


@pytest.mark.parametrize(
    "text",
    [
        "${" + "+".join(["amount"] * 1_400) + "}",
        "${" + "!" * 9_000 + "yes}",
        "${" + "-" * 9_000 + "amount}",
        "${" + "empty " * 1_600 + "yes}",
        "${order" + ".x" * 4_900 + "}",
        "${nothing" + "[1]" * 3_000 + "}",
        "${" + "no ? 1 : " * 1_000 + "2}",
        "${" + "yes && " * 1_400 + "yes}",
        "${" + "(" * 39 + "amount" + ")" * 39 + "}",
        "${" + "yes" + " == yes" * 1_200 + "}",
    ],
)
def test_long_chains_exhaust_no_stack_even_in_a_small_thread(text: str) -> None:
    found: list[Any] = []

    def work() -> None:
        found.append(evaluate(text))

    previous = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(previous)

    assert len(found) == 1


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("${'aaaa'" + ".replace('a', 'aaaaaaaaaa')" * 300 + "}", {}),
        ("${x" + ".concat(x)" * 900 + "}", {"x": "x" * 10_000}),
        ("${x}" * 2_000, {"x": "x" * 1_000_000}),
        ("${x" + " * x" * 2_000 + "}", {"x": 10**300}),
        ("${x * x}", {"x": 1 << 30_000_000}),
        ("n: ${x}", {"x": 1 << 20_000}),
        ("${" + " && ".join(["x == y"] * 900) + "}", {"x": list(range(500_000)), "y": list(range(500_000))}),
        ("${" + " || ".join(["x.contains(1)"] * 500) + "}", {"x": ["a"] * 500_000}),
        ("${x.split(',')}", {"x": "," * 4_000_000}),
        ("${x} ${x}", {"x": nested(5_000)}),
        ("${x.toString()}", {"x": nested(5_000)}),
    ],
)
def test_an_expression_that_wants_too_much_is_stopped_in_time(text: str, variables: dict[str, Any]) -> None:
    start = time.process_time()

    with pytest.raises(errors.ExpressionLimitError):
        evaluate(text, variables)

    assert time.process_time() - start < 3


def test_deeply_nested_values_are_compared_or_refused_but_never_exhaust_the_stack() -> None:
    # How deep Python itself compares depends on its version.
    try:
        same = evaluate("${x == y}", {"x": nested(5_000), "y": nested(5_000)})
    except errors.ExpressionLimitError:
        return

    assert same is True


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("${amount == 77}") is compile_expression("${amount == 77}")
