"""For, some and every in boxes (DMN 1.5, 7.3.10 and 7.3.11)."""

from __future__ import annotations

from typing import Final

from baton.bpm.decisions import documents
from baton.bpm.decisions.boxed.typed import typed
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.compilation.iteration import CompiledIteration, NoDomain, frames_of
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import Value, type_name

_STEPS: Final = 5
_PARTIAL: Final = "partial"


def boxed_for(box: Element, scope: Scope, reading: Reading) -> Code:
    """What `return` gives for each item; `partial` are the results so far."""
    iteration = _iteration(box, scope, reading)
    result = reading.required_box(box, "return", scope.inside(iteration.name, _PARTIAL))
    reads_partial = _PARTIAL in xml.text(documents.child(box, "return"))

    def run(frame: Frame) -> Value:
        budget = frame.evaluation.budget
        results: list[Value] = []
        try:
            for inner in frames_of([iteration], frame):
                budget.elements(_STEPS)
                if reads_partial:
                    budget.elements(len(results))
                    results.append(result(inner.inner({_PARTIAL: list(results)})))
                else:
                    results.append(result(inner))
        except NoDomain:
            return None
        return results

    return typed(run, box, scope, reading)


def some(box: Element, scope: Scope, reading: Reading) -> Code:
    return _quantified(box, scope, reading, decided_by=True)


def every(box: Element, scope: Scope, reading: Reading) -> Code:
    return _quantified(box, scope, reading, decided_by=False)


def _quantified(box: Element, scope: Scope, reading: Reading, *, decided_by: bool) -> Code:
    """Looks at every item: unlike in FEEL text, the box is null if the condition is no Boolean for any."""
    iteration = _iteration(box, scope, reading)
    condition = reading.required_box(box, "satisfies", scope.inside(iteration.name))

    def run(frame: Frame) -> Value:
        budget = frame.evaluation.budget
        is_decided = False
        try:
            for inner in frames_of([iteration], frame):
                budget.spend(_STEPS)
                result = condition(inner)
                if type(result) is not bool:
                    frame.evaluation.note(f"{scope.place} needs a boolean for each item, found {type_name(result)}")
                    return None
                is_decided = is_decided or result is decided_by
        except NoDomain:
            return None
        return decided_by if is_decided else not decided_by

    return typed(run, box, scope, reading)


def _iteration(box: Element, scope: Scope, reading: Reading) -> CompiledIteration:
    name = xml.attribute(box, "iteratorVariable")
    if not name:
        message = "the box has no name for the item"
        reading.error("iterator-variable", scope, box, message, "Set the attribute 'iteratorVariable'.")
    return CompiledIteration(name, reading.required_box(box, "in", scope.inside()), None, _STEPS)
