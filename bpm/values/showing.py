"""Variables as incidents and the audit show them: bounded in size, and sensitive ones by their type only."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from baton.bpm.values.http import to_json
from baton.bpm.values.types import type_of

MAX_SHOWN = 100
"""Variables of one incident; an expression that reads more says nothing more by them."""
MAX_BYTES = 4_096
_WORDS = re.compile(r"\w+")
_encode = msgspec.json.Encoder(enc_hook=str).encode


class SensitiveNames:
    """Patterns of variable names, such as `password` and `*token*`; capitals do not count. Immutable."""

    __slots__ = ("_pattern",)

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        written = [fnmatch.translate(pattern.strip().lower()) for pattern in patterns if pattern.strip()]
        self._pattern = re.compile("|".join(written)) if written else None

    def covers(self, name: str) -> bool:
        """True if the variable's value must not be shown."""
        return self._pattern is not None and self._pattern.match(name.lower()) is not None

    def mentioned(self, text: str) -> bool:
        """True if `text`, a name or an expression, is such a name or has one as a word."""
        return self.covers(text) or any(self.covers(word) for word in _WORDS.findall(text))

    def among(self, names: Iterable[str]) -> list[str]:
        """The sensitive ones, in order."""
        return [] if self._pattern is None else sorted(name for name in names if self.covers(name))


NONE_SENSITIVE = SensitiveNames()


def masked(value: Any) -> dict[str, Any]:
    """What stands for a sensitive value."""
    return {"type": type_of(value).value, "sensitive": True}


def shown(variables: Mapping[str, Any], sensitive: SensitiveNames) -> dict[str, Any]:
    """The HTTP form of each, by name; one longer than `MAX_BYTES` as its type and size, a sensitive one as its type."""
    return {
        name: masked(variables[name]) if sensitive.mentioned(name) else _bounded(variables[name])
        for name in sorted(variables)[:MAX_SHOWN]
    }


def _bounded(value: Any) -> Any:
    written = to_json(value)
    size = len(_encode(written))
    return written if size <= MAX_BYTES else {"type": type_of(value).value, "size": size}
