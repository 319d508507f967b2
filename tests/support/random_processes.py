"""Random block-structured processes, as hypothesis strategies.

Every split has its join, so the run must end, whatever people do in whatever order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from baton.bpm.definition.continuations import Continuations
from baton.bpm.definition.elements import FlowElements, FlowNode, Mode, Process, SubProcess
from baton.bpm.definition.loops import LoopCharacteristics
from tests.support import random_activities, random_events
from tests.support.drawing import (
    boundary,
    draw,
    end,
    exclusive,
    inclusive,
    parallel,
    script,
    start,
    sub,
    task,
    user,
)

# What raw SpiffWorkflow runs as the specification says. Who wins where parallel branches race to a terminate end event
# is for each engine to choose, so such processes are not compared.
CONTINUATIONS = (
    None,
    None,
    None,
    Continuations(before=True),
    Continuations(after=True),
    Continuations(before=True, after=True, each_before=True, each_after=True),
)
SPIFF_BLOCKS = ("task", "user", "exclusive", "parallel", "sub")


@dataclass
class Sketch:
    """A process in the making: nodes and flows of one scope, and the variables its conditions read."""

    data: Any
    blocks: tuple[str, ...]
    variables: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    quiet: bool = False

    def id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def one_of(self, choices: tuple[Any, ...]) -> Any:
        return self.data.draw(st.sampled_from(choices))

    def flip(self) -> bool:
        return bool(self.data.draw(st.booleans()))

    def number(self, least: int, most: int) -> int:
        return int(self.data.draw(st.integers(least, most)))

    def loop(self) -> LoopCharacteristics | None:
        return random_activities.loop(self)

    def sequence(self, depth: int, drawn: list[Any], entry: str) -> str:
        """Blocks one after the other; returns the node that they end at."""
        return _sequence(self, max(depth, 0), drawn, entry)

    def quiet_sequence(self, drawn: list[Any], entry: str) -> str:
        """Blocks behind what may happen again: they throw nothing that would make it happen, without end."""
        before, self.quiet = self.quiet, True
        reached = _sequence(self, 0, drawn, entry)
        self.quiet = before
        return reached

    def scope(self, depth: int, throws: str | None = None) -> list[Any]:
        """A sub-process's content, which may end by throwing an error or escalation."""
        return _scope(self, depth, throws)


