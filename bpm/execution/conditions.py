"""Conditional events: asked again when a variable they name changes in their scope or outward.

A condition that is null is not fulfilled; nor is one of JUEL while a variable that it reads is missing (Camunda 7).
One that stays open (not interrupting) happens when it becomes true, and again only after it was false in between
(BPMN 2.0.2, 10.5.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from baton.bpm.definition.event_definitions import ConditionalEventDefinition, MultipleEventDefinition
from baton.bpm.errors import MissingVariable
from baton.bpm.execution import evaluation, events, triggers
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.scope import Scope
from baton.bpm.execution.token import Token, Trigger, TriggerKind

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance


class Unsettled:
    """What gives reason to ask conditions: changed variables, and conditions that have just been opened."""

    __slots__ = ("_fresh", "_names")

    def __init__(self) -> None:
        self._names: dict[str, dict[int, set[str]]] = {}
        self._fresh: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._names or self._fresh)

    def changed(self, scope_id: int, name: str, kind: str) -> None:
        """The variable `name` of that scope has another value; `kind` is `create` or `update`."""
        self._names.setdefault(name, {}).setdefault(scope_id, set()).add(kind)

    def opened(self, trigger_id: int) -> None:
        """The condition has to be asked a first time, or again after an incident."""
        self._fresh.add(trigger_id)

    def clear(self) -> Unsettled:
        """What was noted so far; nothing is left noted."""
        noted = Unsettled()
        noted._names, noted._fresh = self._names, self._fresh
        self._names, self._fresh = {}, set()
        return noted

    def concerns(
        self, trigger: Trigger, names: frozenset[str] | None, scope: Scope, kinds: frozenset[str] = frozenset()
    ) -> bool:
        """True if the condition, which reads `names` (None: any), has to be asked; by these kinds of change only."""
        if trigger.id in self._fresh:
            return True
        visible = {outer.id for outer in scope.chain()}
        return any(
            scope_id in visible and (not kinds or kinds & changes)
            for name in (self._names if names is None else names)
            for scope_id, changes in self._names.get(name, {}).items()
        )

    @property
    def has_changes(self) -> bool:
        """True if variables changed, so that stored conditions must be looked at."""
        return bool(self._names)


def settle(instance: ProcessInstance) -> bool:
    """Ask the conditions that there is reason to ask; True if one was fulfilled."""
    if not instance.unsettled_conditions:
        return False
    noted = instance.unsettled_conditions.clear()
    if not instance.spec.has_conditions:
        return False
    if noted.has_changes:
        instance.load_conditions()
    happened = False
    # The oldest first, whatever was loaded first.
    for host, trigger in sorted(_open_conditions(instance), key=lambda pair: pair[1].id):
        if instance.is_alive(host) and triggers.find(host, trigger.id) is not None:
            happened = _ask(instance, host, trigger, noted) or happened
    return happened


def _open_conditions(instance: ProcessInstance) -> Iterator[tuple[Token, Trigger]]:
    for scope in list(instance.scopes.values()):
        for host in scope.all_tokens():
            for trigger in host.triggers:
                if trigger.kind is TriggerKind.CONDITION:
                    yield host, trigger


def _ask(instance: ProcessInstance, host: Token, trigger: Trigger, noted: Unsettled) -> bool:
    node = instance.spec.by_id[trigger.element_id]
    definition = _definition(node.element.event, trigger.part)
    names = definition.variables or evaluation.names_read(definition.condition)
    if not noted.concerns(trigger, names, host.workflow, definition.changes):
        return False
    try:
        holds = evaluation.event_condition(instance, host, definition.condition, f"condition of '{node.title}'")
    except StepFailure as failure:
        if not isinstance(failure.__cause__, MissingVariable):
            if host.incident_id is None:
                instance.raise_incident(host, failure)
            return False
        holds = False
    if holds == trigger.held:
        return False
    triggers.replace(host, trigger, held=holds)
    if not holds:
        return False
    instance.emit(events.ConditionFulfilled(host.id, host.workflow.id, node.name))
    triggers.happen(instance, host, trigger)
    return True


def names_of(host: Token, trigger: Trigger) -> frozenset[str]:
    """The variables that an open condition reads, as far as that is known; to be shown."""
    node = host.workflow.instance.spec.by_id[trigger.element_id]
    definition = _definition(node.element.event, trigger.part)
    return definition.variables or evaluation.names_read(definition.condition) or frozenset()


def _definition(event: object, part: int) -> ConditionalEventDefinition:
    definition = event.parts[part] if isinstance(event, MultipleEventDefinition) else event
    assert isinstance(definition, ConditionalEventDefinition)
    return definition
