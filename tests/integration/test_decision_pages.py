"""The pages of decisions without a browser: tables, trying out, history, the rules that matched, and their cost."""

from __future__ import annotations

import re
from html import escape

import pytest

from baton.bpm.runtime import decision_definitions, decision_evaluations, decision_logic, deployments
from baton.bpm.runtime.deployments import Resource
from baton.bpm.runtime.engine import Engine
from tests.acceptance.serving import EXAMPLES
from tests.integration.support import MARY, Desk
from tests.integration.test_decisions import deploy, process, table
from tests.support.browsing import HOSTILE, LONG, Browsing, assert_inert, words
from tests.support.rows import rows

ROUTE = {"field:amount": "50", "field:category": "1", "field:receipt": "0"}


@pytest.fixture
def browser(engine: Engine) -> Browsing:
    return Browsing(engine)


def expense_rules(desk: Desk) -> int:
    """The id of `expense-route`, which requires `expense-risk`."""
    content = (EXAMPLES / "expense-rules.dmn").read_bytes()
    deployments.deploy(desk.engine, actor=MARY, resources=[Resource("expense-rules.dmn", content)])
    return decision_definitions.list_(desk.engine, actor=MARY, key="expense-route").items[0].id


def test_a_decision_shows_its_table_and_those_it_requires(desk: Desk, browser: Browsing) -> None:
    page = browser.get(f"/decisions/{expense_rules(desk)}")

    for text in ("&lt;= 100", "&#34;team-leads&#34;", "Pays for itself", "Days to decide", "UNIQUE"):
        assert text in page, text
    assert "Required: Expense risk" in words(page)
    assert '<th scope="row">5' in page
    assert 'data-island="dmn"' in page


def test_inputs_are_typed_and_the_matched_rules_are_marked(desk: Desk, browser: Browsing) -> None:
    id_ = expense_rules(desk)
    page = browser.get(f"/decisions/{id_}")
    assert re.search(r'<option value="1"[^>]*>meal</option>', page)
    assert 'name="field:amount" type="text" inputmode="decimal"' in page

    where = browser.post(f"/decisions/{id_}/evaluate", data=ROUTE)

    made = decision_evaluations.list_(desk.engine, actor=MARY).items[0]
    assert where == f"/decisions/evaluations/{made.id}"
    assert made.output == {"approver": "nobody", "days": 0}
    page = browser.get(where)
    marked = re.findall(r'<tr class="is-matched">\s*<th scope="row">(\d+)', page)
    assert marked == ["1", "2"]
    assert '"matched": ["risk-table-rule-2", "route-table-rule-1"]' in page
    assert "1 rule matched" in page
    assert "approver &#34;nobody&#34;" in page or 'approver "nobody"' in words(page)


def test_a_wrong_input_is_told_of_at_the_input(desk: Desk, browser: Browsing) -> None:
    id_ = expense_rules(desk)

    page = browser.post(f"/decisions/{id_}/evaluate", data=ROUTE | {"field:amount": "a lot"}, status=422)

    assert re.search(r'name="field:amount"[^>]*aria-invalid="true"[^>]*value="a lot"', page)
    assert "Expected a number, found the text" in page
    assert decision_evaluations.list_(desk.engine, actor=MARY).items == ()
    nameless = browser.post(f"/decisions/{id_}/evaluate", data=ROUTE | rows(("", "", "x")), status=422)
    assert re.search(r'class="message">Expected a name for the value', nameless)


def test_a_table_without_input_data_asks_for_what_its_columns_test(desk: Desk, browser: Browsing) -> None:
    deploy(desk, size_dmn=table((("< 100", '"small"'), ("> 10", '"any"'))))
    [definition] = decision_definitions.list_(desk.engine, actor=MARY).items
    logic = decision_logic.get(desk.engine, definition.id, actor=MARY)
    assert [(each.name, each.type) for each in logic.inputs] == [("amount", "number")]

    where = browser.post(f"/decisions/{definition.id}/evaluate", data={"field:amount": "50"})

    page = browser.get(where)
    assert "It could not be decided" in page
    assert 'class="is-matched"' in page, "the rules that clash are marked"
    assert "failed" in browser.get("/decisions/evaluations?key=size")


