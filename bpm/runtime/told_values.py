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
