"""Gateways, flows and joins: BPMN 2.0.2 chapter 13.4 and docs/semantics.md."""

import pytest

from baton.bpm.definition.elements import Mode
from baton.bpm.testing import ProcessRun
from tests.support.drawing import (
    boundary,
    draw,
    end,
    exclusive,
    inclusive,
    parallel,
    script,
    service,
    start,
    sub,
    task,
    user,
)


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def run(request):
    """Every rule holds for a kept instance and for one restored from its records before each command."""

    def start_run(*drawn, mode=Mode.AUTOMATIC, variables=None, **options):
        return ProcessRun(draw(*drawn, mode=mode), reload=request.param, **options).start(**(variables or {}))

    return start_run


# --- exclusive -------------------------------------------------------------------------------------------


def exclusive_split(*, default=None, first="n > 1", second="n > 2"):
    return (
        start("s"),
        exclusive("x", default=default),
        task("a"),
        task("b"),
        end("e"),
        "s x",
        ("one", "x a", first),
        ("two", "x b", second),
        "a e",
        "b e",
    )


@pytest.mark.proves("exclusive gateway")
def test_an_exclusive_gateway_takes_the_first_true_flow_in_document_order(run):
    instance = run(*exclusive_split(), variables={"n": 5})

    assert instance.path == ["s", "x", "a", "e"]
    assert instance.state == "completed"


def test_the_default_flow_is_taken_when_no_condition_is_true(run):
    instance = run(*exclusive_split(default="two"), variables={"n": 0})

    assert instance.path == ["s", "x", "b", "e"]


def test_the_default_flows_own_condition_is_ignored(run):
    instance = run(*exclusive_split(default="one", first="true", second="n = 7"), variables={"n": 7})

    assert instance.path == ["s", "x", "b", "e"]


def test_no_true_condition_and_no_default_is_an_incident_that_names_gateway_and_values(run):
    instance = run(*exclusive_split(), variables={"n": 0})

    [incident] = instance.incidents
    assert incident.event.type == "condition"
    assert "'x'" in incident.event.message
    assert incident.event.details["variables"] == {"n": 0}
    assert instance.state == "active"


@pytest.mark.parametrize("condition", ["n", "null", "missing", '"true"'])
def test_a_condition_that_is_not_boolean_is_an_incident_not_false(run, condition):
    instance = run(*exclusive_split(default="two", first=condition), variables={"n": 0})

    [incident] = instance.incidents
    assert incident.event.details["flow"] == "one"
    assert instance.path == ["s", "x"]


def test_after_the_variable_is_corrected_the_resolved_incident_goes_on(run):
    instance = run(*exclusive_split(), variables={"n": 0})

    instance.resolve_incident("x", n=2)

    assert instance.incidents == []
    assert instance.path == ["s", "x", "a", "e"]
    assert instance.state == "completed"


def test_a_resolved_incident_that_fails_again_is_a_new_incident(run):
    instance = run(*exclusive_split(), variables={"n": 0})
    first = instance.incidents[0].id

    instance.resolve_incident("x")

    assert [incident.id for incident in instance.incidents] != [first]
    assert len(instance.incidents) == 1


def test_an_exclusive_merge_lets_every_token_pass(run):
    instance = run(
        start("s"), parallel("p"), task("a"), task("b"), exclusive("m"), user("u"), end("e"),
        "s p a m u e", "p b m",
    )  # fmt: skip

    assert [item.name for item in instance.user_tasks] == ["u", "u"]


# --- flows out of tasks ------------------------------------------------------------------------------------


@pytest.mark.proves("conditional and default flows out of tasks")
def test_a_task_takes_all_true_conditional_flows_and_the_plain_ones(run):
    instance = run(
        start("s"), task("t"), user("a"), user("b"), user("c"),
        "s t", "t a", ("yes", "t b", "n > 1"), ("no", "t c", "n > 10"), variables={"n": 5},
    )  # fmt: skip

    assert [item.name for item in instance.user_tasks] == ["a", "b"]


def test_a_tasks_default_flow_is_taken_only_when_no_condition_is_true(run):
    drawn = (start("s"), task("t", default="d"), user("a"), user("b"), "s t", ("c", "t a", "n > 1"), ("d", "t b"))

    assert [item.name for item in run(*drawn, variables={"n": 5}).user_tasks] == ["a"]
    assert [item.name for item in run(*drawn, variables={"n": 0}).user_tasks] == ["b"]


def test_a_failing_condition_after_a_user_task_keeps_the_completion(run):
    instance = run(start("s"), user("u"), task("a"), end("e"), "s u", ("c", "u a", "n > 1"), "a e")

    instance.complete("u", note="done")

    assert instance.user_tasks == []
    assert instance.variables == {"note": "done"}
    assert [incident.element_id for incident in instance.incidents] == ["u"]

    instance.resolve_incident("u", n=3)

    assert instance.state == "completed"


