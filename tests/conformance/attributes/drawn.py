"""Small files in a vendor's words, and the mark that says which words a test is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from baton.bpm.definition.problems import Problem
from baton.bpm.execution import diagrams
from baton.bpm.testing import ProcessRun

Test = TypeVar("Test", bound=Callable[..., Any])
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:operaton="http://operaton.org/schema/1.0/bpmn"'
    ' xmlns:flowable="http://flowable.org/bpmn" xmlns:activiti="http://activiti.org/bpmn"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="urn:test">'
)


def covers(*words: str) -> Callable[[Test], Test]:
    """The test is about these words of the tables; `test_every_word` reads them from the source."""
    assert words
    return lambda test: test


def file(body: str, *, around: str = "", process: str = "", executable: bool = True, key: str = "p") -> str:
    """One process with `body`; `process` are attributes of it, `around` stands before it."""
    flag = str(executable).lower()
    return f'{HEAD}{around}<process id="{key}" isExecutable="{flag}" {process}>{body}</process></definitions>'


def chain(node: str, *, start: str = '<startEvent id="s"/>', more: str = "") -> str:
    """Start, the node of the id `n`, end."""
    return f'{start}{node}<endEvent id="e"/>{flow("s", "n")}{flow("n", "e")}{more}'


def flow(source: str, target: str, condition: str = "", inside: str = "") -> str:
    inside += f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def node(tag: str, *extensions: str, attributes: str = "", inner: str = "", id: str = "n") -> str:
    inside = f"<extensionElements>{''.join(extensions)}</extensionElements>" if extensions else ""
    return f'<{tag} id="{id}" {attributes}>{inside}{inner}</{tag}>'


def run(body: str, *, around: str = "", process: str = "", reload: bool = True, **options: Any) -> ProcessRun:
    """Ready to start; every command begins with what was stored."""
    return ProcessRun.of_xml(file(body, around=around, process=process), "p", reload=reload, **options)


def problems(body: str, **how: Any) -> list[Problem]:
    """What the import says, the lack of a start event aside; each says what to do and where."""
    found = diagrams.read(file(body, **how).encode()).problems
    for problem in found:
        assert problem.message
        assert problem.fix.endswith(".")
        assert problem.line
    return list(found)


def said(body: str, rule: str, **how: Any) -> Problem:
    """The only problem of that rule."""
    (found,) = [problem for problem in problems(body, **how) if problem.rule == rule]
    return found
