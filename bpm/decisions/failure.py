"""What goes wrong while a decision is made."""

from __future__ import annotations

from baton.bpm.errors import ExpressionError


class DecisionError(ExpressionError):
    """The decision has no result: its table or its data break the table's rules."""
