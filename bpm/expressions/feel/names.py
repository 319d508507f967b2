"""Names of several words: which run of tokens is one name (DMN 1.5, 10.3.1.4).

FEEL's names may hold blanks, keywords and operator characters, so that only somebody who knows the names in scope can
cut a text into them. The longest known name wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions.feel.lexer import Token, TokenKind, tokenize

KEYWORDS: Final = frozenset(
    {
        "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance",
        "function", "true", "false", "null",
    }
)  # fmt: skip


class KnownNames:
    """The names in scope while a text is read."""

    __slots__ = ("_long", "_short")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._short: set[str] = set()
        self._long: dict[str, list[tuple[str, ...]]] = {}
        for name in names:
            self.declare(name)

    def declare(self, name: str) -> None:
        """Adds a name; one that is no run of tokens at all can only be written in backticks."""
        if name.isidentifier() and name not in KEYWORDS:
            self._short.add(name)
            return
        try:
            words = tuple(token.text for token in tokenize(name)[:-1])
        except ExpressionSyntaxError:
            return
        if len(words) == 1 and words[0] not in KEYWORDS:
            self._short.add(words[0])
        elif words:
            known = self._long.setdefault(words[0], [])
            if words not in known:
                known.append(words)
                known.sort(key=len, reverse=True)

    def __contains__(self, word: object) -> bool:
        """True for a known name of one word."""
        return word in self._short

    def longest(self, tokens: Sequence[Token], start: int) -> int:
        """How many tokens from `start` on are a known name of several words, 0 if none."""
        for words in self._long.get(tokens[start].text, ()):
            if matches(tokens, start, words):
                return len(words)
        return 0


def matches(tokens: Sequence[Token], start: int, words: Sequence[str]) -> bool:
    """True if the tokens from `start` on spell the words."""
    if start + len(words) >= len(tokens):
        return False
    return all(
        tokens[start + index].text == word and tokens[start + index].kind is not TokenKind.STRING
        for index, word in enumerate(words)
    )


def joined(tokens: Sequence[Token]) -> str:
    """The name that the tokens spell, each gap in the text as one blank."""
    pieces = [tokens[0].text]
    for before, token in pairwise(tokens):
        pieces.append(" " if token.start > before.end else "")
        pieces.append(token.text)
    return "".join(pieces).replace("`", "")
