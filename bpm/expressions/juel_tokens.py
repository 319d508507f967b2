"""The words of JUEL: text outside, and tokens between `${` or `#{` and `}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from baton.bpm.errors import ExpressionSyntaxError

MAX_TEXT = 10_000
"""Characters of a text with expressions; longer ones are refused unread."""

_OPEN = re.compile(r"\\[$#]\{|[$#]\{")
_TOKEN = re.compile(
    r"""(?P<blank>[\s\u00a0]+)
    |(?P<float>[0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<integer>[0-9]+)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>(?:[^\W\d]|\$)[\w$]*)
    |(?P<operator>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]}])""",
    re.VERBOSE | re.DOTALL,
)
_WORD_OPERATORS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
    "mod": "%",
}


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is integer, float, string, name, operator, or end; `word` is the operator a word stands for."""

    kind: str
    text: str
    position: int
    word: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text outside of expressions."""

    text: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """The tokens of one `${...}`, an end token last."""

    tokens: tuple[Token, ...]


def split(text: str) -> list[Literal | Embedded]:
    r"""The parts of `Order ${id} of #{name}`; `\${` is the text `${`. Raises `ExpressionSyntaxError`."""
    if len(text) > MAX_TEXT:
        raise ExpressionSyntaxError(f"Expected at most {MAX_TEXT:,} characters of JUEL, but found {len(text):,}.")
    parts: list[Literal | Embedded] = []
    literal, position = "", 0
    while match := _OPEN.search(text, position):
        literal += text[position : match.start()]
        position = match.end()
        if match[0].startswith("\\"):
            literal += match[0][1:]
            continue
        if literal:
            parts.append(Literal(literal))
            literal = ""
        tokens = tuple(_tokens(text, position))
        parts.append(Embedded(tokens))
        position = tokens[-1].position + 1
    literal += text[position:]
    if literal or not parts:
        parts.append(Literal(literal))
    return parts


def _tokens(text: str, position: int) -> Iterator[Token]:
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionSyntaxError(
                f"Expected JUEL at column {position + 1}, but found {text[position : position + 10]!r}.",
                position=position,
            )
        kind, word = str(match.lastgroup), match[0]
        if word == "}":
            yield Token("end", word, position)
            return
        if kind != "blank":
            yield Token(kind, word, position, _WORD_OPERATORS.get(word, "") if kind == "name" else "")
        position = match.end()
    raise ExpressionSyntaxError("Expected } at the end of the expression, but found the end.", position=len(text))
