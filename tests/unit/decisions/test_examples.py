"""The decisions among the examples are accepted as they are, and every modeler can draw them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from baton.bpm.decisions import read_decisions

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.dmn"))
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
DI = "{https://www.omg.org/spec/DMN/20191111/DMNDI/}"
BOUNDS = "{http://www.omg.org/spec/DMN/20180521/DC/}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DMN/20180521/DI/}waypoint"

pytestmark = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def test_an_example_is_accepted_without_any_problem(path: Path) -> None:
    diagram = read_decisions(path.read_bytes())

    assert diagram.problems == ()
    assert diagram.model is not None
    assert len(diagram.model.decisions) >= 2


def test_every_element_and_requirement_of_an_example_is_drawn_where_it_belongs(path: Path) -> None:
    root: Any = etree.parse(str(path)).getroot()
    shapes = {shape.get("dmnElementRef"): shape.find(BOUNDS) for shape in root.iter(f"{DI}DMNShape")}
    edges = {edge.get("dmnElementRef"): edge.findall(WAYPOINT) for edge in root.iter(f"{DI}DMNEdge")}

    assert shapes.keys() == {found.get("id") for found in root.iterchildren(f"{DMN}inputData", f"{DMN}decision")}
    for requirement in root.iter(f"{DMN}informationRequirement"):
        (required,) = requirement
        points = [(float(point.get("x")), float(point.get("y"))) for point in edges[requirement.get("id")]]
        assert _touches(shapes[required.get("href").removeprefix("#")], points[0])
        assert _touches(shapes[requirement.getparent().get("id")], points[-1])


def _touches(bounds: Any, point: tuple[float, float]) -> bool:
    left, top = float(bounds.get("x")), float(bounds.get("y"))
    right, bottom = left + float(bounds.get("width")), top + float(bounds.get("height"))
    return left <= point[0] <= right and top <= point[1] <= bottom
