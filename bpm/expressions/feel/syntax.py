"""FEEL's syntax tree (DMN 1.5, 10.3.1.2). Chains of one operator are flat, so that long ones are not deep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from baton.bpm.expressions.feel.types import FeelType
from baton.bpm.expressions.feel.values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """`position` is where it stands in the text."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class DottedName:
    """A known name that has dots in it; where nothing has that name, the path it also spells."""

    name: Name
    path: Node


@dataclass(frozen=True, slots=True)
class Path:
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call:
    """Either `arguments` by position or `named` ones; one of them is empty."""

    function: Node
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`first` and then, from left to right, operator and operand."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`count` minus signs before the operand."""

    operand: Node
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between:
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In:
    """True if any of the tests is."""

    operand: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Conjunction:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf:
    operand: Node
    type: FeelType


@dataclass(frozen=True, slots=True)
class If:
    """`branches` are condition and result; chains of `else if` are flat."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iteration:
    """`name in domain`, or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For:
    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some` if `existential`, else `every`."""

    existential: bool
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Function:
    """`body` is None for external functions, which are never run."""

    parameters: tuple[tuple[str, FeelType | None], ...]
    body: Node | None


@dataclass(frozen=True, slots=True)
class ListLiteral:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Range:
    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class OpenRange:
    """`(< 5)` and its like."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class ComparisonTest:
    """`< 5` as a unary test."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class ExpressionTest:
    """Any expression as a unary test; one that uses `?` is a condition, the others give what to look for."""

    expression: Node
    is_condition: bool


Test: TypeAlias = ComparisonTest | ExpressionTest

Node: TypeAlias = (
    Literal
    | Name
    | DottedName
    | Path
    | Filter
    | Call
    | Arithmetic
    | Negation
    | Comparison
    | Between
    | In
    | Conjunction
    | Disjunction
    | InstanceOf
    | If
    | For
    | Quantified
    | Function
    | ListLiteral
    | ContextLiteral
    | Range
    | OpenRange
)


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """`negated` for `not(...)`; no tests at all stand for `-`, which is always true."""

    tests: tuple[Test, ...]
    negated: bool
