"""Call activities (BPMN 2.0.2, 10.3.6 and 13.3.4): another process runs as an instance of its own, and is awaited."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution import evaluation
from baton.bpm.execution.elements.activities import Activity
from baton.bpm.execution.elements.catching import CatchingEvent
from baton.bpm.execution.events import CalledProcessInstanceCancelled, ProcessInstanceCalled
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token

Evaluate = Callable[["ProcessInstance", elements.DataMapping, Mapping[str, Any], Mapping[str, Any]], Any]


class CallActivity(Activity, spiff.CallActivity):
    """Its token waits until the called instance has ended; guided without a called process: a to-do."""

    element: elements.CallActivity

    def __init__(self, spec: ProcessSpec, element: elements.CallActivity) -> None:
        super().__init__(spec, element, element.id)
        # Its inputs and outputs cross between the two instances, and are not variables of the activity's own.
        self.element_outputs = element.results

    def _begin(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.locals:
            self.map_into_own(instance, token, self.element.locals)
        self.perform(instance, token)

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.called is None:
            self.begin_todo(instance, token)
            return
        key = self._text(instance, token, self.element.called, "called process", self._key)
        version = self._text(instance, token, self.element.version, "version of the called process")
        business_key = self._text(instance, token, self.element.business_key, "business key")
        own = {} if token.details.local is None else instance.collection(token.details.local)
        variables = (dict(own) if self.element.local_in else token.carried_variables()) if self.element.all_in else {}
        for mapping in self.element.inputs:
            variables[mapping.target] = evaluation.mapping(instance, token, mapping, self.title, before=variables)
        for mapping in self.element.own_inputs:
            variables[mapping.target] = evaluation.mapping_over(instance, mapping, self.title, own, variables)
        token.phase = Phase.WAITING
        called_id = token.detail().called = instance.next_id()
        instance.emit(
            ProcessInstanceCalled(
                called_id,
                token.id,
                token.workflow.id,
                self.name,
                key=key,
                binding=self.element.binding.value,
                version=None if version is None else str(version),
                business_key=None if business_key is None else str(business_key),
                variables=variables,
            )
        )

    def returned(self, instance: ProcessInstance, token: Token, variables: Mapping[str, Any]) -> None:
        """The called instance completed: what comes back is evaluated over its variables, then written."""
        self._write(instance, token, variables, self._evaluated)

    def threw(self, instance: ProcessInstance, token: Token, variables: Mapping[str, Any]) -> None:
        """An error or escalation left it, with its variables; what it has not come to yet is null."""
        if self.element.out_when_thrown:
            self._write(instance, token, variables, self._evaluated_or_null)

    def _write(self, instance: ProcessInstance, token: Token, variables: Mapping[str, Any], evaluate: Evaluate) -> None:
        written = dict(variables) if self.element.all_out else {}
        before = ChainMap(written, dict(token.visible_variables()))
        for mapping in self.element.outputs:
            written[mapping.target] = evaluate(instance, mapping, variables, before)
        own = dict(variables) if self.element.own_all_out else {}
        for mapping in self.element.own_outputs:
            own[mapping.target] = evaluate(instance, mapping, variables, own)
        for name, value in written.items():
            instance.write_for(token, name, value)
        if own:
            local = token.detail().local = token.details.local or instance.new_collection()
            for name, value in own.items():
                instance.write_into(local, name, value)

    def _evaluated(
        self,
        instance: ProcessInstance,
        mapping: elements.DataMapping,
        variables: Mapping[str, Any],
        before: Mapping[str, Any],
    ) -> Any:
        return evaluation.mapping_over(instance, mapping, self.title, variables, before)

    def _evaluated_or_null(
        self,
        instance: ProcessInstance,
        mapping: elements.DataMapping,
        variables: Mapping[str, Any],
        before: Mapping[str, Any],
    ) -> Any:
        try:
            return self._evaluated(instance, mapping, variables, before)
        except StepFailure:
            return None

    def around(self) -> Iterator[CatchingEvent]:
        """The boundary and start events that might catch what leaves the called process, as drawn."""
        yield from self.boundary_events
        spec = self.spec_of
        inside: Activity = self
        while True:
            for node in spec.event_sub_processes:
                if node is not inside:
                    yield from node.starts
            activity = spec.activity
            if activity is None:
                return
            yield from activity.boundary_events
            inside, spec = activity, activity.spec_of

    def is_manual(self, token: Token) -> bool:
        return self.element.called is None and token.details.loop is None

    def cancel(self, instance: ProcessInstance, token: Token) -> None:
        called_id = token.details.called
        if called_id is None:
            super().cancel(instance, token)
        else:
            instance.emit(CalledProcessInstanceCancelled(called_id, token.id, token.workflow.id, self.name))

    def _key(self, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise StepFailure("call", f"The called process of '{self.title}' must be a text, found {str(value)[:50]!r}")
        return value

    def _text(
        self,
        instance: ProcessInstance,
        token: Token,
        value: elements.Text | None,
        what: str,
        convert: Callable[[Any], Any] | None = None,
    ) -> Any:
        return evaluation.text(instance, token, value, type_="call", what=f"{what} of '{self.title}'", convert=convert)
