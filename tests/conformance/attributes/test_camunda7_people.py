"""Camunda 7: who does a task, by when, and by which form."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from baton.bpm import errors
from baton.bpm.definition.problems import Severity
from baton.bpm.runtime import deployments, form_views
from baton.bpm.runtime.deployments import Resource
from tests.conformance.attributes.drawn import chain, covers, file, node, run, said
from tests.integration.support import MARY, Desk

FIELDS = (
    '<camunda:formData><camunda:formField id="name" label="Name" type="string" defaultValue="Kim"><camunda:validation>'
    '<camunda:constraint name="required"/><camunda:constraint name="minlength" config="2"/>'
    '<camunda:constraint name="maxlength" config="5"/></camunda:validation></camunda:formField>'
    '<camunda:formField id="agreed" type="boolean"/><camunda:formField id="count" type="long"><camunda:validation>'
    '<camunda:constraint name="min" config="1"/><camunda:constraint name="max" config="9"/></camunda:validation>'
    '</camunda:formField><camunda:formField id="size" type="enum"><camunda:value id="s" name="Small"/>'
    '<camunda:value id="l" name="Large"/></camunda:formField><camunda:formField id="day" type="date"/>'
    '<camunda:formField id="fixed" type="string"><camunda:validation><camunda:constraint name="readonly"/>'
    "</camunda:validation></camunda:formField></camunda:formData>"
)
FORM = {"type": "default", "id": "f", "components": [{"type": "number", "key": "amount", "validate": {"max": 5}}]}


def deploy(desk: Desk, task: str, *, maximum: int = 5, tag: str = "") -> None:
    form = {**FORM, "components": [{"type": "number", "key": "amount", "validate": {"max": maximum}}]}
    form |= {"versionTag": tag} if tag else {}
    resources = [
        Resource("order.bpmn", file(chain(task), key="order").encode()),
        Resource("forms/f.form", json.dumps(form).encode()),
    ]
    deployments.deploy(desk.engine, actor=MARY, resources=resources)


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ('camunda:assignee="kim"', ("kim", (), ())),
        ('camunda:assignee="${boss}"', ("lee", (), ())),
        ('camunda:candidateUsers="kim, lee"', (None, ("kim", "lee"), ())),
        ('camunda:candidateUsers="${people}"', (None, ("ann", "bob"), ())),
        ('camunda:candidateGroups="sales, #{group}"', (None, (), ("sales", "north"))),
    ],
)
@covers("camunda:assignee", "camunda:candidateUsers", "camunda:candidateGroups")
def test_a_task_is_for_whom_the_diagram_says(words, who):
    ran = run(chain(node("userTask", attributes=words))).start(boss="lee", people=["ann", "bob"], group="north")

    task = ran.user_tasks[0].event
    assert (task.assignee, tuple(task.candidate_users), tuple(task.candidate_groups)) == who


@covers("camunda:dueDate", "camunda:followUpDate", "camunda:priority")
def test_a_task_is_due_when_the_diagram_says():
    words = (
        'camunda:dueDate="${dateTime().plusDays(2).toDate()}" camunda:followUpDate="2026-01-02T08:00:00Z"'
        ' camunda:priority="${level * 10}"'
    )

    task = run(chain(node("userTask", attributes=words))).start(level=7).user_tasks[0].event

    assert task.due_at == datetime(2026, 1, 3, tzinfo=UTC)
    assert task.follow_up_at == datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert task.priority == 70


@covers("camunda:formData", "camunda:formField", "camunda:value", "camunda:validation", "camunda:constraint")
def test_fields_of_the_diagram_are_checked_and_converted(desk: Desk):
    desk.deploy(file(chain(node("userTask", FIELDS)), key="order").encode())
    instance = desk.start()

    with pytest.raises(errors.FormRefused) as refusal:
        desk.complete(instance.id, name="K", agreed="maybe", count=10, size="xl", day="never")
    assert {field.field: field.rule for field in refusal.value.fields} == {
        "name": "minLength",
        "agreed": "type",
        "count": "max",
        "size": "options",
        "day": "type",
    }
    desk.complete(instance.id, name="Ann", agreed=True, count=3, size="l", day="2026-01-31")

    assert desk.state(instance.id) == "completed"
    assert desk.variables(instance.id) == {
        "name": "Ann", "agreed": True, "count": 3, "size": "l", "day": date(2026, 1, 31),
    }  # fmt: skip


@covers("camunda:formData")
def test_fields_are_shown_with_labels_defaults_and_choices(desk: Desk):
    desk.deploy(file(chain(node("userTask", FIELDS)), key="order").encode())

    shown = {
        field.field: field
        for field in form_views.of_task(desk.engine, desk.task(desk.start().id).id, actor=MARY).fields
    }

    assert (shown["name"].label, shown["name"].value) == ("Name", "Kim")
    assert [option.label for option in shown["size"].options] == ["Small", "Large"]


@pytest.mark.parametrize("key", ["embedded:app:forms/x.html", "camunda-forms:app:forms/x.form", "anything"])
@covers("camunda:formKey")
def test_a_form_key_of_elsewhere_reaches_clients_as_it_is_and_the_upload_says_so(desk: Desk, key):
    deployed = desk.deploy(file(chain(node("userTask", attributes=f'camunda:formKey="{key}"')), key="order").encode())

    assert desk.task(desk.start().id).form == key
    (told,) = [each for told in deployed.problems for each in told.problems if each.rule == "form-reference"]
    assert told.severity is Severity.INFO


@covers("camunda:formKey")
def test_a_form_key_of_the_deployment_is_the_file_beside_the_diagram(desk: Desk):
    deploy(desk, node("userTask", attributes='camunda:formKey="camunda-forms:deployment:forms/f.form"'))
    instance = desk.start()

    with pytest.raises(errors.FormRefused):
        desk.complete(instance.id, amount=6)
    desk.complete(instance.id, amount=5)

    assert desk.state(instance.id) == "completed"


@pytest.mark.parametrize(
    ("words", "maximum"),
    [
        ("", 20),
        ('camunda:formRefBinding="latest"', 20),
        ('camunda:formRefBinding="deployment"', 10),
        ('camunda:formRefBinding="version" camunda:formRefVersion="1"', 10),
    ],
)
@covers("camunda:formRef", "camunda:formRefBinding", "camunda:formRefVersion")
def test_a_form_reference_is_bound_as_it_says(desk: Desk, words, maximum):
    deploy(desk, node("userTask", attributes=f'camunda:formRef="f" {words}'), maximum=10)
    newer = {**FORM, "components": [{"type": "number", "key": "amount", "validate": {"max": 20}}]}
    deployments.deploy(desk.engine, actor=MARY, resources=[Resource("other.form", json.dumps(newer).encode())])
    instance = desk.start()

    with pytest.raises(errors.FormRefused):
        desk.complete(instance.id, amount=maximum + 1)
    desk.complete(instance.id, amount=maximum)

    assert desk.state(instance.id) == "completed"


@covers("camunda:formProperty")
def test_form_properties_of_activiti_are_fields_too(desk: Desk):
    fields = '<camunda:formProperty id="count" name="Count" type="long" required="true"/>'
    desk.deploy(file(chain(node("userTask", fields)), key="order").encode())
    instance = desk.start()

    with pytest.raises(errors.FormRefused):
        desk.complete(instance.id, count="many")
    desk.complete(instance.id, count=3)

    assert desk.variables(instance.id) == {"count": 3}


@covers("camunda:formHandlerClass")
def test_a_class_that_handles_forms_is_told_not_to_be_called():
    told = said(chain(node("userTask", attributes='camunda:formHandlerClass="org.Handler"')), "vendor-extension")

    assert told.severity is Severity.WARNING
    assert "constraints" in told.fix


def test_the_name_of_a_user_task_is_an_expression_in_files_of_camunda_7():
    priority = 'camunda:priority="60"'
    ran = run(chain(node("userTask", attributes=f'name="Check order ${{id}}" {priority}'))).start(id=7)
    literal = run(chain(node("userTask", attributes=f'name="Check {{id}} = 7" {priority}'))).start(id=7)
    plain = run(chain(node("userTask", attributes='name="Check order ${id}"'))).start()

    assert ran.user_tasks[0].event.name == "Check order 7"
    assert literal.user_tasks[0].event.name == "Check {id} = 7"
    assert plain.user_tasks[0].event.name == "Check order ${id}"

    broken = chain(node("userTask", attributes=f'name="Order ${{" {priority}'))
    assert "The name of the user task" in said(broken, "expression-syntax").message


def test_a_name_that_cannot_be_evaluated_is_an_incident_until_its_variable_is_there():
    ran = run(chain(node("userTask", attributes='name="Order ${id}" camunda:priority="60"'))).start()

    assert ran.user_tasks == []
    ran.resolve_incident(id=3)

    assert ran.user_tasks[0].event.name == "Order 3"
