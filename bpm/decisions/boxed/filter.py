"""Keeps the items of a list that match (DMN 1.5, 7.3.9)."""

from __future__ import annotations

from typing import Final

from baton.bpm.decisions.boxed.typed import typed
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.compilation.filters import compile_selection

_STEPS: Final = 5


def boxed_filter(box: Element, scope: Scope, reading: Reading) -> Code:
    items = reading.required_box(box, "in", scope.inside())
    matches = reading.required_box(box, "match", scope.inside("item"))
    return typed(compile_selection(items, matches, _STEPS), box, scope, reading)
