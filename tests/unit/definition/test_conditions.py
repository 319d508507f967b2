"""Which language a condition is written in, and what happens if it does not compile."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import Expression, Language, SequenceFlow
from baton.bpm.definition.problems import Severity

FEEL, JUEL = Language.FEEL, Language.JUEL
FEEL_URI = "https://www.omg.org/spec/DMN/20191111/FEEL/"
XPATH = "http://www.w3.org/1999/XPath"


def body(text: str, attributes: str = "") -> str:
    return (
        '<bpmn:task id="A"/><bpmn:task id="B"/>\n<bpmn:sequenceFlow id="F" name="go" sourceRef="A" targetRef="B">'
        f"<bpmn:conditionExpression {attributes}>{text}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )


def condition(diagram) -> Expression | None:
    assert diagram.ok, diagram.problems
    (flow,) = diagram.processes[0].elements.flows
    return flow.condition


def test_a_flow_without_condition_has_none(read) -> None:
    body = '<bpmn:task id="A"/><bpmn:task id="B"/><bpmn:sequenceFlow id="F" sourceRef="A" targetRef="B"/>'

    assert read(body).processes[0].elements.flows == (SequenceFlow("F", "", "A", "B", None, 4),)


@pytest.mark.parametrize(
    ("text", "attributes", "expected"),
    [
        ("${amount > 1}", "", Expression("${amount > 1}", JUEL)),
        ("#{amount > 1}", "", Expression("#{amount > 1}", JUEL)),
        ("= amount > 1", "", Expression("amount > 1", FEEL)),
        (" =amount &gt; 1 ", 'xsi:type="bpmn:tFormalExpression"', Expression("amount > 1", FEEL)),
        ("amount > 1", "", Expression("amount > 1", FEEL)),
        ("<![CDATA[${a < 1}]]>", "", Expression("${a < 1}", JUEL)),
        ("amount > 1", 'language="juel"', Expression("amount > 1", JUEL)),
        ("=amount > 1", 'language="FEEL"', Expression("amount > 1", FEEL)),
        ("amount > 1", f'language="{FEEL_URI}"', Expression("amount > 1", FEEL)),
        ("${amount > 1}", f'language="{XPATH}"', Expression("${amount > 1}", JUEL)),
    ],
)
def test_the_language_is_the_named_one_else_that_of_the_marks_else_feel(read, text, attributes, expected) -> None:
    assert condition(read(body(text, attributes))) == expected


@pytest.mark.parametrize(
    ("root", "text", "expected"),
    [
        (FEEL_URI, "amount > 1", Expression("amount > 1", FEEL)),
        ("http://www.juel.org", "amount > 1", Expression("amount > 1", JUEL)),
        (XPATH, "${amount > 1}", Expression("${amount > 1}", JUEL)),
        ("http://groovy.codehaus.org/", "amount > 1", Expression("amount > 1", FEEL)),
    ],
)
def test_the_files_expression_language_counts_if_it_is_one_of_ours(read, root, text, expected) -> None:
    assert condition(read(body(text), root=f'expressionLanguage="{root}"')) == expected


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_condition_is_none(read, text) -> None:
    assert condition(read(body(text))) is None


@pytest.mark.parametrize("language", ["groovy", "ruby", "http://www.java.com/java"])
@pytest.mark.parametrize("executable", [True, False])
def test_a_script_as_condition_is_told_and_decided_by_a_person_if_guided(read, problem, language, executable) -> None:
    diagram = read(body("a > 1", f'language="{language}"'), executable=executable)

    severity = Severity.ERROR if executable else Severity.WARNING
    found = problem(diagram, "unsupported-condition-language", severity)
    assert f"'{language}'" in found.message
    assert (found.element_id, found.line) == ("F", 5)


@pytest.mark.parametrize("language", ["javascript", "JavaScript", "text/javascript", "ecmascript", "js"])
def test_a_condition_may_be_a_script_in_javascript(read, language) -> None:
    diagram = read(body("amount > 1 &amp;&amp; ok", f'language="{language}"'))

    assert condition(diagram) == Expression("amount > 1 && ok", Language.JAVASCRIPT)


@pytest.mark.parametrize("executable", [True, False])
def test_a_condition_that_is_no_javascript_is_told_as_that_not_as_a_remark(read, problem, executable) -> None:
    diagram = read(body("amount > ???", 'language="javascript"'), executable=executable)

    found = problem(diagram, "expression-syntax", Severity.ERROR if executable else Severity.WARNING)

    assert "at column 10" in found.message
    assert "true or false" in found.fix


def test_a_condition_in_a_separate_resource_is_an_error(read, problem) -> None:
    diagram = read(body("", 'language="groovy" camunda:resource="x.groovy"'))

    assert problem(diagram, "unsupported-attribute", Severity.ERROR).element_id == "F"


@pytest.mark.parametrize(("text", "position"), [("= amount > ???", 10), ("${a == ???}", 8), ("amount > ???", 10)])
def test_a_condition_that_does_not_compile_is_an_error_with_text_and_position(read, problem, text, position) -> None:
    found = problem(read(body(text)), "expression-syntax", Severity.ERROR)

    assert f"at column {position} " in found.message
    assert "???" in found.message
    assert "sequence flow 'go'" in found.message
    assert (found.element_id, found.line) == ("F", 5)


@pytest.mark.parametrize(
    ("text", "attributes", "rule"),
    [
        ("a > 1", 'language="groovy"', "unsupported-condition-language"),
        ("=???", "", "expression-syntax"),
        ("", 'camunda:resource="x.groovy"', "unsupported-attribute"),
    ],
)
def test_a_condition_that_cannot_be_read_is_not_also_called_missing(read, rules, text, attributes, rule) -> None:
    gateway = body(text, attributes).replace('bpmn:task id="A"', 'bpmn:exclusiveGateway id="A" default="D"')
    default = '<bpmn:sequenceFlow id="D" sourceRef="A" targetRef="B"/>'

    assert rules(read(gateway + default)) & {rule, "conditional-flows"} == {rule}


def test_a_remark_in_place_of_a_condition_leaves_the_choice_to_a_person_in_guided_mode(read, problem) -> None:
    diagram = read(body("customer looks happy ???"), executable=False)

    assert condition(diagram) is None
    assert problem(diagram, "expression-syntax").severity is Severity.WARNING


def test_a_marked_expression_that_does_not_compile_is_decided_by_a_person_in_guided_mode(read, problem) -> None:
    diagram = read(body("=???"), executable=False)

    assert condition(diagram) is None
    assert problem(diagram, "expression-syntax", Severity.WARNING).element_id == "F"


def test_a_parallel_gateway_does_not_use_a_condition(read, problem) -> None:
    diagram = read(body("=a").replace('bpmn:task id="A"', 'bpmn:parallelGateway id="A"'))

    assert condition(diagram) is None
    assert problem(diagram, "conditional-flows").severity is Severity.WARNING


def test_a_long_expression_is_cut_in_the_message(read, problem) -> None:
    found = problem(read(body("=" + "a + " * 50_000 + "???")), "expression-syntax", Severity.ERROR)

    assert len(found.message) < 500


def test_two_flows_between_the_same_nodes_are_two(read) -> None:
    flow = '<bpmn:sequenceFlow id="{}" sourceRef="A" targetRef="B"/>'

    diagram = read('<bpmn:task id="A"/><bpmn:task id="B"/>' + flow.format("F") + flow.format("G"))

    assert [flow.id for flow in diagram.processes[0].elements.flows] == ["F", "G"]


def test_a_flow_belongs_to_the_scope_of_its_ends_wherever_the_file_has_it(read, node) -> None:
    inner = '<bpmn:subProcess id="S"><bpmn:task id="A"/><bpmn:task id="B"/></bpmn:subProcess>'

    diagram = read(f'{inner}<bpmn:sequenceFlow id="F" sourceRef="A" targetRef="B"/>')

    assert diagram.processes[0].elements.flows == ()
    assert [flow.id for flow in node(diagram, "S").elements.flows] == ["F"]
