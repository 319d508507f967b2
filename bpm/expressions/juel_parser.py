"""JUEL tokens to closures, by precedence climbing.

Chains (`a + b + c`, `a.b.c`, `!!a`, `a ? b : c ? d : e`) become loops, so that only brackets nest, and
those to a limit: neither reading nor evaluating can exhaust the interpreter's stack.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from baton.bpm.errors import ExpressionError, ExpressionSyntaxError, MissingVariable
from baton.bpm.expressions import beans
from baton.bpm.expressions import juel_methods as methods
from baton.bpm.expressions import juel_operators as operators
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.juel_hosts import Execution, TaskHost
from baton.bpm.expressions.juel_tokens import Token

MAX_DEPTH = 40
"""Brackets within brackets."""

STEPS = 1_000
"""What an operation costs: it may go through all of a large value, so the clock is looked at every few of them."""

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!="}),
    frozenset({"<", ">", "<=", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_MAX_DIGITS = 1_000
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation."""

    context: EvaluationContext
    budget: Budget


Code = Callable[[Run], Any]

_FUNCTIONS: Mapping[str, Code] = {
    "now": lambda run: run.context.now,
    "dateTime": lambda run: run.context.now,
    "currentUser": lambda run: run.context.user,
    "currentUserGroups": lambda run: list(run.context.groups),
}
_NAMES: Mapping[str, Code] = {
    "execution": lambda run: Execution(run.context),
    "authenticatedUserId": lambda run: run.context.user,
}


_READS_ONE = frozenset({"getVariable", "getVariableLocal", "hasVariable", "hasVariableLocal"})


