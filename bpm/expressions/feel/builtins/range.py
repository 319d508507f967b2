"""How points and ranges lie to each other (DMN 1.5, 10.3.4.9, table 77), and ranges from text.

A point is a range from itself to itself. Null where the ends are of types that do not compare.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions.feel import operators, syntax
from baton.bpm.expressions.feel.builtins.registry import FUNCTIONS, builtin
from baton.bpm.expressions.feel.compiler import Compiler
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.parser import Parser
from baton.bpm.expressions.feel.values import OPEN, FeelRange, Value, type_name

_LONGEST_LITERAL: Final = 1_000
_STEPS_TO_READ: Final = 200
Relation: TypeAlias = Callable[[FeelRange, FeelRange], bool]

_POINTS: Final = "point1: point, point2: point"
_POINT_RANGE: Final = "point: point, range: range"
_RANGE_POINT: Final = "range: range, point: point"
_RANGES: Final = "range1: range, range2: range"
_CONSTRUCTORS: Final = frozenset({"date", "time", "date and time", "duration"})


def _as_range(value: Value) -> FeelRange:
    return value if type(value) is FeelRange else FeelRange(value, value, True, True)


def _is_less(left: Value, right: Value) -> bool:
    return left is not OPEN and right is not OPEN and operators.less(left, right) is True


def _is_equal(left: Value, right: Value) -> bool:
    if left is OPEN or right is OPEN:
        return left is right
    keys = operators.order_keys(left, right)
    return keys is not None and bool(keys[0] == keys[1])


def _comparable(left: FeelRange, right: FeelRange) -> bool:
    """True if some end of one has an order with some end of the other."""
    ends = [end for end in (left.start, left.end) if end is not OPEN]
    others = [end for end in (right.start, right.end) if end is not OPEN]
    return any(operators.order_keys(end, other) is not None for end in ends for other in others)


def _before(left: FeelRange, right: FeelRange) -> bool:
    if _is_less(left.end, right.start):
        return True
    meet = left.end is not OPEN and _is_equal(left.end, right.start)
    return meet and not (left.end_included and right.start_included)


def _meets(left: FeelRange, right: FeelRange) -> bool:
    meet = left.end is not OPEN and _is_equal(left.end, right.start)
    return meet and left.end_included and right.start_included


def _overlaps(left: FeelRange, right: FeelRange) -> bool:
    return not _before(left, right) and not _before(right, left)


def _starts_earlier(left: FeelRange, right: FeelRange) -> bool:
    if left.start is OPEN or right.start is OPEN:
        return left.start is OPEN and right.start is not OPEN
    if _is_less(left.start, right.start):
        return True
    return _is_equal(left.start, right.start) and left.start_included and not right.start_included


def _ends_earlier(left: FeelRange, right: FeelRange) -> bool:
    if left.end is OPEN or right.end is OPEN:
        return right.end is OPEN and left.end is not OPEN
    if _is_less(left.end, right.end):
        return True
    return _is_equal(left.end, right.end) and not left.end_included and right.end_included


def _same_start(left: FeelRange, right: FeelRange) -> bool:
    return _is_equal(left.start, right.start) and left.start_included == right.start_included


def _same_end(left: FeelRange, right: FeelRange) -> bool:
    return _is_equal(left.end, right.end) and left.end_included == right.end_included


def _includes(left: FeelRange, right: FeelRange) -> bool:
    return not _starts_earlier(right, left) and not _ends_earlier(left, right)


def _relation(name: str, holds: Relation, *signatures: str) -> None:
    @builtin(name, *signatures)
    def relate(evaluation: Evaluation, first: Value, second: Value) -> bool | None:
        left, right = _as_range(first), _as_range(second)
        return holds(left, right) if _comparable(left, right) else None


_relation("before", _before, _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
_relation("after", lambda left, right: _before(right, left), _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
_relation("meets", _meets, _RANGES)
_relation("met by", lambda left, right: _meets(right, left), _RANGES)
_relation("overlaps", _overlaps, _RANGES)
_relation(
    "overlaps before",
    lambda left, right: _starts_earlier(left, right) and _overlaps(left, right) and not _ends_earlier(right, left),
    _RANGES,
)
_relation(
    "overlaps after",
    lambda left, right: _starts_earlier(right, left) and _overlaps(left, right) and not _ends_earlier(left, right),
    _RANGES,
)
_relation(
    "finishes", lambda left, right: _same_end(left, right) and not _starts_earlier(left, right), _POINT_RANGE, _RANGES
)
_relation(
    "finished by",
    lambda left, right: _same_end(left, right) and not _starts_earlier(right, left),
    _RANGE_POINT,
    _RANGES,
)
_relation("includes", _includes, _RANGE_POINT, _RANGES)
_relation("during", lambda left, right: _includes(right, left), _POINT_RANGE, _RANGES)
_relation(
    "starts", lambda left, right: _same_start(left, right) and not _ends_earlier(right, left), _POINT_RANGE, _RANGES
)
_relation(
    "started by",
    lambda left, right: _same_start(left, right) and not _ends_earlier(left, right),
    _RANGE_POINT,
    _RANGES,
)
_relation("coincides", lambda left, right: _same_start(left, right) and _same_end(left, right), _POINTS, _RANGES)


@builtin("range", "from: string")
def range_of(evaluation: Evaluation, text: str) -> FeelRange | None:
    """A range literal with literal ends of one type, in order."""
    if len(text) > _LONGEST_LITERAL:
        return None
    # Reading a text costs far more than a step for each of its characters.
    evaluation.budget.spend(_STEPS_TO_READ + 10 * len(text))
    try:
        tree = Parser(text, functions=FUNCTIONS).whole_expression()
    except ExpressionSyntaxError:
        return None
    if not isinstance(tree, syntax.Range) or not (_is_constant(tree.start) and _is_constant(tree.end)):
        return None
    code = Compiler(FUNCTIONS).compile(tree)
    found = code(Frame({}, None, evaluation))
    if type(found) is not FeelRange or type_name(found.start) != type_name(found.end):
        return None
    return found


def _is_constant(node: syntax.Node) -> bool:
    match node:
        case syntax.Literal():
            return True
        case syntax.Negation(operand=syntax.Literal()):
            return True
        case syntax.Call(function=syntax.Name(name=name), arguments=arguments):
            return name in _CONSTRUCTORS and all(isinstance(argument, syntax.Literal) for argument in arguments)
        case _:
            return False
