"""A step that the model or its data made fail; the token stays where it is with an incident."""

from __future__ import annotations

from typing import Any


class StepFailure(Exception):
    """Raised inside one step, before it wrote anything; `type` is the incident's type."""

    def __init__(self, type_: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.type = type_
        self.message = message
        self.details = details or {}