def test_a_script_is_not_run_again_when_only_its_way_out_failed(run):
    instance = run(
        start("s"), script("t", "n + 1", "n"), end("e"), "s t", ("c", "t e", "go"), variables={"n": 0}
    )  # fmt: skip

    instance.resolve_incident("t", go=True)

    assert instance.variables == {"n": 1, "go": True}
    assert instance.state == "completed"


# --- parallel ----------------------------------------------------------------------------------------------


@pytest.mark.proves("parallel gateway")
def test_a_parallel_join_waits_for_one_token_on_each_flow(run):
    instance = run(
        start("s"), parallel("p"), user("a"), user("b"), parallel("j"), end("e"), "s p a j e", "p b j"
    )  # fmt: skip

    instance.complete("a")
    assert instance.state == "active"
    assert "j" not in instance.path

    instance.complete("b")
    assert instance.path[-2:] == ["j", "e"]
    assert instance.state == "completed"


def test_two_flows_between_the_same_nodes_are_two_at_a_join(run):
    instance = run(
        start("s"), parallel("p"), parallel("j"), end("e"), "s p", ("one", "p j"), ("two", "p j"), "j e"
    )  # fmt: skip

    assert instance.state == "completed"
    assert instance.path.count("j") == 1


def test_surplus_tokens_stay_at_a_parallel_join(run):
    instance = run(
        start("s"), parallel("p"), task("a"), task("b"), exclusive("m"), user("c"), parallel("j"), end("e"),
        "s p a m j e", "p b m", "p c j",
    )  # fmt: skip

    instance.complete("c")

    assert instance.path.count("e") == 1
    [incident] = instance.incidents
    assert incident.event.type == "stuck"
    assert incident.event.details["missing_flows"] == [{"flow": "c-j", "from": "c"}]
    assert instance.state == "active"


def test_an_instance_with_only_waiting_join_tokens_is_stuck_not_completed(run):
    instance = run(
        start("s"), exclusive("x"), task("a"), task("b"), parallel("j"), end("e"),
        "s x", ("one", "x a", "true"), ("two", "x b", "true"), "a j e", "b j",
    )  # fmt: skip

    [incident] = instance.incidents
    assert incident.event.type == "stuck"
    assert "'b-j'" in incident.event.message
    assert instance.state == "active"


def test_several_tokens_on_one_flow_join_pair_by_pair(run):
    instance = run(
        start("s"), parallel("p"), exclusive("m1"), exclusive("m2"), parallel("j"), user("u"),
        "s p", ("a1", "p m1"), ("a2", "p m1"), ("b1", "p m2"), ("b2", "p m2"), "m1 j u", "m2 j",
    )  # fmt: skip

    assert [item.name for item in instance.user_tasks] == ["u", "u"]
    assert instance.incidents == []


def test_parallel_branches_do_not_lose_each_others_writes(run):
    branches = [script(f"t{i}", str(i), f"v{i}") for i in range(20)]
    instance = run(
        start("s"), parallel("p"), *branches, parallel("j"), end("e"), "s p", "j e",
        *[f"p t{i} j" for i in range(20)],
    )  # fmt: skip

    assert instance.variables == {f"v{i}": i for i in range(20)}


def test_a_loop_through_a_parallel_join_joins_each_turn(run):
    instance = run(
        start("s"), exclusive("m"), script("t", "i + 1", "i"), parallel("p"), task("a"), task("b"), parallel("j"),
        exclusive("x", default="out"), end("e"),
        "s m t p a j x", "p b j", ("back", "x m", "i < 5"), ("out", "x e"), variables={"i": 0},
    )  # fmt: skip

    assert instance.path.count("j") == 5
    assert instance.state == "completed"


# --- inclusive ----------------------------------------------------------------------------------------------


def inclusive_block():
    return (
        start("s"), inclusive("p"), user("a"), user("b"), user("c"), inclusive("j"), end("e"),
        "s p", ("fa", "p a", "a"), ("fb", "p b", "b"), ("fc", "p c", "c"), "a j e", "b j", "c j",
    )  # fmt: skip


@pytest.mark.proves("inclusive gateway")
@pytest.mark.parametrize("chosen", ["a", "ab", "bc", "abc"])
def test_an_inclusive_join_waits_for_exactly_the_branches_that_were_taken(run, chosen):
    instance = run(*inclusive_block(), variables={name: name in chosen for name in "abc"})

    for name in chosen:
        assert "j" not in instance.path
        instance.complete(name)

    assert instance.path.count("j") == 1
    assert instance.state == "completed"


