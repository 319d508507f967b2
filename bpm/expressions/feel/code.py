"""What the compiler makes of a piece of syntax: a closure from the frame of names to a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import Value

Code: TypeAlias = Callable[[Frame], Value]
TestCode: TypeAlias = Callable[[Value, Frame], bool | None]
