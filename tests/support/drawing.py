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
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    Expression,
    FlowElements,
    FlowNode,
    InclusiveGateway,
    IntermediateCatchEvent,
    Language,
    ManualTask,
    Mode,
    ParallelGateway,
    Process,
    Script,
    ScriptLanguage,
    ScriptTask,
    SequenceFlow,
    ServiceTask,
    StartEvent,
    SubProcess,
    TerminateEventDefinition,
    TimerEventDefinition,
    TimerKind,
    UserTask,
)

Drawn = FlowNode | str | tuple[str, ...]


def feel(text: str) -> Expression:
    return Expression(text, Language.FEEL)


def timer(value: Any) -> TimerEventDefinition:
    """Duration, cycle or date by its first letters; an expression is a duration."""
    text = value if isinstance(value, str) else "P"
    kind = TimerKind.DURATION if text.startswith("P") else TimerKind.CYCLE if text.startswith("R") else TimerKind.DATE
    return TimerEventDefinition(kind, value)


def start(id: str, when: str | None = None, **more: Any) -> StartEvent:
    return StartEvent(id=id, event=timer(when) if when else None, **more)


def end(id: str, **more: Any) -> EndEvent:
    return EndEvent(id=id, **more)


def terminate(id: str) -> EndEvent:
    return EndEvent(id=id, event=TerminateEventDefinition())


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


def catch(id: str, when: Any = None, **more: Any) -> IntermediateCatchEvent:
    return IntermediateCatchEvent(id=id, event=timer(when) if when else None, **more)


def boundary(id: str, on: str, when: Any = None, **more: Any) -> BoundaryEvent:
    return BoundaryEvent(id=id, attached_to=on, event=timer(when) if when else None, **more)


def sub(id: str, *drawn: Drawn, **more: Any) -> SubProcess:
    return SubProcess(id=id, elements=elements_of(drawn), **more)


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
