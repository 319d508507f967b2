"""A step that the model or its data made fail; the token stays where it is with an incident."""

from __future__ import annotations

from typing import Any

from baton.bpm import values


class StepFailure(Exception):
    """Raised inside one step, before it wrote anything; `type` is the incident's type."""

    def __init__(self, type_: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.type = type_
        self.message = message
        self.details = details or {}


def shown(details: dict[str, Any], sensitive: values.SensitiveNames) -> dict[str, Any]:
    """The details with their values bounded and sensitive ones hidden, and with them what was made of these."""
    told = dict(details)
    if "variables" in told:
        told["variables"] = values.shown(details["variables"], sensitive)
    if "inputs" in told:
        hides = bool(sensitive.among(details.get("variables", {})))
        inputs = details["inputs"]
        told["inputs"] = (
            {name: values.masked(value) for name, value in inputs.items()} if hides else values.shown(inputs, sensitive)
        )
    return told
