"""Where a value comes from, and to which variable it goes: scripts, parts of lists and objects, mappings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from baton.bpm.definition.language import DataStore, Expression, Text, Variable


class ScriptLanguage(StrEnum):
    """Languages of script tasks."""

    FEEL = "feel"
    JUEL = "juel"
    PYTHON = "python"
    JAVASCRIPT = "javascript"


@dataclass(frozen=True, slots=True)
class Script:
    """BPMN 10.3.3: the work of a script task."""

    text: str
    language: ScriptLanguage
    result_variable: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sources."""

    values: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """An object of sources by key."""

    values: tuple[tuple[Text, Source], ...]


@dataclass(frozen=True, slots=True)
class DataMapping:
    """`source` is evaluated and written to the variable `target`, or to the data store of that name.

    With a `path` it becomes a member of that variable (Camunda 8: `target="order.address.city"`).
    """

    target: str
    source: Source
    to_store: bool = False
    path: tuple[str, ...] = ()

    def placed(self, value: Any, before: Any) -> Any:
        """What `target` holds afterwards, given what it held `before`, which stays as it is."""
        if not self.path:
            return value
        whole: dict[str, Any] = {}
        inner = whole
        for name in (*self.path[:-1], None):
            if isinstance(before, dict):
                inner.update(before)
            if name is not None:
                before = inner.get(name)
                member: dict[str, Any] = {}
                inner[name] = member
                inner = member
        inner[self.path[-1]] = value
        return whole

    def expressions(self) -> Iterator[Expression | Script]:
        """All that is evaluated in it; not recursive."""
        waiting: list[Source] = [self.source]
        while waiting:
            source = waiting.pop()
            if isinstance(source, Expression | Script):
                yield source
            elif isinstance(source, Items):
                waiting.extend(reversed(source.values))
            elif isinstance(source, Entries):
                waiting.extend(part for entry in reversed(source.values) for part in reversed(entry))


@dataclass(frozen=True, slots=True)
class Connector:
    """Inputs see those of the task; outputs see what the worker gave back, and the task's outputs see them."""

    inputs: tuple[DataMapping, ...] = ()
    outputs: tuple[DataMapping, ...] = ()


Source = Text | Variable | DataStore | Script | Items | Entries
"""Where the value of a mapping comes from."""
