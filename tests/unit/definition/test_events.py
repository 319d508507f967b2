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
from baton.bpm.definition.event_definitions import (
    CancelEventDefinition,
    CompensateEventDefinition,
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    LinkEventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
    SignalEventDefinition,
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


ROOTS = """<bpmn:message id="M" name="order"/><bpmn:signal id="S" name="go"/>
<bpmn:error id="X" name="Broken" errorCode="42"/><bpmn:escalation id="Y" escalationCode="late"/>"""
DEFINITIONS = {
    "message": '<bpmn:messageEventDefinition messageRef="M"/>',
    "timer": DURATION,
    "signal": '<bpmn:signalEventDefinition signalRef="S"/>',
    "error": '<bpmn:errorEventDefinition errorRef="X"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="Y"/>',
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>=a &gt; 1</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>",
    "link": '<bpmn:linkEventDefinition name="on"/>',
    "compensate": '<bpmn:compensateEventDefinition waitForCompletion="false"/>',
    "cancel": "<bpmn:cancelEventDefinition/>",
    "terminate": "<bpmn:terminateEventDefinition/>",
}
READ = {
    "message": MessageEventDefinition("order"),
    "timer": TimerEventDefinition(TimerKind.DURATION, "PT5M"),
    "signal": SignalEventDefinition("go"),
    "error": ErrorEventDefinition("42"),
    "escalation": EscalationEventDefinition("late"),
    "conditional": ConditionalEventDefinition(Expression("a > 1", Language.FEEL)),
    "link": LinkEventDefinition("on"),
    "compensate": CompensateEventDefinition(None, wait_for_completion=False),
    "cancel": CancelEventDefinition(),
    "terminate": TerminateEventDefinition(),
}
WAITING = {"message", "timer", "signal", "conditional"}
PLACES = {
    "start": ('<bpmn:startEvent id="E">{}</bpmn:startEvent>', WAITING),
    "event sub-process start": (
        '<bpmn:subProcess id="V" triggeredByEvent="true"><bpmn:startEvent id="E">{}</bpmn:startEvent>'
        "</bpmn:subProcess>",
        WAITING | {"error", "escalation", "compensate"},
    ),
    "catch": (
        '<bpmn:intermediateCatchEvent id="E">{}</bpmn:intermediateCatchEvent>',
        WAITING | {"link"},
    ),
    "boundary": (
        '<bpmn:boundaryEvent id="E" attachedToRef="R">{}</bpmn:boundaryEvent>',
        WAITING | {"error", "escalation", "compensate", "cancel"},
    ),
    "throw": (
        '<bpmn:intermediateThrowEvent id="E">{}</bpmn:intermediateThrowEvent>',
        {"message", "signal", "escalation", "compensate", "link"},
    ),
    "end": (
        '<bpmn:endEvent id="E">{}</bpmn:endEvent>',
        {"message", "signal", "error", "escalation", "compensate", "cancel", "terminate"},
    ),
}
TRANSACTION = '<bpmn:transaction id="R"><bpmn:task id="RT"/></bpmn:transaction>'


def event_at(place: str, *definitions: str, attributes: str = "") -> str:
    drawn = PLACES[place][0].format("".join(definitions))
    if attributes:
        drawn = drawn.replace('id="E"', f'id="E" {attributes}')
    return TRANSACTION + drawn


ALLOWED = [(place, cause) for place, (_, causes) in PLACES.items() for cause in sorted(causes)]
MISPLACED = [(place, cause) for place, (_, causes) in PLACES.items() for cause in DEFINITIONS if cause not in causes]


@pytest.mark.parametrize(("place", "cause"), [pair for pair in ALLOWED if pair != ("end", "cancel")])
@pytest.mark.parametrize("executable", [True, False])
def test_an_event_is_read_wherever_the_standard_allows_it(read, place, cause, executable) -> None:
    diagram = read(event_at(place, DEFINITIONS[cause]), around=ROOTS, executable=executable)

    assert "event-definition-position" not in {problem.rule for problem in diagram.problems}
    if (place, cause) != ("throw", "link") or not executable:  # nothing catches this link
        assert diagram.ok, diagram.problems
        found = next(node for node in diagram.processes[0].elements.walk() if node.id == "E")
        assert found.event == READ[cause]


CODED = [("error", ErrorEventDefinition), ("escalation", EscalationEventDefinition)]


@pytest.mark.parametrize(("what", "kind"), CODED)
def test_who_catches_an_error_or_escalation_without_a_code_catches_all(read, node, what, kind) -> None:
    definition = f'<bpmn:{what}EventDefinition {what}Ref="Z"/>'
    roots = f'<bpmn:{what} id="Z" name="Broken"/>'

    caught = read(event_at("boundary", definition), around=roots)
    thrown = read(event_at("end", definition), around=roots)

    assert node(caught, "E").event == kind("Broken", and_others=True)
    assert node(thrown, "E").event == kind("Broken")


@pytest.mark.parametrize(("what", "kind"), CODED)
def test_throwing_without_a_code_is_a_warning_in_automatic_mode(read, node, problem, rules, what, kind) -> None:
    drawn = event_at("end", f"<bpmn:{what}EventDefinition/>")
    diagram, guided = read(drawn), read(drawn, executable=False)

    assert node(diagram, "E").event == kind("")
    found = problem(diagram, "code-definition", Severity.WARNING)
    assert f"only who catches every {what} catches it" in found.message
    assert "code-definition" not in rules(guided)


def test_a_cancel_end_event_is_read_in_a_transaction(read, node) -> None:
    diagram = read(
        '<bpmn:transaction id="R"><bpmn:endEvent id="E"><bpmn:cancelEventDefinition/></bpmn:endEvent>'
        "</bpmn:transaction>"
    )

    assert node(diagram, "E").event == CancelEventDefinition()


@pytest.mark.parametrize(("place", "cause"), MISPLACED)
def test_an_event_is_refused_where_the_standard_forbids_it(read, problem, place, cause) -> None:
    diagram = read(event_at(place, DEFINITIONS[cause]), around=ROOTS)

    found = problem(diagram, "event-definition-position", Severity.ERROR)
    assert found.element_id == "E"
    assert f"cannot have a {cause} definition" in found.message


@pytest.mark.parametrize(("place", "cause"), MISPLACED)
def test_a_misplaced_definition_is_left_out_in_guided_mode(read, node, problem, place, cause) -> None:
    diagram = read(event_at(place, DEFINITIONS[cause]), around=ROOTS, executable=False)

    assert problem(diagram, "event-definition-position").severity is Severity.WARNING
    assert node(diagram, "E").event is None


@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize("place", ["start", "event sub-process start", "catch", "boundary"])
def test_an_event_with_several_definitions_is_multiple_or_parallel_multiple(read, node, place, parallel) -> None:
    body = event_at(
        place,
        DEFINITIONS["message"],
        DEFINITIONS["signal"],
        attributes='parallelMultiple="true"' if parallel else "",
    )

    diagram = read(body, around=ROOTS)

    assert node(diagram, "E").event == MultipleEventDefinition((READ["message"], READ["signal"]), parallel)


@pytest.mark.parametrize("place", ["throw", "end"])
def test_an_event_that_throws_several_is_multiple(read, node, place) -> None:
    diagram = read(event_at(place, DEFINITIONS["message"], DEFINITIONS["signal"]), around=ROOTS)

    assert node(diagram, "E").event == MultipleEventDefinition((READ["message"], READ["signal"]))


@pytest.mark.parametrize("cause", sorted(set(DEFINITIONS) - {"link", "terminate", "cancel"}))
def test_a_definition_may_stand_at_the_root_and_be_referred_to(read, node, cause) -> None:
    definition = DEFINITIONS[cause].replace("EventDefinition", 'EventDefinition id="D"', 1)

    diagram = read(
        event_at("event sub-process start", "<bpmn:eventDefinitionRef>D</bpmn:eventDefinitionRef>"),
        around=ROOTS + definition,
    )

    assert node(diagram, "E").event == READ[cause]


@pytest.mark.parametrize("given", ["true", "false"])
def test_a_start_event_of_an_event_sub_process_knows_whether_it_interrupts(read, node, given) -> None:
    diagram = read(
        event_at("event sub-process start", DEFINITIONS["signal"], attributes=f'isInterrupting="{given}"'),
        around=ROOTS,
    )

    assert node(diagram, "E").interrupting is (given == "true")


@pytest.mark.parametrize(
    ("cause", "rule"),
    [
        ("message", "message-definition"),
        ("signal", "signal-definition"),
        ("conditional", "condition-definition"),
    ],
)
@pytest.mark.parametrize("place", ["start", "catch", "boundary", "event sub-process start"])
def test_an_event_that_does_not_say_which_is_an_error_or_a_persons_to_continue(
    read, node, problem, cause, rule, place
) -> None:
    body = event_at(place, f"<bpmn:{cause}EventDefinition/>")

    assert problem(read(body), rule, Severity.ERROR).element_id == "E"

    guided = read(body, executable=False)
    assert problem(guided, rule).severity is Severity.INFO
    if cause == "signal":
        assert node(guided, "E").event.asks
    else:
        assert node(guided, "E").event is None


def test_unnamed_signals_of_one_file_are_the_same_signal_in_guided_mode(read, node) -> None:
    unnamed = "<bpmn:signalEventDefinition/>"
    throw = f'<bpmn:intermediateThrowEvent id="W">{unnamed}</bpmn:intermediateThrowEvent>'

    diagram = read(event_at("catch", unnamed) + throw, executable=False)

    assert node(diagram, "W").event.name == node(diagram, "E").event.name
    assert not node(diagram, "W").event.asks


@pytest.mark.parametrize("cause", ["error", "escalation"])
def test_catching_without_a_code_catches_all_and_throwing_without_one_throws_none(read, node, cause) -> None:
    empty = f"<bpmn:{cause}EventDefinition/>"

    assert node(read(event_at("boundary", empty)), "E").event.code is None
    assert node(read(event_at("end", empty)), "E").event.code == ""


def test_an_association_joins_a_compensation_event_with_its_handler(read, node) -> None:
    body = event_at("boundary", DEFINITIONS["compensate"]) + (
        '<bpmn:task id="H" isForCompensation="true"/><bpmn:association id="A" sourceRef="E" targetRef="H"/>'
    )

    assert node(read(body), "E").handler == "H"


def test_a_reason_as_long_as_the_file_is_cut(read, problem) -> None:
    class Talkative:
        def check_expression(self, expression: Expression) -> None: ...

        def check_script(self, script: object) -> None: ...

        def check_timer(self, timer: TimerEventDefinition) -> None:
            raise ExpressionError(f"Expected a duration, found '{timer.value}'")

    body = catch(timer(f"<bpmn:timeDuration>{'9' * 100_000}</bpmn:timeDuration>"))

    found = problem(read(body, checks=Talkative()), "timer-definition", Severity.ERROR)

    assert len(found.message) < 1_000


@pytest.mark.parametrize("cause", ["error", "escalation"])
def test_an_event_that_refers_to_nothing_does_not_find_a_root_element_without_id(read, node, cause) -> None:
    nameless = '<bpmn:import importType="x"/><bpmn:relationship type="y"/>'

    diagram = read(event_at("boundary", f"<bpmn:{cause}EventDefinition/>"), around=nameless)

    assert node(diagram, "E").event.code is None


@pytest.mark.parametrize("what", ["error", "escalation"])
def test_what_the_file_does_not_declare_is_the_code_and_told(read, node, what) -> None:
    boundary = f'<bpmn:boundaryEvent id="E" attachedToRef="A"><bpmn:{what}EventDefinition {what}Ref="lost"/>'

    diagram = read(f'<bpmn:task id="A"/>{boundary}</bpmn:boundaryEvent>')

    [found] = [problem for problem in diagram.problems if problem.rule == f"{what}-reference"]
    assert (found.severity, found.element_id) == (Severity.WARNING, "E")
    assert f"names the {what} 'lost', which the file does not declare" in found.message
    assert node(diagram, "E").event.code == "lost"


@pytest.mark.parametrize("what", ["message", "signal"])
def test_a_message_or_signal_that_the_file_does_not_declare_is_named(read, problem, what) -> None:
    event = f'<bpmn:intermediateCatchEvent id="E"><bpmn:{what}EventDefinition {what}Ref="lost"/>'

    found = problem(read(f"{event}</bpmn:intermediateCatchEvent>"), f"{what}-definition")

    assert found.severity is Severity.ERROR
    assert f"names the {what} 'lost', which the file does not declare" in found.message
