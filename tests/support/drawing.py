"""Draw a process in a few lines of Python, for tests of the token game.

    draw(start("s"), task("a"), end("e"), "s a e")
    draw(start("s"), exclusive("x", default="no"), ..., "s x", ("yes", "x a", "amount > 100"), ("no", "x b"))

A text of ids is a chain of flows named `<source>-<target>`; a tuple is `(flow id, "source target"[, condition])`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from baton.bpm.definition.elements import (
    AbstractTask,
    AdHocSubProcess,
    BoundaryEvent,
    CallActivity,
    ComplexGateway,
    DataMapping,
    EndEvent,
    EventBasedGateway,
    EventSubProcess,
    ExclusiveGateway,
    Expression,
    FlowElements,
    FlowNode,
    InclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    Language,
    ManualTask,
    Mode,
    ParallelGateway,
    Process,
    ReceiveTask,
    Script,
    ScriptLanguage,
    ScriptTask,
    SendTask,
    SequenceFlow,
    ServiceTask,
    StartEvent,
    SubProcess,
    TerminateEventDefinition,
    TimerEventDefinition,
    TimerKind,
    Transaction,
    UserTask,
)
from baton.bpm.definition.event_definitions import (
    CompensateEventDefinition,
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    EventDefinition,
    LinkEventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
    SignalEventDefinition,
)
from baton.bpm.definition.loops import MultiInstance, StandardLoop

Drawn = FlowNode | str | tuple[str, ...]


def feel(text: str) -> Expression:
    return Expression(text, Language.FEEL)


def timer(value: Any) -> TimerEventDefinition:
    """Duration, cycle or date by its first letters; an expression is a duration."""
    text = value if isinstance(value, str) else "P"
    kind = TimerKind.DURATION if text.startswith("P") else TimerKind.CYCLE if text.startswith("R") else TimerKind.DATE
    return TimerEventDefinition(kind, value)


def _cause(what: Any) -> EventDefinition | None:
    """An event definition as it is, anything else is a timer."""
    return what if what is None or isinstance(what, EventDefinition) else timer(what)


def message(name: str, key: str | None = None) -> MessageEventDefinition:
    return MessageEventDefinition(name, feel(key) if key else None)


def signal(name: str, *, asks: bool = False) -> SignalEventDefinition:
    return SignalEventDefinition(name, asks)


def error(code: str | None = None, **more: Any) -> ErrorEventDefinition:
    return ErrorEventDefinition(code, **more)


def escalation(code: str | None = None, **more: Any) -> EscalationEventDefinition:
    return EscalationEventDefinition(code, **more)


def condition(text: str, *variables: str) -> ConditionalEventDefinition:
    return ConditionalEventDefinition(feel(text), frozenset(variables))


def link(name: str) -> LinkEventDefinition:
    return LinkEventDefinition(name)


def compensate(activity: str | None = None, *, wait: bool = True) -> CompensateEventDefinition:
    return CompensateEventDefinition(activity, wait)


def multiple(*parts: EventDefinition, parallel: bool = False) -> MultipleEventDefinition:
    return MultipleEventDefinition(parts, parallel)


def start(id: str, when: Any = None, **more: Any) -> StartEvent:
    return StartEvent(id=id, event=_cause(when), **more)


def end(id: str, what: Any = None, **more: Any) -> EndEvent:
    return EndEvent(id=id, event=_cause(what), **more)


def terminate(id: str) -> EndEvent:
    return EndEvent(id=id, event=TerminateEventDefinition())


def throw(id: str, what: Any = None, **more: Any) -> IntermediateThrowEvent:
    return IntermediateThrowEvent(id=id, event=_cause(what), **more)


def task(id: str, **more: Any) -> AbstractTask:
    return AbstractTask(id=id, **more)


def manual(id: str, **more: Any) -> ManualTask:
    return ManualTask(id=id, **more)


def user(id: str, **more: Any) -> UserTask:
    return UserTask(id=id, **more)


def service(id: str, type: Any = "work", **more: Any) -> ServiceTask:
    return ServiceTask(id=id, job_type=type, **more)


def script(id: str, text: str, result: str | None = None, **more: Any) -> ScriptTask:
    return ScriptTask(id=id, script=Script(text, ScriptLanguage.FEEL, result), **more)


def exclusive(id: str, **more: Any) -> ExclusiveGateway:
    return ExclusiveGateway(id=id, **more)


def parallel(id: str, **more: Any) -> ParallelGateway:
    return ParallelGateway(id=id, **more)


def inclusive(id: str, **more: Any) -> InclusiveGateway:
    return InclusiveGateway(id=id, **more)


def complex_gateway(id: str, activation: str | None = None, **more: Any) -> ComplexGateway:
    return ComplexGateway(id=id, activation_condition=feel(activation) if activation else None, **more)


def event_gateway(id: str, **more: Any) -> EventBasedGateway:
    return EventBasedGateway(id=id, **more)


def catch(id: str, when: Any = None, **more: Any) -> IntermediateCatchEvent:
    return IntermediateCatchEvent(id=id, event=_cause(when), **more)


def boundary(id: str, on: str, when: Any = None, **more: Any) -> BoundaryEvent:
    return BoundaryEvent(id=id, attached_to=on, event=_cause(when), **more)


def undone_by(activity: str, handler: str, id: str | None = None) -> BoundaryEvent:
    """The compensation boundary event of `activity`."""
    return boundary(id or f"{activity}-undo", activity, compensate(), handler=handler)


def receive(id: str, name: str | None = None, **more: Any) -> ReceiveTask:
    return ReceiveTask(id=id, message=message(name) if name else None, **more)


def send(id: str, name: str, **more: Any) -> SendTask:
    return SendTask(id=id, message=message(name), **more)


def call(id: str, called: Any = "other", **more: Any) -> CallActivity:
    return CallActivity(id=id, called=called, **more)


def sub(id: str, *drawn: Drawn, **more: Any) -> SubProcess:
    return SubProcess(id=id, elements=elements_of(drawn), **more)


def event_sub(id: str, *drawn: Drawn, **more: Any) -> EventSubProcess:
    return EventSubProcess(id=id, elements=elements_of(drawn), **more)


def transaction(id: str, *drawn: Drawn, **more: Any) -> Transaction:
    return Transaction(id=id, elements=elements_of(drawn), **more)


def ad_hoc(id: str, *drawn: Drawn, until: str | None = None, **more: Any) -> AdHocSubProcess:
    return AdHocSubProcess(
        id=id, elements=elements_of(drawn), completion_condition=feel(until) if until else None, **more
    )


def loop(condition: str | None = None, **more: Any) -> StandardLoop:
    return StandardLoop(condition=feel(condition) if condition else None, **more)


def each(collection: str, element: str | None = "item", *, until: str | None = None, **more: Any) -> MultiInstance:
    """One instance for each item of a list."""
    return MultiInstance(
        collection=feel(collection), element=element, completion_condition=feel(until) if until else None, **more
    )


def times(count: Any, *, until: str | None = None, **more: Any) -> MultiInstance:
    """So many instances."""
    return MultiInstance(cardinality=str(count), completion_condition=feel(until) if until else None, **more)


def mapping(target: str, source: str) -> DataMapping:
    return DataMapping(target, feel(source))


def draw(*drawn: Drawn, key: str = "process", mode: Mode = Mode.AUTOMATIC) -> Process:
    """The process of the drawn nodes and flows, in document order."""
    return Process(key=key, mode=mode, elements=elements_of(drawn))


def elements_of(drawn: Sequence[Drawn]) -> FlowElements:
    """The drawn nodes and flows of one scope."""
    nodes = tuple(item for item in drawn if isinstance(item, FlowNode))
    flows: list[SequenceFlow] = []
    for item in drawn:
        if isinstance(item, str):
            ids = item.split()
            flows += [SequenceFlow(f"{a}-{b}", "", a, b) for a, b in itertools.pairwise(ids)]
        elif isinstance(item, tuple):
            id_, ends, *condition = item
            source, target = ends.split()
            flows.append(SequenceFlow(id_, id_, source, target, feel(condition[0]) if condition else None))
    return FlowElements(nodes, tuple(flows))
