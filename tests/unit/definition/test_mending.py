"""Files of all tools and years: what is mended, that it is told, and that what cannot be read says why."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import (
    AbstractTask,
    Activity,
    BoundaryEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    Mode,
    UserTask,
)
from baton.bpm.definition.importer import Diagram, read_diagram
from baton.bpm.definition.problems import Severity
from tests.unit.definition.conftest import draw
from tests.unit.definition.test_rules import CHAIN, END, START, flow, tasks, timer

CURRENT = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BODY = (
    '<process id="P"><startEvent id="s"/><userTask id="t"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/></process>'
)


def definitions(namespace: str, body: str = BODY) -> str:
    return f'<definitions xmlns="{namespace}">{body}</definitions>'


def read(text: str, **how: object) -> Diagram:
    return read_diagram(text.encode(), **how)  # type: ignore[arg-type]


def nodes(diagram: Diagram) -> list[str]:
    assert diagram.ok, diagram.problems
    return [node.id for process in diagram.processes for node in process.elements.walk()]


def rules(diagram: Diagram, severity: Severity = Severity.WARNING) -> list[str]:
    return [problem.rule for problem in diagram.problems if problem.severity is severity]


# --- opening -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "namespace",
    ["http://schema.omg.org/spec/BPMN/2.0", "http://www.omg.org/spec/BPMN/20100501", "http://www.omg.org/bpmn20", ""],
)
def test_a_draft_of_bpmn_2_is_read_and_told(namespace: str) -> None:
    diagram = read(definitions(namespace))

    assert nodes(diagram) == ["s", "t"]
    assert "bpmn-namespace" in rules(diagram)


def test_definitions_inside_something_else_are_found() -> None:
    diagram = read(f"<export><meta/>{definitions(CURRENT)}</export>")

    assert nodes(diagram) == ["s", "t"]
    assert "wrapped-definitions" in rules(diagram)


def test_a_process_alone_is_read() -> None:
    diagram = read(BODY.replace("<process", f'<process xmlns="{CURRENT}"', 1))

    assert nodes(diagram) == ["s", "t"]
    assert "wrapped-definitions" in rules(diagram)


def test_several_definitions_in_one_file_are_read_together() -> None:
    other = BODY.replace('"P"', '"Q"').replace('"s"', '"s2"').replace('"t"', '"t2"').replace('"f"', '"f2"')

    diagram = read(f"<all>{definitions(CURRENT)}{definitions(CURRENT, other)}</all>")

    assert [process.key for process in diagram.processes] == ["P", "Q"]


def test_a_prefix_that_is_not_declared_is_read_as_what_it_stands_for() -> None:
    body = BODY.replace(
        '<userTask id="t"/>',
        '<userTask id="t" camunda:assignee="kim"><extensionElements><odd:thing/></extensionElements></userTask>',
    )

    diagram = read(definitions(CURRENT, body))

    (process,) = diagram.processes
    task = next(node for node in process.elements.nodes if isinstance(node, UserTask))
    assert task.assignment.assignee == "kim"
    assert rules(diagram).count("undeclared-prefix") == 2


@pytest.mark.parametrize("before", ["\n\n", "  \r\n", "\t"])
def test_white_space_before_the_first_line_is_left_out_and_lines_stay(before: str) -> None:
    text = f'{before}<?xml version="1.0" encoding="UTF-8"?>\n{definitions(CURRENT, BODY.replace("targetRef", "x"))}'

    diagram = read(text, mode=Mode.AUTOMATIC)

    lines = {problem.line for problem in diagram.problems if problem.rule == "no-dangling-flow"}
    assert lines == {before.count("\n") + 2}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_that_says_utf_16_and_is_utf_8_is_read(mark: bytes) -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?>\n{definitions(CURRENT)}'

    assert nodes(read_diagram(mark + text.encode())) == ["s", "t"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>', "XPDL"),
        ('<process-definition xmlns="urn:jbpm.org:jpdl-3.2"/>', "jPDL"),
        ('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN"),
        ('<process xmlns="http://docs.oasis-open.org/wsbpel/2.0/process/executable"/>', "BPEL"),
        ("<mxfile/>", "draw.io"),
        ('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "WSDL"),
    ],
)
def test_a_file_of_another_format_is_refused_by_its_name(text: str, says: str) -> None:
    diagram = read(text)

    assert not diagram.ok
    assert says in diagram.problems[0].message
    assert diagram.problems[0].rule == "not-bpmn"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("choreography", "a choreography"),
        ("collaboration", "pools without content"),
        ("conversation", "a conversation"),
    ],
)
def test_a_file_without_processes_says_what_it_holds(kind: str, says: str) -> None:
    diagram = read(definitions(CURRENT, f'<{kind} id="C"/>'), mode=Mode.GUIDED)

    (problem,) = [problem for problem in diagram.problems if problem.rule == "process-required"]
    assert says in problem.message


# --- ids -----------------------------------------------------------------------------------------------------


def test_what_has_no_id_gets_one_that_is_the_same_every_time() -> None:
    text = definitions(CURRENT, '<process name="Order form"><userTask/><userTask/><task id="userTask"/></process>')

    first, second = read(text), read(text)

    assert [process.key for process in first.processes] == ["Process_Order_form"]
    assert nodes(first) == nodes(second) == ["userTask_2", "userTask_3", "userTask"]
    assert rules(first).count("id-required") == 3


def test_unnamed_processes_of_different_files_are_not_versions_of_one() -> None:
    one = read(definitions(CURRENT, '<process><task id="A"/></process>'))
    other = read(definitions(CURRENT, '<process><task id="B"/></process>'))

    assert one.processes[0].key != other.processes[0].key


def test_an_id_that_is_no_name_is_written_as_one_and_references_follow() -> None:
    text = definitions(
        CURRENT,
        '<process id="P"><startEvent id="a b"/><userTask id="1:{x}"/>'
        '<sequenceFlow id="f" sourceRef="a b" targetRef="1:{x}"/></process>',
    )

    diagram = read(text)

    assert nodes(diagram) == ["a_b", "_1_x"]
    (kept,) = diagram.processes[0].elements.flows
    assert (kept.source, kept.target) == ("a_b", "_1_x")


def test_copies_of_a_process_in_one_file_keep_their_own_arrows() -> None:
    diagram = read(definitions(CURRENT, BODY + BODY.replace('"P"', '"Q"')))

    first, second = diagram.processes
    assert [(f.source, f.target) for f in first.elements.flows] == [("s", "t")]
    assert [(f.source, f.target) for f in second.elements.flows] == [("s_2", "t_2")]
    assert rules(diagram).count("no-duplicate-ids") == 3


def test_two_nodes_of_one_id_are_told_apart_by_the_arrows_they_list() -> None:
    text = definitions(
        CURRENT,
        '<process id="P"><task id="a"><outgoing>f1</outgoing></task>'
        '<task id="x"><incoming>f1</incoming><outgoing>f2</outgoing></task><task id="x"><incoming>f2</incoming></task>'
        '<sequenceFlow id="f1" sourceRef="a" targetRef="x"/><sequenceFlow id="f2" sourceRef="x" targetRef="x"/>'
        "</process>",
    )

    (process,) = read(text).processes

    assert [(f.source, f.target) for f in process.elements.flows] == [("a", "x"), ("x", "x_2")]


def test_an_end_that_an_arrow_does_not_say_is_taken_from_the_node_that_lists_it() -> None:
    text = definitions(
        CURRENT,
        '<process id="P"><task><outgoing>f</outgoing></task><task id="b"/>'
        '<sequenceFlow id="f" targetRef="b"/></process>',
    )

    (process,) = read(text).processes

    assert [(f.source, f.target) for f in process.elements.flows] == [("task", "b")]


def test_a_hundred_thousand_times_the_same_id_is_no_million_tries() -> None:
    diagram = read(definitions(CURRENT, f'<process id="P">{"<task/>" * 20_000}</process>'))

    assert len(set(nodes(diagram))) == 20_000


# --- guided: a person stands in ------------------------------------------------------------------------------


def guided(body: str, **how: object) -> Diagram:
    return read_diagram(draw(body, executable=False, **how))  # type: ignore[arg-type]


def ends(diagram: Diagram) -> set[tuple[str, str]]:
    return {(f.source, f.target) for f in diagram.processes[0].elements.flows}


def test_an_arrow_into_a_start_event_goes_on_behind_it() -> None:
    diagram = guided(CHAIN + tasks("B") + flow("f3", "A", "B") + flow("f4", "B", "Go"))

    assert isinstance(_node(diagram, "Go_again"), IntermediateThrowEvent)
    assert {("Go", "Go_again"), ("Go_again", "A"), ("B", "Go_again")} <= ends(diagram)
    assert "no-incoming-to-start" in rules(diagram)


def test_an_end_event_with_an_arrow_out_of_it_is_passed() -> None:
    diagram = guided(CHAIN + tasks("B") + flow("f3", "End", "B"))

    assert isinstance(_node(diagram, "End"), IntermediateThrowEvent)


def test_a_boundary_event_on_nothing_stands_by_itself() -> None:
    diagram = guided(CHAIN + timer("boundaryEvent", "B", 'attachedToRef="Gone"') + flow("f3", "A", "B"))

    assert isinstance(_node(diagram, "B"), IntermediateCatchEvent)
    assert "boundary-event-attached" in rules(diagram)


def test_an_arrow_to_a_boundary_event_leads_to_its_activity() -> None:
    boundary = timer("boundaryEvent", "B", 'attachedToRef="A"')
    diagram = guided(CHAIN + tasks("C") + boundary + flow("f3", "C", "B"))

    assert isinstance(_node(diagram, "B"), BoundaryEvent)
    assert ("C", "A") in ends(diagram)


def test_an_arrow_out_of_a_sub_process_leads_from_the_sub_process_as_a_whole() -> None:
    inner = f'<bpmn:subProcess id="S">{tasks("B")}</bpmn:subProcess>'

    diagram = guided(inner + tasks("A") + flow("f", "B", "A"))

    assert ends(diagram) == {("S", "A")}


@pytest.mark.parametrize("ends_at", [("B", "S"), ("S", "B"), ("C", "S"), ("S", "C")])
def test_an_arrow_between_a_sub_process_and_what_is_in_it_is_left_out(ends_at: tuple[str, str]) -> None:
    deeper = f'<bpmn:subProcess id="T">{tasks("C")}</bpmn:subProcess>'
    outer = f'<bpmn:subProcess id="S">{tasks("B")}{deeper}</bpmn:subProcess>'

    diagram = guided(outer + tasks("A") + flow("f", *ends_at))

    assert nodes(diagram)
    assert ends(diagram) == set()
    assert "flow-within-scope" in rules(diagram)


def test_an_arrow_between_pools_is_left_out() -> None:
    other = '<bpmn:process id="Q"><bpmn:task id="Z"/></bpmn:process>'

    diagram = guided(CHAIN + flow("f3", "A", "Z"), around=other)

    assert ("A", "Z") not in ends(diagram)
    assert "flow-within-scope" in rules(diagram)


def test_an_empty_process_is_one_step() -> None:
    assert nodes(guided("")) == ["P_task"]


def test_a_process_in_which_everything_follows_something_begins_with_what_is_drawn_first() -> None:
    diagram = guided(tasks("A", "B") + flow("f1", "A", "B") + flow("f2", "B", "A"))

    assert ("P_start", "A") in ends(diagram)


def test_an_activity_that_cannot_be_run_is_a_persons_step() -> None:
    broken = '<bpmn:scriptTask id="X" name="Sum" scriptFormat="cobol"><bpmn:script>ADD</bpmn:script></bpmn:scriptTask>'

    diagram = guided(START + broken + END + flow("f1", "Go", "X") + flow("f2", "X", "End"))

    node = _node(diagram, "X")
    assert isinstance(node, AbstractTask)
    assert node.name == "Sum"
    (problem,) = [p for p in diagram.problems if p.rule == "unsupported-script-format"]
    assert problem.severity is Severity.WARNING
    assert problem.message.endswith("A person does it instead.")


def test_an_unknown_bpmn_element_is_a_persons_step() -> None:
    assert isinstance(_node(guided(CHAIN + '<bpmn:choreographyTask id="X"/>'), "X"), Activity)


def test_a_user_task_with_an_unreadable_date_keeps_its_people() -> None:
    diagram = guided('<bpmn:userTask id="U" camunda:assignee="kim" camunda:dueDate="soon" camunda:priority="high"/>')

    task = _node(diagram, "U")
    assert isinstance(task, UserTask)
    assert task.assignment.assignee == "kim"
    assert task.assignment.due_date is None


def test_a_condition_that_is_no_expression_is_decided_by_a_person(read) -> None:
    body = START + '<bpmn:exclusiveGateway id="X"/>' + tasks("A", "B")
    body += flow("f1", "Go", "X") + flow("f2", "X", "A", "=???") + flow("f3", "X", "B")

    diagram = read(body, executable=False)

    assert diagram.ok
    assert [kept.condition for kept in diagram.processes[0].elements.flows] == [None, None, None]


def test_automatic_mode_mends_ids_only() -> None:
    diagram = read_diagram(draw(CHAIN + flow("f3", "End", "A")))

    assert not diagram.ok
    assert rules(diagram, Severity.ERROR) == ["no-outgoing-from-end"]


HOSTILE = "&lt;script&gt;alert(1)&lt;/script&gt; ${7*7} {{7*7}} %s {0} '; drop table x; -- \u202e \u0085"


def test_names_and_documentation_are_data_everywhere() -> None:
    task = f'<bpmn:task id="{HOSTILE}" name="{HOSTILE}"><bpmn:documentation>{HOSTILE}</bpmn:documentation></bpmn:task>'

    diagram = guided(task)

    (process,) = diagram.processes
    (node,) = process.elements.nodes
    assert "<script>" in node.name
    assert "<script>" in node.documentation
    assert node.id.replace("_", "").replace("-", "").isalnum()


def _node(diagram: Diagram, id_: str) -> object:
    assert diagram.ok, diagram.problems
    return next(node for process in diagram.processes for node in process.elements.walk() if node.id == id_)


def test_what_cannot_be_run_has_an_id_of_its_own_too(read) -> None:
    odd = '<bpmn:userTaqk id="t"/><bpmn:thing id="1 s"/><bpmn:userTask id="t"/><bpmn:thing id="1 s"/>'

    diagram = read(f'<bpmn:startEvent id="s"/>{odd}', executable=False)

    ids = [node.id for node in diagram.processes[0].elements.nodes]
    assert len(set(ids)) == len(ids) == 5
    assert rules(diagram).count("no-duplicate-ids") == 2
