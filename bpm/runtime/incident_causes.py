"""What incidents have in common: the same process, element and type, and messages of one shape."""

from __future__ import annotations

import hashlib
import re

_SHAPED = 500
# Quoted text, numbers, and ids in hex are what differs between two failures of one cause.
_DIFFERS = re.compile(r"'[^']{0,200}'|\"[^\"]{0,200}\"|\b[0-9a-fA-F]{8,}\b|\d+(?:[.,:]\d+)*")


def shape(message: str) -> str:
    """The message with what differs from case to case left out: `no answer from '…' after … s`."""
    return " ".join(_DIFFERS.sub("…", message[:_SHAPED]).split())


def cause(key: str, element_id: str, type_: str, message: str) -> str:
    """A digest: the same for incidents that were likely caused by the same thing. `key` is the process's."""
    parts = "\0".join((key, element_id, type_, shape(message)))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]
