"""Every lint rule: a drawing it is silent about, and drawings of which it says what would happen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from baton.bpm.definition.importer import Diagram, read_diagram
from baton.bpm.definition.lint import LEVELS, RULES
from baton.bpm.definition.lint.severities import Level, Severities
from baton.bpm.definition.problems import Severity
from tests.unit.definition.conftest import draw
from tests.unit.definition.test_rules import CHAIN, END, START, flow, tasks, timer

DOCS = Path(__file__).resolve().parents[3] / "docs" / "lint.md"
DI = 'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
GATEWAYS = '<bpmn:{0}Gateway id="S"/><bpmn:{1}Gateway id="J"/>'
DIAMOND = (
    START
    + GATEWAYS
    + tasks("A", "B")
    + END
    + flow("f0", "Go", "S")
    + flow("f1", "S", "A")
    + flow("f2", "S", "B")
    + flow("f3", "A", "J")
    + flow("f4", "B", "J")
    + flow("f5", "J", "End")
)


def shape(id_: str, x: int) -> str:
    return (
        f'<di:BPMNShape {DI} id="{id_}_di" bpmnElement="{id_}">'
        f'<dc:Bounds x="{x}" y="0" width="100" height="80"/></di:BPMNShape>'
    )


def lint(body: str, severities: str = "", **how: object) -> Diagram:
    return read_diagram(draw(body, **how), severities=Severities.parse(severities))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """`good` is silent; `bad` is told at `at` with the words `says`."""

    rule: str
    good: str
    bad: str
    at: str | None
    says: str
    executable: bool = True
    around: str = ""


def event_sub_process(start: str) -> str:
    return CHAIN + f'<bpmn:subProcess id="E" triggeredByEvent="true">{start}</bpmn:subProcess>'


LOOP = (
    START
    + '<bpmn:exclusiveGateway id="J"/>{task}<bpmn:exclusiveGateway id="S" default="out"/>'
    + flow("f0", "Go", "J")
    + flow("f1", "J", "W")
    + flow("f2", "W", "S")
    + flow("back", "S", "J", "=again")
    + END
    + flow("out", "S", "End")
)
MULTIPLE = (
    '<bpmn:intermediateCatchEvent id="M"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition>{0}</bpmn:intermediateCatchEvent>"
)
TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition>"
TERMINATE = '<bpmn:endEvent id="T"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
HEADERS = (
    '<bpmn:serviceTask id="W"><bpmn:extensionElements><zeebe:taskDefinition type="w"/><zeebe:taskHeaders>'
    '<zeebe:header key="a" value="1"/><zeebe:header key="{0}" value="2"/></zeebe:taskHeaders>'
    "</bpmn:extensionElements></bpmn:serviceTask>"
)
INPUT = (
    '<bpmn:serviceTask id="W"><bpmn:extensionElements><zeebe:taskDefinition type="w"/><zeebe:ioMapping>'
    '<zeebe:input source="{0}" target="t"/></zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>'
)
TWO_TASKS = tasks("A", "B")

CASES = (
    Case(
        "ad-hoc-sub-process",
        f'<bpmn:adHocSubProcess id="H">{tasks("A")}</bpmn:adHocSubProcess>',
        f'<bpmn:adHocSubProcess id="H">{START}{tasks("A")}</bpmn:adHocSubProcess>',
        "Go",
        "people choose",
    ),
    Case(
        "deadlock",
        DIAMOND.format("parallel", "parallel"),
        DIAMOND.format("exclusive", "parallel").replace('id="S"', 'id="S" default="f1"'),
        "J",
        "takes only one of these ways: the run would stop here",
    ),
    Case(
        "deadlock",
        CHAIN,
        START
        + tasks("A")
        + timer("boundaryEvent", "B", 'attachedToRef="A"')
        + '<bpmn:parallelGateway id="J"/>'
        + flow("f0", "Go", "A")
        + flow("f1", "A", "J")
        + flow("f2", "B", "J"),
        "J",
        "the run would stop here",
    ),
    Case("duplicate-task-headers", HEADERS.format("b"), HEADERS.format("a"), "W", "the worker sees the last one"),
    Case("end-event-required", CHAIN, START + tasks("A") + flow("f", "Go", "A"), "P", "nothing in it is left to do"),
    Case(
        "event-sub-process-typed-start-event",
        event_sub_process(timer("startEvent", "X")),
        event_sub_process('<bpmn:startEvent id="X"/>'),
        "X",
        "nothing can make it happen",
    ),
    Case("executable-process", CHAIN, CHAIN, "P", "guided mode", executable=False),
    Case("fake-join", CHAIN, tasks("A", "B", "C") + flow("f1", "A", "C") + flow("f2", "B", "C"), "C", "waits for none"),
    Case("global", CHAIN, CHAIN, "M1", "is not used", around='<bpmn:message id="M1" name="paid"/>'),
    Case(
        "join-never-fills",
        DIAMOND.format("parallel", "parallel"),
        DIAMOND.format("parallel", "parallel") + tasks("Lost") + flow("f6", "Lost", "J"),
        "f6",
        "is never reached: the run would stop here",
    ),
    Case(
        "join-never-fills",
        CHAIN,
        START
        + '<bpmn:parallelGateway id="J"/>'
        + tasks("A")
        + flow("f1", "Go", "J")
        + flow("f2", "J", "A")
        + flow("f3", "A", "J"),
        "f3",
        "comes back from behind the gateway",
    ),
    Case("label-required", CHAIN.replace('id="A"', 'id="A" name="Check"'), CHAIN, "A", "has no name"),
    Case(
        "lack-of-synchronisation",
        DIAMOND.format("parallel", "parallel"),
        DIAMOND.format("parallel", "exclusive"),
        "J",
        "would run 2 times",
    ),
    Case("no-bpmndi", "", CHAIN, "Go", "laid out automatically"),
    Case("no-complex-gateway", CHAIN, CHAIN + '<bpmn:complexGateway id="C"/>', "C", "complex", executable=False),
    Case(
        "no-duplicate-sequence-flows",
        CHAIN,
        TWO_TASKS + flow("f1", "A", "B") + flow("f2", "A", "B"),
        "f2",
        "begins twice",
    ),
    Case(
        "no-gateway-join-fork",
        DIAMOND.format("parallel", "parallel"),
        tasks("A", "B", "C", "D")
        + '<bpmn:parallelGateway id="X"/>'
        + flow("f1", "A", "X")
        + flow("f2", "B", "X")
        + flow("f3", "X", "C")
        + flow("f4", "X", "D"),
        "X",
        "joins first, then splits",
    ),
    Case("no-implicit-end", CHAIN, START + tasks("A") + flow("f", "Go", "A"), "A", "the way ends there"),
    Case("no-implicit-start", CHAIN, CHAIN + tasks("B") + flow("f3", "B", "End"), "B", "it never begins"),
    Case(
        "no-implicit-split",
        CHAIN,
        tasks("A", "B", "C") + flow("f1", "A", "B") + flow("f2", "A", "C"),
        "A",
        "all of them are taken",
    ),
    Case("no-inclusive-gateway", CHAIN, CHAIN + '<bpmn:inclusiveGateway id="I"/>', "I", "inclusive"),
    Case(
        "no-loop",
        LOOP.format(task='<bpmn:userTask id="W"/>'),
        LOOP.format(task='<bpmn:task id="W"/>'),
        "J",
        "until its condition ends it",
    ),
    Case(
        "no-loop",
        CHAIN,
        START + tasks("A", "B") + flow("f0", "Go", "A") + flow("f1", "A", "B") + flow("f2", "B", "A"),
        "A",
        "has no way out",
    ),
    Case("no-overlapping-elements", CHAIN, TWO_TASKS, "B", "drawn over", around=shape("A", 0) + shape("B", 50)),
    Case("secrets", INPUT.format("{{{{secrets.KEY}}}}"), INPUT.format("secrets.KEY"), "W", "text itself is handed on"),
    Case("single-event-definition", MULTIPLE.format(""), MULTIPLE.format(TIMER), "M", "each of them is enough"),
    Case(
        "superfluous-gateway",
        DIAMOND.format("parallel", "parallel"),
        TWO_TASKS + '<bpmn:parallelGateway id="X"/>' + flow("f1", "A", "X") + flow("f2", "X", "B"),
        "X",
        "decides and joins nothing",
    ),
    Case(
        "superfluous-termination",
        CHAIN,
        START + tasks("A") + TERMINATE + flow("f1", "Go", "A") + flow("f2", "A", "T"),
        "T",
        "nothing else can be running",
    ),
)


def told(diagram: Diagram, rule: str) -> list[tuple[str | None, str]]:
    return [(problem.element_id, problem.message) for problem in diagram.problems if problem.rule == rule]


def switched_on(rule: str) -> str:
    return f"{rule}=info" if LEVELS[rule] is Level.OFF else ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.says[:30]}")
def test_a_rule_says_what_would_happen_at_run_time(case: Case) -> None:
    diagram = lint(case.bad, switched_on(case.rule), executable=case.executable, around=case.around)

    found = told(diagram, case.rule)
    assert (case.at, True) in [(id_, case.says in message) for id_, message in found], (found, diagram.problems)
    assert all(problem.fix.endswith(".") for problem in diagram.problems)
    assert all(problem.line > 0 for problem in diagram.problems)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.says[:30]}")
def test_a_rule_is_silent_about_a_good_drawing(case: Case) -> None:
    diagram = lint(case.good, switched_on(case.rule))

    assert [(id_, message) for id_, message in told(diagram, case.rule) if id_ == case.at] == []


def test_every_rule_has_a_bad_drawing_and_a_file_of_its_name() -> None:
    assert {case.rule for case in CASES} == set(RULES)
    folder = Path(__file__).resolve().parents[3] / "bpm" / "definition" / "lint"
    for rule in RULES:
        name = rule.replace("-", "_")
        assert (folder / f"{name}.py").exists() or (folder / f"{name}_.py").exists(), rule


def test_the_guide_has_one_line_for_each_rule() -> None:
    text = DOCS.read_text(encoding="utf-8")

    for rule in RULES:
        assert text.count(f"\n| `{rule}` |") == 1, rule


def test_a_linted_file_runs_unless_a_rule_was_made_an_error() -> None:
    body = DIAMOND.format("parallel", "exclusive")

    assert lint(body).ok
    refused = lint(body, "lack-of-synchronisation=error")
    assert not refused.ok
    assert not refused.processes


def test_a_rule_that_is_off_does_not_speak() -> None:
    assert told(lint(CHAIN, "label-required=off"), "label-required") == []


def test_other_rules_can_be_raised_and_lowered_too() -> None:
    body = CHAIN + tasks("Alone")

    assert {p.severity for p in lint(body).problems if p.rule == "no-disconnected"} == {Severity.WARNING}
    assert not lint(body, "no-disconnected=error").ok
    assert told(lint(body, "no-disconnected=off"), "no-disconnected") == []


def test_what_cannot_run_stays_an_error_whatever_is_configured() -> None:
    assert not lint(CHAIN + flow("f3", "A", "Gone"), "no-dangling-flow=off").ok


@pytest.mark.parametrize("text", ["label-required", "label-required=loud", "=info", "a=b=c"])
def test_a_level_that_does_not_exist_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="expected rule=level"):
        Severities.parse(text)
