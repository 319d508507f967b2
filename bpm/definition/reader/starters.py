"""Who may start a process: names only, since nothing is known yet that an expression could ask."""

from __future__ import annotations

from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.starters import Starters
from baton.bpm.definition.texts import shown
from baton.bpm.definition.xml import Element

_MARKS = ("${", "#{")


def read_starters(process: Element, context: Context) -> Starters:
    """With an error for each name that is an expression."""
    starters = context.dialect.starters(process)
    for words, names in (("users", starters.users), ("groups", starters.groups)):
        for name in names:
            if any(mark in name for mark in _MARKS):
                context.error(
                    "candidate-starters",
                    f"The candidate starter {words} of the {called(process)} hold the expression {shown(name)}, "
                    "but nothing is known before a start that it could be made of.",
                    "Write names, separated by commas.",
                    process,
                )
    return starters