def test_an_inclusive_join_is_decided_again_when_the_awaited_token_ends_elsewhere(run):
    instance = run(
        start("s"), parallel("p"), task("a"), user("b"), exclusive("x", default="away"), inclusive("j"), end("e"),
        end("e2"), "s p a j e", "p b x", ("to", "x j", "join"), ("away", "x e2"), variables={"join": False},
    )  # fmt: skip
    assert "j" not in instance.path

    instance.complete("b")

    assert instance.path[-2:] == ["j", "e"]
    assert instance.state == "completed"


def test_a_token_that_can_only_come_through_the_join_itself_is_not_awaited(run):
    instance = run(
        start("s"), inclusive("m"), script("t", "i + 1", "i"), exclusive("x", default="out"), end("e"),
        "s m t x", ("back", "x m", "i < 3"), ("out", "x e"), variables={"i": 0},
    )  # fmt: skip

    assert instance.path.count("m") == 3
    assert instance.state == "completed"


def test_a_boundary_event_counts_as_a_way_to_the_inclusive_join(run):
    instance = run(
        start("s"), parallel("p"), task("a"), user("b"), boundary("late", "b", "PT1H"), inclusive("j"), end("e"),
        end("e2"), "s p a j e", "p b e2", "late j",
    )  # fmt: skip
    assert "j" not in instance.path

    instance.advance(hours=1)

    assert instance.path[-2:] == ["j", "e"]


# --- long runs ----------------------------------------------------------------------------------------------


def counting_loop():
    return (
        start("s"), exclusive("m"), script("t", "i + 1", "i"), exclusive("x", default="done"), end("e"),
        "s m t x", ("back", "x m", "i < n"), ("done", "x e"),
    )  # fmt: skip


def test_a_long_loop_ends_with_the_right_result(run):
    instance = run(*counting_loop(), variables={"i": 0, "n": 2_000})

    assert instance.state == "completed"
    assert instance.variables["i"] == 2_000


def test_an_endless_loop_is_an_incident_not_a_hung_worker(run):
    instance = run(*counting_loop(), variables={"i": 0, "n": 10**9})

    [incident] = instance.incidents
    assert incident.event.type == "endless_loop"
    assert instance.state == "active"


def test_a_loop_that_was_called_endless_goes_on_when_resolved_with_a_bound(run):
    instance = run(*counting_loop(), variables={"i": 0, "n": 10**9})

    instance.resolve_incident(n=0)

    assert instance.state == "completed"


# --- sub-processes ------------------------------------------------------------------------------------------


@pytest.mark.proves("embedded sub-process")
def test_a_sub_process_completes_when_its_scope_has_no_live_token(run):
    instance = run(
        start("s"), sub("S", start("s1"), parallel("p"), user("a"), user("b"), end("e1"), "s1 p a e1", "p b e1"),
        end("e"), "s S e",
    )  # fmt: skip

    instance.complete("a")
    assert instance.path[-1] == "e1"
    assert instance.state == "active"

    instance.complete("b")
    assert instance.state == "completed"


def test_one_hundred_nested_sub_processes_run(run):
    inner = sub("S0", start("s0"), user("u"), end("e0"), "s0 u e0")
    for level in range(1, 100):
        inner = sub(f"S{level}", start(f"s{level}"), inner, end(f"e{level}"), f"s{level} S{level - 1} e{level}")
    instance = run(start("s"), inner, end("e"), "s S99 e")

    instance.complete("u")

    assert instance.state == "completed"


def test_a_sub_process_without_start_event_begins_at_its_nodes_without_incoming_flow(run):
    instance = run(start("s"), sub("S", user("a"), user("b")), end("e"), "s S e")

    assert [item.name for item in instance.user_tasks] == ["a", "b"]


# --- service tasks ------------------------------------------------------------------------------------------


@pytest.mark.proves("service task")
def test_a_service_task_waits_for_its_job_and_writes_its_result(run):
    instance = run(start("s"), service("charge", "charge-card"), end("e"), "s charge e")
    assert [item.event.type for item in instance.jobs] == ["charge-card"]

    instance.complete_job("charge-card", receipt="r-1")

    assert instance.variables == {"receipt": "r-1"}
    assert instance.state == "completed"


def test_a_job_without_retries_left_is_an_incident_and_completes_after_resolution(run):
    instance = run(start("s"), service("charge"), end("e"), "s charge e")

    instance.fail_job("charge", "card reader is off")
    assert instance.incidents[0].event.message == "card reader is off"

    instance.resolve_incident("charge")
    assert instance.incidents == []

    instance.complete_job("charge")
    assert instance.state == "completed"
