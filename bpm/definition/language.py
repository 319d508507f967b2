"""Expressions as written, with the language they are in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Languages of conditions and mappings."""

    FEEL = "feel"
    JUEL = "juel"


@dataclass(frozen=True, slots=True)
class Expression:
    """Source text without the marks of its language's embedding (`=` of FEEL); JUEL keeps its `${}`."""

    text: str
    language: Language


Text = str | Expression
