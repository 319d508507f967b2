"""What an event does at each position, whatever its cause: used by the tests of each cause.

`happen(instance)` lets the cause happen once. A cause that is for one receiver only (`alone`) has to happen once for
each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from baton.bpm.definition.event_definitions import EventDefinition
from tests.support.drawing import (
    boundary,
    call,
    catch,
    end,
    event_gateway,
    event_sub,
    receive,
    service,
    start,
    sub,
    times,
    user,
)
from tests.support.drawn_run import DrawnRun

Run = Callable[..., DrawnRun]
PLACES = ("process", "sub-process", "multi-instance")
HOSTS = ("user task", "sub-process", "service task", "receive task", "call activity", "multi-instance")


@dataclass(frozen=True, slots=True)
class Cause:
    """An event definition, and how it happens."""

    event: EventDefinition
    happen: Callable[[DrawnRun], Any]
    alone: bool = False

    def happens(self, instance: DrawnRun, receivers: int) -> None:
        for _ in range(receivers if self.alone else 1):
            self.happen(instance)


def open_tasks(instance: DrawnRun) -> list[str]:
    """Element ids of what people have to do, sorted."""
    return sorted(item.element_id for item in instance.user_tasks)


def within(place: str, *drawn: Any) -> tuple[Any, ...]:
    """The drawing in the process itself, in a sub-process of it, or in each of two instances of one."""
    if place == "process":
        return drawn
    more = {"loop": times(2)} if place == "multi-instance" else {}
    return (start("s0"), sub("around", *drawn, **more), end("e0"), "s0 around e0")


def copies(place: str) -> int:
    """How often the drawing is there."""
    return 2 if place == "multi-instance" else 1


def finish(instance: DrawnRun) -> None:
    """People do all they have to do: then the instance is complete and nothing waits for it any more."""
    for _ in range(100):
        if not instance.user_tasks:
            break
        instance.complete(instance.user_tasks[0].element_id)
    assert instance.incidents == []
    assert instance.state == "completed"
    assert (instance.timers, instance.jobs, instance.waiting_for, instance.calls) == ([], [], [], [])
    assert instance.store.scopes == {}


def check_start(run: Run, cause: Cause) -> None:
    instance = run(
        start("none"), start("c", cause.event), user("after"), user("other"), end("e"), "c after e", "none other e",
        at="c",
    )  # fmt: skip

    assert open_tasks(instance) == ["after"]
    assert instance.waiting_for == []
    finish(instance)


def check_catch(run: Run, place: str, cause: Cause) -> None:
    number = copies(place)
    instance = run(*within(place, start("s"), catch("c", cause.event), user("after"), end("e"), "s c after e"))
    assert open_tasks(instance) == []
    assert instance.state == "active"

    cause.happens(instance, number)

    assert open_tasks(instance) == ["after"] * number
    finish(instance)


def check_gateway(run: Run, place: str, cause: Cause) -> None:
    number = copies(place)
    drawn = within(
        place,
        start("s"), event_gateway("g"), catch("c", cause.event), catch("late", "P9D"), user("after"), user("reminded"),
        end("e"), "s g c after e", "g late reminded e",
    )  # fmt: skip
    instance = run(*drawn)
    assert len(instance.timers) >= number

    cause.happens(instance, number)

    assert open_tasks(instance) == ["after"] * number
    assert instance.timers == []
    assert instance.path.count("late") == 0
    finish(instance)


def check_boundary(run: Run, place: str, cause: Cause, *, interrupting: bool) -> None:
    number = copies(place)
    instance = run(
        *within(
            place,
            start("s"), user("u"), boundary("b", "u", cause.event, interrupting=interrupting), user("late"), end("e"),
            "s u e", "b late e",
        )
    )  # fmt: skip

    cause.happens(instance, number)

    assert open_tasks(instance) == ["late"] * number + ([] if interrupting else ["u"] * number)
    finish(instance)


def check_boundary_is_closed_with_its_activity(run: Run, cause: Cause, *, interrupting: bool) -> None:
    instance = run(
        start("s"), user("u"), boundary("b", "u", cause.event, interrupting=interrupting), user("late"), user("after"),
        end("e"), "s u after e", "b late e",
    )  # fmt: skip

    instance.complete("u")

    assert (instance.waiting_for, instance.timers) == ([], [])
    assert open_tasks(instance) == ["after"]
    finish(instance)


def check_host(run: Run, host: str, cause: Cause) -> None:
    """An interrupting boundary event on every kind of activity that waits."""
    instance = run(
        start("s"), _host(host), boundary("b", "u", cause.event), user("late"), end("e"), "s u e", "b late e"
    )  # fmt: skip
    assert instance.state == "active"

    cause.happen(instance)

    assert open_tasks(instance) == ["late"]
    finish(instance)


def _host(host: str) -> Any:
    inner = (start("us"), user("inside"), end("ue"), "us inside ue")
    return {
        "user task": user("u"),
        "sub-process": sub("u", *inner),
        "service task": service("u"),
        "receive task": receive("u", "never"),
        "call activity": call("u"),
        "multi-instance": user("u", loop=times(3)),
    }[host]


def check_event_sub_process(run: Run, place: str, cause: Cause, *, interrupting: bool) -> None:
    number = copies(place)
    handler = event_sub(
        "V", start("vs", cause.event, interrupting=interrupting), user("handle"), end("ve"), "vs handle ve"
    )  # fmt: skip
    instance = run(*within(place, start("s"), user("u"), end("e"), "s u e", handler))
    assert open_tasks(instance) == ["u"] * number

    cause.happens(instance, number)

    assert open_tasks(instance) == ["handle"] * number + ([] if interrupting else ["u"] * number)
    finish(instance)


def check_event_sub_process_is_closed_with_its_scope(run: Run, cause: Cause) -> None:
    handler = event_sub("V", start("vs", cause.event), user("handle"), end("ve"), "vs handle ve")
    inner = sub("S", start("s1"), user("u"), end("e1"), "s1 u e1", handler)
    instance = run(start("s"), inner, user("after"), end("e"), "s S after e")

    instance.complete("u")

    assert (instance.waiting_for, instance.timers) == ([], [])
    assert open_tasks(instance) == ["after"]
    finish(instance)
