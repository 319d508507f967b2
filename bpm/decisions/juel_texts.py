"""JUEL in decisions, as Camunda 7 writes it: input expressions, output entries, cells and literal expressions.

Camunda leaves out the marks there: `amount > 100` and `${amount > 100}` are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from baton.bpm.decisions.failure import DecisionError
from baton.bpm.errors import ExpressionError, ExpressionLimitError, ExpressionSyntaxError
from baton.bpm.expressions import EvaluationContext, juel
from baton.bpm.expressions.feel.boundary import from_feel, to_feel
from baton.bpm.expressions.feel.code import Code, TestCode
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.values import Value

_OPENED: Final = "${"
_CHARACTERS_PER_STEP: Final = 4


def _as_written(error: ExpressionSyntaxError, shift: int) -> ExpressionSyntaxError:
    """The error with its column in the text as the file has it, without the marks put around it."""
    position = max((error.position or 0) - shift, 0)
    told = error.message.replace(f"at column {position + shift + 1}", f"at column {position + 1}")
    return ExpressionSyntaxError(told, position=position)


def compile_juel(text: str, place: str) -> Code:
    """The code of a JUEL text; what fails while it runs names `place`. Raises ExpressionSyntaxError."""
    is_marked = _OPENED in text or "#{" in text
    try:
        compiled = juel.compile_expression(text if is_marked else f"{_OPENED}{text}}}")
    except ExpressionSyntaxError as error:
        raise _as_written(error, 0 if is_marked else len(_OPENED)) from error
    steps = 1 + len(text) // _CHARACTERS_PER_STEP

    def run(frame: Frame) -> Value:
        evaluation = frame.evaluation
        budget = evaluation.budget
        budget.spend(steps)
        context = EvaluationContext(Visible(frame), evaluation.now)
        try:
            value = compiled.evaluate(context, seconds=budget.seconds_left())
        except ExpressionLimitError:
            raise
        except ExpressionError as error:
            raise DecisionError(f"{place}: {error.message}") from error
        return to_feel(value, budget, evaluation.notes)

    return run


def compile_juel_test(text: str, place: str, names: tuple[str, ...]) -> TestCode:
    """A cell: true and nothing else is a match; the value that is tested is known by `names`."""
    code = compile_juel(text, place)
    return lambda value, frame: code(frame.inner(dict.fromkeys(names, value))) is True


class Visible(Mapping[str, Any]):
    """The names that a frame sees, as Python values made when they are asked for."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def __getitem__(self, name: str) -> Any:
        if not self._frame.has(name):
            raise KeyError(name)
        return from_feel(self._frame.lookup(name), self._frame.evaluation.budget)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._frame.has(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> dict[str, None]:
        names: dict[str, None] = {}
        frame: Frame | None = self._frame
        while frame is not None:
            names |= dict.fromkeys(frame.names)
            frame = frame.parent
        evaluation: Evaluation = self._frame.evaluation
        return names | dict.fromkeys(evaluation.variables)
