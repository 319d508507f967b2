"""Values where they are told of, in the audit and in records: in their HTTP form, large ones as size and digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from baton.bpm import values

_encode = msgspec.json.Encoder(enc_hook=str).encode


def told(value: Any, *, limit: int) -> Any:
    """The HTTP form, or `{"size", "digest"}` when it is longer than `limit` bytes."""
    if value is None or value is True or value is False:
        return value
    written = values.to_json(values.masked_headers(value))
    if type(value) in (int, float):
        return written
    text = _encode(written)
    if len(text) <= limit:
        return written
    return {"size": len(text), "digest": hashlib.sha256(text).hexdigest()}


class Shape(msgspec.Struct, frozen=True):
    """How values are told: longer than `value_bytes` as size and digest, those of `sensitive` names as types.

    With `hides_all` every value is told as its type.
    """

    value_bytes: int
    sensitive: values.SensitiveNames = values.NONE_SENSITIVE
    hides_all: bool = False

    def value(self, name: str, value: Any) -> Any:
        """The variable as it is told."""
        if self.hides_all or self.sensitive.covers(name):
            return values.masked(value)
        return told(value, limit=self.value_bytes)

    def that_hides(self, names: Iterable[str]) -> Shape:
        """The same for what was made of the variables `names`: if one of them is sensitive, everything may tell it."""
        return msgspec.structs.replace(self, hides_all=True) if self.sensitive.among(names) else self

    def derived(self, text: str, value: Any) -> Any:
        """What the expression with this text gave, as it is told."""
        hides = self.hides_all or self.sensitive.read_by(text)
        return values.masked(value) if hides else told(value, limit=self.value_bytes)
