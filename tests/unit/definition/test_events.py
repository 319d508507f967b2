"""Start, end, intermediate and boundary events."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import (
    BoundaryEvent,
    CronForm,
    EndEvent,
    Expression,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    Language,
    StartEvent,
    TerminateEventDefinition,
    TimerEventDefinition,
    TimerKind,
)
from baton.bpm.definition.problems import Severity
from baton.bpm.errors import ExpressionError

DURATION = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT5M</bpmn:timeDuration></bpmn:timerEventDefinition>"
EMPTY_TIMER = '<bpmn:timerEventDefinition id="D"/>'
TASK = '<bpmn:task id="T"/>'


def timer(inner: str) -> str:
    return f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"


def catch(inner: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="E" name="Wait">{inner}</bpmn:intermediateCatchEvent>'


def test_a_none_start_event_has_no_event(read, node) -> None:
    diagram = read('<bpmn:startEvent id="E" name="Go"><bpmn:documentation>Now.</bpmn:documentation></bpmn:startEvent>')

    assert node(diagram, "E") == StartEvent(id="E", name="Go", documentation="Now.", line=4)


@pytest.mark.parametrize(
    ("inner", "kind", "value"),
    [
        ("<bpmn:timeDate>2026-12-24T18:00:00Z</bpmn:timeDate>", TimerKind.DATE, "2026-12-24T18:00:00Z"),
        ("<bpmn:timeDuration> PT5M </bpmn:timeDuration>", TimerKind.DURATION, "PT5M"),
        (
            '<bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R3/PT10M</bpmn:timeCycle>',
            TimerKind.CYCLE,
            "R3/PT10M",
        ),
        (
            "<bpmn:timeDuration>${patience}</bpmn:timeDuration>",
            TimerKind.DURATION,
            Expression("${patience}", Language.JUEL),
        ),
        ("<bpmn:timeDate>= due</bpmn:timeDate>", TimerKind.DATE, Expression("due", Language.FEEL)),
        ("<bpmn:timeDuration><![CDATA[PT1H]]></bpmn:timeDuration>", TimerKind.DURATION, "PT1H"),
    ],
)
def test_a_timer_is_a_date_a_duration_or_a_cycle_literal_or_expression(read, node, inner, kind, value) -> None:
    diagram = read(catch(timer(inner)))

    assert node(diagram, "E") == IntermediateCatchEvent(
        id="E", name="Wait", event=TimerEventDefinition(kind, value), line=4
    )


def test_a_start_event_may_have_a_timer(read, node) -> None:
    diagram = read(f'<bpmn:startEvent id="E">{timer("<bpmn:timeCycle>R/PT1H</bpmn:timeCycle>")}</bpmn:startEvent>')

    assert node(diagram, "E").event == TimerEventDefinition(TimerKind.CYCLE, "R/PT1H")


def test_cron_has_springs_form_in_camunda_8_files_and_quartz_in_others(read, node) -> None:
    body = catch(timer("<bpmn:timeCycle>R/PT1H</bpmn:timeCycle>"))
    platform = 'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="{}"'

    assert node(read(body), "E").event.cron_form is CronForm.QUARTZ
    assert node(read(body, root=platform.format("Camunda Platform")), "E").event.cron_form is CronForm.QUARTZ
    assert node(read(body, root=platform.format("Camunda Cloud")), "E").event.cron_form is CronForm.SPRING


def test_an_event_may_refer_to_a_definition_at_the_root(read, node) -> None:
    root = '<bpmn:timerEventDefinition id="TD"><bpmn:timeDuration>PT9M</bpmn:timeDuration></bpmn:timerEventDefinition>'

    diagram = read(catch("<bpmn:eventDefinitionRef>bpmn:TD</bpmn:eventDefinitionRef>"), around=root)

    assert node(diagram, "E").event == TimerEventDefinition(TimerKind.DURATION, "PT9M")


def test_a_reference_to_a_missing_definition_is_an_error(read, problem) -> None:
    diagram = read(catch("<bpmn:eventDefinitionRef>Gone</bpmn:eventDefinitionRef>"))

    assert not diagram.ok
    assert "Gone" in problem(diagram, "event-definition-reference").message


@pytest.mark.parametrize(("given", "interrupting"), [("", True), ("true", True), ("false", False), ("0", False)])
def test_a_boundary_event_knows_its_activity_and_whether_it_interrupts(read, node, given, interrupting) -> None:
    flag = f' cancelActivity="{given}"' if given else ""

    diagram = read(f'{TASK}<bpmn:boundaryEvent id="E" attachedToRef="T"{flag}>{DURATION}</bpmn:boundaryEvent>')

    assert node(diagram, "E") == BoundaryEvent(
        id="E",
        attached_to="T",
        interrupting=interrupting,
        event=TimerEventDefinition(TimerKind.DURATION, "PT5M"),
        line=4,
    )


def test_an_end_event_ends_or_terminates(read, node) -> None:
    diagram = read(
        '<bpmn:endEvent id="E"/><bpmn:endEvent id="X"><bpmn:terminateEventDefinition id="D"/></bpmn:endEvent>'
    )

    assert node(diagram, "E") == EndEvent(id="E", line=4)
    assert node(diagram, "X") == EndEvent(id="X", event=TerminateEventDefinition(), line=4)


def test_a_none_throw_event_is_passed_through(read, node) -> None:
    assert node(read('<bpmn:intermediateThrowEvent id="E"/>'), "E") == IntermediateThrowEvent(id="E", line=4)


EVENTS_WITHOUT_DEFINITION = [
    catch(EMPTY_TIMER),
    f'{TASK}<bpmn:boundaryEvent id="E" attachedToRef="T">{EMPTY_TIMER}</bpmn:boundaryEvent>',
    f'<bpmn:startEvent id="E">{EMPTY_TIMER}</bpmn:startEvent>',
    catch(timer("<bpmn:timeDuration/>")),
]


@pytest.mark.parametrize("body", EVENTS_WITHOUT_DEFINITION)
def test_a_timer_without_definition_is_an_error_in_automatic_mode(read, problem, body) -> None:
    found = problem(read(body), "timer-definition", Severity.ERROR)

    assert (found.element_id, found.line) == ("E", 4)
    assert "PT15M" in found.fix


@pytest.mark.parametrize("body", EVENTS_WITHOUT_DEFINITION)
def test_a_timer_without_definition_is_continued_by_a_person_in_guided_mode(read, node, problem, body) -> None:
    diagram = read(body, executable=False)

    assert node(diagram, "E").event is None
    assert problem(diagram, "timer-definition").severity is Severity.INFO


def test_a_timer_with_two_definitions_is_an_error(read, problem) -> None:
    both = "<bpmn:timeDate>2026-01-01</bpmn:timeDate><bpmn:timeDuration>PT1M</bpmn:timeDuration>"

    assert "2 definitions" in problem(read(catch(timer(both))), "timer-definition", Severity.ERROR).message


def test_a_timer_that_cannot_be_read_is_an_error_with_the_reason_in_automatic_mode(read, problem) -> None:
    diagram = read(catch(timer("<bpmn:timeDuration>two days</bpmn:timeDuration>")))

    found = problem(diagram, "timer-definition", Severity.ERROR)
    assert "'two days'" in found.message
    assert "Expected a duration such as PT15M" in found.message


def test_a_timer_that_cannot_be_read_is_continued_by_a_person_in_guided_mode(read, node, problem) -> None:
    diagram = read(catch(timer("<bpmn:timeDuration>two days</bpmn:timeDuration>")), executable=False)

    assert node(diagram, "E").event is None
    assert problem(diagram, "timer-definition").severity is Severity.WARNING


def test_a_timer_expression_that_does_not_compile_is_an_error_with_its_position(read, problem) -> None:
    diagram = read(catch(timer("<bpmn:timeDuration>=a + ???</bpmn:timeDuration>")))

    found = problem(diagram, "expression-syntax", Severity.ERROR)
    assert "'a + ???'" in found.message
    assert "at column 5" in found.message


@pytest.mark.parametrize(
    "body", [catch(""), f'{TASK}<bpmn:boundaryEvent id="E" attachedToRef="T"/>'], ids=["catch", "boundary"]
)
def test_an_event_that_waits_for_nothing_is_an_error_or_a_persons_to_continue(read, node, problem, body) -> None:
    assert problem(read(body), "event-without-cause", Severity.ERROR).element_id == "E"

    guided = read(body, executable=False)

    assert node(guided, "E").event is None
    assert problem(guided, "event-without-cause").severity is Severity.INFO


POSITIONS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
CAUSES = ("message", "signal", "error", "escalation", "conditional", "compensate", "cancel", "link")


@pytest.mark.parametrize("executable", [True, False])
@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("cause", CAUSES)
def test_an_event_of_a_cause_that_cannot_be_run_is_refused_by_name(read, problem, position, cause, executable) -> None:
    body = (
        f'{TASK}\n<bpmn:{position} id="E" name="Odd" attachedToRef="T"><bpmn:{cause}EventDefinition/></bpmn:{position}>'
    )

    diagram = read(body, executable=executable)

    assert not diagram.ok
    found = problem(diagram, "unsupported-element", Severity.ERROR)
    assert (found.element_id, found.element_name, found.line) == ("E", "Odd", 5)
    assert found.message.startswith(f"The {cause} ")


@pytest.mark.parametrize(
    ("position", "cause"),
    [
        ("startEvent", "terminate"),
        ("endEvent", "timer"),
        ("intermediateThrowEvent", "timer"),
        ("intermediateCatchEvent", "terminate"),
    ],
)
def test_a_cause_in_the_wrong_position_is_refused(read, problem, position, cause) -> None:
    diagram = read(f'<bpmn:{position} id="E"><bpmn:{cause}EventDefinition/></bpmn:{position}>')

    assert problem(diagram, "unsupported-element", Severity.ERROR).element_id == "E"


def test_an_event_with_several_causes_is_refused(read, problem) -> None:
    diagram = read(catch(DURATION + "<bpmn:messageEventDefinition/>"))

    assert "multiple intermediate catch event" in problem(diagram, "unsupported-element", Severity.ERROR).message


def test_a_reason_as_long_as_the_file_is_cut(read, problem) -> None:
    class Talkative:
        def check_expression(self, expression: Expression) -> None: ...

        def check_script(self, script: object) -> None: ...

        def check_timer(self, timer: TimerEventDefinition) -> None:
            raise ExpressionError(f"Expected a duration, found '{timer.value}'")

    body = catch(timer(f"<bpmn:timeDuration>{'9' * 100_000}</bpmn:timeDuration>"))

    found = problem(read(body, checks=Talkative()), "timer-definition", Severity.ERROR)

    assert len(found.message) < 1_000
