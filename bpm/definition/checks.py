"""What the importer asks others about: whether a text can be compiled. Wired by the caller."""

from __future__ import annotations

from typing import Protocol

from baton.bpm.definition.elements import Expression, Script, TimerEventDefinition


class Checks(Protocol):
    """Each method returns silently or raises `errors.ExpressionError` saying what was expected.

    An `errors.ExpressionSyntaxError` also carries the 0-based position in the text.
    """

    def check_expression(self, expression: Expression) -> None:
        """Compile it."""
        ...

    def check_script(self, script: Script) -> None:
        """Compile it."""
        ...

    def check_timer(self, timer: TimerEventDefinition) -> None:
        """Parse its literal value; never called with an expression."""
        ...


class NoChecks:
    """Accepts every text; for callers that only want the structure."""

    def check_expression(self, expression: Expression) -> None:
        """Accept."""

    def check_script(self, script: Script) -> None:
        """Accept."""

    def check_timer(self, timer: TimerEventDefinition) -> None:
        """Accept."""
