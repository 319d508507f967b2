"""A decision model: compiled once, immutable, shared by threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from types import MappingProxyType
from typing import Any, TypeVar

from baton.bpm.decisions.elements import Decision, DecisionService, DrgElement
from baton.bpm.decisions.evaluation import DecisionEvaluation, EvaluatedDecision
from baton.bpm.decisions.graph import Graph
from baton.bpm.decisions.item_types import ItemType
from baton.bpm.decisions.run import Run
from baton.bpm.errors import ExpressionError, NotFound
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.expression import guarded
from baton.bpm.expressions.feel.values import Value

_Element = TypeVar("_Element", Decision, DecisionService)
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """One DMN file. `elements` are its requirement graph by id, `imported` the models it imports by name.

    `types` are its item definitions by name, imported ones included as `import.name`.
    """

    id: str
    name: str
    namespace: str
    elements: Mapping[str, DrgElement]
    imported: Mapping[str, DecisionModel] = field(default_factory=lambda: MappingProxyType({}))
    types: Mapping[str, ItemType] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    member_names: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, in the order of the file."""
        return tuple(element for element in self.elements.values() if isinstance(element, Decision))

    @property
    def services(self) -> tuple[DecisionService, ...]:
        """All decision services, in the order of the file."""
        return tuple(element for element in self.elements.values() if isinstance(element, DecisionService))

    @property
    def invocables(self) -> tuple[Decision | DecisionService, ...]:
        """What can be asked for from outside: decisions and decision services, in the order of the file."""
        return tuple(element for element in self.elements.values() if isinstance(element, Decision | DecisionService))

    def evaluate(
        self,
        decision: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime,
        budget: Budget | None = None,
        random: Random | None = None,
    ) -> DecisionEvaluation:
        """Makes the decision of that id or name, and those it requires. `inputs` are Python values by name.

        `now` is aware. Names that the model's graph does not have are looked up in `inputs` as they are. Raises
        NotFound, DecisionError when a table's matches break its hit policy, ExpressionLimitError.
        """
        return _succeeded(self.attempt(decision, inputs, now=now, budget=budget, random=random))

    def attempt(
        self,
        decision: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime,
        budget: Budget | None = None,
        random: Random | None = None,
    ) -> DecisionEvaluation:
        """The same, with what fails as `failure` of the evaluation, beside what was found before. Raises NotFound."""
        found = self.decision(decision)
        run = Run(inputs, now, budget or Budget(), [], random)
        return _attempted(run, inputs, lambda: {found.name: Graph(self, run, inputs, {}).value(found)})

    def attempt_any(self, key: str, inputs: Mapping[str, Any], *, now: datetime) -> DecisionEvaluation:
        """Makes the decision or evaluates the decision service of that id or name. Raises NotFound."""
        if isinstance(self.invocable(key), DecisionService):
            return self.attempt_service(key, inputs, now=now)
        return self.attempt(key, inputs, now=now)

    def invocable(self, key: str) -> Decision | DecisionService:
        """The decision or decision service of that id, else of that name. Raises NotFound."""
        element = self.elements.get(key)
        if isinstance(element, Decision | DecisionService):
            return element
        named = [service for service in self.services if service.name == key]
        return named[0] if named else self.decision(key)

    def decision(self, key: str) -> Decision:
        """The decision of that id or name. Raises NotFound."""
        return self._find(Decision, "decision", key)

    def evaluate_service(
        self,
        service: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime,
        budget: Budget | None = None,
        random: Random | None = None,
    ) -> DecisionEvaluation:
        """Evaluates the decision service of that id or name; `inputs` are its input data and input decisions by name.

        Raises as `evaluate` does.
        """
        return _succeeded(self.attempt_service(service, inputs, now=now, budget=budget, random=random))

    def attempt_service(
        self,
        service: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime,
        budget: Budget | None = None,
        random: Random | None = None,
    ) -> DecisionEvaluation:
        """The same, with what fails as `failure` of the evaluation. Raises NotFound."""
        found = self._find(DecisionService, "decision service", service)
        run = Run({}, now, budget or Budget(), [], random)
        graph = Graph(self, run, inputs, {})
        return _attempted(run, inputs, lambda: graph.serve(found, graph.service_inputs(found)))

    def _find(self, kind: type[_Element], words: str, key: str) -> _Element:
        element = self.elements.get(key)
        if isinstance(element, kind):
            return element
        candidates = [found for found in self.elements.values() if isinstance(found, kind)]
        for found in candidates:
            if key in (found.name, found.variable):
                return found
        known = ", ".join(f"'{found.name}'" for found in candidates[:_SHOWN]) or "none"
        raise NotFound(f"Expected a {words} with the id or name '{key[:200]}', found {known}.")


def _attempted(run: Run, inputs: Mapping[str, Any], find: Callable[[], Mapping[str, Value]]) -> DecisionEvaluation:
    try:
        with guarded():
            outputs = {name: run.python(value) for name, value in find().items()}
            return DecisionEvaluation(outputs, run.evaluated(), tuple(run.notes or ()))
    except ExpressionError as error:
        return DecisionEvaluation({}, _found_before(run), tuple(run.notes or ()), error, frozenset(inputs))


def _found_before(run: Run) -> tuple[EvaluatedDecision, ...]:
    """What was found before a failure. That may have used up the budget, so telling of it has its own."""
    run.renew_budget()
    run.abandon()
    try:
        with guarded():
            return run.evaluated()
    except ExpressionError:
        # Too much to tell of: at least the decision that failed, without what it was given.
        return tuple(EvaluatedDecision(failed.id, failed.name, {}, (), None) for failed in run.made[-1:])


def _succeeded(evaluation: DecisionEvaluation) -> DecisionEvaluation:
    if evaluation.failure is not None:
        raise evaluation.failure
    return evaluation
