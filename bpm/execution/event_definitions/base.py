"""What all event definitions share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from baton.bpm.execution.inherited import refused

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.execution.triggers import Opening

_CATCH, _THROW = "EventDefinition.prepare", "EventDefinition.throw_from"


class EventDefinition:
    """Mixed into SpiffWorkflow's event definitions, which describe and never act.

    `opens`: the event waits with something open (a timer, a subscription); the others are looked for when thrown.
    """

    opens = False

    def prepare(self, instance: ProcessInstance, host: Token, node: CatchingEvent, part: int = 0) -> Opening:
        """Evaluate what is needed to wait on `host` for `node`; what is returned opens it. `StepFailure`."""
        return _open_nothing

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        """Do what the event of `token` says. False if the token waits, or has gone. `StepFailure`."""
        return True

    has_fired = refused("EventDefinition.has_fired", _CATCH)
    update_task = refused("EventDefinition.update_task", _CATCH)
    update_task_data = refused("EventDefinition.update_task_data", _CATCH)
    timer_value = refused("EventDefinition.timer_value", _CATCH)
    catches = refused("EventDefinition.catches", _CATCH)
    catch = refused("EventDefinition.catch", _CATCH)
    reset = refused("EventDefinition.reset", _CATCH)
    throw = refused("EventDefinition.throw", _THROW)


def _open_nothing(host: Token) -> None:
    """Nothing waits."""


class Nothing(EventDefinition, NoneEventDefinition):
    """A none event; where something must be waited for (guided mode), a person says that it happened."""

    def prepare(self, instance: ProcessInstance, host: Token, node: CatchingEvent, part: int = 0) -> Opening:
        return lambda host: node.arm(instance, host)
