"""Small diagrams for the tests, written out as a modeler would."""

from __future__ import annotations

import itertools

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:test">'
)


def process(key: str, body: str, *, executable: bool = True) -> str:
    """One process; `body` are its elements."""
    flag = "true" if executable else "false"
    return f'{HEAD}<bpmn:process id="{key}" name="{key}" isExecutable="{flag}">{body}</bpmn:process></bpmn:definitions>'


def chain(*elements: str) -> str:
    """`userTask:approve` and so on, joined by sequence flows from left to right."""
    named = [element.partition(":")[::2] for element in elements]
    nodes = "".join(f'<bpmn:{kind} id="{id_}" name="{id_}"/>' for kind, id_ in named)
    ids = [id_ for _, id_ in named]
    return nodes + "".join(flow(*pair) for pair in itertools.pairwise(ids))


def flow(source: str, target: str, condition: str = "") -> str:
    """A sequence flow, its id made of both ends."""
    inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="{source}-{target}" name="{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inner if condition else ''}</bpmn:sequenceFlow>"
    )


def one_task(key: str) -> str:
    """Start, user task, end."""
    return process(key, chain("startEvent:start", "userTask:approve", "endEvent:end"))


def service(id_: str, job_type: str) -> str:
    """A service task for workers of that type."""
    return f'<bpmn:serviceTask id="{id_}" name="{id_}" camunda:type="external" camunda:topic="{job_type}"/>'


def one_job(key: str, job_type: str) -> str:
    """Start, service task, end."""
    body = '<bpmn:startEvent id="start"/>' + service("work", job_type) + '<bpmn:endEvent id="end"/>'
    return process(key, body + flow("start", "work") + flow("work", "end"))


def two_jobs(key: str, job_type: str) -> str:
    """Two service tasks in parallel branches."""
    body = (
        '<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/>'
        + service("left", job_type)
        + service("right", job_type)
        + '<bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>'
        + flow("start", "fork")
        + flow("fork", "left")
        + flow("fork", "right")
        + flow("left", "join")
        + flow("right", "join")
        + flow("join", "end")
    )
    return process(key, body)


def timer(key: str, duration: str) -> str:
    """Start, wait, user task, end."""
    body = (
        '<bpmn:startEvent id="start"/><bpmn:intermediateCatchEvent id="wait" name="wait"><bpmn:timerEventDefinition>'
        f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{duration}</bpmn:timeDuration>'
        '</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:userTask id="after" name="after"/>'
        '<bpmn:endEvent id="end"/>' + flow("start", "wait") + flow("wait", "after") + flow("after", "end")
    )
    return process(key, body)


def choice(key: str, condition: str) -> str:
    """A gateway after the start: `yes` under the condition, else `no` by default; both are user tasks."""
    body = (
        '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="decide" name="Decide" default="decide-no"/>'
        '<bpmn:userTask id="yes" name="yes"/><bpmn:userTask id="no" name="no"/>'
        + flow("start", "decide")
        + flow("decide", "yes", condition)
        + flow("decide", "no")
    )
    return process(key, body)
