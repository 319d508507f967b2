"""Values where they are told of, in the audit and in records: in their HTTP form, large ones as size and digest."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from baton.bpm import values

_encode = msgspec.json.Encoder(enc_hook=str).encode


def told(value: Any, *, limit: int) -> Any:
    """The HTTP form, or `{"size", "digest"}` when it is longer than `limit` bytes."""
    if value is None or value is True or value is False:
        return value
    written = values.to_json(value)
    if type(value) in (int, float):
        return written
    text = _encode(written)
    if len(text) <= limit:
        return written
    return {"size": len(text), "digest": hashlib.sha256(text).hexdigest()}


class Shape(msgspec.Struct, frozen=True):
    """How values are told: longer than `value_bytes` as size and digest, those of `sensitive` names as types."""

    value_bytes: int
    sensitive: values.SensitiveNames = values.NONE_SENSITIVE

    def value(self, name: str, value: Any) -> Any:
        """The variable as it is told."""
        return values.masked(value) if self.sensitive.covers(name) else told(value, limit=self.value_bytes)

    def derived(self, text: str, value: Any) -> Any:
        """What the expression with this text gave, as it is told."""
        return values.masked(value) if self.sensitive.read_by(text) else told(value, limit=self.value_bytes)
