"""Decisions are answered by id, by name or by number."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import Mode, SequenceFlow
from baton.bpm.errors import InvalidCommand
from baton.bpm.execution.options import chosen_ids
from baton.bpm.testing import ProcessRun
from tests.support.drawing import draw, end, exclusive, start, task

OPTIONS = (
    {"id": "f1", "name": "Yes"},
    {"id": "f2", "name": "No"},
    {"id": "f3", "name": "Yes"},
    {"id": "1", "name": "x"},
)


@pytest.mark.parametrize(
    ("word", "means"),
    [("f1", "f1"), ("no", "f2"), (" NO ", "f2"), ("2", "f2"), ("3", "f3"), ("1", "1"), ("9", "9"), ("0", "0")],
)
def test_an_id_comes_first_then_a_name_then_a_number(word: str, means: str) -> None:
    assert chosen_ids([word], OPTIONS) == (means,)


def test_a_name_of_two_options_is_refused_with_their_ids() -> None:
    with pytest.raises(InvalidCommand, match="the name of 'f1', 'f3'"):
        chosen_ids(["yes"], OPTIONS)


@pytest.mark.parametrize("answer", ["x-B", "B", "b", "2"])
def test_a_person_answers_a_decision_in_their_own_words(answer: str) -> None:
    process = draw(start("s"), exclusive("x"), task("A"), task("B"), end("e"), "s x A e", "x B e", mode=Mode.GUIDED)
    run = ProcessRun(process).start()

    run.complete("x", decision=answer)

    assert [item.element_id for item in run.user_tasks] == ["B"]
    assert isinstance(process.elements.flows[0], SequenceFlow)


LANES = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="P"><laneSet id="ls">
<lane id="l" name="Sales"><flowNodeRef>{0}</flowNodeRef></lane></laneSet><startEvent id="s"/>{1}
<sequenceFlow id="f" sourceRef="s" targetRef="{0}"/></process></definitions>"""
TWO_WAYS = (
    '<task id="a"/><task id="b"/><sequenceFlow id="g" sourceRef="x" targetRef="a"/>'
    '<sequenceFlow id="h" sourceRef="x" targetRef="b"/>'
)


@pytest.mark.parametrize(
    ("drawn", "kind"),
    [
        ('<task id="x"/>', "todo"),
        ('<manualTask id="x"/>', "todo"),
        ('<serviceTask id="x"/>', "todo"),
        ('<sendTask id="x"/>', "todo"),
        ('<scriptTask id="x"/>', "todo"),
        ('<businessRuleTask id="x"/>', "todo"),
        ('<callActivity id="x"/>', "todo"),
        ('<subProcess id="x"/>', "todo"),
        ('<userTask id="x"/>', "user_task"),
        ('<intermediateCatchEvent id="x"/>', "continue"),
        ('<receiveTask id="x"/>', "todo"),
        (f'<exclusiveGateway id="x"/>{TWO_WAYS}', "decision"),
        (f'<inclusiveGateway id="x"/>{TWO_WAYS}', "decision"),
        ('<scriptTask id="x" scriptFormat="cobol"><script>ADD</script></scriptTask>', "todo"),
    ],
)
def test_every_kind_of_item_is_for_the_lanes_group(drawn: str, kind: str) -> None:
    run = ProcessRun.of_xml(LANES.format("x", drawn)).start()

    (item,) = run.user_tasks
    assert (item.event.kind, item.event.candidate_groups) == (kind, ("Sales",))
