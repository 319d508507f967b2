"""Calls a function with named arguments (DMN 1.5, 7.3.7)."""

from __future__ import annotations

from baton.bpm.decisions import documents
from baton.bpm.decisions.boxed.typed import fitted, typed
from baton.bpm.decisions.item_definitions import read_type
from baton.bpm.decisions.reading import Reading, Scope, null
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import FeelFunction, Value


def invocation(box: Element, scope: Scope, reading: Reading) -> Code:
    inner = scope.inside()
    called = reading.boxed(box, inner) or null
    bindings = [_binding(binding, inner, reading) for binding in documents.children(box, "binding")]
    place = scope.place

    def run(frame: Frame) -> Value:
        function = called(frame)
        if type(function) is not FeelFunction:
            frame.evaluation.note(f"{place} calls what is not a function")
            return None
        values = {name: code(frame) for name, code in bindings}
        if function.by_name is not None:
            return function.by_name(frame.evaluation, values)
        if values.keys() != set(function.parameters):
            frame.evaluation.note(f"{place} calls a function that has the parameters {', '.join(function.parameters)}")
            return None
        return function.invoke(frame.evaluation, [values[name] for name in function.parameters])

    return typed(run, box, scope, reading)


def _binding(binding: Element, scope: Scope, reading: Reading) -> tuple[str, Code]:
    parameter = documents.child(binding, "parameter")
    name = xml.attribute(parameter, "name") if parameter is not None else ""
    place = scope.at(f"argument '{name}'")
    code = reading.boxed(binding, place) or null
    return name, fitted(code, read_type(parameter, place, reading), place.place)
