"""How a job handler says that its work did not simply succeed: raised in a handler, carried out by the dispatcher.

BpmnError    the BPMN error `code` happens at the service task: flow, not trouble
JobFailure   this try failed; retries follow, then an incident
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class BpmnError(Exception):
    """Raise it in a handler to throw the BPMN error `code` at the service task."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


class JobFailure(Exception):
    """Raise it in a handler to fail the try with this message and nothing else in the log.

    `retries` left: by default one less than before, 0 is an incident at once. `backoff_seconds` until the next try:
    by default the diagram's or the server's.
    """

    def __init__(self, message: str, *, retries: int | None = None, backoff_seconds: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retries = retries
        self.backoff_seconds = backoff_seconds
