"""Questions of guided mode that are not drawn as elements: asked beside the token they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution import loops
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.events import UserTaskCreated
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token

AGAIN, DONE = "again", "done"


class Choice(FlowNode, spiff.UserTask):
    """`about` is the node it is asked for. Its id is no NCName, so no element of a diagram can have it."""

    asks = True

    def __init__(self, spec: ProcessSpec, about: FlowNode, id_: str, title: str) -> None:
        super().__init__(spec, elements.UserTask(id=id_, name=title))
        self.about = about
        self.lane_groups = about.lane_groups

    def question(self, token: Token) -> UserTaskCreated:
        """What the person is asked."""
        return UserTaskCreated(
            token.id,
            token.workflow.id,
            self.name,
            kind="decision",
            name=self.title,
            candidate_groups=self.lane_groups,
            options=self.options_for(token),
            choose=self.choices,
        )

    def options_for(self, token: Token) -> tuple[dict[str, str], ...]:
        """What may be chosen now."""
        return self.options

    def answered(self, instance: ProcessInstance, host: Token, token: Token) -> None:
        """The person chose `token.decision`."""
        raise AssertionError(f"'{self.name}' has no answer")

    def is_manual(self, token: Token) -> bool:
        return token.phase is Phase.ARMED


class AgainChoice(Choice):
    """A loop without a condition: after each turn a person says whether there is another."""

    def __init__(self, spec: ProcessSpec, about: FlowNode) -> None:
        super().__init__(spec, about, f"{about.name}:again", f"Once more: {about.title}?")

    @property
    def options(self) -> tuple[dict[str, str], ...]:
        return ({"id": AGAIN, "name": "Once more"}, {"id": DONE, "name": "Go on"})

    def answered(self, instance: ProcessInstance, host: Token, token: Token) -> None:
        if token.decision[0] == AGAIN:
            loops.spawn_if_due(instance, host)
        else:
            loops.finish(instance, host)
