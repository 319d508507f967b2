"""What every request needs, hung on the Flask application once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Semaphore

from flask import current_app

from baton.app.auth.access import Access
from baton.bpm.runtime.engine import Engine

KEY = "baton"


@dataclass(frozen=True, slots=True)
class Context:
    """`long_polls` bounds how many requests may wait at once, so that waiting never starves working."""

    engine: Engine
    access: Access
    long_polls: Semaphore


def current() -> Context:
    """The context of the application that answers this request."""
    found = current_app.extensions[KEY]
    assert isinstance(found, Context)
    return found
