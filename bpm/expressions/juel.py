"""JUEL, the expression language of Camunda 7: `${amount > 100}`, `Order #{id}`, compiled to closures.

`compile_expression(text)` is the door. Pure and bounded: length, nesting, size of numbers and texts,
steps, time. Beans are there if the operator registered them (`beans`); an unknown name is an error.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from baton.bpm.errors import ExpressionError, ExpressionLimitError
from baton.bpm.expressions import juel_methods as methods
from baton.bpm.expressions import juel_operators as operators
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.juel_parser import STEPS, Code, Parser, Run
from baton.bpm.expressions.juel_tokens import Literal, split

CACHE_SIZE = 1_000
"""Compiled texts kept; texts longer than `CACHED_LENGTH` are compiled each time, so that memory stays bounded."""
CACHED_LENGTH = 500
MAX_STEPS = 10_000_000


class CompiledJuel:
    """Immutable; may be shared by threads. `names` are the variables it reads, None if that depends on values."""

    __slots__ = ("_first", "_parts", "names", "text")

    def __init__(
        self, text: str, parts: tuple[str | Code, ...], names: frozenset[str] | None, first: int | None = None
    ) -> None:
        self.text = text
        self.names = names
        self._parts = parts
        self._first = first

    def evaluate(
        self, context: EvaluationContext, notes: list[str] | None = None, *, seconds: float | None = None
    ) -> Any:
        """The value of a single `${...}`, else the text with the values in it. `notes` gets none: JUEL raises.

        `seconds` is what is left of a larger budget. Raises `ExpressionError`, and `ExpressionLimitError` when the
        budget is used up.
        """
        run = Run(context, Budget(steps=MAX_STEPS) if seconds is None else Budget(steps=MAX_STEPS, seconds=seconds))
        try:
            if len(self._parts) == 1:
                part = self._parts[0]
                return part if isinstance(part, str) else _no_host_object(part(run))
            return self._joined(run)
        except (RecursionError, MemoryError) as error:
            raise ExpressionLimitError("The expression or its data goes too deep; simplify it.") from error

    def failing_position(self, context: EvaluationContext) -> int | None:
        """JUEL's errors know theirs; what is left is a value that does not fit, of the first expression."""
        return self._first

    def _joined(self, run: Run) -> str:
        texts: list[str] = []
        length = 0
        for part in self._parts:
            texts.append(part if isinstance(part, str) else operators.text(_no_host_object(part(run))))
            length += len(texts[-1])
            methods.bounded(length)
            run.budget.spend(STEPS)
            run.budget.look()
        return "".join(texts)


def _no_host_object(value: Any) -> Any:
    host = methods.HOSTS.get(type(value))
    if host is not None:
        raise ExpressionError(f"Expected a value, but found {host} itself; ask it for something.")
    return value


def compile_expression(text: str) -> CompiledJuel:
    """Read a text with `${...}` or `#{...}` in it. Raises `ExpressionSyntaxError`."""
    return _compile(text) if len(text) > CACHED_LENGTH else _cached(text)


@lru_cache(maxsize=CACHE_SIZE)
def _cached(text: str) -> CompiledJuel:
    return _compile(text)


def _compile(text: str) -> CompiledJuel:
    parts: list[str | Code] = []
    names: set[str] = set()
    reads_any = False
    first: int | None = None
    for part in split(text):
        if isinstance(part, Literal):
            parts.append(part.text)
            continue
        parser = Parser(part.tokens)
        first = part.tokens[0].position if first is None else first
        parts.append(parser.parse())
        names |= parser.names
        reads_any = reads_any or parser.reads_any
    return CompiledJuel(text, tuple(parts), None if reads_any else frozenset(names), first)
