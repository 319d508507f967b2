"""A FEEL text in a box (DMN 1.5, 7.3.2)."""

from __future__ import annotations

from baton.bpm.decisions.boxed.typed import typed
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code


def literal_expression(box: Element, scope: Scope, reading: Reading) -> Code:
    return typed(reading.expression(box, scope), box, scope, reading)
