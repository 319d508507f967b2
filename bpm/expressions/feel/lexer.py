"""FEEL text to tokens (DMN 1.5, 10.3.1.2, rules 26 to 45). One pass, no look-ahead beyond a token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from baton.bpm.errors import ExpressionSyntaxError, place

MAX_LENGTH: Final = 100_000
MAX_NUMBER_LENGTH: Final = 1_000
MAX_SHOWN: Final = 40


class TokenKind(StrEnum):
    NUMBER = "number"
    STRING = "string"
    NAME = "name"
    QUOTED_NAME = "quoted name"
    SYMBOL = "symbol"
    END = "end of the expression"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written, `start` and `end` are 0-based character positions."""

    kind: TokenKind
    text: str
    start: int
    end: int


_NAME_START: Final = (
    r"A-Za-z_?\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_TOKEN: Final = re.compile(
    r"(?P<blank>(?:[\s\u0085\u180E\u200B\uFEFF]|//[^\n]*|/\*.*?\*/)+)"
    r"|(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<string>"(?:[^"\\]++|\\.)*+")'
    r"|(?P<quoted>`[^`\n]+`)"
    rf"|(?P<name>[{_NAME_START}][{_NAME_START}0-9\u00B7\u0300-\u036F\u203F-\u2040]*)"
    r"|(?P<symbol>\*\*|\.\.|!=|<=|>=|->|[-+*/=<>(){}\[\],:.@'!])",
    re.DOTALL,
)
_KINDS: Final = {
    "number": TokenKind.NUMBER,
    "string": TokenKind.STRING,
    "quoted": TokenKind.QUOTED_NAME,
    "name": TokenKind.NAME,
    "symbol": TokenKind.SYMBOL,
}
_HINTS: Final = {
    "&": " FEEL writes 'and'.",
    "|": " FEEL writes 'or'.",
    "%": " FEEL writes modulo(dividend, divisor).",
    "$": " FEEL names a variable without marks; '${...}' is another language.",
    "#": " FEEL names a variable without marks; '#{...}' is another language.",
}
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def tokenize(text: str) -> list[Token]:
    """All tokens, the last of kind END. Raises ExpressionSyntaxError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionSyntaxError(
            f"The expression has {len(text)} characters; at most {MAX_LENGTH} are allowed.", position=MAX_LENGTH
        )
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        group = match.lastgroup or ""
        if group != "blank":
            if group == "number" and match.end() - position > MAX_NUMBER_LENGTH:
                raise ExpressionSyntaxError(
                    f"Expected a number of at most {MAX_NUMBER_LENGTH} characters, found {match.end() - position}.",
                    position=position,
                )
            tokens.append(Token(_KINDS[group], match.group(), position, match.end()))
        position = match.end()
    tokens.append(Token(TokenKind.END, "", len(text), len(text)))
    return tokens


def shortened(text: str) -> str:
    """A piece of user text short enough for a message."""
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def unescape(literal: str) -> str:
    """The value of a string literal, its quotes included in `literal`."""
    text = literal[1:-1]
    if "\\" not in text:
        return text
    return _join_surrogates(_ESCAPE.sub(_unescape_one, text))


def _unescape_one(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 1:
        return _ESCAPED.get(code, "\\" + code)
    number = int(code[1:], 16)
    return chr(number) if number <= 0x10FFFF else "\\" + code


def _join_surrogates(text: str) -> str:
    """Pairs written as two `\\u` escapes become one character, lone halves the replacement character."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unreadable(text: str, position: int) -> ExpressionSyntaxError:
    found = text[position]
    if found == '"':
        return ExpressionSyntaxError(
            f'Expected a closing quote (") for the string that starts at {place(text, position)}.', position=position
        )
    if found == "`":
        return ExpressionSyntaxError(
            f"Expected a closing backtick for the name that starts at {place(text, position)}.", position=position
        )
    return ExpressionSyntaxError(
        f"Expected a name, number, string or operator, found {found!r} at "
        f"{place(text, position)}.{_HINTS.get(found, '')}",
        position=position,
    )
