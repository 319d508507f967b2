"""Data objects, properties, data stores, associations, and mappings (BPMN 2.0.2, 10.4)."""

import pytest

from baton.bpm.definition.elements import DataMapping, Expression, Language
from baton.bpm.definition.language import DataStore, Variable
from baton.bpm.testing import ProcessRun
from tests.support.drawing import (
    boundary,
    end,
    error,
    mapping,
    script,
    service,
    start,
    sub,
    task,
    user,
)
from tests.support.event_positions import finish, open_tasks

JUEL = Expression("${missing}", Language.JUEL)
NAMESPACE = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'


def of_xml(reload, body):
    content = f'<definitions {NAMESPACE}><process id="P" isExecutable="true">{body}</process>'
    content += '<dataStore id="DS" name="ledger"/></definitions>'
    return ProcessRun.of_xml(content, reload=reload)


@pytest.mark.proves("input and output mappings")
def test_inputs_are_the_activitys_own_and_outputs_are_written_outward(run):
    seen = []
    drawn = service("j", inputs=(mapping("n", "total + 1"),), outputs=(mapping("result", "n * 10 + answer"),),
                    only_mapped_out=True)  # fmt: skip

    def work(variables):
        seen.append(variables.get("total"))
        return {"answer": 5}

    instance = run(start("s"), drawn, end("e"), "s j e", variables={"total": 1}, handlers={"work": work})

    assert seen == [1]
    assert instance.variables == {"total": 1, "result": 25}
    finish(instance)


def test_an_output_sees_those_before_it_but_not_instead_of_the_activitys_own(run):
    outputs = (mapping("a", "1"), mapping("n", "5"), mapping("b", "a + 1"), mapping("c", "n"))
    instance = run(start("s"), user("u", inputs=(mapping("n", "7"),), outputs=outputs), end("e"), "s u e")

    instance.complete("u")

    assert instance.variables == {"a": 1, "n": 5, "b": 2, "c": 7}


def member(target, text):
    name, *path = target.split(".")
    return DataMapping(name, mapping(name, text).source, path=tuple(path))


def test_a_mapping_to_a_member_makes_an_object_of_inputs_and_adds_to_the_variable_as_output(run):
    inputs = (member("own.deep.n", "1"), member("own.deep.m", "own.deep.n + 1"), member("order.x", "3"))
    outputs = (
        member("order.a", "order.x"), member("order.b.c", "own.deep.m"), member("kept.new", "true"),
        member("made.up", "null"), member("flat.b", "2"),
    )  # fmt: skip
    before = {"kept": {"old": [1]}, "flat": 1}
    instance = run(start("s"), user("u", inputs=inputs, outputs=outputs), end("e"), "s u e", variables=before)

    instance.complete("u")

    assert instance.variables == {
        "order": {"x": 3, "a": 3, "b": {"c": 2}}, "kept": {"old": [1], "new": True}, "made": {"up": None},
        "flat": {"b": 2},
    }  # fmt: skip
    assert before["kept"] == {"old": [1]}


def test_without_output_mappings_everything_leaves(run):
    instance = run(start("s"), user("u", inputs=(mapping("n", "1"),)), end("e"), "s u e")

    instance.complete("u", a=2)

    assert instance.variables == {"a": 2}


def test_a_written_input_stays_inside(run):
    instance = run(start("s"), user("u", inputs=(mapping("n", "1"),)), user("v"), end("e"), "s u v e")

    instance.complete("u", n=7)

    assert "n" not in instance.variables


@pytest.mark.parametrize("where", ["inputs", "outputs"])
def test_a_mapping_that_fails_is_an_incident_with_none_of_its_writes_and_nothing_is_done_twice(run, where):
    bad = (mapping("first", '"written"'), DataMapping("second", JUEL))
    instance = run(start("s"), user("u", **{where: bad}), user("after"), end("e"), "s u after e")
    if where == "outputs":
        instance.complete("u", done=1)

    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("u", "mapping")
    assert "first" not in instance.variables
    assert open_tasks(instance) == []

    instance.resolve_incident("u", missing=3)

    assert instance.path.count("u") == 1
    if where == "inputs":
        assert open_tasks(instance) == ["u"]
    else:
        assert open_tasks(instance) == ["after"]
        assert (instance.variables["first"], instance.variables["second"]) == ("written", 3)
    finish(instance)


def test_the_outputs_of_a_sub_process_see_what_was_in_it(run):
    inner = sub(
        "S", start("s1"), script("set", "5", "x"), end("e1"), "s1 set e1", local_variables=("x",),
        outputs=(mapping("result", "x + 1"),),
    )  # fmt: skip
    instance = run(start("s"), inner, end("e"), "s S e")

    assert instance.variables == {"result": 6}
    finish(instance)


@pytest.mark.proves("data object and property of a sub-process")
def test_the_data_of_a_sub_process_begins_empty_and_ends_with_it(run):
    inner = sub("S", start("s1"), script("set", "5", "x"), user("u"), end("e1"), "s1 set u e1", local_variables=("x",))
    instance = run(start("s"), inner, user("after"), end("e"), "s S after e", variables={"x": 1})
    scope = instance.user_tasks[0].event.scope_id
    assert instance.store.variables[scope] == {"x": 5}

    instance.complete("u")

    assert instance.variables == {"x": 1}


@pytest.mark.proves("data association")
def test_data_associations_of_a_plain_file_say_what_crosses(reload):
    instance = of_xml(
        reload,
        """<dataObject id="D1" name="order"/><dataObject id="D2" name="receipt"/><dataObject id="D3" name="other"/>
        <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/>
        <scriptTask id="u" scriptFormat="feel">
          <ioSpecification><dataInput id="I" name="input"/><dataOutput id="O" name="output"/></ioSpecification>
          <dataInputAssociation><sourceRef>D1</sourceRef><targetRef>I</targetRef></dataInputAssociation>
          <dataOutputAssociation><sourceRef>O</sourceRef><targetRef>D2</targetRef></dataOutputAssociation>
          <dataOutputAssociation><targetRef>D3</targetRef><transformation>=input + 100</transformation>
          </dataOutputAssociation>
          <script>input * 2</script>
        </scriptTask>
        <userTask id="w"/><sequenceFlow id="g" sourceRef="u" targetRef="w"/>""",
    )
    instance.start(order=21)

    assert open_tasks(instance) == ["w"]
    assert instance.variables["other"] == 121
    assert set(instance.variables) == {"order", "receipt", "other"}


@pytest.mark.proves("data store")
def test_what_is_written_to_a_data_store_is_read_from_it(run):
    instance = run(
        start("s"), script("set", "5", "x"), task("a", outputs=(DataMapping("ledger", Variable("x"), to_store=True),)),
        user("u", inputs=(DataMapping("n", DataStore("ledger")),), outputs=(mapping("copy", "n + 1"),)), end("e"),
        "s set a u e",
    )  # fmt: skip
    assert instance.store.data_stores == {"ledger": 5}

    instance.complete("u")

    assert instance.variables == {"x": 5, "copy": 6}


def test_an_interrupted_activity_writes_no_outputs(run):
    instance = run(
        start("s"), service("j", outputs=(mapping("result", "1"),)), boundary("b", "j", error()), user("late"),
        end("e"), "s j e", "b late e",
    )  # fmt: skip

    instance.throw_error("j", "x")

    assert instance.variables == {}
    finish(instance)
