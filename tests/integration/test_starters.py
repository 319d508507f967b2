"""Who may start a process is what its diagram says; operators and administrators always may."""

from __future__ import annotations

import pytest

from baton.bpm import errors
from baton.bpm.runtime import process_definitions, process_instances
from baton.bpm.runtime.actors import Actor, ActorKind, Role
from tests.integration.support import JOHN, MARY, PAUL, Desk, diagram, flow

OPERATOR = Actor(ActorKind.USER, "olga", roles=frozenset({Role.OPERATOR}))


def process(words: str) -> bytes:
    content = diagram('<startEvent id="start"/><endEvent id="end"/>' + flow("start", "end"))
    return content.replace(b'id="order"', f'id="order" {words}'.encode())


@pytest.mark.parametrize(
    ("words", "may"),
    [
        ("", {"mary", "olga", "john", "paul"}),
        ('camunda:candidateStarterGroups="sales, hr"', {"mary", "olga", "john"}),
        ('camunda:candidateStarterUsers="paul"', {"mary", "olga", "paul"}),
        (
            'camunda:candidateStarterUsers="paul" camunda:candidateStarterGroups="sales"',
            {"mary", "olga", "john", "paul"},
        ),
        ('camunda:isStartableInTasklist="false" camunda:candidateStarterUsers="paul"', {"mary", "olga"}),
    ],
)
def test_only_those_named_and_operators_may_start_and_the_list_says_so(desk: Desk, words: str, may: set[str]) -> None:
    desk.deploy(process(words))
    started, listed = set(), set()

    for actor in (MARY, OPERATOR, JOHN, PAUL):
        (view,) = process_definitions.list_(desk.engine, actor=actor).items
        if view.startable:
            listed.add(actor.id)
        try:
            process_instances.start(desk.engine, actor=actor, key="order")
        except errors.NotAllowed:
            continue
        started.add(actor.id)

    assert started == listed == may


def test_the_refusal_names_who_may(desk: Desk) -> None:
    desk.deploy(process('camunda:candidateStarterUsers="kim" camunda:candidateStarterGroups="hr"'))

    with pytest.raises(errors.NotAllowed, match="'kim', the group 'hr'"):
        process_instances.start(desk.engine, actor=JOHN, key="order")


def test_the_definition_shows_what_its_diagram_says(desk: Desk) -> None:
    desk.deploy(
        process(
            'camunda:historyTimeToLive="P30D" camunda:versionTag="v2" camunda:candidateStarterUsers="kim" '
            'camunda:candidateStarterGroups="hr"'
        )
    )

    view = process_definitions.latest(desk.engine, "order", actor=MARY)

    assert (view.history_time_to_live, view.version_tag) == ("P30D", "v2")
    assert (view.candidate_starter_users, view.candidate_starter_groups) == (("kim",), ("hr",))
