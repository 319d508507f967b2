"""The error tree. Each class says who is at fault; the docstring is the default message.

BatonError
├── Rejection                    the caller's fault: nothing changed (HTTP 4xx)
│   ├── InvalidCommand           422, `field` names what is wrong
│   │   ├── InvalidDiagram       422, `problems` lists everything found in the file
│   │   ├── FormRefused          422, `fields` lists every field that is wrong
│   │   └── NotYetRead           422, `read_to` is how far the past has been read by now
│   ├── NotFound                 404
│   ├── WrongState               409, `state` is the one it is in
│   ├── Conflict                 409, somebody else was first
│   │   └── Ambiguous            409, `candidates` lists who it may be for
│   ├── NotAuthenticated         401
│   ├── NotAllowed               403
│   └── TooLarge                 413, `field` names what is too large
├── ExpressionError              the model's or data's fault: becomes an incident; `position` is 0-based
│   ├── ExpressionSyntaxError    found at upload
│   └── ExpressionLimitError     a budget (steps, depth, time, memory) is used up
└── ConfigurationError           the operator's fault: the server does not start
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from baton.bpm.definition.problems import Problem
    from baton.bpm.forms.model import FieldError


class BatonError(Exception):
    """Baton could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        """The sentence to show."""
        return str(self.args[0])


class Rejection(BatonError):
    """The command was refused; nothing changed."""

    status = 400

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class InvalidCommand(Rejection):
    """The request is understood but its content is not acceptable."""

    status = 422


class InvalidDiagram(InvalidCommand):
    """The diagram has problems that keep it from running."""

    def __init__(self, message: str | None = None, *, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class FormRefused(InvalidCommand):
    """The form has fields that are wrong."""

    def __init__(
        self, message: str | None = None, *, field: str | None = None, fields: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(message, field=field)
        self.fields = tuple(fields)


class NotYetRead(InvalidCommand):
    """So far back not everything has been read yet; ask again."""

    def __init__(self, message: str | None = None, *, field: str | None = None, read_to: int = 0) -> None:
        super().__init__(message, field=field)
        self.read_to = read_to


class NotFound(Rejection):
    """There is no such thing."""

    status = 404


class WrongState(Rejection):
    """The thing is not in a state that allows this."""

    status = 409

    def __init__(self, message: str | None = None, *, state: str | None = None) -> None:
        super().__init__(message)
        self.state = state


class Conflict(Rejection):
    """Somebody else was first."""

    status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One that fits what was sent: an element that waits in an instance, or a start event (no instance)."""

    key: str
    element_id: str
    subscription_id: int
    process_definition_id: int
    process_instance_id: int | None


class Ambiguous(Conflict):
    """It is for one, but several fit."""

    def __init__(self, message: str | None = None, *, candidates: Sequence[Candidate] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class NotAuthenticated(Rejection):
    """Who you are is not known; send an API key or log in."""

    status = 401


class NotAllowed(Rejection):
    """You may not do this."""

    status = 403


class TooLarge(Rejection):
    """The content is larger than the limit."""

    status = 413


class ExpressionError(BatonError):
    """The expression could not be evaluated.

    `position` is where in the text, 0-based, None if not known; of a script only `line` may be known, 1-based.
    `bare` is the message without any value that was seen, None if the message cannot be told without.
    """

    def __init__(
        self,
        message: str | None = None,
        *,
        position: int | None = None,
        line: int | None = None,
        bare: str | None = None,
    ) -> None:
        super().__init__(message)
        self.position = position
        self.line = line
        self.bare = bare


class MissingVariable(ExpressionError):
    """The expression reads a variable that is not there."""


class ExpressionSyntaxError(ExpressionError):
    """The expression is not well formed."""

    def __init__(self, message: str | None = None, *, position: int = 0) -> None:
        super().__init__(message, position=position)


class ExpressionLimitError(ExpressionError):
    """The expression used up its budget."""

    def __init__(self, message: str | None = None, *, position: int | None = None, line: int | None = None) -> None:
        super().__init__(message, position=position, line=line)
        # What a limit says is about the expression, never about values.
        self.bare = self.message


class ConfigurationError(BatonError):
    """A setting has a value that cannot work."""


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """What people count in, both 1-based, from a 0-based position."""
    before = text[:position]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def place(text: str, position: int) -> str:
    """`column 5`; with the line where the text has several."""
    line, column = line_and_column(text, position)
    return f"line {line}, column {column}" if "\n" in text else f"column {column}"
