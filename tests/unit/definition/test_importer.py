"""Modes, order of problems, and size."""

from __future__ import annotations

import time

import pytest

from baton.bpm.definition.elements import (
    AbstractTask,
    ExclusiveGateway,
    FlowElements,
    Mode,
    Process,
    SubProcess,
)
from baton.bpm.definition.importer import Diagram, read_diagram
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Severity

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def file(*processes: str, collaboration: str = "") -> bytes:
    return f'<definitions xmlns="{NAMESPACE}">{collaboration}{"".join(processes)}</definitions>'.encode()


def process(key: str, flag: str = "", body: str = '<task id="{}_T"/>') -> str:
    executable = f' isExecutable="{flag}"' if flag else ""
    return f'<process id="{key}"{executable}>{body.format(key)}</process>'


def keys(diagram: Diagram) -> list[str]:
    return [process.key for process in diagram.processes]


@pytest.mark.parametrize("flag", ["true", "1", " true ", "TRUE"])
def test_a_file_with_an_executable_process_is_automatic_and_only_that_process_runs(flag: str) -> None:
    diagram = read_diagram(file(process("A", flag), process("B", "false"), process("C")))

    assert diagram.mode is Mode.AUTOMATIC
    assert keys(diagram) == ["A"]
    assert diagram.processes[0].mode is Mode.AUTOMATIC
    assert [(problem.rule, problem.element_id) for problem in diagram.problems if problem.rule == "not-executable"] == [
        ("not-executable", "B"),
        ("not-executable", "C"),
    ]


def test_a_file_without_executable_process_is_guided_and_every_process_runs() -> None:
    diagram = read_diagram(file(process("A", "false"), process("B")))

    assert diagram.mode is Mode.GUIDED
    assert keys(diagram) == ["A", "B"]


def test_the_callers_mode_wins() -> None:
    content = file(process("A", "true"), process("B", "false"))

    assert keys(read_diagram(content, mode=Mode.GUIDED)) == ["A", "B"]
    assert keys(read_diagram(file(process("A"), process("B")), mode=Mode.AUTOMATIC)) == ["A", "B"]


def test_a_file_without_any_process_is_an_error() -> None:
    diagram = read_diagram(file(collaboration='<collaboration id="C"><participant id="X"/></collaboration>'))

    assert [problem.rule for problem in diagram.problems] == ["process-required"]


def test_an_accepted_process_has_its_name_documentation_and_line() -> None:
    body = '<documentation>Ship it.</documentation><documentation>Soon.</documentation><task id="T"/>'
    content = file("\n", f'<process id="A" name="Shipping">{body}</process>')

    (found,) = read_diagram(content).processes

    assert found == Process(
        key="A",
        name="Shipping",
        documentation="Ship it.\nSoon.",
        mode=Mode.GUIDED,
        elements=FlowElements(nodes=(AbstractTask(id="T", line=2),)),
        line=2,
    )


def test_a_process_without_name_takes_its_pools_name() -> None:
    pools = (
        '<collaboration id="C"><participant id="X" name="Warehouse" processRef="A"/>'
        '<participant id="Y" name="Customer"/></collaboration>'
    )

    assert read_diagram(file(process("A"), collaboration=pools)).processes[0].name == "Warehouse"


def test_message_flows_are_told_once_as_documentation() -> None:
    flows = '<messageFlow id="M1" sourceRef="X" targetRef="Y"/><messageFlow id="M2" sourceRef="X" targetRef="Y"/>'

    diagram = read_diagram(file(process("A"), collaboration=f'<collaboration id="C">{flows}</collaboration>'))

    assert diagram.ok
    (told,) = [problem for problem in diagram.problems if problem.rule == "message-flow"]
    assert told.severity is Severity.INFO
    assert "2 places" in told.message


def test_all_problems_come_at_once_and_by_line() -> None:
    body = """
        <callChoreography id="C1"/>
        <task/>
        <sequenceFlow id="F" sourceRef="nowhere" targetRef="C1"/>
        <somethingNew id="R"/>"""

    diagram = read_diagram(file(process("A", "true", body)))

    assert not diagram.ok
    assert diagram.processes == ()
    assert [(p.line, p.rule) for p in diagram.problems if p.severity is Severity.ERROR] == [
        (2, "unsupported-element"),
        (4, "no-dangling-flow"),
        (5, "unsupported-element"),
    ]
    assert list(diagram.problems) == sorted(diagram.problems, key=lambda problem: problem.line)


