"""Reads the requirement graph: inputs, decisions, knowledge and services, and what they require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from baton.bpm.decisions import documents
from baton.bpm.decisions.boxed.decision_table import shape_of
from baton.bpm.decisions.boxed.function_definition import function_definition
from baton.bpm.decisions.elements import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    DrgElement,
    InputData,
    Reference,
)
from baton.bpm.decisions.item_definitions import read_type
from baton.bpm.decisions.item_types import result_of
from baton.bpm.decisions.model import DecisionModel
from baton.bpm.decisions.names import Names
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code

_KINDS: Final = {
    "inputData": "input data",
    "decision": "decision",
    "businessKnowledgeModel": "business knowledge model",
    "decisionService": "decision service",
}
_REQUIREMENTS: Final = ("informationRequirement", "knowledgeRequirement")
_REQUIRED: Final = ("requiredInput", "requiredDecision", "requiredKnowledge")


class GraphReader:
    """Compiles each element of one file. `members` are the names that may follow a dot."""

    def __init__(self, reading: Reading, imported: Mapping[str, DecisionModel], members: Names) -> None:
        self._reading = reading
        self._imported = imported
        self._members = members
        self._namespace = xml.attribute(reading.root, "namespace")
        self._own: dict[str, Element] = {}
        self._elements: list[tuple[str, Element]] = []
        self._used: dict[str, set[str]] = {}

    def read(self) -> dict[str, DrgElement]:
        """The elements by id, in the order of the file."""
        for element in documents.children(self._reading.root, *_KINDS):
            id_ = xml.attribute(element, "id") or xml.attribute(element, "name")
            if id_ in self._own:
                message = f"the id '{id_}' is used twice"
                self._reading.error("duplicate-id", self._scope(element), element, message, "Change one of them.")
                continue
            self._own[id_] = element
            self._elements.append((id_, element))
        self._check_cycles()
        return {id_: self._compile(id_, element) for id_, element in self._elements}

    def _compile(self, id_: str, element: Element) -> DrgElement:
        scope = self._scope(element)
        name = xml.attribute(element, "name")
        variable = documents.variable_name(element) or id_
        expected = read_type(documents.child(element, "variable"), scope, self._reading)
        match xml.local_name(element):
            case "inputData":
                return InputData(id_, name, variable, expected)
            case "decision":
                return self._decision(id_, element, scope)
            case "businessKnowledgeModel":
                references = self._requirements(element, scope)
                seeing = self._seeing(references, scope)
                logic = self._knowledge(element, Scope(seeing.place, Names.of((variable,), seeing.names), name))
                return BusinessKnowledgeModel(id_, name, variable, expected, references, logic)
            case _:
                outputs, inputs, decisions = (
                    self._references(element, scope, kind) for kind in ("outputDecision", "inputData", "inputDecision")
                )
                return DecisionService(id_, name, variable, result_of(expected), outputs, inputs, decisions)

    def _decision(self, id_: str, element: Element, scope: Scope) -> Decision:
        references = self._requirements(element, scope)
        expected = read_type(documents.child(element, "variable"), scope, self._reading)
        name = xml.attribute(element, "name") or id_
        seeing = self._seeing(references, scope)
        logic = self._reading.boxed(element, Scope(seeing.place, seeing.names, name, expected))
        if logic is None:
            message = "the decision has no logic and is null"
            self._reading.warning("logic-missing", scope, element, message, "Draw its table or expression.")
        return Decision(
            id=id_,
            name=name,
            variable=documents.variable_name(element) or id_,
            type=expected,
            requirements=references,
            logic=logic,
            more_names=_more_names(id_, element),
            table=shape_of(documents.child(element, "decisionTable")),
            version_tag=documents.version_tag(element),
        )

    def _knowledge(self, element: Element, scope: Scope) -> Code | None:
        box = documents.child(element, "encapsulatedLogic")
        return None if box is None else function_definition(box, scope, self._reading)

    def _scope(self, element: Element) -> Scope:
        kind = _KINDS[xml.local_name(element)]
        name = xml.attribute(element, "name") or xml.attribute(element, "id")
        return Scope(f"{kind} '{name}'", self._members, name)

    def _seeing(self, references: tuple[Reference, ...], scope: Scope) -> Scope:
        names: set[str] = set()
        for reference in references:
            if reference.path:
                names |= {reference.path[0], self._imported_variable(reference)}
            else:
                element = self._own[reference.id]
                names.add(documents.variable_name(element) or reference.id)
                if xml.local_name(element) == "decision":
                    names |= {other for other, _ in _more_names(reference.id, element)}
        return Scope(scope.place, Names.of(names, self._members), scope.owner)

    def _imported_variable(self, reference: Reference) -> str:
        models = self._imported
        model = None
        for name in reference.path:
            model = models[name]
            models = model.imported
        return "" if model is None else model.elements[reference.id].variable

    def _requirements(self, element: Element, scope: Scope) -> tuple[Reference, ...]:
        return tuple(
            reference
            for requirement in documents.children(element, *_REQUIREMENTS)
            for reference in self._references(requirement, scope, *_REQUIRED)
        )

    def _references(self, element: Element, scope: Scope, *names: str) -> tuple[Reference, ...]:
        found = []
        for pointer in documents.children(element, *names):
            href = xml.attribute(pointer, "href")
            reference = self._resolve(href)
            if reference is None:
                message = f"the reference '{href[:200]}' leads to nothing in this model or its imports"
                self._reading.error("reference", scope, pointer, message, "Remove it, or upload the imported model.")
            else:
                found.append(reference)
        return tuple(found)

    def _resolve(self, href: str) -> Reference | None:
        namespace, _, id_ = href.rpartition("#")
        if namespace in ("", self._namespace) and id_ in self._own:
            return Reference(id_)
        return _imported_reference(self._imported, namespace, id_)

    def _check_cycles(self) -> None:
        """Decisions may not require themselves; knowledge may, because it is only called."""
        required = {
            id_: [
                reference.id
                for reference in self._quiet_references(element)
                if not reference.path and xml.local_name(self._own[reference.id]) == "decision"
            ]
            for id_, element in self._elements
            if xml.local_name(element) == "decision"
        }
        for id_ in _in_cycles(required):
            element = self._own[id_]
            message = "the decision requires itself, directly or through others"
            self._reading.error(
                "requirement-cycle", self._scope(element), element, message, "Remove one of the requirements."
            )

    def _quiet_references(self, element: Element) -> list[Reference]:
        found = [
            self._resolve(xml.attribute(pointer, "href"))
            for requirement in documents.children(element, *_REQUIREMENTS)
            for pointer in documents.children(requirement, *_REQUIRED)
        ]
        return [reference for reference in found if reference is not None]


def _more_names(id_: str, element: Element) -> tuple[tuple[str, str | None], ...]:
    """Modelers that write no variable expect the decision's id and the outputs of its table to be known."""
    if documents.child(element, "variable") is not None:
        return ()
    outputs = [
        xml.attribute(output, "name")
        for table in documents.children(element, "decisionTable")
        for output in documents.children(table, "output")
    ]
    named = [name for name in outputs if name]
    entries = [(name, None if len(outputs) == 1 else name) for name in named]
    return (*entries, (id_, None))


