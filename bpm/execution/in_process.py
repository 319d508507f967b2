"""Work that the engine does by evaluating an expression where a worker might do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baton.bpm import values
from baton.bpm.definition.event_definitions import InProcess
from baton.bpm.errors import Rejection
from baton.bpm.execution import evaluation
from baton.bpm.execution.failure import StepFailure
from baton.bpm.expressions import beans

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token

INCIDENT = "expression"


def is_for_a_worker(token: Token, work: InProcess) -> bool:
    """True if the work calls a bean that is not there."""
    return bool(work.bean) and beans.find(work.bean) is None and work.bean not in token.visible_variables()


def do(instance: ProcessInstance, token: Token, work: InProcess) -> None:
    """Evaluate it and write its result. `StepFailure`, with nothing written."""
    what = f"expression of '{token.task_spec.title}'"
    value = evaluation.text(instance, token, work.expression, type_=INCIDENT, what=what)
    if work.result_variable is not None:
        instance.write_for(token, work.result_variable, _checked(value, work.result_variable, what))
    instance.write_what_was_asked()


def _checked(value: Any, name: str, what: str) -> Any:
    """What an expression gives is held to the same limits as what a caller sends."""
    try:
        values.check_limits({name: value})
    except Rejection as error:
        message = f"The result of the {what} cannot be kept: {error.message}"
        raise StepFailure(INCIDENT, message, {"reason": error.message}) from error
    return value
