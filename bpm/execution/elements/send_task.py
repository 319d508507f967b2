"""Send tasks (BPMN 2.0.2, 10.3.3) that the engine itself carries out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution.elements.activities import Activity
from baton.bpm.execution.event_definitions import definition_of

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class SendTask(Activity, spiff.SendTask):
    """Sends its message and goes on."""

    element: elements.SendTask

    def __init__(self, spec: ProcessSpec, element: elements.SendTask) -> None:
        super().__init__(spec, element, definition_of(element.message))

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        self.event_definition.throw_from(instance, token)
        instance.finish(token)
