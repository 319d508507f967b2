"""Named entries, each seeing those before it, and perhaps a result at the end (DMN 1.5, 7.3.3)."""

from __future__ import annotations

from baton.bpm.decisions import documents
from baton.bpm.decisions.boxed.typed import fitted, typed
from baton.bpm.decisions.item_definitions import read_type
from baton.bpm.decisions.reading import Reading, Scope, null
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import Value


def context(box: Element, scope: Scope, reading: Reading) -> Code:
    found = list(documents.children(box, "contextEntry"))
    names = [documents.variable_name(entry) for entry in found]
    inner = scope.inside(*names)
    entries = [(name, _entry(entry, name, inner, reading)) for entry, name in zip(found, names, strict=True)]

    def run(frame: Frame) -> Value:
        frame.evaluation.budget.elements(len(entries))
        values: dict[str, Value] = {}
        within = frame.inner(values)
        for name, code in entries:
            value = code(within)
            if not name:
                return value
            values[name] = value
        return values

    return typed(run, box, scope, reading)


def _entry(entry: Element, name: str, scope: Scope, reading: Reading) -> Code:
    place = scope.at(f"entry '{xml.attribute(entry, 'label') or name}'" if name else "result")
    code = reading.boxed(entry, place)
    if code is None:
        reading.warning("expression-missing", place, entry, "the entry has no expression and is null", "Fill it in.")
        return null
    return fitted(code, read_type(documents.child(entry, "variable"), place, reading), place.place)
