"""Where in its text an evaluation went wrong: found by doing it once more and watching.

An evaluation is a function of its arguments, so that the second one goes wrong where the first one did, except where
chance or the clock decided. The first one pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from baton.bpm.errors import ExpressionError
from baton.bpm.expressions.feel import syntax
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.builtins import FUNCTIONS
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.compiler import Compiler
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.parser import Parser
from baton.bpm.expressions.feel.values import Value

SECONDS: Final = 0.4
"""Less than the evaluation itself may take, so that both together stay below twice its limit."""
_DEPTH: Final = 200


def failing_position(text: str, variables: Mapping[str, Any], *, now: datetime) -> int | None:
    """The 0-based position of the innermost part that raised, or where the null came from; None if not found.

    A result that is not null has its own position: that of the outermost operator.
    """
    try:
        parser = Parser(text, functions=FUNCTIONS)
        compiler = _WatchingCompiler(parser)
        code = compiler.compile(parser.whole_expression())
        code(Frame({}, None, Evaluation(variables, now, Budget(seconds=SECONDS, depth=_DEPTH))))
    except ExpressionError as error:
        return error.position
    except (RecursionError, MemoryError):
        return None
    return compiler.outermost if compiler.origin is None else compiler.origin


class _WatchingCompiler(Compiler):
    """`origin` is where the null that was computed last began, None if it was no null; `outermost` the whole's place.

    A null is blamed on its first part that is null, and so on inwards; a part whose null was made good (as by
    `get or else`) is not to blame.
    """

    def __init__(self, parser: Parser) -> None:
        super().__init__(FUNCTIONS)
        self.origin: int | None = None
        self.outermost: int | None = None
        self._positions = parser.positions

    def compile(self, node: syntax.Node) -> Code:
        """The code of the node, watched."""
        code = super().compile(node)
        found = self._positions.get(id(node))
        position = None if found is None else found[1]
        self.outermost = position

        def watched(frame: Frame) -> Value:
            outer, self.origin = self.origin, None
            try:
                value = code(frame)
            except ExpressionError as error:
                if error.position is None:
                    error.position = position
                raise
            if value is not None or outer is not None:
                self.origin = outer
            elif self.origin is None:
                self.origin = position
            return value

        return watched
