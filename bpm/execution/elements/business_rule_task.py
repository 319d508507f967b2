"""Business rule tasks that make a decision (BPMN 2.0.2, 13.3.3), within the step that reaches them."""

from __future__ import annotations

from collections.abc import Callable
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
        writes = self._result(instance, token, found, made)
        for name, value in writes.items():
            instance.write_for(token, name, value)
        instance.write_what_was_asked()
        # The decision is made even if choosing the way out fails: it must not be made again.
        instance.finish(token)

    def _call(self, instance: ProcessInstance, token: Token) -> DecisionCall:
        called = self.element.called_decision

        def value(attribute: elements.Text | None, what: str, convert: Callable[[Any, str], Any]) -> Any:
            what = f"{what} of '{self.title}'"
            return evaluation.text(
                instance, token, attribute, type_=INCIDENT, what=what, convert=lambda found: convert(found, what)
            )

        key = value(called.decision, "decision", _name)
        if key is None:
            raise StepFailure(INCIDENT, f"The decision of '{self.title}' must be named by a text, found nothing")
        return DecisionCall(
            key,
            called.binding,
            version=value(called.version, "version of the decision", _version),
            version_tag=value(called.version_tag, "version tag of the decision", _name),
        )

    def _find(self, instance: ProcessInstance, call: DecisionCall) -> FoundDecision:
        try:
            return instance.decisions.find(call)
        except NotFound as error:
            named = self.element.called_decision.decision
            names = evaluation.names_read(named) or () if isinstance(named, elements.Expression) else ()
            reason = instance.sensitive.reason(ExpressionError(error.message), names)
            raise StepFailure(
                INCIDENT,
                f"The decision of '{self.title}' cannot be made: {reason.rstrip('.')}. Deploy it, then resolve this",
                {
                    "decision": call.key if reason == error.message else None,
                    "binding": str(call.binding),
                    "reason": reason,
                },
            ) from error

    def _result(
        self, instance: ProcessInstance, token: Token, found: FoundDecision, made: DecisionEvaluation
    ) -> dict[str, Any]:
        called = self.element.called_decision
        try:
            if made.failure is not None:
                raise made.failure
            value = mapped(called.mapping, found.model.invocable(found.key), made)
            writes = {called.result_variable: value} if called.result_variable else {}
            if called.mapping is elements.DecisionResultMapping.VARIABLES:
                writes = value
            # What a decision gives is held to the same limits as what a caller sends.
            values.check_limits(writes)
        except (ExpressionError, Rejection) as error:
            failure = error if isinstance(error, ExpressionError) else ExpressionError(error.message)
            reason = instance.sensitive.reason(failure, made.read)
            message = f"The decision '{found.key}' (version {found.version}) of '{self.title}' failed: {reason}"
            details = _details(found, made, reason)
            seen = token.visible_variables()
            details["variables"] = {name: seen[name] for name in sorted(made.read) if name in seen}
            raise StepFailure(INCIDENT, message, details) from error
        return writes


def _name(value: Any, what: str) -> str | None:
    return short_text(value, what, INCIDENT)


def _version(value: Any, what: str) -> int | None:
    return None if value is None else whole_number(value, what, 0, INCIDENT)


def _details(found: FoundDecision, made: DecisionEvaluation, reason: str) -> dict[str, Any]:
    """`failed` is the decision at work, which may be one that the called one requires."""
    details: dict[str, Any] = {"decision": found.key, "version": found.version, "reason": reason}
    if made.decisions:
        last = made.decisions[-1]
        details["failed"] = last.id
        details["inputs"] = dict(last.inputs)
        details["rules"] = [
            {"table": rule.table_id, "rule": rule.rule_id, "number": rule.index} for rule in last.matched_rules[:20]
        ]
    return details