class Parser:
    """Reads one `${...}`. `names` collects the variables it reads; `reads_any` is set where they cannot be known."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self.names: set[str] = set()
        self.reads_any = False

    def parse(self) -> Code:
        """Raises `ExpressionSyntaxError`."""
        code = self._expression()
        if self._peek().kind != "end":
            self._refuse("an operator or }")
        return code

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _operator(self) -> str:
        token = self._peek()
        return token.text if token.kind == "operator" else token.word

    def _accept(self, text: str) -> bool:
        if self._operator() != text:
            return False
        self._next += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            self._refuse(text)

    def _refuse(self, expected: str) -> NoReturn:
        token = self._peek()
        raise ExpressionSyntaxError(
            f"Expected {expected} at column {token.position + 1}, but found {token.text[:40]!r}.",
            position=token.position,
        )

    def _expression(self) -> Code:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionSyntaxError(
                f"Expected at most {MAX_DEPTH} brackets within each other, but found more.",
                position=self._peek().position,
            )
        choices: list[tuple[Code, Code]] = []
        start = self._peek().position
        code = self._binary(0)
        while self._accept("?"):
            value = self._expression()
            self._expect(":")
            choices.append((code, value))
            code = self._binary(0)
        self._depth -= 1
        return _located(_choice(choices, code), start) if choices else code

    def _binary(self, level: int) -> Code:
        if level == len(_LEVELS):
            return self._unary()
        first = self._binary(level + 1)
        rest: list[tuple[str, Code, int]] = []
        start = position = self._peek().position
        while (operator := self._operator()) in _LEVELS[level]:
            position = self._peek().position
            start = start if rest else position
            self._next += 1
            rest.append((operator, self._binary(level + 1), position))
        if not rest:
            return first
        if level < 2:
            return _located(_logic([first, *(code for _, code, _ in rest)], until=level == 0), start)
        return _chain(first, rest)

    def _unary(self) -> Code:
        signs: list[Callable[[Any], Any]] = []
        start = self._peek().position
        while True:
            if self._accept("!"):
                signs.append(_not)
            elif self._accept("-"):
                signs.append(_negated)
            elif self._peek().text == "empty" and self._peek().kind == "name":
                self._next += 1
                signs.append(operators.is_empty)
            else:
                break
        code = self._postfix()
        return _located(_signed(signs[::-1], code), start) if signs else code

    def _postfix(self) -> Code:
        code = self._primary()
        steps: list[Callable[[Any, Run], Any]] = []
        while True:
            position = self._peek().position
            if self._accept("."):
                steps.append(_located_step(self._member(), position + 1))
            elif self._accept("["):
                steps.append(_located_step(_index_step(self._expression()), position))
                self._expect("]")
            else:
                break
        return _path(code, steps) if steps else code

    def _member(self) -> Callable[[Any, Run], Any]:
        token = self._peek()
        if token.kind != "name":
            self._refuse("the name of a property")
        self._next += 1
        if not self._accept("("):
            return lambda target, run: methods.get(target, token.text)
        if token.text in _READS_ONE:
            self._note_variable()
        elif token.text == "getVariables":
            self.reads_any = True
        return _call_step(token.text, self._arguments())

    def _note_variable(self) -> None:
        argument, following = self._tokens[self._next], self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        if argument.kind == "string" and following.text == ")":
            self.names.add(_unquoted(argument.text))
        else:
            self.reads_any = True

    def _arguments(self) -> list[Code]:
        args: list[Code] = []
        if self._accept(")"):
            return args
        args.append(self._expression())
        while self._accept(","):
            args.append(self._expression())
        self._expect(")")
        return args

    def _primary(self) -> Code:
        token = self._peek()
        if self._accept("("):
            code = self._expression()
            self._expect(")")
            return code
        if token.kind == "name" and not token.word:
            self._next += 1
            return self._named(token)
        value = self._literal(token)
        self._next += 1
        return lambda run: value

    def _literal(self, token: Token) -> Any:
        if token.kind == "string":
            return _unquoted(token.text)
        if token.kind == "integer" and len(token.text) <= _MAX_DIGITS:
            return int(token.text)
        if token.kind != "float" or not math.isfinite(float(token.text)):
            self._refuse("a value")
        return float(token.text)

    def _named(self, token: Token) -> Code:
        name = token.text
        if name in _CONSTANTS:
            constant = _CONSTANTS[name]
            return lambda run: constant
        if self._accept("("):
            return self._function(token)
        if name in _NAMES:
            return _NAMES[name]
        self.names.add(name)
        return _located(_task_or_variable() if name == "task" else _variable(name), token.position)

    def _function(self, token: Token) -> Code:
        function = _FUNCTIONS.get(token.text)
        if function is None:
            raise ExpressionSyntaxError(
                f"Expected one of the functions {', '.join(f'{name}()' for name in _FUNCTIONS)} at column "
                f"{token.position + 1}, but found {token.text}().",
                position=token.position,
            )
        self._expect(")")
        return function


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(r"\1", text[1:-1])


def _variable(name: str) -> Code:
    def read(run: Run) -> Any:
        try:
            return run.context.get(name)
        except KeyError as error:
            found = beans.find(name)
            if found is not None:
                return found
            raise MissingVariable(
                f"Expected a variable named {name!r}, but there is none; set it, or ask for it by "
                f"execution.getVariable('{name}'), which gives null. A bean has to be registered on the server."
            ) from error

    return read


def _task_or_variable() -> Code:
    variable = _variable("task")

    def read(run: Run) -> Any:
        task = run.context.task
        return variable(run) if task is None else TaskHost(run.context, task)

    return read


def _choice(choices: list[tuple[Code, Code]], otherwise: Code) -> Code:
    def choose(run: Run) -> Any:
        for condition, value in choices:
            if operators.boolean(condition(run)):
                return value(run)
        return otherwise(run)

    return choose


def _logic(operands: list[Code], *, until: bool) -> Code:
    """`||` (until true) and `&&` (until false): the rest is not evaluated."""

    def decide(run: Run) -> bool:
        for operand in operands:
            if operators.boolean(operand(run)) is until:
                return until
        return not until

    return decide


def _chain(first: Code, rest: list[tuple[str, Code, int]]) -> Code:
    steps = [(operators.BINARY[operator], operand, position) for operator, operand, position in rest]

    def calculate(run: Run) -> Any:
        value = first(run)
        for function, operand, position in steps:
            try:
                value = _charged(function(value, operand(run)), run)
            except ExpressionError as error:
                _blame(error, position)
                raise
        return value

    return calculate


def _blame(error: ExpressionError, position: int) -> None:
    """The innermost part that knows its place is where it went wrong."""
    if error.position is None:
        error.position = position


def _located(code: Code, position: int) -> Code:
    def run_there(run: Run) -> Any:
        try:
            return code(run)
        except ExpressionError as error:
            _blame(error, position)
            raise

    return run_there


def _located_step(step: Callable[[Any, Run], Any], position: int) -> Callable[[Any, Run], Any]:
    def step_there(target: Any, run: Run) -> Any:
        try:
            return step(target, run)
        except ExpressionError as error:
            _blame(error, position)
            raise

    return step_there


def _charged(value: Any, run: Run) -> Any:
    run.budget.spend(STEPS)
    return value


def _not(value: Any) -> bool:
    return not operators.boolean(value)


def _negated(value: Any) -> Any:
    return -operators.number(value)


def _signed(signs: list[Callable[[Any], Any]], code: Code) -> Code:
    def apply(run: Run) -> Any:
        value = code(run)
        for sign in signs:
            value = sign(value)
        return value

    return apply


def _path(code: Code, steps: list[Callable[[Any, Run], Any]]) -> Code:
    def follow(run: Run) -> Any:
        value = code(run)
        for step in steps:
            value = step(value, run)
        return value

    return follow


def _index_step(index: Code) -> Callable[[Any, Run], Any]:
    return lambda target, run: methods.get(target, index(run))


def _call_step(name: str, args: list[Code]) -> Callable[[Any, Run], Any]:
    def step(target: Any, run: Run) -> Any:
        # A call may look at all of a large value; the clock is what bounds many of them.
        run.budget.spend(STEPS)
        run.budget.look()
        return methods.call(target, name, [argument(run) for argument in args])

    return step
