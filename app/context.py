"""What every request needs, hung on the Flask application once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore, Event

from flask import Flask, current_app

from baton.app.auth.access import Access
from baton.bpm.runtime.engine import Engine

KEY = "baton"


class LongPolls:
    """Bounds how many requests may wait at once, so that waiting never starves working; ends them at shutdown."""

    def __init__(self, most: int) -> None:
        self._free = BoundedSemaphore(most)
        self._closing = Event()

    def enter(self) -> bool:
        """True if this request may wait; then call `leave`."""
        return not self._closing.is_set() and self._free.acquire(blocking=False)

    def leave(self) -> None:
        """It waits no longer."""
        self._free.release()

    def is_closing(self) -> bool:
        """True when whoever waits should go."""
        return self._closing.is_set()

    def close(self, engine: Engine) -> None:
        """Ask all to go."""
        self._closing.set()
        engine.wakeups.notify_all()


@dataclass(frozen=True, slots=True)
class Context:
    """One per application."""

    engine: Engine
    access: Access
    long_polls: LongPolls


def current() -> Context:
    """The context of the application that answers this request."""
    return of(current_app)


def of(app: Flask) -> Context:
    """The context of an application."""
    found = app.extensions[KEY]
    assert isinstance(found, Context)
    return found
