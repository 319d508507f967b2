"""Whatever the file: the importer answers, and what it accepts is what the token game relies on."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from baton.bpm.definition.elements import (
    Activity,
    BoundaryEvent,
    ExclusiveGateway,
    FlowElements,
    InclusiveGateway,
    Mode,
    SubProcess,
)
from baton.bpm.definition.importer import Diagram
from baton.bpm.definition.problems import Severity
from baton.bpm.execution.diagrams import read as read_diagram
from baton.bpm.execution.specs import build_specs

EXAMPLES = [path.read_bytes() for path in sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.bpmn"))]
NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TAGS = [
    "task",
    "userTask",
    "manualTask",
    "serviceTask",
    "scriptTask",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
    "subProcess",
    "dataObject",
]
MODES = st.sampled_from([None, Mode.AUTOMATIC, Mode.GUIDED])
PLACES = st.integers(0, 7)

drawn_nodes = st.lists(st.tuples(st.sampled_from(TAGS), PLACES, PLACES, st.booleans()), min_size=1, max_size=8)
drawn_flows = st.lists(st.tuples(PLACES, PLACES), max_size=10)


def draw(nodes: list[tuple[str, int, int, bool]], flows: list[tuple[int, int]]) -> str:
    """Node `n` of `(tag, default flow, host, inside)`; `inside` puts it into the last sub-process before it."""
    inner: dict[int, list[str]] = {-1: []}
    holder = -1
    for number, (_, _, _, inside) in enumerate(nodes):
        inner[holder if inside else -1].append(f"<!--{number}-->")
        if nodes[number][0] == "subProcess":
            holder = number
            inner[number] = []
    text = "".join(inner[-1])
    for number, (tag, default, host, _) in enumerate(nodes):
        marks = f' default="f{default}"' if default < 2 else ""
        marks += f' attachedToRef="n{host}"' if tag == "boundaryEvent" else ""
        content = "".join(inner.get(number, ()))
        text = text.replace(f"<!--{number}-->", f'<{tag} id="n{number}"{marks}>{content}</{tag}>')
    return text + "".join(
        f'<sequenceFlow id="f{number}" sourceRef="n{source}" targetRef="n{target}"/>'
        for number, (source, target) in enumerate(flows)
    )


def check(diagram: Diagram) -> None:
    errors = [problem for problem in diagram.problems if problem.severity is Severity.ERROR]
    assert diagram.ok is not bool(errors)
    assert diagram.ok is bool(diagram.processes)
    for process in diagram.processes:
        ids = [node.id for node in process.elements.walk()]
        assert len(ids) == len(set(ids))
        assert all(ids)
        check_scope(process.elements)
        build_specs(process)


def check_scope(elements: FlowElements) -> None:
    by_id = {node.id: node for node in elements.nodes}
    outgoing = {flow.id: flow.source for flow in elements.flows}
    assert len(outgoing) == len(elements.flows)
    assert all(flow.source in by_id and flow.target in by_id for flow in elements.flows)
    for node in elements.nodes:
        if isinstance(node, Activity | ExclusiveGateway | InclusiveGateway) and node.default is not None:
            assert outgoing[node.default] == node.id
        if isinstance(node, BoundaryEvent):
            assert isinstance(by_id[node.attached_to], Activity)
        if isinstance(node, SubProcess):
            assert node.elements.nodes
            check_scope(node.elements)


@given(drawn_nodes, drawn_flows, MODES)
def test_what_is_accepted_can_be_run(
    nodes: list[tuple[str, int, int, bool]], flows: list[tuple[int, int]], mode: Mode | None
) -> None:
    content = f'<definitions xmlns="{NAMESPACE}"><process id="P">{draw(nodes, flows)}</process></definitions>'

    check(read_diagram(content.encode(), mode=mode))


@given(st.sampled_from(EXAMPLES), st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3)), max_size=4), MODES)
def test_a_damaged_file_is_answered(content: bytes, damages: list[tuple[int, bytes]], mode: Mode | None) -> None:
    for position, replacement in damages:
        at = position % len(content)
        content = content[:at] + replacement + content[at + len(replacement) :]

    check(read_diagram(content, mode=mode))


@given(st.binary(max_size=200), MODES)
def test_any_bytes_are_answered(content: bytes, mode: Mode | None) -> None:
    diagram = read_diagram(content, mode=mode)

    assert not diagram.ok
    assert len(diagram.problems) == 1
