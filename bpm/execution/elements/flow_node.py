"""What every flow node does unless its own class says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm.definition import elements
from baton.bpm.definition.continuations import Continuations
from baton.bpm.definition.loops import LoopCharacteristics
from baton.bpm.execution import evaluation
from baton.bpm.execution.event_definitions.message import send
from baton.bpm.execution.events import UserTaskCancelled
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.listeners import Stage, by_stage
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.elements.boundary_event import BoundaryEvent
    from baton.bpm.execution.elements.catching import CatchingEvent
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
    boundary_events: tuple[BoundaryEvent, ...] = ()
    compensation_handler: FlowNode | None = None
    element_outputs: tuple[elements.DataMapping, ...] = ()
    """What is written to the scope when it is done."""
    has_afterwork = False
    """True if `completed` has something to do."""
    repeats = False
    """True for events that may happen again on the same host."""
    opens_scopes = False
    """True for sub-processes."""
    listeners: Mapping[Stage, tuple[elements.Listener, ...]] = {}
    continuations: Continuations | None = None
    is_surrounded = False
    """True if something comes before its work, or after it: a listener, or a continuation of its own."""
    takes_are_heard = False
    """True if something listens on an outgoing flow."""
    settles = False
    """True for joins that are decided when everything else in the scope has moved: see `settle`."""

    def __init__(self, spec: ProcessSpec, element: elements.FlowNode, *args: Any) -> None:
        super().__init__(spec, element.id, *args, description=element.name or element.id)  # type: ignore[call-arg]
        self.element = element
        self.spec_of = spec
        self.title = element.name or element.id
        self.lane_groups = (element.lane,) if element.lane else ()
        self.incoming = ()
        self.outgoing = ()
        self._unconditional: tuple[SequenceFlow, ...] | None = ()
        self.has_afterwork = bool(element.message_flows)
        if element.listeners:
            self.listeners = by_stage(element.listeners)
        self.continuations = element.continuations
        self.is_surrounded = bool(element.listeners) or element.continuations is not None

    @property
    def loop(self) -> LoopCharacteristics | None:
        """The activity's loop."""
        return getattr(self.element, "loop", None)

    @property
    def default(self) -> str | None:
        """Id of the default flow."""
        return getattr(self.element, "default", None)

    def wire(self) -> None:
        """Called once, when all flows of the scope are connected."""
        # The usual node has only plain flows: decided here so that leaving costs nothing.
        plain = all(flow.condition is None and flow.id != self.default for flow in self.outgoing)
        self._unconditional = self.outgoing if plain else None
        self.takes_are_heard = any(flow.listeners for flow in self.outgoing)

    def predecessors(self) -> Iterable[FlowNode]:
        """Nodes a token can come from."""
        return (flow.source for flow in self.incoming)

    def arrive(self, instance: ProcessInstance, scope: Scope, flow: SequenceFlow) -> None:
        """A token comes by `flow`: by default each one activates the node anew."""
        instance.activate(self, scope)

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        """Do the node's work; by default there is none."""
        instance.leave(token)

    def completed(self, instance: ProcessInstance, token: Token) -> None:
        """It has just left: what follows besides its outgoing flows. Guided: its message flows carry a message."""
        if self.element.message_flows:
            send(instance, token, "", flows=self.element.message_flows)

    def triggered(self, instance: ProcessInstance, host: Token, event: CatchingEvent) -> None:
        """`event`, for which `host`, a token of this node, waited, has happened."""
        instance.done(host)

    def scope_closed(self, instance: ProcessInstance, token: Token) -> None:
        """The scope that `token` opened is complete."""
        instance.done(token)

    def compensated(self, instance: ProcessInstance, token: Token) -> None:
        """What `token` asked to be compensated is compensated."""
        instance.done(token)

    def map_inputs(self, instance: ProcessInstance, token: Token) -> None:
        """The inputs become variables of the token's own."""
        self.map_into_own(instance, token, self.element.inputs)

    def map_into_own(self, instance: ProcessInstance, token: Token, mappings: Iterable[elements.DataMapping]) -> None:
        """One after the other, so that each sees those before it; tried again, they are written again."""
        local = token.detail().local = token.details.local or instance.new_collection()
        own = instance.collection(local)
        for mapping in mappings:
            value = evaluation.mapping(instance, token, mapping, self.title, before=own)
            instance.write_into(local, mapping.target, value, owner=token.id)

    def map_outputs(self, instance: ProcessInstance, token: Token) -> None:
        """Evaluate all outputs, then write them to the scope; each sees those before it, but for the token's own."""
        own = {} if token.details.local is None else instance.collection(token.details.local)
        found: dict[str, Any] = {}
        written: list[tuple[elements.DataMapping, Any]] = []
        for output in self.element_outputs:
            seen = {name: value for name, value in found.items() if name not in own}
            before = found if output.target in found else None
            value = evaluation.mapping(instance, token, output, self.title, seen, before=before)
            written.append((output, value))
            if not output.to_store:
                found[output.target] = value
        for output, value in written:
            instance.write_mapped(token, output, value)
        if token.details.inner is not None:
            instance.forget(instance.scope(token.details.inner))
            token.detail().inner = None

    def settle(self, instance: ProcessInstance, scope: Scope) -> bool:
        """Decide a waiting join; True if it went on."""
        return False

    def ask_again(self, instance: ProcessInstance, scope: Scope) -> None:
        """An incident of a token that waits at its join was resolved."""

    def why_stuck(self, scope: Scope) -> tuple[str, dict[str, Any]]:
        """Why its join can never go on: a sentence, and the details."""
        missing = [{"flow": flow.id, "from": flow.source.title} for flow in scope.missing_flows(self)]
        sources = ", ".join(f"'{entry['flow']}' from '{entry['from']}'" for entry in missing)
        message = (
            f"'{self.title}' waits for a token on the sequence flow {sources}, "
            "but no other token is left that could come"
        )
        return message, {"missing_flows": missing}

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
            instance.emit(UserTaskCancelled(token.id, token.workflow.id, self.name))

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
