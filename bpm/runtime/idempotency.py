"""Requests sent twice are carried out once: the answer is kept with the change, by actor and key."""

from __future__ import annotations

import msgspec


class Idempotency(msgspec.Struct, frozen=True):
    """`key` is the caller's own; `request_digest` tells a repetition from another request under the same key."""

    key: str
    request_digest: str
