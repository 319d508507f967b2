"""Guided mode: people do what the drawing leaves open."""

import pytest

from baton.bpm.definition.elements import Mode
from baton.bpm.errors import InvalidCommand
from baton.bpm.testing import ProcessRun
from tests.support.drawing import (
    boundary,
    catch,
    draw,
    end,
    event_sub,
    exclusive,
    inclusive,
    link,
    manual,
    parallel,
    service,
    signal,
    start,
    task,
    throw,
    user,
)


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def guided(request):
    def start_run(*drawn, variables=None):
        process = draw(*drawn, mode=Mode.GUIDED)
        return ProcessRun(process, reload=request.param).start(**(variables or {}))

    return start_run


@pytest.mark.proves("abstract task, manual task")
def test_abstract_manual_and_undefined_service_tasks_are_to_dos_of_their_lane(guided):
    instance = guided(
        start("s"), task("a", lane="Sales"), manual("b", lane="Sales"), service("c", None), end("e"), "s a b c e"
    )  # fmt: skip

    kinds = []
    for name in "abc":
        [item] = instance.user_tasks
        kinds.append((item.name, item.event.kind, item.event.candidate_groups))
        instance.complete(name)

    assert kinds == [("a", "todo", ("Sales",)), ("b", "todo", ("Sales",)), ("c", "todo", ())]
    assert instance.state == "completed"


def test_in_automatic_mode_abstract_and_manual_tasks_pass_through():
    instance = ProcessRun(draw(start("s"), task("a"), manual("b"), end("e"), "s a b e")).start()

    assert instance.state == "completed"


def open_choice(gateway):
    return (start("s"), gateway, user("a"), user("b"), end("e"), "s x", ("yes", "x a"), ("no", "x b"), "a e", "b e")


def test_a_person_decides_at_an_exclusive_gateway_by_the_names_of_its_flows(guided):
    instance = guided(*open_choice(exclusive("x", name="Is it in stock?")))
    [decision] = instance.user_tasks
    assert (decision.event.kind, decision.name) == ("decision", "Is it in stock?")
    assert decision.event.options == ({"id": "yes", "name": "yes"}, {"id": "no", "name": "no"})

    instance.complete("x", decision="no")

    assert [item.name for item in instance.user_tasks] == ["b"]


@pytest.mark.parametrize("decision", [(), ("maybe",), ("yes", "no")])
def test_a_decision_must_be_exactly_one_of_the_options(guided, decision):
    instance = guided(*open_choice(exclusive("x")))

    with pytest.raises(InvalidCommand, match="exactly one of 'yes', 'no'"):
        instance.complete("x", decision=decision, note="lost")

    assert instance.variables == {}
    assert len(instance.user_tasks) == 1


def test_a_person_may_choose_several_flows_at_an_inclusive_gateway(guided):
    instance = guided(*open_choice(inclusive("x")))

    instance.complete("x", decision=("no", "yes"))

    assert [item.name for item in instance.user_tasks] == ["a", "b"]


def test_a_gateway_with_all_conditions_decides_itself(guided):
    instance = guided(
        start("s"), exclusive("x", default="no"), user("a"), user("b"), "s x", ("yes", "x a", "n > 1"), ("no", "x b"),
        variables={"n": 5},
    )  # fmt: skip

    assert [item.name for item in instance.user_tasks] == ["a"]


def test_an_event_without_definition_waits_for_continue(guided):
    instance = guided(start("s"), catch("wait", name="Parcel arrived"), end("e"), "s wait e")
    [item] = instance.user_tasks
    assert item.event.kind == "continue"

    instance.complete("Parcel arrived")

    assert instance.state == "completed"


def test_an_undefined_interrupting_boundary_event_is_a_continue_beside_its_activity(guided):
    instance = guided(start("s"), user("u"), boundary("b", "u"), user("after"), end("e"), "s u e", "b after e")
    assert [item.event.kind for item in instance.user_tasks] == ["user_task", "continue"]

    instance.complete("b")

    assert [item.name for item in instance.user_tasks] == ["after"]


