"""Blocks of events for random processes: caught, thrown, raced for, and beside activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baton.bpm.definition.elements import (
    BoundaryEvent,
    EndEvent,
    EventBasedGateway,
    EventSubProcess,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ReceiveTask,
    StartEvent,
    Transaction,
    UserTask,
)
from baton.bpm.definition.event_definitions import (
    CancelEventDefinition,
    CompensateEventDefinition,
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    EventDefinition,
    LinkEventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
    SignalEventDefinition,
    TerminateEventDefinition,
)
from tests.support.drawing import elements_of, end, exclusive, feel, parallel, start, sub, task, timer

if TYPE_CHECKING:
    from tests.support.random_processes import Sketch

WAITED_FOR = ("timer", "message", "signal", "condition", "multiple", "parallel multiple")
THROWN = ("none", "message", "signal", "escalation", "compensation", "multiple")
SIGNALS = ("red", "green")
ERROR, ESCALATION = "E1", "S1"


def cause(sketch: Sketch, kinds: tuple[str, ...] = WAITED_FOR) -> EventDefinition:
    """Something that may happen, of one of these kinds."""
    match sketch.one_of(kinds):
        case "timer":
            return timer(sketch.one_of(("PT1H", "R2/PT1H")))
        case "message":
            return MessageEventDefinition(sketch.id("message"))
        case "signal":
            return SignalEventDefinition(sketch.one_of(SIGNALS))
        case "condition":
            name = sketch.id("flag")
            sketch.variables[name] = False
            return ConditionalEventDefinition(feel(name))
        case kind:
            parts = tuple(cause(sketch, WAITED_FOR[:4]) for _ in range(2))
            return MultipleEventDefinition(parts, parallel=kind == "parallel multiple")


def thrown(sketch: Sketch, kinds: tuple[str, ...] = THROWN) -> EventDefinition | None:
    """Something that is thrown and lets the flow go on."""
    match sketch.one_of(("none", "message") if sketch.quiet else kinds):
        case "message":
            return MessageEventDefinition("told")
        case "signal":
            return SignalEventDefinition(sketch.one_of(SIGNALS))
        case "escalation":
            return EscalationEventDefinition(ESCALATION)
        case "compensation":
            return CompensateEventDefinition(None, wait_for_completion=sketch.flip())
        case "multiple":
            return MultipleEventDefinition((SignalEventDefinition("red"), MessageEventDefinition("told")))
        case _:
            return None


def catch_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    id_ = sketch.id("catch")
    drawn += [IntermediateCatchEvent(id=id_, event=cause(sketch)), f"{entry} {id_}"]
    return id_


def throw_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    id_ = sketch.id("throw")
    drawn += [IntermediateThrowEvent(id=id_, event=thrown(sketch)), f"{entry} {id_}"]
    return id_


def link_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """The catch of the name goes on where the throw ends."""
    leave, arrive, name = sketch.id("throw"), sketch.id("catch"), sketch.id("link")
    drawn += [
        IntermediateThrowEvent(id=leave, event=LinkEventDefinition(name)),
        IntermediateCatchEvent(id=arrive, event=LinkEventDefinition(name)),
        f"{entry} {leave}",
    ]
    return arrive


def race_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """An event-based gateway; all ways meet again."""
    gateway, merge = sketch.id("race"), sketch.id("merge")
    drawn += [EventBasedGateway(id=gateway), exclusive(merge), f"{entry} {gateway}"]
    for _ in range(sketch.number(2, 3)):
        id_ = sketch.id("catch")
        if sketch.flip():
            drawn.append(IntermediateCatchEvent(id=id_, event=cause(sketch)))
        else:
            drawn.append(ReceiveTask(id=id_, message=MessageEventDefinition(sketch.id("message"))))
        drawn += [f"{gateway} {id_}", f"{sketch.sequence(depth - 1, drawn, id_)} {merge}"]
    return merge


def guard(sketch: Sketch, drawn: list[Any], host: str, kinds: tuple[str, ...], *, always: str | None = None) -> str:
    """Some boundary events on `host`: what interrupts meets its way again, the rest ends by itself."""
    merge: str | None = None
    chosen = [sketch.one_of(kinds) for _ in range(sketch.number(0, 2))]
    if always is not None:
        chosen.append(always)
    for kind in chosen:
        id_ = sketch.id("boundary")
        event: EventDefinition
        if kind == "error":
            event = ErrorEventDefinition(sketch.one_of((ERROR, None)))
        elif kind == "escalation":
            event = EscalationEventDefinition(sketch.one_of((ESCALATION, None)))
        else:
            event = cause(sketch, (kind,))
        interrupting = kind == "error" or sketch.flip()
        drawn.append(BoundaryEvent(id=id_, attached_to=host, interrupting=interrupting, event=event))
        if not interrupting:
            side = sketch.id("end")
            drawn += [end(side), f"{sketch.quiet_sequence(drawn, id_)} {side}"]
            continue
        if merge is None:
            merge = sketch.id("merge")
            drawn += [exclusive(merge), f"{host} {merge}"]
        drawn.append(f"{id_} {merge}")
    return merge or host


def listening_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """A sub-process with an event sub-process inside."""
    id_ = sketch.id("sub")
    kind = sketch.one_of((*WAITED_FOR, "error", "escalation", "compensation"))
    inner = sketch.scope(depth - 1, throws=kind if kind in ("error", "escalation") else None)
    drawn += [sub(id_, *inner, _event_sub_process(sketch, kind)), f"{entry} {id_}"]
    if kind != "compensation":
        return guard(sketch, drawn, id_, (*WAITED_FOR, "escalation"))
    undo = sketch.id("throw")
    drawn += [IntermediateThrowEvent(id=undo, event=CompensateEventDefinition(id_)), f"{id_} {undo}"]
    return undo


def _event_sub_process(sketch: Sketch, kind: str) -> EventSubProcess:
    first, last = sketch.id("start"), sketch.id("end")
    event: EventDefinition
    if kind == "error":
        event = ErrorEventDefinition(None)
    elif kind == "escalation":
        event = EscalationEventDefinition(ESCALATION)
    elif kind == "compensation":
        event = CompensateEventDefinition()
    else:
        event = cause(sketch, (kind,))
    interrupting = kind in ("error", "compensation") or sketch.flip()
    drawn: list[Any] = [StartEvent(id=first, event=event, interrupting=interrupting), end(last)]
    drawn.append(f"{sketch.quiet_sequence(drawn, first)} {last}")
    return EventSubProcess(id=sketch.id("listener"), elements=elements_of(drawn))


def undone_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """Activities with compensation handlers, then one or all of the scope are compensated."""
    ids = []
    for _ in range(sketch.number(1, 2)):
        entry = compensable(sketch, depth, drawn, entry)
        ids.append(entry)
        entry = sketch.sequence(0, drawn, entry)
    undo = sketch.id("throw")
    what = CompensateEventDefinition(sketch.one_of((None, *ids)), wait_for_completion=sketch.flip())
    drawn += [IntermediateThrowEvent(id=undo, event=what), f"{entry} {undo}"]
    return undo


def compensable(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """An activity, perhaps many times or a sub-process, with a compensation handler."""
    id_, mark, handler = sketch.id("done"), sketch.id("boundary"), sketch.id("undo")
    activity = sketch.one_of(("task", "user", "sub"))
    if activity == "sub":
        drawn.append(sub(id_, *sketch.scope(min(depth, 2) - 1), loop=sketch.loop()))
    else:
        kind = task if activity == "task" else UserTask
        drawn.append(kind(id=id_, loop=sketch.loop()))
    undo = sketch.one_of((task, UserTask))
    drawn += [
        undo(id=handler, for_compensation=True),
        BoundaryEvent(id=mark, attached_to=id_, event=CompensateEventDefinition(), handler=handler),
        f"{entry} {id_}",
    ]
    return id_


def transaction_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """A transaction that may be cancelled from inside; both ways meet again."""
    id_, mark, merge = sketch.id("transaction"), sketch.id("boundary"), sketch.id("merge")
    first, asked, last, cancel = sketch.id("start"), sketch.id("asked"), sketch.id("end"), sketch.id("end")
    name = sketch.id("c")
    sketch.variables[name] = sketch.flip()
    inner: list[Any] = [start(first), exclusive(asked, default=f"{asked}-ok"), end(last)]
    inner.append(EndEvent(id=cancel, event=CancelEventDefinition()))
    inner.append(f"{sketch.sequence(min(depth, 2) - 1, inner, compensable(sketch, depth, inner, first))} {asked}")
    inner += [(f"{asked}-ok", f"{asked} {last}"), (f"{asked}-no", f"{asked} {cancel}", name)]
    drawn += [
        Transaction(id=id_, elements=elements_of(inner)),
        BoundaryEvent(id=mark, attached_to=id_, event=CancelEventDefinition()),
        exclusive(merge),
        f"{entry} {id_} {merge}",
        f"{mark} {merge}",
    ]
    return merge


def terminated_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """A sub-process whose parallel branches are ended by one of them."""
    id_, first, split = sketch.id("sub"), sketch.id("start"), sketch.id("split")
    inner: list[Any] = [start(first), parallel(split), f"{first} {split}"]
    for index in range(2):
        last = sketch.id("end")
        inner.append(EndEvent(id=last, event=TerminateEventDefinition() if index == 0 else thrown(sketch)))
        inner.append(f"{sketch.sequence(depth - 1, inner, split)} {last}")
    drawn += [sub(id_, *inner), f"{entry} {id_}"]
    return id_


def may_end(sketch: Sketch, drawn: list[Any], entry: str, kind: str) -> str:
    """A condition chooses whether the branch ends here with an error or an escalation; returns where it goes on."""
    asked, last, after, name = sketch.id("asked"), sketch.id("end"), sketch.id("task"), sketch.id("c")
    sketch.variables[name] = sketch.flip()
    event = ErrorEventDefinition(ERROR) if kind == "error" else EscalationEventDefinition(ESCALATION)
    drawn += [
        exclusive(asked, default=f"{asked}-ok"),
        EndEvent(id=last, event=event),
        task(after),
        f"{entry} {asked}",
        (f"{asked}-{kind}", f"{asked} {last}", name),
        (f"{asked}-ok", f"{asked} {after}"),
    ]
    return after


EVENT_BLOCKS = {
    "catch": catch_block,
    "throw": throw_block,
    "link": link_block,
    "race": race_block,
    "listening": listening_block,
    "undone": undone_block,
    "transaction": transaction_block,
    "terminated": terminated_block,
}