def test_the_history_has_inputs_outputs_and_who_asked(desk: Desk, browser: Browsing) -> None:
    deploy(desk, size_dmn=table(), order_bpmn=process())
    instance = desk.start(amount=5)

    listed = browser.get(f"/decisions/evaluations?processInstanceId={instance.id}")

    assert '{"amount":5,"Amount":5}' in words(listed) or '"Amount":5' in words(listed)
    assert '"small"' in words(listed)
    assert f"/instances/{instance.id}" in listed
    where = re.search(r"/decisions/evaluations/\d+", listed)[0]  # type: ignore[index]
    assert "small" in browser.get(where)
    assert "Nothing fits the filter." in browser.get("/decisions/evaluations?key=nothing")
    browser.get("/decisions/evaluations?processInstanceId=x", status=422)


def test_who_is_no_operator_sees_the_rules_and_not_what_was_decided(desk: Desk, browser: Browsing) -> None:
    id_ = expense_rules(desk)
    browser.post(f"/decisions/{id_}/evaluate", data=ROUTE)

    page = browser.get(f"/decisions/{id_}", user="ben")

    assert "team-leads" in page
    assert "Try it out" not in page
    assert "What was decided last" not in page
    browser.get("/decisions/evaluations", user="ben", status=403)
    browser.post(f"/decisions/{id_}/evaluate", user="ben", data=ROUTE, status=403)


def test_versions_are_listed_and_the_key_filters(desk: Desk, browser: Browsing) -> None:
    deploy(desk, size_dmn=table())
    deploy(desk, size_dmn=table((("< 10", '"tiny"'),)))
    newest, oldest = decision_definitions.list_(desk.engine, actor=MARY, key="size").items

    page = browser.get(f"/decisions/{oldest.id}")

    assert f'href="/decisions/{newest.id}"' in page
    assert f'href="/decisions/{oldest.id}" aria-current="page"' in page
    assert "tiny" not in page
    assert ">Size<" in browser.get("/decisions?key=size")
    assert "Nothing fits the filter." in browser.get("/decisions?key=colour")


def test_a_page_costs_the_same_statements_with_a_thousand_evaluations_as_with_a_hundred(
    desk: Desk, browser: Browsing
) -> None:
    deploy(desk, size_dmn=table())
    [definition] = decision_definitions.list_(desk.engine, actor=MARY).items

    def decide(times: int) -> None:
        for amount in range(times):
            decision_definitions.evaluate(desk.engine, actor=MARY, key="size", variables={"amount": amount})

    def cost() -> tuple[int, ...]:
        counts = []
        last = decision_evaluations.list_(desk.engine, actor=MARY, limit=1).items[0].id
        for path in (
            "/decisions",
            f"/decisions/{definition.id}",
            "/decisions/evaluations",
            f"/decisions/evaluations/{last}",
        ):
            browser.get(path)
            with browser.statements() as told:
                browser.get(path)
            counts.append(len(told))
        return tuple(counts)

    decide(100)
    few = cost()
    decide(900)

    assert cost() == few
    assert max(few) <= 12, few


def test_hostile_texts_are_inert_and_readable(desk: Desk, browser: Browsing) -> None:
    name = escape(HOSTILE, quote=True)
    cell = escape(HOSTILE.replace('"', ""))
    content = table((("-", f'"{cell}"'), ("-", f'"{LONG}"')), policy="FIRST").decode()
    content = content.replace('name="Size"', f'name="{name} {LONG}"').replace('label="Amount"', f'label="{name}"')
    content = content.replace('typeRef="number"', 'typeRef="string"')
    content = content.replace("<decisionTable", f"<description>{name}{LONG}</description><decisionTable", 1)
    deploy(desk, size_dmn=content.encode())
    [definition] = decision_definitions.list_(desk.engine, actor=MARY).items
    typed = {"field:amount": HOSTILE} | rows(("note", "", LONG))

    where = browser.post(f"/decisions/{definition.id}/evaluate", data=typed)
    refused = typed | rows((HOSTILE, "date", HOSTILE))
    wrong = browser.post(f"/decisions/{definition.id}/evaluate", data=refused, status=422)
    pages = [
        browser.get(path) for path in ("/decisions", f"/decisions/{definition.id}", "/decisions/evaluations", where)
    ]

    for page in (*pages, wrong):
        assert_inert(page)
    for page in (pages[0], pages[1], pages[3]):
        assert "<script>window.ran=1</script>" in words(page)
        assert "{{7*7}}" in words(page)
    assert LONG not in re.sub(r"<p class=\"said\">.*?</p>", "", pages[1], flags=re.DOTALL)