def _block(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """Draw a random block after node `entry`; returns the node it ends at."""
    kinds = sketch.blocks if depth else tuple(kind for kind in sketch.blocks if kind in FLAT_BLOCKS)
    return _BLOCKS[sketch.one_of(kinds)](sketch, depth, drawn, entry)


def _sequence(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    for _ in range(sketch.data.draw(st.integers(1, 2))):
        entry = _block(sketch, depth, drawn, entry)
    return entry


def _task(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    id_ = sketch.id("task")
    drawn += [task(id_), f"{entry} {id_}"]
    return id_


def _user(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    id_ = sketch.id("user")
    drawn += [user(id_), f"{entry} {id_}"]
    return id_


def _split(sketch: Sketch, depth: int, drawn: list[Any], entry: str, gateway: Any, conditional: bool) -> str:
    split, join = sketch.id("split"), sketch.id("join")
    branches = sketch.data.draw(st.integers(2, 3))
    default = f"{split}-default"
    drawn += [gateway(split, default=default) if conditional else gateway(split), gateway(join), f"{entry} {split}"]
    for index in range(branches):
        first = sketch.id("task")
        drawn.append(task(first))
        if not conditional:
            drawn.append(f"{split} {first}")
        elif index == branches - 1:
            drawn.append((default, f"{split} {first}"))
        else:
            name = sketch.id("c")
            sketch.variables[name] = sketch.data.draw(st.booleans())
            drawn.append((f"{split}-{index}", f"{split} {first}", name))
        drawn.append(f"{_sequence(sketch, depth - 1, drawn, first)} {join}")
    return join


def _exclusive(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    return _split(sketch, depth, drawn, entry, exclusive, True)


def _inclusive(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    return _split(sketch, depth, drawn, entry, inclusive, True)


def _parallel(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    return _split(sketch, depth, drawn, entry, parallel, False)


def _loop(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    merge, count, again, counter = sketch.id("merge"), sketch.id("script"), sketch.id("again"), sketch.id("i")
    turns = sketch.data.draw(st.integers(1, 3))
    sketch.variables[counter] = 0
    drawn += [
        exclusive(merge),
        script(count, f"{counter} + 1", counter),
        exclusive(again, default=f"{again}-out"),
        f"{entry} {merge}",
        f"{_sequence(sketch, depth - 1, drawn, merge)} {count} {again}",
        (f"{again}-back", f"{again} {merge}", f"{counter} < {turns}"),
    ]
    after = sketch.id("task")
    drawn += [task(after), (f"{again}-out", f"{again} {after}")]
    return after


def _sub(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    id_ = sketch.id("sub")
    drawn += [sub(id_, *_scope(sketch, depth - 1)), f"{entry} {id_}"]
    return id_


def _timed(sketch: Sketch, depth: int, drawn: list[Any], entry: str) -> str:
    """A sub-process with a boundary timer; both ways meet again in an exclusive merge."""
    id_, timer, merge = sketch.id("sub"), sketch.id("timer"), sketch.id("merge")
    interrupting = sketch.data.draw(st.booleans())
    drawn += [
        sub(id_, *_scope(sketch, depth - 1)),
        boundary(timer, id_, "PT1H", interrupting=interrupting),
        f"{entry} {id_}",
    ]
    if interrupting:
        drawn += [exclusive(merge), f"{id_} {merge}", f"{timer} {merge}"]
        return merge
    side = sketch.id("end")
    drawn += [end(side), f"{timer} {side}"]
    return id_


def _scope(sketch: Sketch, depth: int, throws: str | None = None) -> list[Any]:
    first, last = sketch.id("start"), sketch.id("end")
    drawn: list[Any] = [start(first), end(last)]
    reached = _sequence(sketch, max(depth, 0), drawn, first)
    if throws is not None:
        reached = random_events.may_end(sketch, drawn, reached, throws)
    drawn.append(f"{reached} {last}")
    return drawn


_BLOCKS = {
    "task": _task,
    "user": _user,
    "exclusive": _exclusive,
    "parallel": _parallel,
    "inclusive": _inclusive,
    "loop": _loop,
    "sub": _sub,
    "timed": _timed,
    **random_activities.ACTIVITY_BLOCKS,
    **random_events.EVENT_BLOCKS,
}
ALL_BLOCKS = tuple(_BLOCKS)
FLAT_BLOCKS = ("task", "user", "catch", "throw", "link", "activity", "quantity")


def random_process(data: Any, blocks: tuple[str, ...] | None = None, depth: int = 3) -> tuple[Process, dict[str, Any]]:
    """A process and the variables to start it with."""
    sketch = Sketch(data, blocks or ALL_BLOCKS)
    drawn = _scope(sketch, depth)
    return divided(sketch, draw(*drawn, mode=Mode.AUTOMATIC)), sketch.variables


def divided(sketch: Sketch, process: Process) -> Process:
    """The process with asynchronous continuations at some nodes."""
    return replace(process, elements=_divided(sketch, process.elements))


def _divided(sketch: Sketch, elements: FlowElements) -> FlowElements:
    return replace(elements, nodes=tuple(_divided_node(sketch, node) for node in elements.nodes))


def _divided_node(sketch: Sketch, node: FlowNode) -> FlowNode:
    if isinstance(node, SubProcess):
        node = replace(node, elements=_divided(sketch, node.elements))
    return replace(node, continuations=sketch.one_of(CONTINUATIONS))
