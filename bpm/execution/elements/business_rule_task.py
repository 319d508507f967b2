"""Business rule tasks that make a decision (BPMN 2.0.2, 13.3.3), within the step that reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm import values
from baton.bpm.decisions import DecisionEvaluation
from baton.bpm.definition import elements
from baton.bpm.errors import ExpressionError, NotFound, Rejection
from baton.bpm.execution import evaluation
from baton.bpm.execution.decision_results import mapped
from baton.bpm.execution.decisions import DecisionCall, FoundDecision
from baton.bpm.execution.elements.activities import Activity
from baton.bpm.execution.events import DecisionEvaluated
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.work import short_text, whole_number

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token

INCIDENT = "decision"


class BusinessRuleTask(Activity, spiff.NoneTask):
    """Makes its decision and writes the result; how it was made is told by an event also where it failed."""

    element: elements.BusinessRuleTask

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        found = self._find(instance, self._call(instance, token))
        made = found.model.attempt_any(found.key, token.visible_variables(), now=instance.now)
        instance.emit(
            DecisionEvaluated(
                instance.next_id(),
                token.id,
                token.workflow.id,
                self.name,
                decision_definition_id=found.id,
                key=found.key,
                version=found.version,
                evaluation=made,
            )
        )
        writes = self._result(instance, found, made)
        for name, value in writes.items():
            instance.write_for(token, name, value)
        # The decision is made even if choosing the way out fails: it must not be made again.
        instance.finish(token)

    def _call(self, instance: ProcessInstance, token: Token) -> DecisionCall:
        called = self.element.called_decision

        def value(attribute: elements.Text | None, what: str) -> Any:
            return evaluation.text(instance, token, attribute, type_=INCIDENT, what=f"{what} of '{self.title}'")

        key = short_text(value(called.decision, "decision"), f"decision of '{self.title}'", INCIDENT)
        if key is None:
            raise StepFailure(INCIDENT, f"The decision of '{self.title}' must be named by a text, found nothing")
        version = value(called.version, "version of the decision")
        tag = value(called.version_tag, "version tag of the decision")
        return DecisionCall(
            key,
            called.binding,
            version=None if version is None else whole_number(version, f"version of '{key}'", 0, INCIDENT),
            version_tag=short_text(tag, f"version tag of '{key}'", INCIDENT),
        )

    def _find(self, instance: ProcessInstance, call: DecisionCall) -> FoundDecision:
        try:
            return instance.decisions.find(call)
        except NotFound as error:
            raise StepFailure(
                INCIDENT,
                f"The decision of '{self.title}' cannot be made: {error.message}. Deploy it, then resolve this",
                {"decision": call.key, "binding": str(call.binding), "reason": error.message},
            ) from error

    def _result(self, instance: ProcessInstance, found: FoundDecision, made: DecisionEvaluation) -> dict[str, Any]:
        called = self.element.called_decision
        try:
            if made.failure is not None:
                raise made.failure
            value = mapped(called.mapping, found.model.invocable(found.key), made)
            writes = {called.result_variable: value} if called.result_variable else {}
            # What a decision gives is held to the same limits as what a caller sends.
            values.check_limits(writes)
        except (ExpressionError, Rejection) as error:
            sensitive = instance.sensitive
            reason = sensitive.reason(error, made.given) if isinstance(error, ExpressionError) else error.message
            message = f"The decision '{found.key}' (version {found.version}) of '{self.title}' failed: {reason}"
            raise StepFailure(INCIDENT, message, _details(found, made, reason, sensitive)) from error
        return writes


def _details(
    found: FoundDecision, made: DecisionEvaluation, reason: str, sensitive: values.SensitiveNames
) -> dict[str, Any]:
    """`failed` is the decision at work, which may be one that the called one requires."""
    details: dict[str, Any] = {"decision": found.key, "version": found.version, "reason": reason}
    if made.decisions:
        last = made.decisions[-1]
        details["failed"] = last.id
        details["inputs"] = values.shown(last.inputs, sensitive, last.sources)
        details["rules"] = [
            {"table": rule.table_id, "rule": rule.rule_id, "number": rule.index} for rule in last.matched_rules[:20]
        ]
    return details
