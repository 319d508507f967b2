"""Loops and multi-instance activities (BPMN 2.0.2, 10.3.9 and 13.3.7): one scope per instance, created when its turn
comes.

The activity's own token, the host, waits outside with the boundary events and the counters, so completing one of many
instances touches two scopes, whatever their number. Items and outputs are collections: variables of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.loops import MultiInstance, MultiInstanceBehavior, StandardLoop
from baton.bpm.execution import closing, compensation, evaluation, events, triggers
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Loop, Phase, Token

if TYPE_CHECKING:
    from baton.bpm.execution.event_definitions import EventDefinition
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope

CREATED_PER_STEP = 20
ITEMS_PER_BLOCK = 100
MOST_INSTANCES = 1_000_000


def begin(instance: ProcessInstance, host: Token) -> None:
    """Find out how many instances there will be, and create the first."""
    node = host.task_spec
    characteristics = node.element.loop
    if isinstance(characteristics, StandardLoop):
        _begin_standard(instance, host, characteristics)
        return
    items, total = _plan(instance, host, characteristics)
    loop = host.detail().loop = Loop(total=total)
    if total == 0:
        _write_outputs(instance, host, characteristics)
        host.detail().loop = None
        instance.finish(host)
        return
    if items is not None:
        loop.items = instance.new_collection()
        # In blocks, so that beginning writes few rows, and creating an instance reads few items.
        for first in range(0, len(items), ITEMS_PER_BLOCK):
            name = str(first // ITEMS_PER_BLOCK)
            instance.append_to(loop.items, name, list(items[first : first + ITEMS_PER_BLOCK]))
    spawn(instance, host)


def _begin_standard(instance: ProcessInstance, host: Token, characteristics: StandardLoop) -> None:
    asks_first = characteristics.test_before and characteristics.condition is not None
    if characteristics.maximum == 0 or (asks_first and not _holds(instance, host, characteristics)):
        instance.finish(host)
        return
    host.detail().loop = Loop()
    spawn(instance, host)


def _plan(
    instance: ProcessInstance, host: Token, characteristics: MultiInstance
) -> tuple[list[Any] | None, int | None]:
    """The items, if each instance gets one, and the number of instances; None: a person says when it is enough."""
    title = host.task_spec.title
    if characteristics.collection is not None:
        what = f"collection of '{title}'"
        items: list[Any] = evaluation.text(
            instance,
            host,
            characteristics.collection,
            type_="loop",
            what=what,
            convert=lambda found: _items(found, what),
        )
        return items, _bounded(len(items), title)
    if characteristics.cardinality is not None:
        what = f"number of instances of '{title}'"
        count: int = evaluation.text(
            instance,
            host,
            characteristics.cardinality,
            type_="loop",
            what=what,
            convert=lambda found: _count(found, what),
        )
        return None, _bounded(count, title)
    return None, None


def _items(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise StepFailure("loop", f"The {what} must be a list, found {_shown(value)}")
    return value


def _count(value: Any, what: str) -> int:
    try:
        count = int(value)
        if count < 0 or isinstance(value, bool) or str(count) != str(value).removesuffix(".0"):
            raise ValueError
    except (TypeError, ValueError, OverflowError) as error:
        raise StepFailure("loop", f"The {what} must be a whole number from 0, found {_shown(value)}") from error
    return count


def _bounded(count: int, title: str) -> int:
    if count > MOST_INSTANCES:
        raise StepFailure("loop", f"'{title}' would have {count} instances, at most {MOST_INSTANCES} can be")
    return count


def _shown(value: Any) -> str:
    return "null" if value is None else repr(value)[:50]


def spawn(instance: ProcessInstance, host: Token) -> None:
    """Create the next instances, a bounded number in one step; the step after goes on with it."""
    loop = _loop(host)
    wanted = _wanted(host, loop)
    count = min(CREATED_PER_STEP, wanted)
    for _ in range(count):
        _create(instance, host, loop)
    instance.charge(count)
    if wanted > CREATED_PER_STEP:
        host.phase = Phase.SPAWNING
        instance.make_ready(host)
    else:
        host.phase = Phase.WAITING
        instance.touch(host.workflow)


def _wanted(host: Token, loop: Loop) -> int:
    """How many instances may begin now."""
    characteristics = host.task_spec.element.loop
    one_by_one = isinstance(characteristics, StandardLoop) or characteristics.sequential
    if loop.total is None or one_by_one:
        return 0 if loop.active else 1
    return loop.total - loop.created


def _create(instance: ProcessInstance, host: Token, loop: Loop) -> None:
    node, index = host.task_spec, loop.created
    characteristics = node.element.loop
    scope = instance.new_scope(host, node.instance_spec)
    first = characteristics.first_index if isinstance(characteristics, MultiInstance) else 0
    instance.write_local(scope, "loopCounter", first + index)
    if loop.items is not None and characteristics.element:
        block = instance.item_of(loop.items, str(index // ITEMS_PER_BLOCK))
        instance.write_local(scope, characteristics.element, block[index % ITEMS_PER_BLOCK])
    loop.created += 1
    instance.activate(node, scope).detail().index = index


def leave(instance: ProcessInstance, token: Token) -> None:
    """One instance is done: what it gives is collected, then the next begins or the loop is over."""
    scope = token.workflow
    host = host_of(instance, scope)
    assert host is not None
    loop = _loop(host)
    characteristics = token.task_spec.element.loop
    output = _output(instance, token, characteristics)
    over = _is_over(instance, token, loop, characteristics)
    thrown = _thrown(instance, token, loop)
    _close(instance, host, token)
    loop.completed += 1
    instance.touch(host.workflow)
    if isinstance(characteristics, MultiInstance) and characteristics.output_collection:
        if loop.outputs is None:
            loop.outputs = instance.new_collection()
        instance.append_to(loop.outputs, str(token.details.index), output)
    for definition in thrown:
        # To the activity's own boundary events first, of which one may interrupt it.
        if instance.is_alive(host):
            definition.throw_from(instance, host)
    if not instance.is_alive(host):
        return
    if not over and loop.total is None and host.task_spec.asks_for_more:
        triggers.ask(instance, host, host.task_spec.again_choice)
    elif over or loop.completed == loop.total:
        instance.cancel_scopes_of(host)
        loop.terminated = loop.active
        finish(instance, host)
    else:
        spawn_if_due(instance, host)


def spawn_if_due(instance: ProcessInstance, host: Token) -> None:
    """The next instance of a sequential loop begins; those of a parallel one are under way."""
    if host.phase is Phase.WAITING and _wanted(host, _loop(host)):
        spawn(instance, host)


def finish(instance: ProcessInstance, host: Token) -> None:
    """The loop is over: its outputs become one list, and the activity is done."""
    _write_outputs(instance, host, host.task_spec.element.loop)
    _drop_collections(instance, _loop(host))
    host.detail().loop = None
    instance.done(host)


def cancel(instance: ProcessInstance, host: Token) -> None:
    """The activity is interrupted, with all instances that are alive."""
    loop = _loop(host)
    instance.cancel_scopes_of(host)
    if closing.is_under_way(instance, host):
        loop.outputs = None  # as large as the loop: they go when it is closed
    _drop_collections(instance, loop)


def _drop_collections(instance: ProcessInstance, loop: Loop) -> None:
    for collection in (loop.items, loop.outputs):
        if collection is not None:
            instance.drop_collection(collection)


def host_of(instance: ProcessInstance, scope: Scope) -> Token | None:
    """The token outside that the instance of a loop belongs to; None when the loop has gone before it."""
    assert scope.parent_id is not None
    return instance.scope(scope.parent_id).tokens.get(scope.parent_token_id or 0)


def counters(instance: ProcessInstance, scope: Scope) -> Mapping[str, Any]:
    """What every instance of a loop sees of it, in the words of the standard and of Camunda 7."""
    host = host_of(instance, scope)
    if host is None or host.details.loop is None:
        return {}
    loop = host.details.loop
    return {
        "nrOfInstances": loop.total,
        "nrOfActiveInstances": loop.active,
        "nrOfCompletedInstances": loop.completed,
        "numberOfInstances": loop.total,
        "numberOfActiveInstances": loop.active,
        "numberOfCompletedInstances": loop.completed,
        "numberOfTerminatedInstances": loop.terminated,
    }


def _loop(host: Token) -> Loop:
    loop = host.details.loop
    assert loop is not None
    return loop


def _output(instance: ProcessInstance, token: Token, characteristics: StandardLoop | MultiInstance) -> Any:
    if isinstance(characteristics, StandardLoop) or characteristics.output_element is None:
        return None
    what = f"output element of '{token.task_spec.title}'"
    return evaluation.text(instance, token, characteristics.output_element, type_="loop", what=what)


def _is_over(
    instance: ProcessInstance, token: Token, loop: Loop, characteristics: StandardLoop | MultiInstance
) -> bool:
    """Asked as if this instance were counted already; a failure leaves the counters as they were."""
    loop.completed += 1
    try:
        if isinstance(characteristics, StandardLoop):
            at_maximum = characteristics.maximum is not None and loop.completed >= characteristics.maximum
            return at_maximum or (
                characteristics.condition is not None and not _holds(instance, token, characteristics)
            )
        if characteristics.completion_condition is None:
            return False
        what = f"completion condition of '{token.task_spec.title}'"
        return evaluation.event_condition(instance, token, characteristics.completion_condition, what)
    finally:
        loop.completed -= 1


def _holds(instance: ProcessInstance, token: Token, characteristics: StandardLoop) -> bool:
    assert characteristics.condition is not None
    what = f"loop condition of '{token.task_spec.title}'"
    return evaluation.event_condition(instance, token, characteristics.condition, what)


def _close(instance: ProcessInstance, host: Token, token: Token) -> None:
    """The instance's scope goes, unless its variables are needed for compensation."""
    scope, node, outer = token.workflow, token.task_spec, host.workflow
    instance.remove(token)
    instance.emit(events.FlowNodeCompleted(token.id, scope.id, node.name))
    instance.emit(events.ScopeClosed(scope.id, scope.spec.element_id))
    kept = token.details.kept
    if node.compensation_handler is None and kept is None:
        instance.forget(scope)
        return
    scope.is_kept = scope.is_changed = True
    if kept is not None:
        scope.kept_scopes.append(kept)
    outer.kept_scopes.append(scope.id)
    compensation.record(instance, outer, node, scope.id if kept is None else kept)


def _write_outputs(instance: ProcessInstance, host: Token, characteristics: StandardLoop | MultiInstance) -> None:
    if isinstance(characteristics, StandardLoop) or not characteristics.output_collection:
        return
    loop = _loop(host)
    given = instance.collection(loop.outputs) if loop.outputs is not None else {}
    length = loop.total if loop.total is not None else loop.created
    values = [given.get(str(index)) for index in range(length)]
    instance.write_variable(host.workflow, characteristics.output_collection, values)


def _thrown(instance: ProcessInstance, token: Token, loop: Loop) -> list[EventDefinition]:
    """The events that this instance throws when it is completed (BPMN table 10.30)."""
    node = token.task_spec
    characteristics = node.element.loop
    assert characteristics is not None
    if isinstance(characteristics, StandardLoop) or characteristics.behavior is MultiInstanceBehavior.ALL:
        return []
    if characteristics.behavior is MultiInstanceBehavior.ONE and loop.completed:
        return []
    loop.completed += 1
    try:
        return [
            definition
            for definition, condition in node.thrown_by_instances
            if condition is None
            or evaluation.event_condition(instance, token, condition, f"behavior of '{node.title}'")
        ]
    finally:
        loop.completed -= 1
