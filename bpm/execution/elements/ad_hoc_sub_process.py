"""Ad-hoc sub-processes (BPMN 2.0.2, 10.3.5 and 13.3.5): its activities are done in whatever order is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.definition import elements
from baton.bpm.execution import evaluation, triggers
from baton.bpm.execution.elements.choices import DONE, Choice
from baton.bpm.execution.elements.sub_process import SubProcess
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class AdHocSubProcess(SubProcess):
    """People choose what is done next, unless the diagram gives a collection of elements to begin with.

    It is over when its completion condition holds after something in it was done; without one, when people say so, or
    when everything that was begun is done.
    """

    element: elements.AdHocSubProcess
    choice: AdHocChoice

    @property
    def beginnings(self) -> tuple[FlowNode, ...]:
        """What may be chosen: everything that no sequence flow leads to."""
        return self.inner.starts

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        chosen = self._elements_to_begin(instance, token)
        token.phase = Phase.WAITING
        scope = instance.new_scope(token, self.inner)
        for name in self.inner.local_variables:
            instance.write_local(scope, name, None)
        if self.element.output_collection is not None:
            instance.write_local(scope, self.element.output_collection, [])
        instance.listen(scope)
        if chosen is None and self.beginnings:
            triggers.ask(instance, token, self.choice)
            return
        for node in chosen or ():
            instance.activate(node, scope)
        if not chosen:
            instance.close_if_done(scope)

    def _elements_to_begin(self, instance: ProcessInstance, token: Token) -> list[FlowNode] | None:
        if self.element.active_elements is None:
            return None
        what = f"active elements of '{self.title}'"
        ids = evaluation.text(instance, token, self.element.active_elements, type_="loop", what=what)
        known = {node.name: node for node in self.beginnings}
        if not isinstance(ids, list) or any(id_ not in known for id_ in ids):
            allowed = ", ".join(f"'{id_}'" for id_ in known)
            raise StepFailure("loop", f"The {what} must be a list of {allowed}, found {str(ids)[:100]}")
        return [known[id_] for id_ in ids]

    def begin(self, instance: ProcessInstance, host: Token, chosen: tuple[str, ...]) -> None:
        """People chose these; `DONE` among them ends the sub-process when what runs is done."""
        scope = self._scope(instance, host)
        for node in self.beginnings:
            if node.name in chosen:
                instance.activate(node, scope)
        if DONE in chosen:
            host.detail().entry = DONE
            self.something_done(instance, scope)
        elif self.element.parallel:
            triggers.ask(instance, host, self.choice)

    def collect(self, instance: ProcessInstance, scope: Scope, token: Token) -> None:
        """A flow inside has come to its end at `token`: its value goes into the list of outputs. `StepFailure`."""
        name = self.element.output_collection
        if name is None or self.element.output_element is None:
            return
        what = f"output element of '{self.title}'"
        value = evaluation.text(instance, token, self.element.output_element, type_="loop", what=what)
        held = instance.local_variables(scope).get(name)
        instance.write_local(scope, name, [*(held if isinstance(held, list) else ()), value])

    def _close(self, instance: ProcessInstance, host: Token, scope: Scope) -> None:
        name = self.element.output_collection
        if name is not None:
            instance.write_for(host, name, instance.local_variables(scope).get(name))
        instance.close_scope(scope)

    def something_done(self, instance: ProcessInstance, scope: Scope) -> None:
        """A token of the scope has ended: perhaps the sub-process is over, perhaps the next may be chosen."""
        host = self._host(instance, scope)
        condition = self.element.completion_condition
        if condition is not None and self._holds(instance, host, scope):
            if self.element.cancel_remaining:
                instance.cancel_all(scope, None)
            host.detail().entry = DONE
            triggers.close_all(instance, host)
        if instance.is_busy(scope):
            return
        if host.details.entry == DONE or (self.element.active_elements is not None and condition is None):
            self._close(instance, host, scope)
        elif not host.armed:
            triggers.ask(instance, host, self.choice)

    def _holds(self, instance: ProcessInstance, host: Token, scope: Scope) -> bool:
        assert self.element.completion_condition is not None
        try:
            return evaluation.condition_in(
                instance, scope, self.element.completion_condition, f"completion condition of '{self.title}'"
            )
        except StepFailure as failure:
            if host.incident_id is None:
                instance.raise_incident(host, failure)
            return False

    def _scope(self, instance: ProcessInstance, host: Token) -> Scope:
        return instance.child_scopes(host.workflow, host)[0]

    def _host(self, instance: ProcessInstance, scope: Scope) -> Token:
        assert scope.parent_id is not None
        return instance.scope(scope.parent_id).tokens[scope.parent_token_id or 0]


class AdHocChoice(Choice):
    """What is done next."""

    choices = "many"

    def __init__(self, spec: ProcessSpec, about: AdHocSubProcess) -> None:
        super().__init__(spec, about, f"{about.name}:choice", f"What is next in {about.title}?")
        self.about: AdHocSubProcess = about

    @property
    def options(self) -> tuple[dict[str, str], ...]:
        nodes = tuple({"id": node.name, "name": node.title} for node in self.about.beginnings)
        return (*nodes, {"id": DONE, "name": "Nothing more"})

    def answered(self, instance: ProcessInstance, host: Token, token: Token) -> None:
        self.about.begin(instance, host, token.decision)
