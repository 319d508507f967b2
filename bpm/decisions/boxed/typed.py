"""A box with a type: its value is made to fit."""

from __future__ import annotations

from baton.bpm.decisions.item_definitions import read_type
from baton.bpm.decisions.item_types import ItemType, fit
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code


def typed(code: Code, box: Element, scope: Scope, reading: Reading) -> Code:
    """The code with its value fitted to the box's `typeRef`, if it has one."""
    return fitted(code, read_type(box, scope, reading), scope.place)


def fitted(code: Code, expected: ItemType | None, what: str) -> Code:
    """The code with its value fitted to the type."""
    if expected is None:
        return code
    return lambda frame: fit(code(frame), expected, frame.evaluation, what)
