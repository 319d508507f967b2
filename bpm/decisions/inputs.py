"""What a decision asks for: the input data that it needs, directly or through others, and variables of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from baton.bpm.decisions.cells import read_cell
from baton.bpm.decisions.elements import BusinessKnowledgeModel, Decision, DecisionService, DrgElement, InputData
from baton.bpm.decisions.item_types import BuiltInType, ConstrainedType, DefinedType, ItemType
from baton.bpm.decisions.model import DecisionModel
from baton.bpm.decisions.written import WrittenColumn, WrittenDecision
from baton.bpm.expressions.feel.types import SimpleType

_NAME: Final = re.compile(r"[^\W\d]\w*")
_TEXT_OF_TYPE: Final = {"double": "number", "integer": "number", "long": "number", "dateTime": "date and time"}
_MOST_NESTED: Final = 20


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """`type` is FEEL's word for it, empty if it is not known or none of FEEL's own; `allowed` its texts, if listed."""

    name: str
    type: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """`inputs` by name in the order of the graph, `decisions` the ids of the same file, the one asked for first."""

    inputs: tuple[DecisionInput, ...]
    decisions: tuple[str, ...]


def needs(model: DecisionModel, key: str, written: Mapping[str, WrittenDecision]) -> Needs:
    """Of the decision or decision service. Names that tables test and nothing in the graph has are inputs as well."""
    asked = model.invocable(key)
    inputs: dict[str, DecisionInput] = {}
    known: set[str] = set()
    decisions: list[str] = []
    columns = [column for each in written.values() if each.table for column in each.table.inputs]
    for owner, element in _walk(model, asked):
        known.add(element.variable)
        if isinstance(element, InputData) or (isinstance(asked, DecisionService) and _is_given(asked, element)):
            name = element.variable or element.name
            inputs.setdefault(name, DecisionInput(name, _type(element.type), _allowed(name, element.type, columns)))
        elif isinstance(element, Decision) and owner is model:
            decisions.append(element.id)
    for id_ in decisions:
        table = written[id_].table if id_ in written else None
        known |= {id_} | ({column.expression for column in table.outputs} if table else set())
    for id_ in decisions:
        table = written[id_].table if id_ in written else None
        for column in table.inputs if table else ():
            name = column.expression
            if _NAME.fullmatch(name) and name not in known and name not in inputs:
                type_ = _TEXT_OF_TYPE.get(column.type, column.type)
                inputs[name] = DecisionInput(name, type_, _allowed(name, None, columns))
    return Needs(tuple(inputs.values()), tuple(decisions))


def _is_given(service: DecisionService, element: DrgElement) -> bool:
    return any(element.id == reference.id for reference in service.input_decisions)


def _walk(model: DecisionModel, asked: Decision | DecisionService) -> Iterator[tuple[DecisionModel, DrgElement]]:
    """The element and everything that it requires, each once; not what a service's caller gives instead."""
    waiting: list[tuple[DecisionModel, DrgElement]] = [(model, asked)]
    seen: set[tuple[int, str]] = set()
    while waiting:
        owner, element = waiting.pop(0)
        if (id(owner), element.id) in seen:
            continue
        seen.add((id(owner), element.id))
        yield owner, element
        if isinstance(element, DecisionService):
            references = (*element.inputs, *element.input_decisions, *element.outputs)
        elif isinstance(element, Decision | BusinessKnowledgeModel):
            references = (
                () if isinstance(asked, DecisionService) and _is_given(asked, element) else element.requirements
            )
        else:
            continue
        for reference in references:
            target = owner
            for name in reference.path:
                target = target.imported[name]
            if reference.id in target.elements:
                waiting.append((target, target.elements[reference.id]))


def _type(expected: ItemType | None) -> str:
    for _ in range(_MOST_NESTED):
        match expected:
            case DefinedType():
                expected = expected.target
            case ConstrainedType():
                expected = expected.base
            case BuiltInType(type=SimpleType(name=name), is_list=False):
                return name
            case _:
                return ""
    return ""


def _allowed(name: str, expected: ItemType | None, columns: list[WrittenColumn]) -> tuple[str, ...]:
    """The texts that it may be, if its type or a table's column for it lists nothing but texts."""
    texts = [expected.allowed_text] if expected is not None else []
    texts += [column.allowed for column in columns if column.expression == name]
    for text in texts:
        cell = read_cell(text) if text else None
        if cell is not None and cell.parts and not cell.negated and all(type(part) is str for part in cell.parts):
            return tuple(str(part) for part in cell.parts)
    return ()
