"""How often an activity runs: BPMN's loop characteristics (10.3.9) as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from baton.bpm.definition.event_definitions import EventDefinition
from baton.bpm.definition.language import Expression, Text, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """One after the other while `condition` holds; None only in guided mode: a person decides.

    `test_before` asks before the first turn too; `maximum` bounds the turns.
    """

    condition: Expression | None = None
    test_before: bool = False
    maximum: int | None = None


class MultiInstanceBehavior(StrEnum):
    """Which completed instances throw an event (BPMN table 10.30); `all` throws none."""

    NONE = "none"
    ONE = "one"
    ALL = "all"
    COMPLEX = "complex"


@dataclass(frozen=True, slots=True)
class ComplexBehavior:
    """`event` is thrown when `condition` holds after an instance completed."""

    condition: Expression
    event: EventDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """One instance per item of `collection`, or `cardinality` many; without either (guided) a person decides.

    `element` names each instance's item. The value of `output_element` of each instance goes into the list
    `output_collection`. `first_index` is the first `loopCounter`.
    """

    sequential: bool = False
    cardinality: Text | None = None
    collection: Text | Variable | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: Expression | Variable | None = None
    completion_condition: Expression | None = None
    behavior: MultiInstanceBehavior = MultiInstanceBehavior.ALL
    thrown: EventDefinition | None = None
    complex: tuple[ComplexBehavior, ...] = ()
    first_index: int = 0


LoopCharacteristics = StandardLoop | MultiInstance
