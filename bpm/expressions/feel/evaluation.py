"""One running evaluation, and the frames of names inside it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from baton.bpm.expressions.feel.boundary import to_feel
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.notes import add_note
from baton.bpm.expressions.feel.values import FeelFunction, Value, type_name


class Evaluation:
    """What all parts of one evaluation share: variables, the time it is, the budget and the notes.

    `variables` may be lazy: it is asked only for names that the expression reads, once each. `notes`, if given,
    collects why something became null; they name types and variables, never values.
    """

    __slots__ = ("_budget", "_known", "_random", "notes", "now", "variables")

    def __init__(
        self,
        variables: Mapping[str, Any],
        now: datetime,
        budget: Budget | None = None,
        notes: list[str] | None = None,
        source: random.Random | None = None,
    ) -> None:
        self.variables = variables
        self.now = now
        self.notes = notes
        self._budget = budget
        self._random = source
        self._known: dict[str, Value] | None = None

    @property
    def budget(self) -> Budget:
        """Made when first needed: most expressions never touch it."""
        if self._budget is None:
            self._budget = Budget()
        return self._budget

    @property
    def random(self) -> random.Random:
        """The source given, else the operating system's."""
        if self._random is None:
            self._random = random.SystemRandom()
        return self._random

    def has(self, name: str) -> bool:
        """True if there is such a variable, null or not."""
        return (self._known is not None and name in self._known) or name in self.variables

    def variable(self, name: str, fallback: FeelFunction | None = None) -> Value:
        """The variable as a FEEL value, else `fallback`; null with a note if there is neither."""
        known = self._known
        if known is None:
            known = self._known = {}
        elif name in known:
            return known[name]
        if name not in self.variables:
            if fallback is None:
                self.note(f"no variable '{name}'")
            return fallback
        value = self.variables[name]
        kind = type(value)
        if kind is not str and kind is not bool and not (kind is int and -(1 << 62) < value < 1 << 62):
            value = to_feel(value, self.budget, self.notes)
            if value is None:
                self.note(f"variable '{name}' is null")
        known[name] = value
        return value

    def note(self, text: str) -> None:
        """Keeps why something became null."""
        add_note(self.notes, text)

    def mismatch(self, action: str, left: Value, right: Value) -> None:
        """A note such as: cannot add string and number. A null has had its own note where it came from."""
        if self.notes is not None and left is not None and right is not None:
            self.note(f"cannot {action} {type_name(left)} and {type_name(right)}")


class Frame:
    """Names that an iteration, call, context or filter binds, inside those of its parent."""

    __slots__ = ("evaluation", "names", "parent")

    def __init__(self, names: Mapping[str, Value], parent: Frame | None, evaluation: Evaluation) -> None:
        self.names = names
        self.parent = parent
        self.evaluation = evaluation

    def inner(self, names: Mapping[str, Value]) -> Frame:
        """A frame inside this one."""
        return Frame(names, self, self.evaluation)

    def lookup(self, name: str, fallback: FeelFunction | None = None) -> Value:
        """The innermost value of that name."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.parent
        return self.evaluation.variable(name, fallback)

    def has(self, name: str) -> bool:
        """True if a frame or the variables have the name."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return True
            frame = frame.parent
        return self.evaluation.has(name)
