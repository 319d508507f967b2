"""What an expression may see besides its own text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """`now` is aware UTC; `user` is who is at work, None for the engine itself."""

    variables: Mapping[str, Any]
    now: datetime
    process_instance_id: str = ""
    business_key: str | None = None
    user: str | None = None
