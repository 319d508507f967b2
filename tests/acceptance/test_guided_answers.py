"""Guided mode over HTTP: answers in people's own words, documentation with the task, and a clean file back."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from tests.acceptance.serving import Api

DRAWN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="{key}" name="Order"><documentation>How we sell.</documentation>
<startEvent id="s"/><exclusiveGateway id="x" name="Enough?"><documentation>Look at the stock.</documentation>
</exclusiveGateway><task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="s" targetRef="x"/>
<sequenceFlow id="yes-flow" name="Yes" sourceRef="x" targetRef="a"/>
<sequenceFlow id="no-flow" name="No" sourceRef="x" targetRef="b"/><sequenceFlow id="lost" sourceRef="a" targetRef="z"/>
</process></definitions>"""


def decide(api: Api, key: str, decision: Any) -> str:
    api.deploy(DRAWN.format(key=key))
    instance = api.start(key)
    (question,) = api.tasks(instance)
    assert question["documentation"] == "Look at the stock."
    assert question["processDocumentation"] == "How we sell."
    api.ok("POST", f"/user-tasks/{question['id']}/complete", json={"decision": decision})
    (next_,) = api.tasks(instance)
    return str(next_["elementId"])


@pytest.mark.parametrize("answer", ["no-flow", "No", "no", "2", 2, ["No"], [2]])
def test_a_decision_is_answered_by_id_name_or_number(api: Api, answer: Any) -> None:
    assert decide(api, "own-words", answer) == "b"


def test_the_file_comes_back_byte_for_byte_or_clean(api: Api) -> None:
    (definition,) = api.deploy(DRAWN.format(key="clean-file"))["processDefinitions"]
    path = f"/process-definitions/{definition['id']}/xml"

    assert api.get(path).content == DRAWN.format(key="clean-file").encode()
    clean = etree.fromstring(api.get(path, params={"clean": "true"}).content)

    assert [flow.get("id") for flow in clean.iter("{*}sequenceFlow")] == ["f", "yes-flow", "no-flow"]
    assert len(list(clean.iter("{*}BPMNShape"))) == 4


def test_an_upload_tells_what_lint_finds(api: Api) -> None:
    problems = api.deploy(DRAWN.format(key="linted"))["problems"]

    assert {"no-dangling-flow", "no-bpmndi", "end-event-required"} <= {problem["rule"] for problem in problems}
