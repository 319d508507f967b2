"""The diagrams that are measured, as XML that both Baton and raw SpiffWorkflow read."""

from __future__ import annotations

from collections.abc import Iterable

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:baton:benchmark" id="definitions">\n'
)


def _file(key: str, parts: Iterable[str]) -> str:
    return (
        f'{_HEAD}<bpmn:process id="{key}" isExecutable="true">\n{"".join(parts)}</bpmn:process>\n</bpmn:definitions>\n'
    )


def _flow(id: str, source: str, target: str, condition: str = "") -> str:
    inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">'
        f"{inner if condition else ''}</bpmn:sequenceFlow>\n"
    )


def sequence(count: int, kind: str = "task") -> str:
    """start -> task0 -> ... -> end; `kind` is `task` (abstract, passed through) or `userTask`."""
    nodes = ["start", *(f"task{i}" for i in range(count)), "end"]
    parts = ['<bpmn:startEvent id="start"/>\n', '<bpmn:endEvent id="end"/>\n']
    parts += [f'<bpmn:{kind} id="{node}" name="{node}"/>\n' for node in nodes[1:-1]]
    parts += [_flow(f"flow{i}", nodes[i], nodes[i + 1]) for i in range(count + 1)]
    return _file(f"sequence_{kind}_{count}", parts)


def parallel(count: int) -> str:
    """start -> split -> `count` abstract tasks -> join -> end."""
    parts = [
        '<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/>\n',
        '<bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>\n',
        _flow("in", "start", "split"),
        _flow("out", "join", "end"),
    ]
    for i in range(count):
        parts.append(f'<bpmn:task id="task{i}"/>\n')
        parts += [_flow(f"to{i}", "split", f"task{i}"), _flow(f"from{i}", f"task{i}", "join")]
    return _file(f"parallel_{count}", parts)


def _loop(key: str, body: str, condition: str) -> str:
    return _file(
        key,
        (
            '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="again"/>\n',
            body,
            '<bpmn:exclusiveGateway id="enough" default="leave"/><bpmn:endEvent id="end"/>\n',
            _flow("in", "start", "again"),
            _flow("turn", "again", "work"),
            _flow("decide", "work", "enough"),
            _flow("back", "enough", "again", condition),
            _flow("leave", "enough", "end"),
        ),
    )


def script_loop() -> str:
    """Adds 1 to `i` (a FEEL script) until it is `n`."""
    script = (
        '<bpmn:scriptTask id="work"><bpmn:extensionElements><zeebe:script expression="= i + 1" resultVariable="i"/>'
        "</bpmn:extensionElements></bpmn:scriptTask>\n"
    )
    return _loop("script_loop", script, "= i &lt; n")


def user_task_loop() -> str:
    """One user task, again and again: each completion leads to the next one while `again` is true."""
    return _loop("user_task_loop", '<bpmn:userTask id="work" name="Work"/>\n', "= again")


def waiting() -> str:
    """One user task with a reminder in a month: an instance that has a task and a timer open."""
    reminder = (
        '<bpmn:boundaryEvent id="reminder" attachedToRef="work" cancelActivity="false"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>P30D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>\n"
    )
    parts = (
        '<bpmn:startEvent id="start"/><bpmn:userTask id="work" name="Work"/>\n',
        reminder,
        '<bpmn:endEvent id="end"/><bpmn:endEvent id="reminded"/>\n',
        _flow("in", "start", "work"),
        _flow("out", "work", "end"),
        _flow("remind", "reminder", "reminded"),
    )
    return _file("waiting", parts)


def work_and_wait() -> str:
    """user task -> a timer of half a second -> user task: people and the clock take turns, in a transaction each."""
    divided = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:asyncBefore="true" camunda:asyncAfter="true"'
    pause = (
        '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>PT0.5S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>\n"
    )
    parts = (
        '<bpmn:startEvent id="start"/><bpmn:userTask id="first"/>\n',
        pause,
        f'<bpmn:userTask id="second" {divided}/><bpmn:endEvent id="end"/>\n',
        _flow("in", "start", "first"),
        _flow("to_pause", "first", "pause"),
        _flow("from_pause", "pause", "second"),
        _flow("out", "second", "end"),
    )
    return _file("work_and_wait", parts)


def many_user_tasks() -> str:
    """A user task for each of `items`, at once; what each gives is collected. A timer interrupts all of them."""
    parts = (
        '<bpmn:startEvent id="start"/><bpmn:userTask id="work" name="Work">'
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="= items" inputElement="item" '
        'outputCollection="results" outputElement="= amount"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>\n",
        '<bpmn:boundaryEvent id="stop" attachedToRef="work"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>P30D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>\n",
        '<bpmn:endEvent id="end"/><bpmn:userTask id="after"/><bpmn:endEvent id="stopped"/>\n',
        _flow("in", "start", "work"),
        _flow("out", "work", "end"),
        _flow("interrupt", "stop", "after"),
        _flow("on", "after", "stopped"),
    )
    return _file("many_user_tasks", parts)


def nested(depth: int) -> str:
    """`depth` sub-processes inside each other around one abstract task."""
    opening = "".join(f'<bpmn:subProcess id="level{i}">' for i in range(depth))
    return _file(f"nested_{depth}", (opening, '<bpmn:task id="work"/>', "</bpmn:subProcess>" * depth, "\n"))
