"""Reads names: known ones, those in backticks, and runs of words that can be nothing but a name."""

from __future__ import annotations

from collections.abc import Iterable

from baton.bpm.expressions.feel.cursor import Cursor
from baton.bpm.expressions.feel.lexer import TokenKind
from baton.bpm.expressions.feel.names import KEYWORDS, KnownNames, joined


class NameReader(Cursor):
    """`names` are those in scope; names that the text declares are added while it is read."""

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        super().__init__(text)
        self._names = KnownNames(names)

    def _name(self, expected: str) -> str:
        """One name: a known one, one in backticks, or all names that stand side by side."""
        start = self._index
        if self._token.kind is TokenKind.QUOTED_NAME:
            self._index += 1
            return self._tokens[start].text[1:-1]
        if self._token.kind is not TokenKind.NAME:
            raise self._error(expected)
        is_entry = start > 0 and self._tokens[start - 1].text == "."
        known = self._names.longest(self._tokens, start)
        if not known and not is_entry and self._token.text in KEYWORDS:
            raise self._error(expected)
        self._index += known or 1
        if is_entry or not (known or self._tokens[start].text in self._names or self._tokens[start].text == "?"):
            while self._token.kind is TokenKind.NAME and self._token.text not in KEYWORDS:
                self._index += 1
        return joined(self._tokens[start : self._index])

    def _raw_name(self, *stops: str) -> str:
        """Everything up to one of the stops is the name, whatever characters it has; it is known from here on."""
        start = self._index
        while self._token.kind is TokenKind.STRING or self._token.text not in stops:
            if self._token.kind is TokenKind.END or self._token.text in ("{", "}", "(", ")", "[", "]"):
                raise self._error(" or ".join(f"'{stop}'" for stop in stops))
            self._index += 1
        if self._index == start:
            raise self._error("a name")
        name = joined(self._tokens[start : self._index])
        self._names.declare(name)
        return name

    def _parameter_name(self) -> str:
        start = self._index
        while self._token.kind is not TokenKind.END and self._token.text not in (":", ",", ")"):
            self._index += 1
        if self._index == start:
            raise self._error("the name of a parameter")
        name = joined(self._tokens[start : self._index])
        self._names.declare(name)
        return name
