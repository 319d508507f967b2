"""Forms with the database: versions and bindings, and what a submission that is wrong leaves behind: nothing."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy

from baton.bpm import errors
from baton.bpm.runtime import (
    audit_events,
    deployments,
    form_definitions,
    form_views,
    process_instances,
    user_tasks,
)
from baton.bpm.runtime.deployments import DeploymentView, Resource
from tests.integration.support import MARY, Desk, diagram, flow


def form(maximum: int = 1000, *, id: str = "amount-form", tag: str | None = None) -> Resource:
    """A form with an amount of at most `maximum` and a day."""
    components = [
        {"type": "number", "key": "amount", "label": "Amount", "validate": {"required": True, "max": maximum}},
        {"type": "datetime", "subtype": "date", "key": "day"},
        {"type": "textfield", "key": "note", "conditional": {"hide": "=limit > 5"}, "validate": {"required": True}},
    ]
    document = {"id": id, "type": "default", "components": components} | ({"versionTag": tag} if tag else {})
    return Resource(f"{id}.form", json.dumps(document).encode())


def task(attributes: str, inside: str = "", *, start: str = '<startEvent id="start"/>') -> Resource:
    """A process with one user task."""
    content = diagram(
        f'{start}<userTask id="fill" {attributes}>{inside}</userTask><endEvent id="end"/>'
        + flow("start", "fill")
        + flow("fill", "end")
    )
    return Resource("order.bpmn", content)


def deploy(desk: Desk, *resources: Resource) -> DeploymentView:
    return deployments.deploy(desk.engine, actor=MARY, resources=resources)


def refused(desk: Desk, instance_id: int, **variables: Any) -> dict[str, str]:
    """The wrong fields."""
    with pytest.raises(errors.FormRefused) as refusal:
        desk.complete(instance_id, **variables)
    return {field.field: field.rule for field in refusal.value.fields}


def test_a_wrong_field_is_refused_by_name_and_nothing_is_changed(desk: Desk) -> None:
    deploy(desk, task('camunda:formRef="amount-form"'), form())
    instance = desk.start(limit=1)
    before = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items

    assert refused(desk, instance.id, amount=1200, day="x") == {"amount": "max", "day": "type", "note": "required"}

    assert desk.variables(instance.id) == {"limit": 1}
    assert audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items == before
    desk.complete(instance.id, amount=12.5, day="2026-01-31", note="x", more=True)
    assert desk.state(instance.id) == "completed"
    assert desk.variables(instance.id)["day"] == date(2026, 1, 31)
    assert desk.variables(instance.id)["more"] is True


def test_expressions_see_the_variables_of_the_task(desk: Desk) -> None:
    deploy(desk, task('camunda:formRef="amount-form"'), form())
    instance = desk.start(limit=9)

    desk.complete(instance.id, amount=1, note="dropped")

    assert "note" not in desk.variables(instance.id)


@pytest.mark.parametrize(
    ("attributes", "limits"),
    [
        ('camunda:formRef="amount-form"', 30),
        ('camunda:formRef="amount-form" camunda:formRefBinding="deployment"', 10),
        ('camunda:formRef="amount-form" camunda:formRefBinding="version" camunda:formRefVersion="2"', 20),
        ('camunda:formKey="camunda-forms:deployment:amount-form.form"', 10),
    ],
)
def test_the_binding_says_which_version_is_meant(desk: Desk, attributes: str, limits: int) -> None:
    deploy(desk, task(attributes), form(10))
    deploy(desk, form(20))
    deploy(desk, form(30))
    instance = desk.start(limit=9)

    assert refused(desk, instance.id, amount=limits + 1) == {"amount": "max"}
    desk.complete(instance.id, amount=limits)

    assert desk.state(instance.id) == "completed"


def test_camunda_8_binds_by_version_tag(desk: Desk) -> None:
    inside = (
        '<extensionElements><zeebe:formDefinition xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
        'formId="amount-form" bindingType="versionTag" versionTag="v1"/></extensionElements>'
    )
    content = task("", inside).content.replace(b' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"', b"")
    deploy(desk, Resource("order.bpmn", content), form(10, tag="v1"))
    deploy(desk, form(20, tag="v2"))

    assert refused(desk, desk.start(limit=9).id, amount=15) == {"amount": "max"}


def test_forms_have_versions_and_stay_when_nothing_changed(desk: Desk) -> None:
    first = deploy(desk, form(10))
    again = deploy(desk, form(10))
    second = deploy(desk, form(20))

    assert [view.version for view in first.form_definitions] == [1]
    assert (again.id, again.form_definitions[0].created) == (first.id, False)
    assert [view.version for view in second.form_definitions] == [2]
    page = form_definitions.list_(desk.engine, actor=MARY, latest=True)
    assert [(view.key, view.version) for view in page.items] == [("amount-form", 2)]
    deployments.delete(desk.engine, second.id, actor=MARY)
    assert [view.version for view in form_definitions.list_(desk.engine, actor=MARY).items] == [1]


def test_a_process_bound_to_its_deployment_is_new_when_its_form_is(desk: Desk) -> None:
    process = task('camunda:formRef="amount-form" camunda:formRefBinding="deployment"')
    deploy(desk, process, form(10))
    second = deploy(desk, process, form(20))

    assert [(view.version, view.created) for view in second.process_definitions] == [(2, True)]
    assert refused(desk, desk.start(limit=9).id, amount=21) == {"amount": "max"}


def severities(view: DeploymentView, about: str) -> list[str]:
    """Of the problems whose rule begins so."""
    found = [problem for file in view.problems for problem in file.problems]
    return [str(problem.severity) for problem in found if problem.rule.startswith(about)]


def test_a_form_that_is_missing_is_a_warning_and_one_kept_elsewhere_an_info(desk: Desk) -> None:
    missing = deploy(desk, task('camunda:formRef="none"'))
    elsewhere = deploy(desk, task('camunda:formKey="embedded:app:x.html"'))

    assert severities(missing, "form") == ["warning"]
    assert severities(elsewhere, "form") == ["info"]
    instance = desk.start()
    desk.complete(instance.id, anything=1)
    assert desk.state(instance.id) == "completed"


def test_a_broken_form_keeps_the_whole_upload_out(desk: Desk) -> None:
    with pytest.raises(errors.InvalidDiagram) as refusal:
        deploy(desk, task(""), Resource("a.form", b'{"id": "a", "components": [{"type": "number"}]}'))

    wrong = [problem for problem in refusal.value.problems if problem.severity == "error"]
    assert [(problem.resource, problem.rule) for problem in wrong] == [("a.form", "form-key")]


def test_a_start_form_is_checked_and_may_name_the_business_key(desk: Desk) -> None:
    start = (
        '<startEvent id="start"><extensionElements><camunda:formData businessKey="number">'
        '<camunda:formField id="number" type="long"><camunda:validation><camunda:constraint name="required"/>'
        "</camunda:validation></camunda:formField></camunda:formData></extensionElements></startEvent>"
    )
    view = deploy(desk, task("", start=start))

    with pytest.raises(errors.FormRefused) as refusal:
        desk.start(number="x")
    assert [field.field for field in refusal.value.fields] == ["number"]
    assert process_instances.list_(desk.engine, actor=MARY).items == ()
    assert desk.start(number=7).business_key == "7"
    shown = form_views.of_start(desk.engine, view.process_definitions[0].id, actor=MARY)
    assert [field.field for field in shown.fields] == ["number"]


def test_a_json_schema_is_a_form_too(desk: Desk) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    deploy(desk, task('camunda:formRef="order"'), Resource("order.schema.json", json.dumps(schema).encode()))

    assert refused(desk, desk.start().id, a="x") == {"a": "type"}


def test_the_form_of_a_task_is_shown_with_the_values_of_now(desk: Desk) -> None:
    deploy(desk, task('camunda:formRef="amount-form"'), form())
    instance = desk.start(limit=9, amount=5)

    view = form_views.of_task(desk.engine, desk.task(instance.id).id, actor=MARY)

    assert (view.kind, view.key, view.version) == ("form-js", "amount-form", 1)
    assert [(field.field, field.value, field.hidden) for field in view.fields] == [
        ("amount", 5, False),
        ("day", None, False),
        ("note", None, True),
    ]
    with pytest.raises(errors.NotFound):
        form_views.of_start(desk.engine, desk.task(instance.id).process_definition_id, actor=MARY)


def test_a_form_costs_one_statement_more_at_most(desk: Desk) -> None:
    counts = {}
    for attributes in (
        "",
        'camunda:formRef="amount-form"',
        'camunda:formRef="amount-form" camunda:formRefBinding="deployment"',
    ):
        deploy(desk, task(attributes), form())
        for _ in range(2):
            counted: list[str] = []
            instance = desk.start(limit=9)
            id_ = desk.task(instance.id).id
            user_tasks.get(desk.engine, id_, actor=MARY)

            def count(_connection: Any, _cursor: Any, statement: str, *_: Any, into: list[str] = counted) -> None:
                if not statement.startswith("BEGIN"):
                    into.append(statement)

            sqlalchemy.event.listen(desk.engine.database.engine, "before_cursor_execute", count)
            user_tasks.complete(desk.engine, id_, actor=MARY, variables={"amount": 1})
            sqlalchemy.event.remove(desk.engine.database.engine, "before_cursor_execute", count)
        counts[attributes] = len(counted)

    without, latest, by_deployment = counts.values()
    assert latest <= without + 1
    assert by_deployment == without
