"""Multi-instance activities (BPMN 2.0.2, 10.3.9 and 13.3.7)."""

import pytest

from baton.bpm.definition.language import Variable
from baton.bpm.definition.loops import ComplexBehavior, MultiInstance, MultiInstanceBehavior
from baton.bpm.execution import commands
from tests.support.drawing import (
    boundary,
    call,
    each,
    end,
    error,
    feel,
    mapping,
    message,
    receive,
    script,
    service,
    signal,
    start,
    sub,
    task,
    times,
    user,
)
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


def process(activity, *more):
    return (start("s"), activity, user("after"), end("e"), "s u after e", *more)


@pytest.mark.proves("multi-instance, parallel")
@pytest.mark.parametrize("place", PLACES)
def test_parallel_instances_are_all_open_at_once_and_all_have_to_be_done(run, place):
    number = copies(place)
    instance = run(*within(place, *process(user("u", loop=times(3)))))
    assert open_tasks(instance) == ["u"] * 3 * number

    for _ in range(3 * number):
        assert "after" not in open_tasks(instance) or number > 1
        instance.complete("u")

    assert open_tasks(instance) == ["after"] * number
    finish(instance)


@pytest.mark.proves("multi-instance, sequential")
@pytest.mark.parametrize("place", PLACES)
def test_sequential_instances_come_one_after_the_other(run, place):
    number = copies(place)
    instance = run(*within(place, *process(user("u", loop=times(3, sequential=True)))))

    for _ in range(3 * number):
        assert open_tasks(instance).count("u") >= 1
        assert open_tasks(instance).count("u") <= number
        instance.complete("u")

    assert open_tasks(instance) == ["after"] * number
    finish(instance)


def numbers(instance, name):
    """The value of a local variable in each open instance."""
    return [instance.store.variables[item.event.scope_id][name] for item in instance.user_tasks]


@pytest.mark.parametrize("sequential", [True, False])
def test_each_instance_has_its_item_and_its_counter(run, sequential):
    instance = run(*process(user("u", loop=each("orders", "order", sequential=sequential))),
                   variables={"orders": ["a", "b"]})  # fmt: skip

    seen = []
    while open_tasks(instance) != ["after"]:
        seen.append((numbers(instance, "order")[0], numbers(instance, "loopCounter")[0]))
        instance.complete("u")

    assert seen == [("a", 0), ("b", 1)]
    assert set(instance.variables) == {"orders"}


def test_the_collection_may_be_a_data_object(run):
    instance = run(
        *process(user("u", loop=MultiInstance(collection=Variable("orders"), element="order"))),
        variables={"orders": [1, 2, 3]},
    )  # fmt: skip

    assert numbers(instance, "order") == [1, 2, 3]


@pytest.mark.parametrize("sequential", [True, False])
def test_what_the_instances_give_becomes_one_list_in_the_order_of_the_items(run, sequential):
    loop = each("[10, 20, 30]", "n", sequential=sequential, output_collection="all", output_element=feel("answer + n"))
    instance = run(*process(user("u", loop=loop, outputs=(mapping("answer", "given"),))))

    for _ in range(3):
        newest = instance.user_tasks[-1]
        instance.handle(
            commands.CompleteUserTask(token_id=newest.id, scope_id=newest.event.scope_id, variables={"given": 1})
        )

    assert instance.variables["all"] == [11, 21, 31]


def test_the_output_collection_has_null_for_what_was_not_done(run):
    loop = times(
        3, until="numberOfCompletedInstances >= 1", output_collection="all", output_element=feel("loopCounter")
    )
    instance = run(*process(user("u", loop=loop)))

    instance.complete("u")

    assert instance.variables["all"] == [0, None, None]


@pytest.mark.parametrize("sequential", [True, False])
def test_the_completion_condition_ends_it_early(run, sequential):
    instance = run(*process(user("u", loop=times(5, until="numberOfCompletedInstances >= 2", sequential=sequential))))

    instance.complete("u")
    assert "after" not in open_tasks(instance)
    instance.complete("u")

    assert open_tasks(instance) == ["after"]
    assert instance.path.count("u") == 1 + (2 if sequential else 5)
    finish(instance)


