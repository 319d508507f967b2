"""FEEL tokens to a syntax tree: operator precedence by binding strength, no backtracking, bounded depth.

A run of names that nobody declared is read as one name (`order total > 5`), because nothing else can be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from baton.bpm.errors import ExpressionSyntaxError, place
from baton.bpm.expressions.feel import syntax, temporal
from baton.bpm.expressions.feel.cursor import OPERATORS
from baton.bpm.expressions.feel.lexer import Token, TokenKind, shortened, unescape
from baton.bpm.expressions.feel.names import joined, matches
from baton.bpm.expressions.feel.numbers import parse_number
from baton.bpm.expressions.feel.type_reader import MAX_DEPTH, TypeReader
from baton.bpm.expressions.feel.types import FeelType, TypeTest

_OR, _AND, _COMPARISON, _ADDITIVE, _MULTIPLICATIVE, _POWER, _SIGN, _INSTANCE, _POSTFIX = range(1, 10)
_STRENGTHS: Final[Mapping[str, int]] = {
    "or": _OR,
    "and": _AND,
    "=": _COMPARISON,
    "!=": _COMPARISON,
    "<": _COMPARISON,
    "<=": _COMPARISON,
    ">": _COMPARISON,
    ">=": _COMPARISON,
    "between": _COMPARISON,
    "in": _COMPARISON,
    "+": _ADDITIVE,
    "-": _ADDITIVE,
    "*": _MULTIPLICATIVE,
    "/": _MULTIPLICATIVE,
    "**": _POWER,
    "instance": _INSTANCE,
    ".": _POSTFIX,
    "(": _POSTFIX,
    "[": _POSTFIX,
}
_COMPARATORS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
_STARTS_NO_EXPRESSION: Final = frozenset(
    {
        ")", "]", "}", ",", ":", ".", "..", "=", "!=", "<", "<=", ">", ">=", "+", "*", "/", "**", "and", "or", "then",
        "else", "return", "satisfies", "in", "between", "instance",
    }
)  # fmt: skip


class Parser(TypeReader):
    """Reads one text. `names` are those in scope, `functions` the built-in ones, `types` the model's own.

    `positions` has for the `id` of a node the node (so that the id stays its own) and where it stands: its operator,
    the name of a called function, the name after a dot, else its start.
    """

    def __init__(
        self,
        text: str,
        *,
        names: Iterable[str] = (),
        functions: Collection[str] = (),
        types: Mapping[str, TypeTest] | None = None,
    ) -> None:
        super().__init__(text, names, types)
        self.positions: dict[int, tuple[syntax.Node, int]] = {}
        self._questions = 0
        self._range_end = False
        self._functions = _function_words(tuple(functions))
        self._prefixes: Mapping[str, Callable[[], syntax.Node]] = {
            "if": self._if,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._function,
            "{": self._context,
            "[": self._list,
            "]": self._open_start_range,
            "(": self._parenthesis,
            "-": self._negation,
            "@": self._at_literal,
        }

    def whole_expression(self) -> syntax.Node:
        """The text as one expression. Raises ExpressionSyntaxError."""
        expression = self._expression()
        self._expect_end("an operator or the end of the expression")
        return expression

    def whole_unary_tests(self) -> syntax.UnaryTests:
        """The text as a cell of a decision table: tests with commas between, `not(...)` or `-`."""
        if self._is("-") and self._tokens[self._index + 1].kind is TokenKind.END:
            return syntax.UnaryTests((), negated=False)
        if self._is("not") and self._tokens[self._index + 1].text == "(" and self._is_negated_list():
            self._index += 2
            tests = self._test_list()
            self._expect(")")
            self._expect_end("the end of the tests")
            return syntax.UnaryTests(tests, negated=True)
        tests = self._test_list()
        self._expect_end("a comma or the end of the tests")
        return syntax.UnaryTests(tests, negated=False)

    # Expressions

    def _expression(self, minimum: int = 0, *, range_end: bool = False) -> syntax.Node:
        """An expression whose operators all bind more strongly than `minimum`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionSyntaxError(
                f"The expression is nested in more than {MAX_DEPTH} levels at {place(self._text, self._token.start)}.",
                position=self._token.start,
            )
        outer = self._range_end
        self._range_end = range_end
        start = self._token.start
        node = self._prefix()
        self.positions.setdefault(id(node), (node, start))
        node = self._operators(node, minimum)
        self._range_end = outer
        self._depth -= 1
        return node

    def _operand(self, minimum: int) -> syntax.Node:
        """The right side of an operator; at the end of a range it still may stop at a bracket."""
        return self._expression(minimum, range_end=self._range_end)

    def _operators(self, left: syntax.Node, minimum: int) -> syntax.Node:
        while True:
            token = self._token
            strength = _STRENGTHS.get(token.text, 0) if token.kind in OPERATORS else 0
            if strength <= minimum or (token.text == "[" and self._is_range_bracket()):
                return left
            before = left
            if strength == _POSTFIX:
                left = self._postfix(left)
            elif strength == _COMPARISON:
                left = self._comparison(left)
            elif strength == _INSTANCE:
                left = self._instance_of(left)
            elif strength <= _AND:
                left = self._logical(left, token.text, strength)
            else:
                left = self._arithmetic(left, strength)
            at = self.positions[id(before)][1] if token.text == "(" and id(before) in self.positions else token.start
            self.positions[id(left)] = (left, at + 1 if token.text == "." else at)

    def _is_range_bracket(self) -> bool:
        """At the end of a range, `[` closes it unless a filter's expression follows."""
        following = self._tokens[self._index + 1]
        return self._range_end and (following.kind is TokenKind.END or following.text in _STARTS_NO_EXPRESSION)

    def _logical(self, left: syntax.Node, operator: str, strength: int) -> syntax.Node:
        parts = [left]
        while self._accept(operator):
            parts.append(self._operand(strength))
        return syntax.Conjunction(tuple(parts)) if strength == _AND else syntax.Disjunction(tuple(parts))

    def _arithmetic(self, left: syntax.Node, strength: int) -> syntax.Node:
        rest: list[tuple[str, syntax.Node]] = []
        while self._token.kind is TokenKind.SYMBOL and _STRENGTHS.get(self._token.text) == strength:
            operator = self._token.text
            self._index += 1
            rest.append((operator, self._operand(strength)))
        return syntax.Arithmetic(left, tuple(rest))

    def _comparison(self, left: syntax.Node) -> syntax.Node:
        operator = self._token.text
        self._index += 1
        if operator == "between":
            low = self._operand(_COMPARISON)
            self._expect("and")
            return syntax.Between(left, low, self._operand(_COMPARISON))
        if operator == "in":
            return syntax.In(left, self._tests_of_in())
        return syntax.Comparison(operator, left, self._operand(_COMPARISON))

    def _instance_of(self, left: syntax.Node) -> syntax.Node:
        self._index += 1
        self._expect("of")
        return syntax.InstanceOf(left, self._type())

    def _postfix(self, left: syntax.Node) -> syntax.Node:
        if self._accept("."):
            return syntax.Path(left, self._name("a name after '.'"))
        if self._accept("("):
            return self._call(left)
        self._expect("[")
        condition = self._expression()
        self._expect("]")
        return syntax.Filter(left, condition)

    def _call(self, function: syntax.Node) -> syntax.Node:
        arguments: list[syntax.Node] = []
        named: dict[str, syntax.Node] = {}
        while not self._accept(")"):
            if self._is_named_argument():
                name = self._raw_name(":")
                if name in named:
                    raise self._error(f"each argument once ('{shortened(name)}' is given twice)")
                self._expect(":")
                named[name] = self._expression()
            else:
                arguments.append(self._expression())
            if named and arguments:
                raise self._error("either named or positional arguments, not both")
            if not self._accept(","):
                self._expect(")")
                break
        return syntax.Call(function, tuple(arguments), tuple(named.items()))

    def _is_named_argument(self) -> bool:
        index = self._index
        while self._tokens[index].kind in (TokenKind.NAME, TokenKind.NUMBER, TokenKind.QUOTED_NAME):
            index += 1
        return index > self._index and self._tokens[index].text == ":"

    # What an expression starts with

    def _prefix(self) -> syntax.Node:
        token = self._token
        match token.kind:
            case TokenKind.NUMBER:
                self._index += 1
                return syntax.Literal(self._number(token))
            case TokenKind.STRING:
                self._index += 1
                return syntax.Literal(unescape(token.text))
            case TokenKind.QUOTED_NAME:
                self._index += 1
                return syntax.Name(token.text[1:-1], token.start)
            case TokenKind.NAME:
                return self._named(token)
            case TokenKind.SYMBOL if token.text in self._prefixes:
                return self._prefixes[token.text]()
        is_doubled = token.text == "=" and self._index > 0 and self._tokens[self._index - 1].text == "="
        raise self._error("an expression", " FEEL compares with one '='." if is_doubled else "")

    def _number(self, token: Token) -> int | Decimal:
        number = parse_number(token.text)
        if number is None:
            raise ExpressionSyntaxError(
                f"Expected a number below 10**6145, found '{shortened(token.text)}' at "
                f"{place(self._text, token.start)}.",
                position=token.start,
            )
        return number

    def _named(self, token: Token) -> syntax.Node:
        known = self._names.longest(self._tokens, self._index)
        function = self._function_name_length()
        if function > known:
            self._index += function
            return syntax.Name(
                " ".join(t.text for t in self._tokens[self._index - function : self._index]), token.start
            )
        if known:
            return self._known_name(known)
        if token.text in ("true", "false"):
            self._index += 1
            return syntax.Literal(token.text == "true")
        if token.text == "null":
            self._index += 1
            return syntax.Literal(None)
        if token.text in self._prefixes:
            return self._prefixes[token.text]()
        if token.text == "?":
            self._questions += 1
        if token.text == "not" and self._tokens[self._index + 1].kind in (TokenKind.NAME, TokenKind.QUOTED_NAME):
            self._index += 1
            raise self._error("'(' after 'not'")
        return syntax.Name(self._name("an expression"), token.start)

    def _known_name(self, length: int) -> syntax.Node:
        words = self._tokens[self._index : self._index + length]
        self._index += length
        name = syntax.Name(joined(words), words[0].start)
        if not all(word.text == "." for word in words[1::2]) or length % 2 == 0:
            return name
        path: syntax.Node = syntax.Name(words[0].text, words[0].start)
        for word in words[2::2]:
            path = syntax.Path(path, word.text)
        return syntax.DottedName(name, path) if length > 1 else name

    def _function_name_length(self) -> int:
        """How many words of a built-in function's name stand here; several only where it is called or passed."""
        for words in self._functions.get(self._token.text, ()):
            if matches(self._tokens, self._index, words):
                following = self._tokens[self._index + len(words)]
                is_called = following.text == "(" and following.kind is TokenKind.SYMBOL
                if is_called or (len(words) > 1 and following.text in (")", ",")):
                    return len(words)
        return 0

    def _if(self) -> syntax.Node:
        branches: list[tuple[syntax.Node, syntax.Node]] = []
        while self._accept("if"):
            condition = self._expression()
            self._expect("then")
            branches.append((condition, self._expression()))
            self._expect("else")
        return syntax.If(tuple(branches), self._expression(range_end=self._range_end))

    def _for(self) -> syntax.Node:
        self._expect("for")
        iterations = self._iterations()
        self._expect("return")
        self._names.declare("partial")
        return syntax.For(iterations, self._expression())

    def _quantified(self) -> syntax.Node:
        existential = self._is("some")
        self._index += 1
        iterations = self._iterations()
        self._expect("satisfies")
        return syntax.Quantified(existential, iterations, self._expression())

    def _iterations(self) -> tuple[syntax.Iteration, ...]:
        iterations: list[syntax.Iteration] = []
        while True:
            name = self._raw_name("in")
            self._expect("in")
            domain = self._expression()
            end = self._expression() if self._accept("..") else None
            iterations.append(syntax.Iteration(name, domain, end))
            if not self._accept(","):
                return tuple(iterations)

    def _function(self) -> syntax.Node:
        self._expect("function")
        self._expect("(")
        parameters: list[tuple[str, FeelType | None]] = []
        while not self._accept(")"):
            name = self._parameter_name()
            parameters.append((name, self._type() if self._accept(":") else None))
            if not self._accept(","):
                self._expect(")")
                break
        if self._accept("external"):
            self._expression()
            return syntax.Function(tuple(parameters), None)
        return syntax.Function(tuple(parameters), self._expression())

    def _context(self) -> syntax.Node:
        self._expect("{")
        entries: list[tuple[str, syntax.Node]] = []
        while not self._accept("}"):
            if self._token.kind is TokenKind.STRING:
                key = unescape(self._token.text)
                self._index += 1
                self._names.declare(key)
            else:
                key = self._raw_name(":")
            self._expect(":")
            entries.append((key, self._expression()))
            if not self._accept(","):
                self._expect("}")
                break
        return syntax.ContextLiteral(tuple(entries))

    def _list(self) -> syntax.Node:
        self._expect("[")
        if self._accept("]"):
            return syntax.ListLiteral(())
        first = self._expression()
        if self._accept(".."):
            return self._range_from(first, start_included=True)
        items = [first]
        while self._accept(","):
            items.append(self._expression())
        self._expect("]")
        return syntax.ListLiteral(tuple(items))

    def _open_start_range(self) -> syntax.Node:
        self._expect("]")
        start = self._expression()
        self._expect("..")
        return self._range_from(start, start_included=False)

    def _parenthesis(self) -> syntax.Node:
        self._expect("(")
        if self._token.text in _COMPARATORS and self._token.kind is TokenKind.SYMBOL:
            operator = self._token.text
            self._index += 1
            operand = self._expression(_COMPARISON)
            self._expect(")")
            return syntax.OpenRange(operator, operand)
        first = self._expression()
        if self._accept(".."):
            return self._range_from(first, start_included=False)
        self._expect(")")
        return first

    def _range_from(self, start: syntax.Node, *, start_included: bool) -> syntax.Node:
        end = self._expression(range_end=True)
        if self._accept("]"):
            return syntax.Range(start, end, start_included, end_included=True)
        if self._accept(")") or self._accept("["):
            return syntax.Range(start, end, start_included, end_included=False)
        raise self._error("']', ')' or '[' at the end of the range")

    def _negation(self) -> syntax.Node:
        count = 0
        while self._accept("-"):
            count += 1
        return syntax.Negation(self._operand(_SIGN), count)

    def _at_literal(self) -> syntax.Node:
        self._expect("@")
        token = self._token
        if token.kind is not TokenKind.STRING:
            raise self._error("a string after '@'")
        self._index += 1
        return syntax.Literal(temporal.parse_literal(unescape(token.text)))

    # Unary tests

    def _test_list(self) -> tuple[syntax.Test, ...]:
        tests = [self._test()]
        while self._accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self, minimum: int = 0) -> syntax.Test:
        token = self._token
        if token.kind is TokenKind.SYMBOL and token.text in _COMPARATORS:
            self._index += 1
            return syntax.ComparisonTest(token.text, self._expression(_COMPARISON))
        before = self._questions
        expression = self._expression(minimum, range_end=minimum > 0 and self._range_end)
        is_condition = self._questions > before
        if minimum:
            self._questions = before
        return syntax.ExpressionTest(expression, is_condition)

    def _tests_of_in(self) -> tuple[syntax.Test, ...]:
        """The right side of `in`; a parenthesis may hold tests, a range or just an expression."""
        if not self._is("("):
            return (self._test(_COMPARISON),)
        self._index += 1
        before = self._questions
        first = self._test()
        tests = [first]
        if isinstance(first, syntax.ExpressionTest) and self._accept(".."):
            tests = [syntax.ExpressionTest(self._range_from(first.expression, start_included=False), False)]
        else:
            while self._accept(","):
                tests.append(self._test())
            self._expect(")")
            if len(tests) == 1 and isinstance(first, syntax.ExpressionTest):
                # `x in (list)[1]`: the parenthesis was only the start of an expression.
                whole = self._operators(first.expression, _COMPARISON)
                tests = [syntax.ExpressionTest(whole, first.is_condition)]
        self._questions = before
        return tuple(tests)

    def _is_negated_list(self) -> bool:
        """True if the parenthesis after `not` closes at the very end of the text."""
        level = 0
        for index in range(self._index + 1, len(self._tokens)):
            token = self._tokens[index]
            if token.kind is not TokenKind.SYMBOL:
                continue
            if token.text == "(":
                level += 1
            elif token.text == ")":
                level -= 1
                if level == 0:
                    return self._tokens[index + 1].kind is TokenKind.END
        return False


@lru_cache(maxsize=4)
def _function_words(functions: tuple[str, ...]) -> Mapping[str, list[tuple[str, ...]]]:
    """First word -> names of built-in functions as words, the longest first. Kept: it is the same for every text."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name in functions:
        words = tuple(name.split())
        found.setdefault(words[0], []).append(words)
    for candidates in found.values():
        candidates.sort(key=len, reverse=True)
    return found
