"""Which names an expression of a model may use, found by the runs of words that stand in its text.

Every cell of a table is compiled with the names in scope; handing each of them all names would make reading quadratic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

MAX_WORDS: Final = 25
"""Longer names can only be written in backticks."""
_WORD: Final = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Names:
    """Names by their words, inside those of `outer`; `lengths` are the numbers of words that occur."""

    known: Mapping[tuple[str, ...], frozenset[str]]
    lengths: frozenset[int]
    outer: Names | None = None

    @classmethod
    def of(cls, names: Iterable[str], outer: Names | None = None) -> Names:
        """The names inside those of `outer`."""
        found: dict[tuple[str, ...], frozenset[str]] = {}
        for name in names:
            words = tuple(_WORD.findall(name))
            if 0 < len(words) <= MAX_WORDS:
                found[words] = found.get(words, frozenset()) | {name}
        return cls(found, frozenset(len(words) for words in found), outer)

    def used_in(self, text: str) -> frozenset[str]:
        """Those that may stand in the text."""
        words = _WORD.findall(text)
        found: set[str] = set()
        names: Names | None = self
        while names is not None:
            for length in names.lengths:
                for start in range(len(words) - length + 1):
                    found |= names.known.get(tuple(words[start : start + length]), frozenset())
            names = names.outer
        return frozenset(found)
