"""FEEL's built-in functions: those of DMN 1.5 (10.3.4) and Camunda's own, one file for each group.

Importing a group declares its functions; `FUNCTIONS` has them all by name.
"""

from baton.bpm.expressions.feel.builtins import (
    aggregates,
    boolean,
    context,
    conversion,
    list,
    numeric,
    range,
    string,
    temporal,
)
from baton.bpm.expressions.feel.builtins.registry import FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "aggregates",
    "boolean",
    "context",
    "conversion",
    "list",
    "numeric",
    "range",
    "string",
    "temporal",
]