def _imported_reference(models: Mapping[str, DecisionModel], namespace: str, id_: str) -> Reference | None:
    """The nearest model of that namespace that has the id."""
    level: list[tuple[tuple[str, ...], DecisionModel]] = [((name,), model) for name, model in models.items()]
    for _ in range(5):
        for path, model in level:
            if id_ in model.elements and namespace in ("", model.namespace):
                return Reference(id_, path)
        level = [((*path, name), inner) for path, model in level for name, inner in model.imported.items()]
    return None


def _in_cycles(required: Mapping[str, list[str]]) -> list[str]:
    """What is left when everything that depends on nothing, or on which nothing depends, is taken away."""
    users: dict[str, list[str]] = {id_: [] for id_ in required}
    for id_, targets in required.items():
        for target in targets:
            users[target].append(id_)
    left = _peeled(_peeled(set(required), required, users), users, required)
    return [id_ for id_ in required if id_ in left]


def _peeled(ids: set[str], outward: Mapping[str, list[str]], inward: Mapping[str, list[str]]) -> set[str]:
    left = set(ids)
    open_counts = {id_: sum(1 for target in outward[id_] if target in left) for id_ in left}
    free = [id_ for id_, count in open_counts.items() if count == 0]
    while free:
        gone = free.pop()
        left.discard(gone)
        for user in inward[gone]:
            if user in left:
                open_counts[user] -= 1
                if open_counts[user] == 0:
                    free.append(user)
    return left
