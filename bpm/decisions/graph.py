"""The values of a requirement graph while it is evaluated: each element at most once, requirements before what needs
them, without recursion however long the chain is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from baton.bpm.decisions.elements import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    DrgElement,
    InputData,
    Reference,
)
from baton.bpm.decisions.item_types import fit
from baton.bpm.decisions.run import Making, Run
from baton.bpm.errors import ExpressionLimitError
from baton.bpm.expressions.feel.boundary import to_feel
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.values import FeelFunction, Value

_CALL_FRAMES: Final = 8
_LOCATED: Final = "Decision '"


class Model(Protocol):
    """The part of a decision model that evaluation needs."""

    @property
    def elements(self) -> Mapping[str, DrgElement]: ...

    @property
    def imported(self) -> Mapping[str, Model]: ...


class Graph:
    """One model's elements in one run. `given` holds, by id, what the caller decided instead of the model.

    `inputs` are by name, Python or FEEL values.
    """

    __slots__ = ("_begun", "_done", "_environments", "_imported", "_values", "given", "inputs", "model", "run")

    def __init__(self, model: Model, run: Run, inputs: Mapping[str, Any], given: Mapping[str, Value]) -> None:
        self.model = model
        self.run = run
        self.inputs = inputs
        self.given = given
        self._values: dict[str, Value] = {}
        self._environments: dict[str, dict[str, Value]] = {}
        self._begun: set[str] = set()
        self._done: set[str] = set()
        self._imported: dict[str, Graph] = {}

    def within(self, path: Sequence[str]) -> Graph:
        """The graph of the model that the names of imports lead to."""
        graph = self
        for name in path:
            graph = graph._import(name)
        return graph

    def _import(self, name: str) -> Graph:
        if name not in self._imported:
            own = self.inputs.get(name)
            inputs = {**self.inputs, **own} if isinstance(own, Mapping) else self.inputs
            self._imported[name] = Graph(self.model.imported[name], self.run, inputs, {})
        return self._imported[name]

    def value(self, element: DrgElement) -> Value:
        """The element's value; what it requires is found first."""
        waiting: list[tuple[Graph, DrgElement]] = [(self, element)]
        while waiting:
            graph, top = waiting[-1]
            if top.id in graph._done:
                waiting.pop()
                continue
            missing = graph._begin(top)
            if missing:
                waiting.extend(missing)
                continue
            graph._finish(top)
            waiting.pop()
        return self._values[element.id]

    def _begin(self, element: DrgElement) -> list[tuple[Graph, DrgElement]]:
        """What must be found before the element; what is begun already waits for the element, so it is left out."""
        self._begun.add(element.id)
        if element.id in self.given or not isinstance(element, Decision | BusinessKnowledgeModel):
            return []
        if isinstance(element, BusinessKnowledgeModel) and element.id not in self._values:
            # Knowledge may require itself: the function is there before the names it uses are.
            self._environments[element.id] = {}
            frame = Frame(self._environments[element.id], None, self.run)
            self._values[element.id] = None if element.logic is None else element.logic(frame)
            self._environments[element.id][element.variable] = self._values[element.id]
        found = []
        for reference in element.requirements:
            graph = self.within(reference.path)
            if reference.id not in graph._begun:
                found.append((graph, graph.model.elements[reference.id]))
        return found

    def _finish(self, element: DrgElement) -> None:
        self.run.budget.spend(1)
        self._done.add(element.id)
        if element.id in self.given:
            self._values[element.id] = self.given[element.id]
            return
        match element:
            case InputData():
                self._values[element.id] = self._input(element)
            case Decision():
                self._values[element.id] = self._decide(element)
            case BusinessKnowledgeModel():
                self._environments[element.id].update(self._required(element.requirements))
            case DecisionService():
                self._values[element.id] = self.service_function(element)

    def _input(self, element: InputData) -> Value:
        name = element.variable if element.variable in self.inputs else element.name
        if name not in self.inputs:
            self.run.note(f"no input '{element.variable}'")
            return None
        value = to_feel(self.inputs[name], self.run.budget, self.run.notes)
        return fit(value, element.type, self.run, f"the input '{element.variable}'")

    def _decide(self, decision: Decision) -> Value:
        names = self._required(decision.requirements)
        making = Making(decision.id, decision.name, dict(names))
        outer = self.run.begin(making)
        try:
            value = None if decision.logic is None else decision.logic(self._frame(decision, names))
        except ExpressionLimitError as error:
            raise _located(error, decision) from error
        making.output = fit(value, decision.type, self.run, f"the result of decision '{decision.name}'")
        self.run.end(outer)
        return making.output

    def _frame(self, decision: Decision, names: dict[str, Value]) -> Frame:
        more = self._more_names(decision)
        frame = Frame(more, None, self.run) if more else None
        return Frame(names, frame, self.run)

    def _more_names(self, decision: Decision) -> dict[str, Value]:
        """What required decisions are called besides their names; names proper hide them."""
        found: dict[str, Value] = {}
        for reference in decision.requirements:
            graph = self.within(reference.path)
            required = graph.model.elements[reference.id]
            if isinstance(required, Decision):
                value = graph._values.get(required.id)
                for name, entry in required.more_names:
                    if entry is None:
                        found[name] = value
                    elif type(value) is dict and entry in value:
                        found[name] = value[entry]
        return found

    def _required(self, references: Sequence[Reference]) -> dict[str, Value]:
        """The values required, by name; those of imported models in a context with the import's name."""
        names: dict[str, Value] = {}
        for reference in references:
            graph = self.within(reference.path)
            element = graph.model.elements[reference.id]
            if reference.path and reference.path[0]:
                names.setdefault(reference.path[0], {})[element.variable] = graph._values.get(element.id)
            else:
                names[element.variable] = graph._values.get(element.id)
        return names

    def service_function(self, service: DecisionService) -> FeelFunction:
        """The decision service as a function of its inputs and then its input decisions."""
        parameters = [self._parameter(reference) for reference in (*service.inputs, *service.input_decisions)]
        names = tuple(element.variable for element in parameters)

        def invoke(evaluation: Evaluation, arguments: Sequence[Value]) -> Value:
            budget = evaluation.budget
            budget.enter(_CALL_FRAMES)
            values = self._arguments(parameters, arguments)
            outputs = {} if values is None else self.serve(service, values)
            budget.leave(_CALL_FRAMES)
            return next(iter(outputs.values())) if len(outputs) == 1 else outputs or None

        return FeelFunction(names, invoke)

    def _parameter(self, reference: Reference) -> DrgElement:
        return self.within(reference.path).model.elements[reference.id]

    def _arguments(self, parameters: Sequence[DrgElement], arguments: Sequence[Value]) -> dict[str, Value] | None:
        """Values by the element's id; None if one does not belong to its type."""
        values: dict[str, Value] = {}
        for parameter, argument in zip(parameters, arguments, strict=True):
            value = fit(argument, parameter.type, self.run, f"the argument '{parameter.variable}'")
            if value is None and argument is not None:
                return None
            values[parameter.id] = value
        return values

    def serve(self, service: DecisionService, given: Mapping[str, Value]) -> dict[str, Value]:
        """The service's outputs by name, with these values for its parameters instead of the run's inputs."""
        what = f"decision service '{service.name}'"
        graph = Graph(self.model, self.run, {}, given)
        outputs: dict[str, Value] = {}
        for reference in service.outputs:
            target = graph.within(reference.path)
            element = target.model.elements[reference.id]
            outputs[element.variable] = target.value(element)
        if len(outputs) != 1:
            return fit(outputs, service.type, self.run, f"the result of {what}") or {}
        return {name: fit(value, service.type, self.run, f"the result of {what}") for name, value in outputs.items()}

    def service_inputs(self, service: DecisionService) -> dict[str, Value]:
        """The run's inputs as the service's parameters, by the element's id; missing ones are null."""
        values: dict[str, Value] = {}
        for reference in (*service.inputs, *service.input_decisions):
            element = self._parameter(reference)
            name = element.variable if element.variable in self.inputs else element.name
            value = to_feel(self.inputs.get(name), self.run.budget, self.run.notes)
            values[element.id] = fit(value, element.type, self.run, f"the input '{element.variable}'")
        return values


def _located(error: ExpressionLimitError, decision: Decision) -> ExpressionLimitError:
    """The same error, saying in which decision; the innermost one is named."""
    if error.message.startswith(_LOCATED):
        return error
    return ExpressionLimitError(f"{_LOCATED}{decision.name}': {error.message}")