def test_a_list_of_problems_is_cut_and_says_so() -> None:
    content = file(process("A", "true", '<callChoreography id="C"/>' * 500 + '<task id="T"/>'))

    diagram = read_diagram(content, limits=Limits(max_problems=100))

    assert not diagram.ok
    assert len(diagram.problems) == 101
    assert diagram.problems[-1].rule == "too-many-problems"
    assert diagram.problems[-1].message.split()[0].isdigit()


def test_problems_are_plain_data() -> None:
    diagram = read_diagram(file(process("A", "true", '<callChoreography id="C" name="Ship"/>')))

    assert diagram.problems[0].as_dict() == {
        "rule": "unsupported-element",
        "severity": "error",
        "message": "The call choreography 'Ship' cannot be run.",
        "fix": "Replace it by an element that can be run: tasks, gateways, events and sub-processes.",
        "element_id": "C",
        "element_name": "Ship",
        "line": 1,
        "resource": None,
    }


def chain(count: int) -> str:
    tasks = "".join(f'<task id="t{n}"/>' for n in range(count))
    return tasks + "".join(f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(count - 1))


def test_a_chain_of_a_thousand_tasks_is_read_in_order() -> None:
    diagram = read_diagram(file(process("A", "true", chain(1_000))))

    assert diagram.ok
    assert [node.id for node in diagram.processes[0].elements.nodes] == [f"t{n}" for n in range(1_000)]
    assert len(diagram.processes[0].elements.flows) == 999


def test_a_gateway_with_two_thousand_branches_is_read() -> None:
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="G" targetRef="t{n}"><conditionExpression>=x = {n}</conditionExpression>'
        "</sequenceFlow>"
        for n in range(2_000)
    )
    body = '<exclusiveGateway id="G"/>' + "".join(f'<task id="t{n}"/>' for n in range(2_000)) + flows

    diagram = read_diagram(file(process("A", "true", body)))

    assert diagram.ok
    assert isinstance(diagram.processes[0].elements.nodes[0], ExclusiveGateway)
    assert [flow.id for flow in diagram.processes[0].elements.flows] == [f"f{n}" for n in range(2_000)]


def nested(depth: int) -> bytes:
    opening = "".join(f'<subProcess id="s{n}">' for n in range(depth))
    return file(process("A", "true", opening + '<task id="T"/>' + "</subProcess>" * depth))


@pytest.mark.parametrize("depth", [1, 100, 120])
def test_sub_processes_nest_up_to_the_limit(depth: int) -> None:
    diagram = read_diagram(nested(depth))

    assert diagram.ok, diagram.problems
    names = [node.id for node in diagram.processes[0].elements.walk()]
    assert names == [*(f"s{n}" for n in range(depth)), "T"]
    assert isinstance(diagram.processes[0].elements.nodes[0], SubProcess)
    assert repr(diagram) != ""


def test_sub_processes_nested_deeper_than_the_limit_are_an_error() -> None:
    diagram = read_diagram(nested(121))

    assert [(problem.rule, problem.element_id) for problem in diagram.problems if problem.rule == "too-deep"] == [
        ("too-deep", "s120")
    ]
    assert not diagram.ok


def test_twenty_thousand_elements_cost_ten_times_as_much_as_two_thousand() -> None:
    def cost(count: int) -> float:
        content = file(process("A", "true", chain(count // 2)))
        begun = time.process_time()
        assert read_diagram(content).ok
        return time.process_time() - begun

    small = min(cost(2_000) for _ in range(3))
    large = cost(20_000)

    assert large < 30 * small


def test_ten_thousand_pools_are_read_in_bounded_time() -> None:
    pools = "".join(f'<participant id="X{n}" name="N{n}" processRef="A{n}"/>' for n in range(10_000))
    content = file(
        *(process(f"A{n}") for n in range(10_000)), collaboration=f'<collaboration id="C">{pools}</collaboration>'
    )
    begun = time.process_time()

    diagram = read_diagram(content)

    assert diagram.processes[-1].name == "N9999"
    assert time.process_time() - begun < 5
