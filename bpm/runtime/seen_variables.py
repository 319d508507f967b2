"""What a waiting step sees: its own variables (input parameters), its scope's, outward; for workers and forms."""

from __future__ import annotations

from typing import Any, NoReturn

from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.instance_rows import RowSource


def of_token(
    definition: RunnableDefinition, source: RowSource, instance_id: int, scope_id: int, token_id: int
) -> dict[str, Any]:
    """By name: inner variables hide outer ones. Raises LookupError if the scope has ended."""
    instance = ProcessInstance(definition.spec, source, id=instance_id, next_id=_nothing_new)
    scope = instance.scope(scope_id)
    token = scope.find(token_id)
    return dict(scope.visible_variables() if token is None else token.visible_variables())


def _nothing_new() -> NoReturn:
    raise AssertionError("looking at variables creates nothing")
