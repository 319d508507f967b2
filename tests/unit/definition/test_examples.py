"""The examples are accepted as they are, and every modeler can draw them."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from baton.bpm.definition.elements import Mode
from baton.bpm.definition.importer import read_diagram
from baton.bpm.definition.problems import Severity

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.bpmn"))
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"

pytestmark = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def test_an_example_is_accepted_without_errors_and_warnings(path: Path) -> None:
    diagram = read_diagram(path.read_bytes())

    assert [problem for problem in diagram.problems if problem.severity is not Severity.INFO] == []
    assert len(diagram.processes) == 1


def test_an_example_runs_in_the_mode_it_was_drawn_for(path: Path) -> None:
    diagram = read_diagram(path.read_bytes())

    assert diagram.mode is (Mode.GUIDED if path.stem == "leave-request" else Mode.AUTOMATIC)


def test_every_node_and_flow_of_an_example_is_drawn_where_it_belongs(path: Path) -> None:
    (process,) = read_diagram(path.read_bytes()).processes
    root = etree.parse(str(path)).getroot()
    shapes = {shape.get("bpmnElement"): shape.find(BOUNDS) for shape in root.iter(f"{DI}BPMNShape")}
    edges = {edge.get("bpmnElement"): edge.findall(WAYPOINT) for edge in root.iter(f"{DI}BPMNEdge")}

    for node in process.elements.walk():
        assert float(shapes[node.id].get("width")) > 0
    for flow in process.elements.flows:
        points = [(float(point.get("x")), float(point.get("y"))) for point in edges[flow.id]]
        assert len(points) >= 2
        assert _touches(shapes[flow.source], points[0])
        assert _touches(shapes[flow.target], points[-1])


def _touches(bounds: etree._Element, point: tuple[float, float]) -> bool:
    left, top = float(bounds.get("x")), float(bounds.get("y"))
    right, bottom = left + float(bounds.get("width")), top + float(bounds.get("height"))
    return left <= point[0] <= right and top <= point[1] <= bottom
