"""Which names an expression of a model may use, found by the words they begin with.

Every cell of a table is compiled with the names in scope; handing each of them all names would make reading quadratic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"\w+|[^\w\s]")

_ByFirstWord = Mapping[str, frozenset[str]]


def _by_first_word(names: Iterable[str]) -> _ByFirstWord:
    found: dict[str, set[str]] = {}
    for name in names:
        first = _WORD.search(name)
        if first is not None:
            found.setdefault(first.group(), set()).add(name)
    return {word: frozenset(group) for word, group in found.items()}


@dataclass(frozen=True, slots=True)
class Names:
    """Names by first word, inside those of `outer`."""

    known: _ByFirstWord
    outer: Names | None = None

    @classmethod
    def of(cls, names: Iterable[str], outer: Names | None = None) -> Names:
        """The names inside those of `outer`."""
        return cls(_by_first_word(names), outer)

    def used_in(self, text: str) -> frozenset[str]:
        """Those that may stand in the text."""
        words = set(_WORD.findall(text))
        found: set[str] = set()
        names: Names | None = self
        while names is not None:
            for word in words & names.known.keys():
                found |= names.known[word]
            names = names.outer
        return frozenset(found)