def test_an_undefined_non_interrupting_boundary_event_can_happen_again(guided):
    instance = guided(
        start("s"), user("u"), boundary("b", "u", interrupting=False), user("after"), end("e"), "s u e", "b after e"
    )  # fmt: skip

    instance.complete("b")
    instance.complete("b")

    assert [item.name for item in instance.user_tasks] == ["u", "after", "b", "after"]


def test_the_continue_of_a_boundary_event_goes_with_its_activity(guided):
    instance = guided(start("s"), user("u"), boundary("b", "u"), end("e"), "s u e", "b e")

    instance.complete("u")

    assert instance.user_tasks == []
    assert instance.state == "completed"


def test_a_person_chooses_among_several_start_events(guided):
    instance = guided(start("mail", name="By mail"), start("phone"), user("a"), user("b"), "mail a", "phone b")
    [choice] = instance.user_tasks
    assert [option["name"] for option in choice.event.options] == ["By mail", "phone"]

    instance.complete(choice.element_id, decision="mail")

    assert [item.name for item in instance.user_tasks] == ["a"]


def test_a_person_may_say_that_an_unnamed_signal_came(guided):
    instance = guided(start("s"), catch("c", signal("unnamed", asks=True)), end("e"), "s c e")
    assert [(item.element_id, item.event.kind) for item in instance.user_tasks] == [("c", "continue")]
    assert [item.element_id for item in instance.subscriptions] == ["c"]

    instance.complete("c")

    assert instance.state == "completed"
    assert instance.subscriptions == []


def test_an_unnamed_signal_that_is_thrown_takes_the_question_away(guided):
    instance = guided(
        start("s"), parallel("p"), catch("c", signal("unnamed", asks=True)), user("u"), throw("t", signal("unnamed")),
        end("e"), "s p c e", "p u t e",
    )  # fmt: skip

    instance.complete("u")

    assert instance.state == "completed"


def test_nodes_without_incoming_flow_begin_beside_the_start_event(guided):
    instance = guided(start("s"), user("a"), user("loose"), end("e"), "s a e", "loose e")

    assert sorted(item.element_id for item in instance.user_tasks) == ["a", "loose"]


def test_a_link_that_nothing_catches_ends_its_token(guided):
    instance = guided(start("s"), user("u"), throw("t", link("nowhere")), "s u t")

    instance.complete("u")

    assert instance.state == "completed"


@pytest.mark.parametrize("reload", [True, False])
def test_a_person_chooses_the_way_behind_an_event_based_gateway_that_leads_to_tasks(reload):
    flows = "".join(
        f'<sequenceFlow id="{id_}" sourceRef="{id_[0]}" targetRef="{id_[1]}"/>' for id_ in ("sg", "ga", "gb")
    )
    instance = ProcessRun.of_xml(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="P"><startEvent id="s"/>'
        f'<eventBasedGateway id="g"/><task id="a"/><task id="b"/>{flows}</process></definitions>',
        reload=reload,
    ).start()
    [item] = instance.user_tasks
    assert item.event.kind == "decision"

    instance.complete("g", decision="gb")

    assert [item.element_id for item in instance.user_tasks] == ["b"]


@pytest.mark.parametrize("where", ["boundary", "event sub-process"])
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_or_boundary_event_without_definition_is_a_persons_to_begin(guided, where, interrupting):
    if where == "boundary":
        more = (boundary("b", "u", interrupting=interrupting), user("late"), "b late")
    else:
        more = (event_sub("V", start("b", interrupting=interrupting), user("late"), "b late"),)
    instance = guided(start("s"), user("u"), end("e"), "s u e", *more)

    instance.complete("b")

    ids = sorted(item.element_id for item in instance.user_tasks)
    assert ids == (["late"] if interrupting else ["b", "late", "u"])