@pytest.mark.parametrize("condition", ["nrOfCompletedInstances / nrOfInstances >= 0.5", "nrOfActiveInstances <= 2"])
def test_the_completion_condition_knows_the_counters_of_camunda_7(run, condition):
    instance = run(*process(user("u", loop=times(4, until=condition))))

    instance.complete("u")
    instance.complete("u")

    assert open_tasks(instance) == ["after"]


@pytest.mark.parametrize(("loop", "variables"), [(times(0), {}), (each("nobody"), {"nobody": []})])
def test_no_instance_at_all_goes_on_at_once(run, loop, variables):
    instance = run(*process(user("u", loop=loop)), variables=variables)

    assert open_tasks(instance) == ["after"]


def test_tasks_that_pass_through_are_done_many_times_in_one_go(run):
    counted = script(
        "u", "append(if seen = null then [] else seen, n)", "seen", loop=each("for i in 1..50 return i", "n")
    )
    instance = run(*process(counted))

    assert sorted(instance.variables["seen"]) == list(range(1, 51))
    assert open_tasks(instance) == ["after"]


KINDS = {
    "user task": (user, lambda instance: instance.complete("u")),
    "service task": (service, lambda instance: instance.complete_job("u")),
    "receive task": (lambda id, **more: receive(id, "m", **more), lambda instance: instance.receive("m")),
    "call activity": (call, lambda instance: instance.return_from("u")),
    "sub-process": (
        lambda id, **more: sub(id, start("us"), user("in"), end("ue"), "us in ue", **more),
        lambda instance: instance.complete("in"),
    ),
}


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_every_activity_that_waits_may_be_done_many_times(run, kind, sequential):
    make, do = KINDS[kind]
    instance = run(*process(make("u", loop=times(3, sequential=sequential))))

    for _ in range(3):
        assert open_tasks(instance) != ["after"]
        do(instance)

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_many_times_many(run):
    inner = sub(
        "u", start("us"), user("in", loop=each("row", "cell")), end("ue"), "us in ue", loop=each("[[1, 2], [3]]", "row")
    )
    instance = run(*process(inner))
    assert numbers(instance, "cell") == [1, 2, 3]

    for _ in range(3):
        instance.complete("in")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_each_instance_of_a_sub_process_has_variables_of_its_own(run):
    inner = sub(
        "u", start("us"), script("set", "n * 10", "x"), user("in"), end("ue"), "us set in ue",
        local_variables=("x",), loop=each("[1, 2]", "n"),
    )  # fmt: skip
    instance = run(*process(inner))

    assert numbers(instance, "x") == [10, 20]
    assert "x" not in instance.variables


@pytest.mark.parametrize("sequential", [True, False])
def test_a_boundary_event_is_for_all_instances_together(run, sequential):
    instance = run(
        *process(user("u", loop=times(3, sequential=sequential)), boundary("b", "u", message("stop")), user("late"),
                 "b late e")
    )  # fmt: skip
    instance.complete("u")

    instance.receive("stop")

    assert open_tasks(instance) == ["late"]
    finish(instance)


def test_a_boundary_timer_runs_from_the_beginning_of_the_first_instance(run):
    instance = run(
        *process(user("u", loop=times(2, sequential=True)), boundary("b", "u", "PT2H"), user("late"), "b late e")
    )
    instance.advance(hours=1)
    instance.complete("u")

    instance.advance(hours=1)

    assert open_tasks(instance) == ["late"]
    finish(instance)


def test_the_error_of_one_instance_ends_all(run):
    instance = run(*process(service("u", loop=times(3)), boundary("b", "u", error()), user("mend"), "b mend e"))

    instance.throw_error("u", "x")

    assert open_tasks(instance) == ["mend"]
    finish(instance)


def told(instance):
    return open_tasks(instance).count("told")


