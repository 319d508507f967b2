"""Reads the types after `instance of` and of parameters (DMN 1.5, 10.3.1.2, rule 54)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from baton.bpm.expressions.feel.name_reader import NameReader
from baton.bpm.expressions.feel.names import matches
from baton.bpm.expressions.feel.types import (
    BUILT_IN_TYPES,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    NamedType,
    RangeType,
    TypeTest,
    simple_type,
)

MAX_DEPTH: Final = 100
_TYPE_WORDS: Final = tuple(tuple(name.split()) for name in BUILT_IN_TYPES)


class TypeReader(NameReader):
    """`types` are the model's own, by name."""

    def __init__(self, text: str, names: Iterable[str] = (), types: Mapping[str, TypeTest] | None = None) -> None:
        super().__init__(text, names)
        self._types = types or {}
        self._depth = 0

    def _type(self) -> FeelType:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error("a type that is nested less deeply")
        found = self._one_type()
        self._depth -= 1
        return found

    def _one_type(self) -> FeelType:
        following = self._tokens[min(self._index + 1, len(self._tokens) - 1)].text
        if following == "<" and self._token.text in ("function", "list", "range", "context"):
            return self._composite_type()
        for words in _TYPE_WORDS:
            if matches(self._tokens, self._index, words):
                self._index += len(words)
                return simple_type(" ".join(words))
        if self._token.text == "null":
            self._index += 1
            return simple_type("Null")
        name = self._name("a type")
        while self._accept("."):
            name += "." + self._name("a type")
        return NamedType(name, self._types.get(name))

    def _composite_type(self) -> FeelType:
        kind = self._token.text
        self._index += 2
        match kind:
            case "list" | "range":
                item = self._type()
                self._expect(">")
                return ListType(item) if kind == "list" else RangeType(item)
            case "context":
                entries: list[tuple[str, FeelType]] = []
                while not self._accept(">"):
                    name = self._raw_name(":")
                    self._expect(":")
                    entries.append((name, self._type()))
                    if not self._accept(","):
                        self._expect(">")
                        break
                return ContextType(tuple(entries))
            case _:
                parameters: list[FeelType] = []
                while not self._accept(">"):
                    parameters.append(self._type())
                    if not self._accept(","):
                        self._expect(">")
                        break
                self._expect("->")
                return FunctionType(tuple(parameters), self._type())
