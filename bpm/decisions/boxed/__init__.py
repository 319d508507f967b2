"""One file for each boxed expression; each function compiles a box to code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from baton.bpm.decisions.boxed.collections import boxed_list, relation
from baton.bpm.decisions.boxed.conditional import conditional
from baton.bpm.decisions.boxed.context import context
from baton.bpm.decisions.boxed.decision_table import decision_table
from baton.bpm.decisions.boxed.filter import boxed_filter
from baton.bpm.decisions.boxed.function_definition import function_definition
from baton.bpm.decisions.boxed.invocation import invocation
from baton.bpm.decisions.boxed.iterators import boxed_for, every, some
from baton.bpm.decisions.boxed.literal_expression import literal_expression
from baton.bpm.decisions.reading import CompileBoxed

BOXES: Final[Mapping[str, CompileBoxed]] = {
    "literalExpression": literal_expression,
    "decisionTable": decision_table,
    "context": context,
    "invocation": invocation,
    "relation": relation,
    "list": boxed_list,
    "functionDefinition": function_definition,
    "conditional": conditional,
    "filter": boxed_filter,
    "for": boxed_for,
    "some": some,
    "every": every,
}
"""The element's name to its compiler."""
