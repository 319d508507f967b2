"""Links: a throw goes on at the catch of its name, as if a sequence flow led there (BPMN 10.5.5)."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution.event_definitions.base import EventDefinition


class Link(EventDefinition, NoneEventDefinition):
    """SpiffWorkflow has no links; the specs connect throw and catch."""

    def __init__(self, element: elements.LinkEventDefinition) -> None:
        super().__init__()
        self.element = element
