"""Every rule: a drawing that keeps it and drawings that break it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from baton.bpm.definition.problems import Severity
from baton.bpm.definition.rules import RULES

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def flow(id_: str, source: str, target: str, condition: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{id_}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def timer(tag: str, id_: str, attributes: str = "") -> str:
    return (
        f'<bpmn:{tag} id="{id_}" {attributes}><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>'
        f"</bpmn:timerEventDefinition></bpmn:{tag}>"
    )


def tasks(*ids: str) -> str:
    return "".join(f'<bpmn:task id="{id_}"/>' for id_ in ids)


def event(tag: str, id_: str, definition: str, attributes: str = "") -> str:
    return f'<bpmn:{tag} id="{id_}" {attributes}>{definition}</bpmn:{tag}>'


LINK = '<bpmn:linkEventDefinition name="on"/>'
CANCEL = "<bpmn:cancelEventDefinition/>"
COMPENSATE = "<bpmn:compensateEventDefinition/>"
COMPENSATES = '<bpmn:compensateEventDefinition activityRef="{}"/>'
START = '<bpmn:startEvent id="Go"/>'
END = '<bpmn:endEvent id="End"/>'
ATTACHED = 'attachedToRef="A"'
CHAIN = START + tasks("A") + END + flow("f1", "Go", "A") + flow("f2", "A", "End")


@dataclass(frozen=True)
class Broken:
    """`guided` None: the rule has nothing to say in guided mode. `at`: the element it names."""

    rule: str
    body: str
    automatic: Severity | None
    guided: Severity | None
    at: str | None
    says: str = ""


GOOD = {
    "boundary-event-attached": CHAIN + timer("boundaryEvent", "B", ATTACHED),
    "boundary-event-twice": CHAIN
    + event("boundaryEvent", "B", "<bpmn:errorEventDefinition/>", ATTACHED)
    + event("boundaryEvent", "C", '<bpmn:errorEventDefinition errorRef="X"/>', ATTACHED),
    "compensation": tasks("A", "B")
    + '<bpmn:task id="Undo" isForCompensation="true"/>'
    + f'<bpmn:boundaryEvent id="C" {ATTACHED}><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>'
    + '<bpmn:association id="a" sourceRef="C" targetRef="Undo"/>'
    + flow("f", "A", "B"),
    "conditional-flows": START
    + '<bpmn:exclusiveGateway id="X" default="f3"/>'
    + tasks("A", "B")
    + flow("f1", "Go", "X")
    + flow("f2", "X", "A", "=a")
    + flow("f3", "X", "B"),
    "default-flow": '<bpmn:task id="A" default="f"/>' + tasks("B") + flow("f", "A", "B"),
    "event-based-gateway": '<bpmn:eventBasedGateway id="G"/>'
    + timer("intermediateCatchEvent", "T1")
    + timer("intermediateCatchEvent", "T2")
    + flow("f", "G", "T1")
    + flow("g", "G", "T2"),
    "flow-within-scope": f'{tasks("A")}<bpmn:subProcess id="S">{tasks("B", "C")}{flow("g", "B", "C")}</bpmn:subProcess>'
    + flow("f", "A", "S"),
    "link-event": START
    + event("intermediateThrowEvent", "L1", LINK)
    + event("intermediateCatchEvent", "L2", LINK)
    + END
    + flow("f", "Go", "L1")
    + flow("g", "L2", "End"),
    "no-dangling-flow": CHAIN,
    "no-disconnected": CHAIN,
    "no-flow-to-event-sub-process": CHAIN
    + f'<bpmn:subProcess id="S" triggeredByEvent="true">{timer("startEvent", "Late")}</bpmn:subProcess>',
    "no-incoming-to-start": CHAIN,
    "no-outgoing-from-end": CHAIN,
    "no-unreachable": CHAIN
    + timer("boundaryEvent", "B", ATTACHED)
    + tasks("Late")
    + flow("f3", "B", "Late")
    + flow("f4", "Late", "A"),
    "process-not-empty": CHAIN,
    "single-blank-start-event": CHAIN + timer("startEvent", "Daily") + flow("f3", "Daily", "A"),
    "start-event-required": CHAIN,
    "sub-process-blank-start-event": f'<bpmn:subProcess id="S">{CHAIN}</bpmn:subProcess>',
    "user-task-attributes": (
        '<bpmn:userTask id="U" camunda:dueDate="2026-12-24T18:00:00" camunda:followUpDate="P1DT2H"'
        ' camunda:priority="75"/><bpmn:userTask id="V" camunda:dueDate="${due}" camunda:priority="${p}"/>'
    ),
}

BROKEN = [
    Broken(
        "boundary-event-attached",
        CHAIN + timer("boundaryEvent", "B", 'attachedToRef="Nobody"'),
        ERROR,
        WARNING,
        "B",
        "'Nobody', which the file does not have",
    ),
    Broken("boundary-event-attached", CHAIN + timer("boundaryEvent", "B"), ERROR, WARNING, "B", "attached to nothing"),
    Broken(
        "boundary-event-attached",
        CHAIN + timer("boundaryEvent", "B", 'attachedToRef="End"'),
        ERROR,
        WARNING,
        "B",
        "expected a task or sub-process",
    ),
    Broken(
        "boundary-event-attached",
        CHAIN + f'<bpmn:subProcess id="S">{tasks("I")}{timer("boundaryEvent", "B", ATTACHED)}</bpmn:subProcess>',
        ERROR,
        WARNING,
        "B",
        "not in the same process or sub-process",
    ),
    Broken(
        "boundary-event-attached",
        CHAIN + timer("boundaryEvent", "B", ATTACHED) + flow("f3", "A", "B"),
        ERROR,
        WARNING,
        "B",
        "incoming sequence flow",
    ),
    Broken(
        "boundary-event-twice",
        CHAIN
        + "".join(
            event("boundaryEvent", id_, '<bpmn:errorEventDefinition errorRef="X"/>', ATTACHED) for id_ in ("B", "C")
        ),
        WARNING,
        WARNING,
        "C",
        "the boundary event 'B' catches the same",
    ),
    Broken(
        "compensation",
        CHAIN + '<bpmn:task id="U" isForCompensation="true"/>' + flow("f3", "A", "U"),
        WARNING,
        WARNING,
        "U",
        "arrows join it to the ordinary flow",
    ),
    Broken(
        "compensation",
        CHAIN
        + f'<bpmn:subProcess id="V" triggeredByEvent="true">{event("startEvent", "C", COMPENSATE)}</bpmn:subProcess>',
        WARNING,
        WARNING,
        "C",
        "which nothing compensates",
    ),
    Broken(
        "compensation",
        CHAIN + event("boundaryEvent", "C", COMPENSATE, ATTACHED),
        WARNING,
        WARNING,
        "C",
        "leads to no compensating activity",
    ),
    Broken(
        "compensation",
        CHAIN
        + event("boundaryEvent", "C", COMPENSATE, ATTACHED)
        + tasks("Undo")
        + '<bpmn:association id="a" sourceRef="C" targetRef="Undo"/>',
        WARNING,
        WARNING,
        "Undo",
        "not marked as for compensation",
    ),
    Broken(
        "compensation",
        CHAIN + event("boundaryEvent", "C", CANCEL, ATTACHED),
        ERROR,
        WARNING,
        "C",
        "not of a transaction",
    ),
    Broken("compensation", CHAIN + event("endEvent", "C", CANCEL), ERROR, WARNING, "C", "not of a transaction"),
    Broken(
        "compensation",
        CHAIN + event("endEvent", "C", COMPENSATES.format("Gone")) + flow("f3", "A", "C"),
        WARNING,
        WARNING,
        "C",
        "compensates 'Gone', which is no activity beside it",
    ),
    Broken(
        "compensation",
        CHAIN
        + '<bpmn:subProcess id="S">'
        + event("endEvent", "C", COMPENSATES.format("A"))
        + "</bpmn:subProcess>"
        + flow("f3", "A", "S"),
        WARNING,
        WARNING,
        "C",
        "compensates 'A', which is no activity beside it",
    ),
    Broken(
        "compensation",
        CHAIN
        + '<bpmn:task id="Undo" isForCompensation="true"/>'
        + "".join(
            event("boundaryEvent", id_, COMPENSATE, ATTACHED)
            + f'<bpmn:association id="a-{id_}" sourceRef="{id_}" targetRef="Undo"/>'
            for id_ in ("C", "D")
        ),
        WARNING,
        WARNING,
        "D",
        "second compensation event",
    ),
    Broken(
        "compensation",
        START
        + '<bpmn:transaction id="A"><bpmn:task id="B"/></bpmn:transaction>'
        + flow("f", "Go", "A")
        + event("boundaryEvent", "C", CANCEL, ATTACHED)
        + event("boundaryEvent", "D", CANCEL, ATTACHED),
        WARNING,
        WARNING,
        "D",
        "second cancel event",
    ),
    Broken(
        "conditional-flows",
        '<bpmn:exclusiveGateway id="X"/>' + tasks("A", "B") + flow("f", "X", "A", "=a") + flow("g", "X", "B"),
        ERROR,
        None,
        "g",
        "no condition and is not the default flow",
    ),
    Broken(
        "conditional-flows",
        '<bpmn:inclusiveGateway id="X"/>' + tasks("A", "B") + flow("f", "X", "A", "=a") + flow("g", "X", "B"),
        WARNING,
        None,
        "g",
        "always taken",
    ),
    Broken(
        "conditional-flows",
        '<bpmn:parallelGateway id="X"/>' + tasks("A") + flow("f", "X", "A", "=a"),
        WARNING,
        WARNING,
        "f",
        "parallel gateway",
    ),
    Broken("conditional-flows", START + tasks("A") + flow("f", "Go", "A", "=a"), WARNING, WARNING, "f", "start event"),
    Broken(
        "default-flow",
        '<bpmn:exclusiveGateway id="X" default="g"/>' + tasks("A", "B") + flow("f", "X", "A") + flow("g", "A", "B"),
        ERROR,
        WARNING,
        "X",
        "'g'",
    ),
    Broken("default-flow", '<bpmn:task id="A" default="gone"/>', ERROR, WARNING, "A", "'gone'"),
    Broken(
        "event-based-gateway",
        START
        + '<bpmn:eventBasedGateway id="G"/>'
        + timer("intermediateCatchEvent", "T1")
        + event("intermediateCatchEvent", "L", LINK)
        + flow("e", "Go", "G")
        + flow("f", "G", "T1")
        + flow("g", "G", "L"),
        ERROR,
        WARNING,
        "G",
        "does not wait for anything",
    ),
    Broken(
        "event-based-gateway",
        '<bpmn:eventBasedGateway id="G"/>' + tasks("A") + flow("f", "G", "A"),
        ERROR,
        WARNING,
        "G",
        "which does not wait for anything",
    ),
    Broken(
        "event-based-gateway",
        START
        + '<bpmn:eventBasedGateway id="G"/>'
        + event("intermediateCatchEvent", "L", LINK)
        + flow("e", "Go", "G")
        + flow("f", "G", "L"),
        ERROR,
        WARNING,
        "G",
        "leads to the intermediate catch event 'L', which does not wait for anything",
    ),
    Broken(
        "flow-within-scope",
        f'{tasks("A")}<bpmn:subProcess id="S">{tasks("B")}</bpmn:subProcess>{flow("f", "A", "B")}',
        ERROR,
        WARNING,
        "f",
        "into the sub-process 'S'",
    ),
    Broken(
        "link-event",
        CHAIN + event("intermediateThrowEvent", "L", LINK) + flow("f3", "A", "L"),
        ERROR,
        WARNING,
        "L",
        "which nothing beside it catches",
    ),
    Broken(
        "link-event",
        CHAIN
        + event("intermediateThrowEvent", "L", LINK)
        + f'<bpmn:subProcess id="S">{event("intermediateCatchEvent", "L2", LINK)}</bpmn:subProcess>'
        + flow("f3", "A", "L"),
        ERROR,
        WARNING,
        "L",
        "which nothing beside it catches",
    ),
    Broken(
        "link-event",
        CHAIN + event("intermediateCatchEvent", "L1", LINK) + event("intermediateCatchEvent", "L2", LINK),
        ERROR,
        WARNING,
        "L2",
        "second to catch",
    ),
    Broken("no-dangling-flow", CHAIN + flow("f3", "A", "Gone"), ERROR, WARNING, "f3", "the target 'Gone'"),
    Broken("no-dangling-flow", CHAIN + flow("f3", "Gone", "A"), ERROR, WARNING, "f3", "the source 'Gone'"),
    Broken("no-dangling-flow", CHAIN + '<bpmn:sequenceFlow id="f3"/>', ERROR, WARNING, "f3", "no source and no target"),
    Broken(
        "no-dangling-flow",
        CHAIN + '<bpmn:textAnnotation id="N"/>' + flow("f3", "A", "N"),
        ERROR,
        WARNING,
        "f3",
        "the target 'N'",
    ),
    Broken("no-disconnected", CHAIN + tasks("Alone"), WARNING, WARNING, "Alone", "not connected"),
    Broken(
        "no-flow-to-event-sub-process",
        CHAIN
        + f'<bpmn:subProcess id="S" triggeredByEvent="true">{timer("startEvent", "Late")}</bpmn:subProcess>'
        + flow("f3", "A", "S"),
        ERROR,
        WARNING,
        "S",
        "leads to the event sub-process",
    ),
    Broken(
        "no-flow-to-event-sub-process",
        CHAIN
        + f'<bpmn:subProcess id="S" triggeredByEvent="true">{timer("startEvent", "Late")}</bpmn:subProcess>'
        + flow("f3", "S", "End"),
        ERROR,
        WARNING,
        "S",
        "leads out of the event sub-process",
    ),
    Broken("no-incoming-to-start", CHAIN + flow("f3", "A", "Go"), ERROR, WARNING, "Go", "incoming"),
    Broken("no-outgoing-from-end", CHAIN + flow("f3", "End", "A"), ERROR, WARNING, "End", "outgoing"),
    Broken("no-unreachable", CHAIN + tasks("U") + flow("f3", "U", "End"), WARNING, WARNING, "U", "never reached"),
    Broken("process-not-empty", "", ERROR, WARNING, "P", "no element to run"),
    Broken("process-not-empty", '<bpmn:textAnnotation id="N"/>', ERROR, WARNING, "P", "no element to run"),
    Broken(
        "single-blank-start-event",
        CHAIN + '<bpmn:startEvent id="Go2"/>' + flow("f3", "Go2", "A"),
        WARNING,
        WARNING,
        "Go2",
        "2 none start events",
    ),
    Broken("start-event-required", tasks("A"), INFO, INFO, "P", "begins at every element that no arrow leads to"),
    Broken(
        "start-event-required",
        tasks("A", "B") + flow("f", "A", "B") + flow("g", "B", "A"),
        ERROR,
        WARNING,
        "P",
        "has no beginning",
    ),
    Broken(
        "sub-process-blank-start-event",
        f'<bpmn:subProcess id="S">{timer("startEvent", "T")}</bpmn:subProcess>',
        ERROR,
        WARNING,
        "T",
        "a sub-process begins when its turn comes",
    ),
    Broken(
        "user-task-attributes",
        '<bpmn:userTask id="U" camunda:dueDate="tomorrow"/>',
        ERROR,
        WARNING,
        "U",
        "due date 'tomorrow'",
    ),
    Broken(
        "user-task-attributes",
        '<bpmn:userTask id="U" camunda:followUpDate="P"/>',
        ERROR,
        WARNING,
        "U",
        "follow-up date 'P'",
    ),
    Broken(
        "user-task-attributes",
        '<bpmn:userTask id="U" camunda:priority="high"/>',
        ERROR,
        WARNING,
        "U",
        "priority 'high'",
    ),
]


def broken_id(case: Broken) -> str:
    return f"{case.rule}: {case.says[:40]}"


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("executable", [True, False])
def test_a_good_drawing_keeps_the_rule(read, rules, rule, executable) -> None:
    diagram = read(GOOD[rule], executable=executable)

    assert diagram.ok
    assert rule not in rules(diagram)


@pytest.mark.parametrize("case", BROKEN, ids=broken_id)
@pytest.mark.parametrize("executable", [True, False])
def test_a_bad_drawing_breaks_the_rule_where_it_says(read, case, executable) -> None:
    diagram = read(case.body, executable=executable)

    found = [problem for problem in diagram.problems if problem.rule == case.rule]
    severity = case.automatic if executable else case.guided
    assert [problem.severity for problem in found] == ([severity] if severity else [])
    for problem in found:
        assert case.says in problem.message
        assert problem.element_id == case.at
        assert problem.line > 0
        assert problem.fix.endswith(".")
    assert diagram.ok is (severity is not ERROR)


def test_every_rule_has_a_bad_drawing() -> None:
    assert {case.rule for case in BROKEN} == set(RULES) == set(GOOD)


READER_RULES = [
    Broken("activation-condition", '<bpmn:complexGateway id="G"/>', ERROR, WARNING, "G", "when it is activated"),
    Broken(
        "activation-condition",
        CHAIN + '<bpmn:complexGateway id="G"/>' + flow("f3", "A", "G") + flow("f4", "Go", "G") + flow("f5", "G", "End"),
        ERROR,
        WARNING,
        "G",
        "when it is activated",
    ),
    Broken("called-element", '<bpmn:callActivity id="C"/>', ERROR, None, "C", "which process it calls"),
    Broken(
        "loop-characteristics",
        '<bpmn:task id="A"><bpmn:standardLoopCharacteristics/></bpmn:task>',
        ERROR,
        INFO,
        "A",
        "how often it is done",
    ),
    Broken(
        "loop-characteristics",
        '<bpmn:task id="A"><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>',
        ERROR,
        INFO,
        "A",
        "how often it is done",
    ),
    Broken(
        "loop-characteristics",
        '<bpmn:task id="A"><bpmn:standardLoopCharacteristics loopMaximum="many"/></bpmn:task>',
        ERROR,
        WARNING,
        "A",
        "'many'",
    ),
    Broken("message-definition", '<bpmn:receiveTask id="R"/>', ERROR, INFO, "R", "which message"),
    Broken("quantity", '<bpmn:task id="A" startQuantity="0"/>', ERROR, WARNING, "A", "from 1 to 10000, found '0'"),
    Broken("quantity", '<bpmn:task id="A" completionQuantity="-1"/>', ERROR, WARNING, "A", "found '-1'"),
    Broken("quantity", '<bpmn:task id="A" startQuantity="99999999999"/>', ERROR, WARNING, "A", "found '99999999999'"),
]


@pytest.mark.parametrize("case", READER_RULES, ids=broken_id)
@pytest.mark.parametrize("executable", [True, False])
def test_what_the_reader_cannot_use_is_told_where_it_is(read, case, executable) -> None:
    diagram = read(case.body, executable=executable)

    found = [problem for problem in diagram.problems if problem.rule == case.rule]
    severity = case.automatic if executable else case.guided
    assert [problem.severity for problem in found] == ([severity] if severity else [])
    for problem in found:
        assert case.says in problem.message or not executable
        assert problem.element_id == case.at
        assert problem.fix.endswith(".")
    assert diagram.ok is (severity is not ERROR)


def test_a_dangling_flow_is_left_out_in_guided_mode(read) -> None:
    diagram = read(CHAIN + flow("f3", "A", "Gone"), executable=False)

    assert [kept.id for kept in diagram.processes[0].elements.flows] == ["f1", "f2"]


def test_a_foreign_default_is_left_out_in_guided_mode(read, node) -> None:
    diagram = read('<bpmn:task id="A" default="gone"/>', executable=False)

    assert node(diagram, "A").default is None


def test_a_timer_start_inside_a_sub_process_begins_at_once_in_guided_mode(read, node) -> None:
    diagram = read(f'<bpmn:subProcess id="S">{timer("startEvent", "T")}</bpmn:subProcess>', executable=False)

    assert node(diagram, "T").event is None


def test_several_starts_say_who_chooses(read, problem) -> None:
    body = CHAIN + '<bpmn:startEvent id="Go2"/>' + flow("f3", "Go2", "A")

    assert "(startEventId)" in problem(read(body), "single-blank-start-event").message
    assert "A person chooses" in problem(read(body, executable=False), "single-blank-start-event").message
    inside = f'<bpmn:subProcess id="S">{body}</bpmn:subProcess>'
    assert "All of them begin" in problem(read(inside), "single-blank-start-event").message


def test_an_empty_pool_beside_a_drawn_one_is_told_and_left_out_in_guided_mode(read, problem) -> None:
    diagram = read(CHAIN, executable=False, around='<bpmn:process id="Partner"/>')

    assert [process.key for process in diagram.processes] == ["P"]
    assert problem(diagram, "process-not-empty", INFO).element_id == "Partner"


def test_an_empty_executable_process_is_an_error_beside_a_drawn_one(read, problem) -> None:
    diagram = read(CHAIN, around='<bpmn:process id="Partner" isExecutable="true"/>')

    assert problem(diagram, "process-not-empty", ERROR).element_id == "Partner"


def test_a_flow_from_pool_to_pool_says_to_use_a_message_flow(read, problem) -> None:
    partner = f'<bpmn:process id="Q">{tasks("B")}</bpmn:process>'

    diagram = read(tasks("A") + flow("f", "A", "B"), executable=False, around=partner)

    assert "message flow" in problem(diagram, "flow-within-scope", WARNING).fix


@pytest.mark.parametrize("text", ["P1Y2M3W4DT5H6M7.5S", "PT0S", "P2W", "2026-12-24", "2026-12-24T18:00:00+01:00"])
def test_due_dates_may_be_dates_or_durations(read, rules, text) -> None:
    assert rules(read(f'<bpmn:userTask id="U" camunda:dueDate="{text}"/>')) == {"start-event-required"}


@pytest.mark.parametrize("text", ["P", "PT", "P1DT", "1D", "P-1D", "24.12.2026", "2026-13-01", "P1H"])
def test_other_due_dates_are_errors(read, rules, text) -> None:
    assert "user-task-attributes" in rules(read(f'<bpmn:userTask id="U" camunda:dueDate="{text}"/>'))
