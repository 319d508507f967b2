"""Form fields of diagrams, `formData` and `formProperty`: read from XML and checked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from baton.bpm import forms
from baton.bpm.definition.elements import Binding, FormPlace, FormSource, StartEvent, UserTask
from baton.bpm.execution.diagrams import read

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
FLOWABLE = "http://flowable.org/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
CONTEXT = forms.Context({}, datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 1))


def source(inside: str = "", attributes: str = "", *, vendor: str = CAMUNDA, process: str = "") -> FormSource | None:
    """The form of a user task with these extension elements and attributes; `v:` is the vendor's prefix."""
    extensions = f"<extensionElements>{inside}</extensionElements>" if inside else ""
    content = (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:v="{vendor}">'
        f'<process id="p" isExecutable="true">{process}<startEvent id="s"/><userTask id="t" {attributes}>{extensions}'
        '</userTask><endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="b" sourceRef="t" targetRef="e"/></process></definitions>'
    )
    diagram = read(content.encode())
    assert diagram.processes, diagram.problems
    (task,) = [node for node in diagram.processes[0].elements.nodes if isinstance(node, UserTask)]
    return task.form_source


def check(field: str, value: object, *, inside: str = "", existing: dict[str, object] | None = None) -> forms.Outcome:
    """Send `value` for a form field `a` with these attributes and children."""
    found = source(f'<v:formData><v:formField id="a" {field}>{inside}</v:formField></v:formData>')
    assert found is not None
    form = forms.read_fields("t", found.fields).form
    assert form is not None
    return forms.check(form, {"a": value}, CONTEXT)


def constraint(name: str, config: str | None = None) -> str:
    given = "" if config is None else f' config="{config}"'
    return f'<v:validation><v:constraint name="{name}"{given}/></v:validation>'


@pytest.mark.parametrize(
    ("field", "inside", "sent", "kept"),
    [
        ('type="string"', "", "x", "x"),
        ('type="long"', "", 5, 5),
        ('type="long"', "", 5.0, 5),
        ('type="double"', "", 5.5, Decimal("5.5")),
        ('type="boolean"', constraint("required"), False, False),
        ('type="date"', "", "31/01/2026", date(2026, 1, 31)),
        ('type="date"', "", "2026-01-31", date(2026, 1, 31)),
        ('type="date" datePattern="dd.MM.yyyy"', "", "31.01.2026", date(2026, 1, 31)),
        ('type="date" datePattern="yyyy-MM-dd\'T\'HH:mm"', "", "2026-01-31T09:30", datetime(2026, 1, 31, 9, 30)),
        ('type="enum"', '<v:value id="r" name="Red"/>', "r", "r"),
        ('type="address"', "", {"street": "x"}, {"street": "x"}),
        ('type="string"', constraint("required", "false"), "", ""),
    ],
)
def test_a_field_takes_values_of_its_type(field, inside, sent, kept) -> None:
    found = check(field, sent, inside=inside)

    assert found.errors == ()
    assert (found.variables["a"], type(found.variables["a"])) == (kept, type(kept))


@pytest.mark.parametrize(
    ("field", "inside", "sent", "rule"),
    [
        ('type="long"', "", 5.5, "type"),
        ('type="long"', "", "5", "type"),
        ('type="boolean"', "", "yes", "type"),
        ('type="date"', "", "01-31-2026", "type"),
        ('type="date"', "", "31/02/2026", "type"),
        ('type="enum"', '<v:value id="r"/>', "g", "options"),
        ('type="string"', constraint("required"), "", "required"),
        ('type="string"', constraint("minlength", "3"), "ab", "minLength"),
        ('type="string"', constraint("maxlength", "3"), "abcd", "maxLength"),
        ('type="long"', constraint("min", "3"), 2, "min"),
        ('type="long"', constraint("max", "3"), 4, "max"),
        ('type="string"', constraint("pattern", "^x+$"), "y", "pattern"),
    ],
)
def test_a_field_names_the_rule_that_was_broken(field, inside, sent, rule) -> None:
    assert [(error.field, error.rule) for error in check(field, sent, inside=inside).errors] == [("a", rule)]


def test_readonly_fields_keep_what_they_were_and_defaults_fill_in() -> None:
    assert check('type="long"', 9, inside=constraint("readonly")).variables == {}
    found = source('<v:formData><v:formField id="b" type="long" defaultValue="${1 + 2}"/></v:formData>')
    assert forms.check(forms.read_fields("t", found.fields).form, {}, CONTEXT).variables == {"b": 3}


def test_properties_of_flowable_are_fields_too() -> None:
    found = source(
        '<v:formProperty id="p" name="Price" type="long" required="true" variable="price"/>'
        '<v:formProperty id="q" type="enum" writable="false" default="x"><v:value id="x" name="X"/></v:formProperty>',
        vendor=FLOWABLE,
    )
    form = forms.read_fields("t", found.fields).form

    assert [(field.path, field.label, field.required, field.readonly) for field in form.fields()] == [
        (("price",), "Price", True, False),
        (("q",), "", False, True),
    ]


def test_the_business_key_is_the_one_that_form_data_names() -> None:
    found = source('<v:formData businessKey="a"><v:formField id="a"/></v:formData>')

    assert found.business_key == "a"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('v:formRef="f"', ("f", Binding.LATEST, "")),
        ('v:formRef="f" v:formRefBinding="latest"', ("f", Binding.LATEST, "")),
        ('v:formRef="f" v:formRefBinding="deployment"', ("f", Binding.DEPLOYMENT, "")),
        ('v:formRef="f" v:formRefBinding="version" v:formRefVersion="3"', ("f", Binding.VERSION, "3")),
    ],
)
def test_camunda_7_refers_to_a_form_by_binding(attributes, expected) -> None:
    found = source(attributes=attributes)

    assert found.place is FormPlace.ID
    assert (found.reference, found.binding, found.version) == expected


def test_camunda_8_refers_to_a_form_by_binding_and_tag() -> None:
    found = source('<v:formDefinition formId="f" bindingType="versionTag" versionTag="v1"/>', vendor=ZEEBE)

    assert (found.place, found.reference, found.binding, found.version) == (
        FormPlace.ID,
        "f",
        Binding.VERSION_TAG,
        "v1",
    )


def test_camunda_8_may_hold_the_form_in_the_process() -> None:
    found = source(
        '<v:formDefinition formKey="camunda-forms:bpmn:F"/>',
        vendor=ZEEBE,
        process='<extensionElements><v:userTaskForm id="F">{"components": []}</v:userTaskForm></extensionElements>',
    )

    assert found.embedded == '{"components": []}'


def test_a_start_event_has_form_fields() -> None:
    content = (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:v="{CAMUNDA}">'
        '<process id="p" isExecutable="true"><startEvent id="s"><extensionElements><v:formData><v:formField id="a"/>'
        '</v:formData></extensionElements></startEvent><endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>'
    )

    (start, _) = read(content.encode()).processes[0].elements.nodes

    assert isinstance(start, StartEvent)
    assert [field.id for field in start.form_source.fields] == ["a"]


@pytest.mark.parametrize(
    ("field", "inside", "words"),
    [
        ('id=""', "", "no id"),
        ('id="a" type="long"', constraint("min", "much"), "'min' is not a number"),
        ('id="a"', constraint("pattern", "["), "regular expression"),
    ],
)
def test_a_broken_field_is_a_problem(field, inside, words) -> None:
    found = source(f"<v:formData><v:formField {field}>{inside}</v:formField></v:formData>")

    read_ = forms.read_fields("t", found.fields)

    assert read_.form is None
    assert words in read_.problems[0].message
