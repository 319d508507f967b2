"""Variables as incidents and the audit show them: bounded in size, and sensitive ones by their type only."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from baton.bpm.errors import ExpressionError
from baton.bpm.values.http import to_json
from baton.bpm.values.types import type_of

MAX_SHOWN = 100
"""Variables of one incident; an expression that reads more says nothing more by them."""
MAX_BYTES = 4_096
CREDENTIALS = ("authentication", "authentication.*")
"""Sensitive on every server: variables by which connectors get what they call with."""
_CREDENTIAL_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token"}
)
_WORDS = re.compile(r"\w+").findall
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

    def read_by(self, text: str) -> bool:
        """True if the text of an expression names a sensitive variable."""
        return self._pattern is not None and (self.covers(text) or any(self.covers(word) for word in _WORDS(text)))

    def reason(self, error: ExpressionError, names: Iterable[str]) -> str:
        """The error's own words, unless they may repeat a value of `names` that must not be shown."""
        sensitive = self.among(names)
        if not sensitive:
            return error.message
        if error.bare is not None:
            return error.bare
        named = ", ".join(f"'{name}'" for name in sensitive)
        return f"It failed; the reason is not shown, for it may repeat a value of the sensitive {named}."

    def among(self, names: Iterable[str]) -> list[str]:
        """The sensitive ones, in order."""
        return [] if self._pattern is None else sorted(name for name in names if self.covers(name))


NONE_SENSITIVE = SensitiveNames()


def masked_headers(value: Any) -> Any:
    """The value with the credentials of HTTP in it masked: members that are named like their headers, at any depth."""
    if isinstance(value, dict):
        return {
            name: masked(item) if name.lower() in _CREDENTIAL_HEADERS else masked_headers(item)
            for name, item in value.items()
        }
    return [masked_headers(item) for item in value] if isinstance(value, list) else value


def masked(value: Any) -> dict[str, Any]:
    """What stands for a sensitive value."""
    return {"type": type_of(value).value, "sensitive": True}


def shown(
    variables: Mapping[str, Any], sensitive: SensitiveNames, sources: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The HTTP form of each, by name; one longer than `MAX_BYTES` as its type and size, a sensitive one as its type.

    With `sources` the names are of values that expressions gave; it has their texts where the names are others.
    """

    def hidden(name: str) -> bool:
        if sources is None:
            return sensitive.covers(name)
        return sensitive.read_by(name) or sensitive.read_by(sources.get(name, ""))

    return {
        name: masked(variables[name]) if hidden(name) else _bounded(variables[name])
        for name in sorted(variables)[:MAX_SHOWN]
    }


def _bounded(value: Any) -> Any:
    written = to_json(masked_headers(value))
    try:
        size = len(_encode(written))
    except UnicodeEncodeError:
        # Half a surrogate pair, which an expression can make and JSON cannot hold.
        return {"type": type_of(value).value, "unreadable": "text with half a surrogate pair"}
    return written if size <= MAX_BYTES else {"type": type_of(value).value, "size": size}
