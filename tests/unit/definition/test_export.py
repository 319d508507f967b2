"""The clean export reads again with no more problems and runs the same; what was not drawn is laid out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from baton.bpm.definition.elements import Mode
from baton.bpm.definition.export import clean
from baton.bpm.definition.importer import read_diagram
from baton.bpm.definition.layout.interchange import lay_out
from baton.bpm.definition.lint.boxes import overlapping, read_boxes
from baton.bpm.testing import ProcessRun
from tests.unit.definition.conftest import draw
from tests.unit.definition.test_rules import CHAIN, END, START, flow, tasks, timer

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").rglob("*.bpmn"))
INNER = f'<bpmn:subProcess id="S">{tasks("I", "K", "L")}{flow("g1", "I", "K")}{flow("g2", "K", "L")}</bpmn:subProcess>'
RICH = (
    START
    + tasks("A", "B", "C")
    + INNER
    + END
    + timer("boundaryEvent", "T", 'attachedToRef="S"')
    + flow("f1", "Go", "A")
    + flow("f2", "A", "S")
    + flow("f3", "A", "B")
    + flow("f4", "S", "C")
    + flow("f5", "T", "B")
    + flow("f6", "C", "End")
    + flow("f7", "C", "A")
    + '<bpmn:textAnnotation id="Note"><bpmn:text>Look</bpmn:text></bpmn:textAnnotation>'
)


def root_of(content: bytes) -> etree._Element:
    return etree.fromstring(content)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_comes_back_with_the_same_processes(path: Path) -> None:
    before, after = read_diagram(path.read_bytes()), read_diagram(clean(path.read_bytes()))

    assert [process.key for process in after.processes] == [process.key for process in before.processes]
    assert [len(process.elements.nodes) for process in after.processes] == [
        len(process.elements.nodes) for process in before.processes
    ]
    assert not Counter(p.rule for p in after.problems) - Counter(p.rule for p in before.problems)


def test_a_clean_file_stays_as_it_is() -> None:
    once = clean(draw(RICH, executable=False))

    assert clean(once) == once


def test_arrows_that_lead_nowhere_are_gone_and_nodes_list_their_own() -> None:
    broken = CHAIN.replace('<bpmn:task id="A"/>', '<bpmn:task id="A"><bpmn:incoming>old</bpmn:incoming></bpmn:task>')

    root = root_of(clean(draw(broken + flow("f3", "A", "Gone"), executable=False)))

    assert [element.get("id") for element in root.iter("{*}sequenceFlow")] == ["f1", "f2"]
    task = next(root.iter("{*}task"))
    assert [(etree.QName(part).localname, part.text) for part in task] == [("incoming", "f1"), ("outgoing", "f2")]


def test_a_file_in_a_draft_namespace_with_odd_prefixes_comes_back_in_the_usual_ones() -> None:
    body = (
        '<a:definitions xmlns:a="http://schema.omg.org/spec/BPMN/2.0" xmlns:tns="urn:me">'
        '<a:process id="P"><a:startEvent id="1 s"/><a:userTask id="t"/>'
        '<a:sequenceFlow id="f" sourceRef="tns:1 s" targetRef="tns:t"/></a:process></a:definitions>'
    )

    cleaned = clean(body.encode())

    assert cleaned.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<bpmn:definitions xmlns:bpmn=")
    diagram = read_diagram(cleaned)
    assert [problem.rule for problem in diagram.problems if problem.severity != "info"] == []
    assert [(f.source, f.target) for f in diagram.processes[0].elements.flows] == [("_1_s", "t")]
    assert root_of(cleaned).get("targetNamespace")


def test_what_people_stand_in_for_stays_so_when_it_is_read_again() -> None:
    broken = START + '<bpmn:choreographyTask id="X" name="Agree"/>' + END
    content = draw(broken + flow("f1", "Go", "X") + flow("f2", "X", "End"), executable=True)

    cleaned = clean(content, mode=Mode.GUIDED)

    run = ProcessRun.of_xml(cleaned).start()
    run.complete("Agree")
    assert run.state == "completed"


def test_a_layout_is_the_same_every_time_and_nothing_lies_over_anything() -> None:
    first, second = clean(draw(RICH)), clean(draw(RICH))

    assert first == second
    boxes = read_boxes(root_of(first))
    assert set(boxes) == {"Go", "A", "B", "C", "S", "I", "K", "L", "End", "T", "Note"}
    top = {id_: box for id_, box in boxes.items() if id_ not in ("I", "K", "L", "T")}
    assert list(overlapping(top)) == []
    assert boxes["S"][0] < boxes["I"][0] < boxes["K"][0] < boxes["L"][2] < boxes["S"][2]
    assert boxes["S"][1] < boxes["I"][1] < boxes["I"][3] < boxes["S"][3]


def test_arrows_lead_from_left_to_right_but_for_loops() -> None:
    places = lay_out(root_of(draw(RICH)))

    for id_, points in places.lines.items():
        begin, end = points[0], points[-1]
        assert (begin[0] > end[0]) is (id_ == "f7"), (id_, points)


def test_pools_lie_below_each_other_and_lanes_hold_their_nodes() -> None:
    lanes = (
        '<bpmn:laneSet id="LS"><bpmn:lane id="L1" name="Sales"><bpmn:flowNodeRef>Go</bpmn:flowNodeRef>'
        '<bpmn:flowNodeRef>A</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id="L2" name="Store">'
        "<bpmn:flowNodeRef>End</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    around = (
        '<bpmn:collaboration id="C"><bpmn:participant id="Pool" processRef="P"/>'
        '<bpmn:participant id="Other" name="Customer"/>'
        '<bpmn:messageFlow id="m" sourceRef="Other" targetRef="A"/></bpmn:collaboration>'
    )

    cleaned = clean(draw(lanes + CHAIN, around=around))

    boxes = read_boxes(root_of(cleaned))
    assert boxes["Pool"][3] < boxes["Other"][1]
    assert boxes["L1"][3] == boxes["L2"][1]
    for lane, inside in (("L1", ("Go", "A")), ("L2", ("End",))):
        for id_ in inside:
            assert boxes[lane][1] < boxes[id_][1] < boxes[id_][3] < boxes[lane][3]
    assert 'bpmnElement="m"' in cleaned.decode()


def test_what_is_drawn_stays_where_it_is_and_the_rest_comes_below() -> None:
    drawn = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><di:BPMNPlane bpmnElement="P">'
        '<di:BPMNShape bpmnElement="A"><dc:Bounds x="500" y="300" width="100" height="80"/></di:BPMNShape>'
        "</di:BPMNPlane></di:BPMNDiagram>"
    )

    boxes = read_boxes(root_of(clean(draw(CHAIN, around=drawn))))

    assert boxes["A"] == (500, 300, 600, 380)
    assert boxes["Go"][1] > 380
