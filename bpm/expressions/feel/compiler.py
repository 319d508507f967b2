"""Syntax tree to closures. Done once per text; a closure only reads the frame it is given, so threads may share it.

The compiler also finds which names are free, how many steps a body costs (its number of nodes) and how many Python
calls deep it goes, so that loops and functions can be charged for their bodies before they run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import DecimalException
from typing import Any, Final

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions.feel import operators, syntax
from baton.bpm.expressions.feel.code import Code, TestCode
from baton.bpm.expressions.feel.comparisons import (
    COMPARE,
    compile_comparison,
    compile_comparison_test,
    compile_constant_test,
    compile_number_range_test,
)
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.filters import compile_filter, compile_index
from baton.bpm.expressions.feel.iteration import CompiledIteration, NoDomain, frames_of
from baton.bpm.expressions.feel.lexer import shortened
from baton.bpm.expressions.feel.properties import get_property
from baton.bpm.expressions.feel.types import is_instance
from baton.bpm.expressions.feel.values import OPEN, FeelFunction, FeelRange, Value, is_number, type_name

MAX_LEVEL: Final = 150
MAX_ITERATIONS: Final = 20
QUESTION: Final = "?"


@dataclass(frozen=True, slots=True)
class Cost:
    """`steps` to run a piece of code once without its loops, `frames` of Python it goes deep."""

    steps: int
    frames: int


class Compiler:
    """Compiles one tree. `declared` names may hold functions that hide built-in ones of the same name."""

    def __init__(self, functions: Mapping[str, FeelFunction], declared: Collection[str] = ()) -> None:
        self._functions = functions
        self._declared = frozenset(declared)
        self._bound: list[Set[str]] = []
        self._level = 0
        self._deepest = 0
        self._nodes = 0
        self.free: set[str] = set()
        self.warnings: list[str] = []
        self._compilers: Mapping[type, Callable[[Any], Code]] = {
            syntax.Literal: self._literal,
            syntax.Name: self._name,
            syntax.DottedName: self._dotted_name,
            syntax.Path: self._path,
            syntax.Filter: self._filter,
            syntax.Call: self._call,
            syntax.Arithmetic: self._arithmetic,
            syntax.Negation: self._negation,
            syntax.Comparison: self._comparison,
            syntax.Between: self._between,
            syntax.In: self._in,
            syntax.Conjunction: self._conjunction,
            syntax.Disjunction: self._disjunction,
            syntax.InstanceOf: self._instance_of,
            syntax.If: self._if,
            syntax.For: self._for,
            syntax.Quantified: self._quantified,
            syntax.Function: self._function,
            syntax.ListLiteral: self._list,
            syntax.ContextLiteral: self._context,
            syntax.Range: self._range,
            syntax.OpenRange: self._open_range,
        }

    def compile(self, node: syntax.Node) -> Code:
        """The code of a node. Raises ExpressionSyntaxError if the tree is too deep."""
        self._nodes += 1
        self._level += 1
        self._deepest = max(self._deepest, self._level)
        if self._level > MAX_LEVEL:
            raise ExpressionSyntaxError(f"The expression is nested in more than {MAX_LEVEL} levels.")
        code = self._compilers[type(node)](node)
        self._level -= 1
        return code

    def compile_tests(self, tests: syntax.UnaryTests) -> TestCode:
        """The code that says whether a value passes; null counts as no."""
        with self._binding(QUESTION):
            compiled = [self._test(test) for test in tests.tests]
        if not compiled:
            return lambda value, frame: True
        if tests.negated:
            return lambda value, frame: not any(test(value, frame) is True for test in compiled)
        if len(compiled) == 1:
            only = compiled[0]
            return lambda value, frame: only(value, frame) is True
        return lambda value, frame: any(test(value, frame) is True for test in compiled)

    def _measured(self, node: syntax.Node) -> tuple[Code, Cost]:
        nodes, deepest = self._nodes, self._deepest
        self._deepest = self._level
        code = self.compile(node)
        cost = Cost(self._nodes - nodes, self._deepest - self._level + 2)
        self._deepest = max(deepest, self._deepest)
        return code, cost

    @contextmanager
    def _binding(self, *names: str) -> Iterator[None]:
        self._bound.append(frozenset(names))
        yield
        self._bound.pop()

    def _is_bound(self, name: str) -> bool:
        return any(name in names for names in self._bound)

    # Names and values

    def _literal(self, node: syntax.Literal) -> Code:
        value = node.value
        return lambda frame: value

    def _name(self, node: syntax.Name) -> Code:
        name = node.name
        fallback = self._functions.get(name)
        is_bound = self._is_bound(name)
        if not is_bound:
            self.free.add(name)
        if name == PARTIAL and is_bound:
            return _partial_copy

        def run(frame: Frame) -> Value:
            names = frame.names
            if name in names:
                return names[name]
            if frame.parent is None:
                return frame.evaluation.variable(name, fallback)
            return frame.parent.lookup(name, fallback)

        return run

    def _dotted_name(self, node: syntax.DottedName) -> Code:
        name, whole, path = node.name.name, self.compile(node.name), self.compile(node.path)
        return lambda frame: whole(frame) if frame.has(name) else path(frame)

    def _path(self, node: syntax.Path) -> Code:
        base = self.compile(node.base)
        name = node.name

        def run(frame: Frame) -> Value:
            value = base(frame)
            if type(value) is dict and name in value:
                return value[name]
            return get_property(value, name, frame.evaluation)

        return run

    def _filter(self, node: syntax.Filter) -> Code:
        if isinstance(node.base, syntax.Name) and node.base.name == PARTIAL and self._is_bound(PARTIAL):
            # Reading one item of the results so far needs no copy of them.
            self._nodes += 1
            base: Code = _partial_itself
        else:
            base = self.compile(node.base)
        literal = _literal_number(node.condition)
        if literal is not None:
            return compile_index(base, literal)
        with self._binding("item"):
            condition, cost = self._measured(node.condition)
        return compile_filter(base, condition, cost.steps)

    def _list(self, node: syntax.ListLiteral) -> Code:
        items = [self.compile(item) for item in node.items]
        return lambda frame: [item(frame) for item in items]

    def _context(self, node: syntax.ContextLiteral) -> Code:
        entries: list[tuple[str, Code]] = []
        names: set[str] = set()
        self._bound.append(names)
        for name, expression in node.entries:
            entries.append((name, self.compile(expression)))
            names.add(name)
        self._bound.pop()
        if len(names) < len(entries):
            self.warnings.append("a context has an entry twice and is null")
            return lambda frame: None

        def run(frame: Frame) -> Value:
            context: dict[str, Value] = {}
            inner = frame.inner(context)
            for name, code in entries:
                context[name] = code(inner)
            return context

        return run

    def _range(self, node: syntax.Range) -> Code:
        start, end = self.compile(node.start), self.compile(node.end)
        start_included, end_included = node.start_included, node.end_included

        def run(frame: Frame) -> Value:
            low, high = start(frame), end(frame)
            if low is None and high is None:
                return None
            if low is not None and high is not None and operators.less_or_equal(low, high) is not True:
                frame.evaluation.note(f"no range from {type_name(low)} to {type_name(high)}: not in order")
                return None
            return FeelRange(low, high, start_included, end_included)

        return run

    def _open_range(self, node: syntax.OpenRange) -> Code:
        operand = self.compile(node.operand)
        match node.operator:
            case "<":
                return lambda frame: FeelRange(OPEN, operand(frame), False, False)
            case "<=":
                return lambda frame: FeelRange(OPEN, operand(frame), False, True)
            case ">":
                return lambda frame: FeelRange(operand(frame), OPEN, False, False)
            case ">=":
                return lambda frame: FeelRange(operand(frame), OPEN, True, False)
            case "=":
                return lambda frame: _point(operand(frame))
            case _:
                return lambda frame: None

    # Operators

    def _arithmetic(self, node: syntax.Arithmetic) -> Code:
        first = self.compile(node.first)
        rest = [(_operation(operator), self.compile(operand)) for operator, operand in node.rest]
        if len(rest) == 1:
            operation, second = rest[0]
            return lambda frame: operation(frame, first(frame), second(frame))

        def run(frame: Frame) -> Value:
            value = first(frame)
            for operation, operand in rest:
                value = operation(frame, value, operand(frame))
            return value

        return run

    def _negation(self, node: syntax.Negation) -> Code:
        if isinstance(node.operand, syntax.Literal) and is_number(node.operand.value):
            value = operators.negate(node.operand.value) if node.count % 2 else node.operand.value
            return lambda frame: value
        operand = self.compile(node.operand)
        changes_sign = node.count % 2 == 1

        def run(frame: Frame) -> Value:
            value = operand(frame)
            negated = operators.negate(value)
            if negated is None and value is not None:
                frame.evaluation.note(f"cannot negate a {type_name(value)}")
            return value if negated is not None and not changes_sign else negated

        return run

    def _comparison(self, node: syntax.Comparison) -> Code:
        return compile_comparison(
            node.operator, self.compile(node.left), self.compile(node.right), _literal_number(node.right)
        )

    def _between(self, node: syntax.Between) -> Code:
        operand, low, high = (self.compile(part) for part in (node.operand, node.low, node.high))
        at_least, at_most = COMPARE[">="], COMPARE["<="]

        def run(frame: Frame) -> Value:
            value = operand(frame)
            above = at_least(value, low(frame), frame)
            below = at_most(value, high(frame), frame)
            return None if above is None or below is None else above and below

        return run

    def _in(self, node: syntax.In) -> Code:
        operand = self.compile(node.operand)
        with self._binding(QUESTION):
            tests = [self._test(test) for test in node.tests]
        if len(tests) == 1:
            only = tests[0]
            return lambda frame: only(operand(frame), frame)

        def run(frame: Frame) -> Value:
            value = operand(frame)
            results = [test(value, frame) for test in tests]
            if True in results:
                return True
            return False if False in results else None

        return run

    def _test(self, test: syntax.Test) -> TestCode:
        self._nodes += 1
        match test:
            case syntax.ComparisonTest(operator=operator, operand=operand):
                return compile_comparison_test(operator, self.compile(operand), _literal_number(operand))
            case syntax.ExpressionTest(expression=expression, is_condition=True):
                condition = self.compile(expression)
                return lambda value, frame: _check(value, condition(frame.inner({QUESTION: value})), frame)
            case syntax.ExpressionTest(expression=expression):
                return self._wanted(expression)

    def _wanted(self, expression: syntax.Node) -> TestCode:
        """A test by what the expression comes out as; what is written down needs no evaluation."""
        number = _literal_number(expression)
        if number is not None:
            return compile_constant_test(number)
        if isinstance(expression, syntax.Literal) and type(expression.value) in (str, bool):
            return compile_constant_test(expression.value)
        if isinstance(expression, syntax.Range):
            low, high = _literal_number(expression.start), _literal_number(expression.end)
            if low is not None and high is not None and low <= high:
                return compile_number_range_test(
                    low, high, start_included=expression.start_included, end_included=expression.end_included
                )
        wanted = self.compile(expression)
        return lambda value, frame: operators.satisfies(value, wanted(frame), frame.evaluation)

    def _conjunction(self, node: syntax.Conjunction) -> Code:
        return _logical([self.compile(part) for part in node.parts], decided_by=False)

    def _disjunction(self, node: syntax.Disjunction) -> Code:
        return _logical([self.compile(part) for part in node.parts], decided_by=True)

    def _instance_of(self, node: syntax.InstanceOf) -> Code:
        operand = self.compile(node.operand)
        expected = node.type

        def run(frame: Frame) -> Value:
            result = is_instance(operand(frame), expected)
            if result is None:
                frame.evaluation.note("the type after 'instance of' is not known")
            return result

        return run

    def _if(self, node: syntax.If) -> Code:
        branches = [(self.compile(condition), self.compile(result)) for condition, result in node.branches]
        otherwise = self.compile(node.otherwise)

        def run(frame: Frame) -> Value:
            for condition, result in branches:
                if condition(frame) is True:
                    return result(frame)
            return otherwise(frame)

        return run

    # Loops and functions

    def _iterations(self, iterations: Sequence[syntax.Iteration]) -> list[CompiledIteration]:
        """Compiles them and leaves their names bound, one level each; the caller unbinds."""
        if len(iterations) > MAX_ITERATIONS:
            raise ExpressionSyntaxError(f"Expected at most {MAX_ITERATIONS} iterations, found {len(iterations)}.")
        compiled = []
        for iteration in iterations:
            nodes = self._nodes
            domain = self.compile(iteration.domain)
            end = self.compile(iteration.end) if iteration.end is not None else None
            compiled.append(CompiledIteration(iteration.name, domain, end, self._nodes - nodes))
            self._bound.append(frozenset({iteration.name}))
        return compiled

    def _unbind(self, iterations: Sequence[CompiledIteration]) -> None:
        del self._bound[len(self._bound) - len(iterations) :]

    def _for(self, node: syntax.For) -> Code:
        iterations = self._iterations(node.iterations)
        with self._binding(PARTIAL):
            body, cost = self._measured(node.body)
        self._unbind(iterations)
        steps = cost.steps

        def run(frame: Frame) -> Value:
            budget = frame.evaluation.budget
            results: list[Value] = []
            outer = frame.inner({PARTIAL: results})
            try:
                for inner in frames_of(iterations, outer):
                    budget.elements(steps)
                    results.append(body(inner))
            except NoDomain:
                return None
            return results

        return run

    def _quantified(self, node: syntax.Quantified) -> Code:
        iterations = self._iterations(node.iterations)
        condition, cost = self._measured(node.condition)
        self._unbind(iterations)
        steps = cost.steps
        decided_by = node.existential

        def run(frame: Frame) -> Value:
            budget = frame.evaluation.budget
            is_certain = True
            try:
                for inner in frames_of(iterations, frame):
                    budget.spend(steps)
                    result = condition(inner)
                    if result is decided_by:
                        return result
                    is_certain = is_certain and type(result) is bool
            except NoDomain:
                return None
            return not decided_by if is_certain else None

        return run

    def _function(self, node: syntax.Function) -> Code:
        names = tuple(name for name, _ in node.parameters)
        types = tuple(declared for _, declared in node.parameters)
        if node.body is None:
            self.warnings.append("external functions are not supported; the result is null")
            return lambda frame: FeelFunction(names, _external, types)
        with self._binding(*names):
            body, cost = self._measured(node.body)

        def make(frame: Frame) -> Value:
            def invoke(evaluation: Evaluation, arguments: Sequence[Value]) -> Value:
                for argument, declared in zip(arguments, types, strict=False):
                    if declared is not None and argument is not None and not is_instance(argument, declared):
                        evaluation.note(f"an argument of a function is a {type_name(argument)}, as it must not be")
                        return None
                budget = evaluation.budget
                budget.spend(cost.steps)
                budget.enter(cost.frames)
                result = body(frame.inner(dict(zip(names, arguments, strict=True))))
                budget.leave(cost.frames)
                return result

            return FeelFunction(names, invoke, types)

        return make

    def _call(self, node: syntax.Call) -> Code:
        name = node.function.name if isinstance(node.function, syntax.Name) else None
        if name == "is defined" and len(node.arguments) == 1:
            return self._is_defined(node.arguments[0])
        built_in = self._functions.get(name) if name is not None else None
        is_hidden = name is not None and (self._is_bound(name) or name in self._declared)
        if built_in is not None and not is_hidden:
            function: Code = lambda frame: built_in  # noqa: E731
        else:
            function = self.compile(node.function)
            if name is not None and built_in is None and not is_hidden:
                self.warnings.append(f"no built-in function '{shortened(name)}'")
        label = shortened(name) if name is not None else "the expression before '('"
        if node.named:
            return self._call_by_name(function, node.named, label)
        arguments = [self.compile(argument) for argument in node.arguments]

        def run(frame: Frame) -> Value:
            called = function(frame)
            if type(called) is not FeelFunction:
                if built_in is None:
                    frame.evaluation.note(f"'{label}' is not a function")
                    return None
                called = built_in
            return call_function(called, frame.evaluation, [argument(frame) for argument in arguments], label)

        return run

    def _call_by_name(self, function: Code, named: Sequence[tuple[str, syntax.Node]], label: str) -> Code:
        arguments = [(name, self.compile(argument)) for name, argument in named]

        def run(frame: Frame) -> Value:
            called = function(frame)
            if type(called) is not FeelFunction:
                frame.evaluation.note(f"'{label}' is not a function")
                return None
            given = {name: argument(frame) for name, argument in arguments}
            if called.by_name is not None:
                return called.by_name(frame.evaluation, given)
            if given.keys() != set(called.parameters):
                frame.evaluation.note(f"'{label}' has the parameters {', '.join(called.parameters)}")
                return None
            return called.invoke(frame.evaluation, [given[name] for name in called.parameters])

        return run

    def _is_defined(self, argument: syntax.Node) -> Code:
        """Whether a name or an entry exists at all; every other expression is defined."""
        if isinstance(argument, syntax.Name):
            name = argument.name
            if not self._is_bound(name):
                self.free.add(name)
            return lambda frame: frame.has(name)
        if isinstance(argument, syntax.Path):
            base, entry = self.compile(argument.base), argument.name
            base_is_defined = self._is_defined(argument.base)
            return lambda frame: base_is_defined(frame) and _has_entry(base(frame), entry, frame)
        self.compile(argument)
        return lambda frame: True


PARTIAL: Final = "partial"


def call_function(
    function: FeelFunction, evaluation: Evaluation, arguments: Sequence[Value], label: str = "a function"
) -> Value:
    """Calls by position; null with a note if the number of arguments does not fit."""
    if function.by_name is None and len(arguments) != len(function.parameters):
        evaluation.note(f"'{label}' takes {len(function.parameters)} arguments, found {len(arguments)}")
        return None
    return function.invoke(evaluation, arguments)


def _partial_itself(frame: Frame) -> Value:
    return frame.lookup(PARTIAL)


def _partial_copy(frame: Frame) -> Value:
    """The results so far as they are now; the list itself goes on growing."""
    results = frame.lookup(PARTIAL)
    frame.evaluation.budget.elements(len(results))
    return list(results)


def _external(evaluation: Evaluation, arguments: Sequence[Value]) -> Value:
    evaluation.note("external functions are not supported")


def _has_entry(value: Value, name: str, frame: Frame) -> bool:
    return name in value if type(value) is dict else get_property(value, name, frame.evaluation) is not None


def _point(value: Value) -> FeelRange:
    return FeelRange(value, value, True, True)


def _literal_number(node: syntax.Node) -> Any:
    """The number that is written down, with or without a sign, else None."""
    if isinstance(node, syntax.Literal) and is_number(node.value):
        return node.value
    if isinstance(node, syntax.Negation) and node.count == 1:
        number = _literal_number(node.operand)
        return None if number is None else operators.negate(number)
    return None


def _check(value: Value, result: Value, frame: Frame) -> bool | None:
    return result if type(result) is bool else operators.satisfies(value, result, frame.evaluation)


def _operation(symbol: str) -> Callable[[Frame, Value, Value], Value]:
    operator, action = operators.ARITHMETIC[symbol]

    def run(frame: Frame, left: Value, right: Value) -> Value:
        if left is None or right is None:
            return None
        try:
            result = operator(left, right)
        except (DecimalException, OverflowError):
            result = None
        if result is None:
            frame.evaluation.mismatch(action, left, right)
        elif type(result) is str:
            frame.evaluation.budget.text(len(result))
        return result

    return run


def _logical(parts: Sequence[Code], *, decided_by: bool) -> Code:
    """Three-valued: one deciding value decides, else null if any part is no Boolean."""

    def run(frame: Frame) -> Value:
        is_certain = True
        for part in parts:
            value = part(frame)
            if value is decided_by:
                return value
            if type(value) is not bool:
                is_certain = False
                if value is not None:
                    frame.evaluation.note(f"expected a boolean beside 'and' or 'or', found {type_name(value)}")
        return not decided_by if is_certain else None

    return run
