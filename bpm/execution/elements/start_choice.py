"""Guided mode, several none start events: a person chooses where the process begins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.events import UserTaskCreated
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token

ID = "start:choice"
"""Not an NCName, so no element of a diagram can have it."""


class StartChoice(FlowNode, spiff.UserTask):
    """Not drawn; its options are the start events."""

    asks = True
    choices = "one"

    def __init__(self, spec: ProcessSpec, starts: tuple[FlowNode, ...]) -> None:
        super().__init__(spec, elements.UserTask(id=ID, name="Where does it start?"))
        self.starts = {node.name: node for node in starts}

    @property
    def options(self) -> tuple[dict[str, str], ...]:
        return tuple({"id": node.name, "name": node.title} for node in self.starts.values())

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        token.phase = Phase.WAITING
        instance.emit(
            UserTaskCreated(
                token.id, token.workflow.id, self.name, kind="decision", name=self.title, options=self.options
            )
        )

    def choose(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        """There is no flow to a start event: the chosen one begins, and this token ends."""
        instance.activate(self.starts[token.decision[0]], token.workflow)
        return ()

    def is_manual(self, token: Token) -> bool:
        return True
