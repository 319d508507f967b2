"""A position in the tokens of one text, and the errors that name it."""

from __future__ import annotations

from typing import Final

from baton.bpm.errors import ExpressionSyntaxError, place
from baton.bpm.expressions.feel.lexer import Token, TokenKind, shortened, tokenize

OPERATORS: Final = frozenset({TokenKind.SYMBOL, TokenKind.NAME})
"""Kinds of tokens that can be an operator or a keyword; a string of the same text is none."""


class Cursor:
    """What all readers of one text share."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._index = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._index]

    def _is(self, text: str) -> bool:
        token = self._tokens[self._index]
        return token.text == text and token.kind in OPERATORS

    def _accept(self, text: str) -> bool:
        if self._is(text):
            self._index += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._error(f"'{text}'")

    def _expect_end(self, expected: str) -> None:
        if self._token.kind is not TokenKind.END:
            raise self._error(expected)

    def _error(self, expected: str, hint: str = "") -> ExpressionSyntaxError:
        token = self._token
        found = f"'{shortened(token.text)}'" if token.kind is not TokenKind.END else str(token.kind)
        return ExpressionSyntaxError(
            f"Expected {expected}, found {found} at {place(self._text, token.start)}.{hint}", position=token.start
        )
