"""What every flow node does unless its own class says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from baton.bpm.definition import elements
from baton.bpm.execution import evaluation
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class FlowNode:
    """Mixed into SpiffWorkflow's spec classes. Instances are shared and never changed after `wire`.

    The life of a token here: `arrive` by a flow, `execute`, perhaps wait, `choose` the flows to leave by.
    `execute` and `choose` evaluate everything first and raise `StepFailure` before they change anything.
    """

    name: str
    manual: bool
    _outputs: list[str]
    _inputs: list[str]
    element: Any
    title: str
    """What a person calls it: its name, else its id."""
    lane_groups: tuple[str, ...]
    """The lane's name as candidate group."""
    spec_of: ProcessSpec
    incoming: tuple[SequenceFlow, ...]
    outgoing: tuple[SequenceFlow, ...]
    asks = False
    choices = "one"

    def __init__(self, spec: ProcessSpec, element: elements.FlowNode, *args: Any) -> None:
        super().__init__(spec, element.id, *args, description=element.name or element.id)  # type: ignore[call-arg]
        self.element = element
        self.spec_of = spec
        self.title = element.name or element.id
        self.lane_groups = (element.lane,) if element.lane else ()
        self.incoming = ()
        self.outgoing = ()
        self._unconditional: tuple[SequenceFlow, ...] | None = ()

    @property
    def default(self) -> str | None:
        """Id of the default flow."""
        return getattr(self.element, "default", None)

    def wire(self) -> None:
        """Called once, when all flows of the scope are connected."""
        # The usual node has only plain flows: decided here so that leaving costs nothing.
        plain = all(flow.condition is None and flow.id != self.default for flow in self.outgoing)
        self._unconditional = self.outgoing if plain else None

    def predecessors(self) -> Iterable[FlowNode]:
        """Nodes a token can come from."""
        return (flow.source for flow in self.incoming)

    def arrive(self, instance: ProcessInstance, scope: Scope, flow: SequenceFlow) -> None:
        """A token comes by `flow`: by default each one activates the node anew."""
        instance.activate(self, scope)

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        """Do the node's work; by default there is none."""
        instance.leave(token)

    @property
    def options(self) -> tuple[dict[str, str], ...]:
        """What a person may choose here, as `{"id", "name"}`, if the node `asks`."""
        return ()

    def is_manual(self, token: Token) -> bool:
        """True if the waiting `token` stands for an open user task of any kind."""
        return False

    def cancel(self, instance: ProcessInstance, token: Token) -> None:
        """The token is being cancelled: close what it had opened."""
        if token.phase in (Phase.WAITING, Phase.ARMED) and self.is_manual(token):
            instance.cancel_user_task(token)

    def choose(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        """The flows to leave by (BPMN 13.3.2): plain ones, those whose condition is true, else the default."""
        if self._unconditional is not None:
            return self._unconditional
        chosen: list[SequenceFlow] = []
        default: SequenceFlow | None = None
        any_true = False
        for flow in self.outgoing:
            if flow.id == self.default:
                default = flow
            elif flow.condition is None:
                chosen.append(flow)
            elif evaluation.condition(instance, token, flow):
                any_true = True
                chosen.append(flow)
        if default is not None and not any_true:
            chosen.append(default)
        if not chosen:
            raise no_way_out(instance, token, self)
        return chosen


def no_way_out(instance: ProcessInstance, token: Token, node: FlowNode) -> StepFailure:
    """No condition is true and there is no default flow."""
    conditions = {flow.id: flow.expression.text for flow in node.outgoing if flow.expression}
    return StepFailure(
        "condition",
        f"No outgoing sequence flow of '{node.title}' can be taken: no condition is true and there is no default flow",
        {"conditions": conditions, "variables": evaluation.values_used(token, node.outgoing)},
    )