def throwing(behavior, **more):
    return (
        *process(user("u", loop=times(3, behavior=behavior, **more))),
        boundary("b", "u", signal("one is done"), interrupting=False), user("told"), "b told e",
    )  # fmt: skip


@pytest.mark.proves("multi-instance behavior: none, one, all, complex")
@pytest.mark.parametrize(
    ("behavior", "counts"),
    [
        (MultiInstanceBehavior.NONE, [1, 2, 3]),
        (MultiInstanceBehavior.ONE, [1, 1, 1]),
        (MultiInstanceBehavior.ALL, [0, 0, 0]),
    ],
)
def test_the_behavior_says_which_completed_instances_throw_their_event(run, behavior, counts):
    instance = run(*throwing(behavior, thrown=signal("one is done")))

    seen = []
    for _ in range(3):
        instance.complete("u")
        seen.append(told(instance))

    assert seen == counts
    finish(instance)


def test_the_event_of_a_completed_instance_may_interrupt_the_activity(run):
    loop = times(3, behavior=MultiInstanceBehavior.ONE, thrown=signal("one is done"))
    instance = run(*process(user("u", loop=loop), boundary("b", "u", signal("one is done")), user("late"), "b late e"))

    instance.complete("u")

    assert open_tasks(instance) == ["late"]
    finish(instance)


def test_complex_behavior_throws_when_its_condition_holds(run):
    instance = run(
        *throwing(
            MultiInstanceBehavior.COMPLEX,
            complex=(ComplexBehavior(feel("numberOfCompletedInstances = 2"), signal("one is done")),),
        )
    )

    instance.complete("u")
    assert told(instance) == 0
    instance.complete("u")

    assert told(instance) == 1


@pytest.mark.parametrize(
    ("loop", "repair"),
    [
        (each("orders", "o"), {"orders": [1]}),
        (each("orders", "o"), {"orders": []}),
    ],
)
def test_a_collection_that_is_no_list_is_an_incident_and_begins_once_when_resolved(run, loop, repair):
    instance = run(*process(user("u", loop=loop)))
    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("u", "loop")
    assert "must be a list, found null" in incident.event.message

    instance.resolve_incident("u", **repair)

    assert open_tasks(instance) == (["u"] if repair["orders"] else ["after"])
    finish(instance)


@pytest.mark.parametrize("count", ["-1", "1.5", "many", "true", "1000001"])
def test_a_number_of_instances_must_be_a_sensible_whole_number(run, count):
    instance = run(*process(user("u", loop=times(count))))

    assert [incident.event.type for incident in instance.incidents] == ["loop"]
    assert open_tasks(instance) == []


def test_a_failing_completion_condition_is_an_incident_at_that_instance_and_nothing_is_done_twice(run):
    loop = each("[1, 2]", "n", until="enough", output_collection="all", output_element=feel("n"))
    instance = run(*process(user("u", loop=loop)), variables={"enough": "perhaps"})

    instance.complete("u")
    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("u", "condition")
    assert open_tasks(instance) == ["u"]
    assert "all" not in instance.variables

    instance.resolve_incident("u", enough=False)
    assert open_tasks(instance) == ["u"]
    instance.complete("u")

    assert open_tasks(instance) == ["after"]
    assert instance.variables["all"] == [1, 2]
    finish(instance)


def test_guided_without_a_number_a_person_says_when_it_is_enough(guided):
    instance = guided(start("s"), task("u", loop=MultiInstance()), user("after"), end("e"), "s u after e")

    instance.complete("u")
    instance.complete("u:again", decision="again")
    instance.complete("u")
    instance.complete("u:again", decision="done")

    assert open_tasks(instance) == ["after"]
    assert instance.path.count("u") == 3
    finish(instance)


def test_a_thousand_instances_are_created_bit_by_bit(run):
    instance = run(*process(user("u", loop=times(1000))))
    assert len(instance.user_tasks) == 1000

    instance.terminate()

    assert instance.store.scopes == {}
