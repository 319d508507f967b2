"""Blocks of activities for random processes: every kind of task, loops, calls, ad-hoc work and quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baton.bpm.definition.elements import (
    Activity,
    AdHocSubProcess,
    CallActivity,
    ComplexGateway,
    DataMapping,
    ReceiveTask,
    SendTask,
)
from baton.bpm.definition.event_definitions import MessageEventDefinition, SignalEventDefinition
from baton.bpm.definition.loops import (
    ComplexBehavior,
    LoopCharacteristics,
    MultiInstance,
    MultiInstanceBehavior,
    StandardLoop,
)
from tests.support.drawing import elements_of, feel, manual, parallel, script, service, sub, task, user
from tests.support.random_events import WAITED_FOR, guard

if TYPE_CHECKING:
    from tests.support.random_processes import Sketch

KINDS = ("task", "manual", "user", "service", "script", "send", "receive", "call")


def activity(sketch: Sketch, id_: str, **more: Any) -> Activity:
    """A task of any kind, or a call activity."""
    match sketch.one_of(KINDS):
        case "manual":
            return manual(id_, **more)
        case "user":
            return user(id_, **more)
        case "service":
            return service(id_, **more)
        case "script":
            return script(id_, "1 + 1", sketch.id("result"), **more)
        case "send":
            return SendTask(id=id_, message=MessageEventDefinition("told"), **more)
        case "receive":
            return ReceiveTask(id=id_, message=MessageEventDefinition(sketch.id("message")), **more)
        case "call":
            return CallActivity(id=id_, called="other", **more)
        case _:
            return task(id_, **more)


def loop(sketch: Sketch) -> LoopCharacteristics | None:
    """None most often, else of any kind."""
    match sketch.one_of(("no", "no", "standard", "many")):
        case "standard":
            return StandardLoop(
                condition=feel(f"loopCounter < {sketch.number(0, 2)}"),
                test_before=False,
                maximum=sketch.one_of((None, 2)),
            )
        case "many":
            return _multi_instance(sketch)
        case _:
            return None


def _multi_instance(sketch: Sketch) -> MultiInstance:
    behavior = MultiInstanceBehavior.ALL if sketch.quiet else sketch.one_of(tuple(MultiInstanceBehavior))
    completed = f"numberOfCompletedInstances >= {sketch.number(1, 2)}"
    red = SignalEventDefinition("red")
    has_items = sketch.flip()
    return MultiInstance(
        sequential=sketch.flip(),
        cardinality=None if has_items else feel(str(sketch.number(0, 3))),
        collection=feel('["a", "b", "c"]') if has_items else None,
        element="item" if has_items else None,
        output_collection=sketch.one_of((None, "results")),
        output_element=feel("loopCounter"),
        completion_condition=sketch.one_of((None, feel(completed))),
        behavior=behavior,
        thrown=red if behavior in (MultiInstanceBehavior.NONE, MultiInstanceBehavior.ONE) else None,
        complex=(ComplexBehavior(feel(completed), red),) if behavior is MultiInstanceBehavior.COMPLEX else (),
    )


def _mappings(sketch: Sketch) -> dict[str, Any]:
    if not sketch.flip():
        return {}
    return {
        "inputs": (DataMapping("inside", feel("1 + 1")),),
        "outputs": (DataMapping("outside", feel("inside")),),
        "only_mapped_out": sketch.flip(),
    }


def activity_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """Any activity with any loop and boundary events."""
    id_ = sketch.id("activity")
    drawn += [activity(sketch, id_, loop=loop(sketch), **_mappings(sketch)), f"{entry} {id_}"]
    return guard(sketch, drawn, id_, (*WAITED_FOR, "error", "escalation"))


def sub_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """A sub-process with any loop; errors in it are always caught."""
    id_, throws = sketch.id("sub"), sketch.one_of((None, "error", "escalation"))
    inner = sketch.scope(depth - 1, throws)
    drawn += [sub(id_, *inner, loop=loop(sketch), local_variables=("own",)), f"{entry} {id_}"]
    return guard(sketch, drawn, id_, (*WAITED_FOR, "error", "escalation"), always=throws)


def ad_hoc_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """What is in it is begun by an expression, or chosen by people."""
    id_, first, second = sketch.id("adhoc"), sketch.id("activity"), sketch.id("activity")
    inner: list[Any] = [activity(sketch, first), activity(sketch, second, loop=loop(sketch))]
    completed = sketch.id("c")
    sketch.variables[completed] = sketch.flip()
    drawn += [
        AdHocSubProcess(
            id=id_,
            elements=elements_of(inner),
            parallel=sketch.flip(),
            completion_condition=sketch.one_of((None, feel(completed))),
            cancel_remaining=sketch.flip(),
            active_elements=sketch.one_of((None, feel(f'["{first}", "{second}"]'))),
        ),
        f"{entry} {id_}",
    ]
    return guard(sketch, drawn, id_, WAITED_FOR)


def quantity_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """As many tokens as one task sends begin the next."""
    many, one, count = sketch.id("task"), sketch.id("task"), sketch.number(1, 3)
    drawn += [activity(sketch, many, completion_quantity=count), activity(sketch, one, start_quantity=count)]
    drawn.append(f"{entry} {many} {one}")
    return one


def complex_block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """Parallel branches, of which some activate a complex gateway and the rest reset it."""
    split, join, branches = sketch.id("split"), sketch.id("join"), sketch.number(2, 3)
    condition = feel(f"activationCount >= {sketch.number(1, branches)}")
    drawn += [parallel(split), ComplexGateway(id=join, activation_condition=condition), f"{entry} {split}"]
    for _ in range(branches):
        first = sketch.id("task")
        drawn += [task(first), f"{split} {first}", f"{sketch.sequence(depth - 1, drawn, first)} {join}"]
    return join


ACTIVITY_BLOCKS = {
    "activity": activity_block,
    "sub-process": sub_block,
    "ad-hoc": ad_hoc_block,
    "quantity": quantity_block,
    "complex": complex_block,
}
