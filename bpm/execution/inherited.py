"""SpiffWorkflow's classes walk a tree of every task ever run; Baton keeps only live tokens.

An inherited method that walks the missing tree would answer wrongly in silence, so each public one is
either overridden with a right answer or replaced by one that raises and names what to use instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


class NoTaskTree(NotImplementedError):
    """This method of SpiffWorkflow needs its task tree, which Baton does not keep."""


def refused(name: str, instead: str) -> Callable[..., NoReturn]:
    """A method that raises `NoTaskTree` and says what to use instead."""

    def method(*_args: Any, **_kwargs: Any) -> NoReturn:
        raise NoTaskTree(f"'{name}' needs SpiffWorkflow's task tree, which is not kept; use {instead}")

    method.__name__ = name
    return method


def refused_property(name: str, instead: str) -> property:
    """The same for a property, to read and to set."""
    method = refused(name, instead)
    return property(method, method)
