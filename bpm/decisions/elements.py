"""The elements of a requirement graph, compiled and immutable (DMN 1.5, 6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from baton.bpm.decisions.item_types import ItemType
from baton.bpm.expressions.feel.code import Code


@dataclass(frozen=True, slots=True)
class Reference:
    """Which element is meant: its id, in the model that the names of imports lead to (none: this one)."""

    id: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputData:
    """`variable` is the name of its value, `type` what the value must be."""

    id: str
    name: str
    variable: str
    type: ItemType | None


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a decision table gives its result: the names of its outputs, and whether it gives one value per rule.

    The name of a single output may be empty.
    """

    columns: tuple[str, ...]
    gives_list: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """`logic` is None where the model gives none. `more_names` also stand for its result, or for entries of it.

    `more_names` maps a name to the entry it stands for, None for the whole result. `table` is None for other logic.
    """

    id: str
    name: str
    variable: str
    type: ItemType | None
    requirements: tuple[Reference, ...]
    logic: Code | None
    more_names: tuple[tuple[str, str | None], ...] = ()
    table: TableShape | None = None
    version_tag: str | None = None


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """`logic` gives a function from a frame of what it requires."""

    id: str
    name: str
    variable: str
    type: ItemType | None
    requirements: tuple[Reference, ...]
    logic: Code | None


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Parameters are first `inputs`, then `input_decisions` (DMN 1.5, 10.4)."""

    id: str
    name: str
    variable: str
    type: ItemType | None
    outputs: tuple[Reference, ...]
    inputs: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]


DrgElement: TypeAlias = InputData | Decision | BusinessKnowledgeModel | DecisionService
