"""Embedded sub-processes and transactions (BPMN 2.0.2, 10.3.5 and 13.3.4): a scope of their own, begun and awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution.elements.activities import Activity
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class SubProcess(Activity, spiff.SubWorkflowTask):
    """Its token waits until the inner scope has no live token."""

    element: elements.SubProcess
    opens_scopes = True

    def __init__(self, spec: ProcessSpec, element: elements.SubProcess) -> None:
        super().__init__(spec, element, element.id)

    @property
    def inner(self) -> ProcessSpec:
        """What is in it."""
        return self.spec_of.root.scopes[self.name]

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        token.phase = Phase.WAITING
        instance.open_scope(token, self.inner)

    def is_manual(self, token: Token) -> bool:
        return False

    def cancel(self, instance: ProcessInstance, token: Token) -> None:
        instance.cancel_scopes_of(token)


class Transaction(SubProcess, spiff.TransactionSubprocess):
    """Left by its cancel boundary event when a cancel end event undid it."""

    element: elements.Transaction
