"""If, then, else in boxes (DMN 1.5, 7.3.8); unlike in FEEL text, a condition of another type gives null."""

from __future__ import annotations

from baton.bpm.decisions.boxed.typed import typed
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import Value, type_name


def conditional(box: Element, scope: Scope, reading: Reading) -> Code:
    inner = scope.inside()
    condition, result, otherwise = (reading.required_box(box, part, inner) for part in ("if", "then", "else"))

    def run(frame: Frame) -> Value:
        decided = condition(frame)
        if decided is True:
            return result(frame)
        if decided is False or decided is None:
            return otherwise(frame)
        frame.evaluation.note(f"{scope.place} needs a boolean after 'if', found {type_name(decided)}")
        return None

    return typed(run, box, scope, reading)
