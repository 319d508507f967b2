"""Skip expressions of Flowable and Activiti: while one holds and skipping is switched on, an activity has no work.

It is switched on, as there, by a variable that is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.execution import evaluation

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token

SWITCHES = ("_FLOWABLE_SKIP_EXPRESSION_ENABLED", "_ACTIVITI_SKIP_EXPRESSION_ENABLED")


def is_skipped(instance: ProcessInstance, token: Token) -> bool:
    """True if the activity's work is left out. `StepFailure`."""
    skip = token.task_spec.element.skip
    if skip is None:
        return False
    seen = token.visible_variables()
    if not any(seen.get(switch) is True for switch in SWITCHES):
        return False
    return evaluation.event_condition(instance, token, skip, f"skip expression of '{token.task_spec.title}'")
