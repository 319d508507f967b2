"""Reads and runs the cases of DMN's technology compatibility kit. The kit's own reading of values is in here only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from baton.bpm.decisions import DecisionDiagram, DecisionModel, read_decisions
from baton.bpm.errors import ExpressionError, NotFound
from baton.bpm.expressions import feel
from baton.bpm.expressions.feel.boundary import from_feel
from baton.bpm.expressions.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time

KIT = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "dmn_tck"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
XML = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
NUMBERS = {"decimal", "double", "integer", "float", "int"}
TEMPORAL = {"date": parse_date, "time": parse_time, "dateTime": parse_date_time}
CLOSE = Decimal("1e-8")


@dataclass(frozen=True)
class Case:
    """One `testCase`; `name` is unique in the kit and `level` the folder it counts for."""

    name: str
    level: str
    model: Path
    element: Any


def cases() -> Iterator[Case]:
    """All cases of the kit, in order."""
    for file in sorted(KIT.rglob("*-test-*.xml")):
        root = etree.parse(file, XML).getroot()
        model = file.parent / (child(root, "modelName").text or "").strip()
        level = file.relative_to(KIT).parts[-3]
        for element in children(root, "testCase"):
            yield Case(f"{file.stem}/{element.get('id')}", level, model, element)


def miss(case: Case) -> str | None:
    """What is wrong with the case's results; None if all are as expected."""
    model = diagram(case.model).model
    if model is None:
        return "the model cannot be read"
    inputs = {node.get("name"): given_value(node) for node in children(case.element, "inputNode")}
    for result in children(case.element, "resultNode"):
        expected = expected_value(child(result, "expected"))
        found = evaluate(model, case.element, result.get("name"), inputs)
        if not same(found, expected):
            return f"{result.get('name')}: expected {expected!r}, found {found!r}"
    return None


def evaluate(model: DecisionModel, test: Any, name: str, inputs: dict[str, Any]) -> Any:
    """A result that cannot be calculated is null to the kit."""
    service = test.get("invocableName")
    try:
        if service is not None:
            return model.evaluate_service(service, inputs, now=NOW).outputs[name]
        return model.evaluate(name, inputs, now=NOW).output
    except ExpressionError as error:
        return None if not isinstance(error, NotFound) else error


@lru_cache(maxsize=200)
def diagram(path: Path) -> DecisionDiagram:
    """The file, with the models beside it that it imports."""
    imports: dict[str, DecisionModel] = {}
    root = etree.parse(path, XML).getroot()
    wanted = {element.get("namespace") for element in children(root, "import")}
    for other in sorted(path.parent.glob("*.dmn")) if wanted else ():
        if other != path and etree.parse(other, XML).getroot().get("namespace") in wanted:
            model = diagram(other).model
            if model is not None:
                imports[model.namespace] = model
    return read_decisions(path.read_bytes(), imports=imports)


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def children(element: Any, name: str) -> list[Any]:
    return [found for found in element if local(found) == name]


def child(element: Any, name: str) -> Any:
    return next(iter(children(element, name)), None)


def given_value(element: Any) -> Any:
    """An input as FEEL's own value, which keeps what Python's dates and times cannot hold."""
    return value_of(element, keep=True)


def expected_value(element: Any) -> Any:
    """A result as Python sees FEEL's values."""
    return value_of(element, keep=False)


def value_of(element: Any, *, keep: bool) -> Any:
    if element is None or element.get(NIL) == "true":
        return None
    items = child(element, "list")
    if items is not None:
        if items.get(NIL) == "true":
            return None
        return [value_of(item, keep=keep) for item in children(items, "item")]
    components = children(element, "component")
    if components:
        return {component.get("name"): value_of(component, keep=keep) for component in components}
    value = child(element, "value")
    if value is None or value.get(NIL) == "true":
        return None
    return scalar((value.get(TYPE) or "string").rpartition(":")[2], value.text or "", keep=keep)


def scalar(kind: str, text: str, *, keep: bool) -> Any:
    if kind == "string":
        return text
    if kind == "boolean":
        return text.strip() == "true"
    if kind in NUMBERS:
        return Decimal(text.strip())
    value = TEMPORAL.get(kind, parse_duration)(text.strip())
    return value if keep else from_feel(value, feel.Budget())


def same(found: Any, expected: Any) -> bool:
    """Numbers agree to eight digits, as the kit's own runners have it."""
    if isinstance(expected, Decimal):
        return type(found) in (int, Decimal) and abs(found - expected) <= CLOSE * max(1, abs(expected))
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    return type(found) is type(expected) and bool(found == expected)
