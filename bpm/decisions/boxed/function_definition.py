"""A function with a boxed body (DMN 1.5, 7.3.6). Java and PMML functions are refused: they would run foreign code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from baton.bpm.decisions import documents
from baton.bpm.decisions.boxed.typed import typed
from baton.bpm.decisions.item_definitions import read_type
from baton.bpm.decisions.item_types import fit
from baton.bpm.decisions.reading import Reading, Scope, null
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.values import FeelFunction, Value

_CALL_FRAMES: Final = 6


def function_definition(box: Element, scope: Scope, reading: Reading) -> Code:
    """The code gives a function that sees the names of where it is defined."""
    if xml.attribute(box, "kind").upper() in ("JAVA", "PMML"):
        kind = xml.attribute(box, "kind")
        message = f"the function is of kind {kind}, which is not run"
        reading.error("external-function", scope, box, message, "Write the function in FEEL.")
        return null
    parameters = list(documents.children(box, "formalParameter"))
    names = tuple(xml.attribute(parameter, "name") for parameter in parameters)
    types = [read_type(parameter, scope, reading) for parameter in parameters]
    inner = scope.inside(*names)
    body = reading.boxed(box, inner)
    if body is None:
        return null
    result = typed(body, box, scope, reading)
    place = scope.place

    def make(frame: Frame) -> Value:
        def invoke(evaluation: Evaluation, arguments: Sequence[Value]) -> Value:
            values: dict[str, Value] = {}
            for name, expected, argument in zip(names, types, arguments, strict=True):
                value = fit(argument, expected, evaluation, f"the argument '{name}' of {place}")
                if value is None and argument is not None:
                    return None
                values[name] = value
            budget = evaluation.budget
            budget.spend(1)
            budget.enter(_CALL_FRAMES)
            found = result(frame.inner(values))
            budget.leave(_CALL_FRAMES)
            return found

        return FeelFunction(names, invoke)

    return make
