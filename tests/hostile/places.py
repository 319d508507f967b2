"""Where an expression or script can stand. A place that the server does not know yet refuses its harmless text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from tests.acceptance import diagrams

Files = list[tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """`build` makes the files to deploy, the process last, from its key and a text in `language`."""

    language: str
    harmless: str
    build: Callable[[str, str], Files]
    starts: bool = True


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _marked(language: str, text: str) -> str:
    return f"= {text}" if language == "feel" else text


def _around(key: str, node: str, condition: str = "", more: str = "") -> Files:
    body = (
        f'<bpmn:startEvent id="s"/>{node}<bpmn:userTask id="after"/>{more}'
        + diagrams.flow("s", "work")
        + diagrams.flow("work", "after", condition)
    )
    return [(f"{key}.bpmn", diagrams.process(key, body))]


def _condition(language: str) -> Place:
    def build(key: str, text: str) -> Files:
        return _around(key, '<bpmn:exclusiveGateway id="work"/>', _text(_marked(language, text)))

    return Place(language, "true" if language == "feel" else "${true}", build)


def _timer(language: str, kind: str, harmless: str) -> Place:
    def build(key: str, text: str) -> Files:
        value = f"<bpmn:{kind}>{_text(_marked(language, text))}</bpmn:{kind}>"
        event = f"<bpmn:timerEventDefinition>{value}</bpmn:timerEventDefinition>"
        return _around(key, f'<bpmn:intermediateCatchEvent id="work">{event}</bpmn:intermediateCatchEvent>')

    return Place(language, harmless, build)


def _start_timer(language: str, harmless: str) -> Place:
    def build(key: str, text: str) -> Files:
        value = f"<bpmn:timeDate>{_text(_marked(language, text))}</bpmn:timeDate>"
        event = f"<bpmn:timerEventDefinition>{value}</bpmn:timerEventDefinition>"
        body = f'<bpmn:startEvent id="s">{event}</bpmn:startEvent><bpmn:endEvent id="e"/>' + diagrams.flow("s", "e")
        return [(f"{key}.bpmn", diagrams.process(key, body))]

    return Place(language, harmless, build, starts=False)


def _attribute(language: str, tag: str, name: str, harmless: str, more: str = "", child: str = "") -> Place:
    def build(key: str, text: str) -> Files:
        attribute = f"{name}={quoteattr(_marked(language, text))}"
        return _around(key, f'<bpmn:{tag} id="work" {attribute} {more}>{child}</bpmn:{tag}>')

    return Place(language, harmless, build)


def _zeebe(tag: str, element: str, name: str, harmless: str, more: str = "") -> Place:
    def build(key: str, text: str) -> Files:
        words = f"<zeebe:{element} {name}={quoteattr(f'= {text}')} {more}/>"
        return _around(
            key,
            f'<bpmn:{tag} id="work"><bpmn:extensionElements>{words}</bpmn:extensionElements></bpmn:{tag}>',
        )

    return Place("feel", harmless, build)


def _script(language: str, harmless: str) -> Place:
    def build(key: str, text: str) -> Files:
        inner = f"<bpmn:script>{_text(text)}</bpmn:script>"
        attributes = f'scriptFormat="{language}" camunda:resultVariable="answer"'
        return _around(key, f'<bpmn:scriptTask id="work" {attributes}>{inner}</bpmn:scriptTask>')

    return Place(language, harmless, build)


def _mapping(language: str) -> Place:
    def build(key: str, text: str) -> Files:
        if language == "feel":
            words = f'<zeebe:ioMapping><zeebe:input source={quoteattr(f"= {text}")} target="x"/></zeebe:ioMapping>'
        else:
            inner = f'<camunda:inputParameter name="x">{_text(text)}</camunda:inputParameter>'
            words = f"<camunda:inputOutput>{inner}</camunda:inputOutput>"
        return _around(
            key, f'<bpmn:userTask id="work"><bpmn:extensionElements>{words}</bpmn:extensionElements></bpmn:userTask>'
        )

    return Place(language, "1" if language == "feel" else "${1}", build)


def _loop(language: str) -> Place:
    def build(key: str, text: str) -> Files:
        cardinality = f"<bpmn:loopCardinality>{_text(_marked(language, text))}</bpmn:loopCardinality>"
        loop = f"<bpmn:multiInstanceLoopCharacteristics>{cardinality}</bpmn:multiInstanceLoopCharacteristics>"
        return _around(key, f'<bpmn:userTask id="work">{loop}</bpmn:userTask>')

    return Place(language, "2" if language == "feel" else "${2}", build)


def _correlation(key: str, text: str) -> Files:
    words = f"<zeebe:subscription correlationKey={quoteattr(f'= {text}')}/>"
    message = f'<bpmn:message id="m" name="m"><bpmn:extensionElements>{words}</bpmn:extensionElements></bpmn:message>'
    cause = '<bpmn:messageEventDefinition messageRef="m"/>'
    event = f'<bpmn:intermediateCatchEvent id="work">{cause}</bpmn:intermediateCatchEvent>'
    [(name, content)] = _around(key, event)
    return [(name, content.replace("<bpmn:process ", f"{message}<bpmn:process ", 1))]


_DMN = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d{0}" name="d{0}" namespace="urn:{0}">'


def _decision(inner: Callable[[str], str]) -> Callable[[str, str], Files]:
    def build(key: str, text: str) -> Files:
        id_ = re.sub(r"\W", "_", f"D_{key}")
        head = _DMN.format(id_)
        decision = f'<decision id="{id_}" name="{id_}"><variable name="{id_}"/>{inner(_text(text))}</decision>'
        dmn = f"{head}{decision}</definitions>"
        task = f'<bpmn:businessRuleTask id="work" camunda:decisionRef="{id_}" camunda:resultVariable="out"/>'
        return [(f"{id_}.dmn", dmn), *_around(key, task)]

    return build


def _table(text: str) -> str:
    return (
        '<decisionTable hitPolicy="COLLECT"><input><inputExpression><text>amount</text></inputExpression></input>'
        f'<output name="o"/><rule><inputEntry><text>{text}</text></inputEntry><outputEntry><text>1</text>'
        "</outputEntry></rule></decisionTable>"
    )


PLACES: dict[str, Place] = {
    "FEEL condition": _condition("feel"),
    "JUEL condition": _condition("juel"),
    "FEEL script": _script("feel", "1"),
    "Python script": _script("python", "1"),
    "JavaScript script": _script("javascript", "1"),
    "FEEL timer date": _timer("feel", "timeDate", '"2026-01-01T00:00:00Z"'),
    "FEEL timer duration": _timer("feel", "timeDuration", '"PT1H"'),
    "FEEL timer cycle": _timer("feel", "timeCycle", '"R3/PT1H"'),
    "JUEL timer date": _timer("juel", "timeDate", "${now()}"),
    "JUEL timer duration": _timer("juel", "timeDuration", "${'PT1H'}"),
    "FEEL start timer": _start_timer("feel", '"2099-01-01T00:00:00Z"'),
    "JUEL start timer": _start_timer("juel", "${'2099-01-01T00:00:00Z'}"),
    "FEEL assignee": _zeebe("userTask", "assignmentDefinition", "assignee", '"ann"'),
    "JUEL assignee": _attribute("juel", "userTask", "camunda:assignee", "${'ann'}"),
    "JUEL candidate groups": _attribute("juel", "userTask", "camunda:candidateGroups", "${'ann'}"),
    "FEEL due date": _zeebe("userTask", "taskSchedule", "dueDate", '"2026-01-01T00:00:00Z"'),
    "JUEL due date": _attribute("juel", "userTask", "camunda:dueDate", "${'P1D'}"),
    "JUEL priority": _attribute("juel", "userTask", "camunda:priority", "${7}"),
    "FEEL job type": _zeebe("serviceTask", "taskDefinition", "type", '"mail"'),
    "FEEL retries": _zeebe("serviceTask", "taskDefinition", "retries", '"3"', 'type="mail"'),
    "JUEL job type": _attribute("juel", "serviceTask", "camunda:topic", "${'mail'}", 'camunda:type="external"'),
    "FEEL input mapping": _mapping("feel"),
    "JUEL input mapping": _mapping("juel"),
    "FEEL loop cardinality": _loop("feel"),
    "JUEL loop cardinality": _loop("juel"),
    "FEEL correlation key": Place("feel", '"x"', _correlation),
    "JUEL called process": _attribute("juel", "callActivity", "calledElement", "${'hostile-harmless-0'}"),
    "DMN literal expression": Place(
        "feel", "1", _decision(lambda text: f"<literalExpression><text>{text}</text></literalExpression>")
    ),
    "DMN cell": Place("feel", "1", _decision(_table)),
}


def places_of(language: str, known: Sequence[str]) -> list[str]:
    """The known places for texts of that language."""
    return [name for name in known if PLACES[name].language == language]
