"""Expressions as written, with the language they are in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Languages of conditions and mappings."""

    FEEL = "feel"
    JUEL = "juel"
    JAVASCRIPT = "javascript"
    PYTHON = "python"


@dataclass(frozen=True, slots=True)
class Expression:
    """Source text without the marks of its language's embedding (`=` of FEEL); JUEL keeps its `${}`."""

    text: str
    language: Language


Text = str | Expression
"""A literal, or an expression that yields it."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable by its name, whatever characters the name has; null if it is not there."""

    name: str


@dataclass(frozen=True, slots=True)
class DataStore:
    """The content of a data store, which outlives process instances; null if nothing was ever put there."""

    name: str
