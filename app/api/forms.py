"""Shapes of forms, and `/form-definitions`: the forms that were deployed, by key and version."""

from __future__ import annotations

from typing import Any

import msgspec

from baton.app.api.blueprint import noun
from baton.app.api.contract import EVERYBODY, Call, operation
from baton.app.api.shapes import Answer, Id, Page, PageQuery, Time, id_number, optional_id, time_text
from baton.bpm import values
from baton.bpm.forms import FieldType, FormKind, ShownField
from baton.bpm.runtime import form_definitions
from baton.bpm.runtime.form_views import FormView

blueprint = noun("form-definitions")


class FormOption(Answer, frozen=True, kw_only=True):
    """One choice; its `value` is what is sent."""

    value: Any
    label: str


class FormField(Answer, frozen=True, kw_only=True):
    """`field` is its path (`customer.name`, `items[0].price`); `value` the variable's value, else the default.

    `component` is the form's own word for the type. `options` is null where the field has no choices.
    """

    field: str
    type: FieldType
    component: str
    label: str
    description: str
    required: bool
    readonly: bool
    hidden: bool
    value: Any
    options: list[FormOption] | None
    minimum: Any
    maximum: Any
    min_length: Any
    max_length: Any
    pattern: str | None

    @classmethod
    def of(cls, shown: ShownField) -> FormField:
        return cls(
            field=shown.field,
            type=shown.type,
            component=shown.component,
            label=shown.label,
            description=shown.description,
            required=shown.required,
            readonly=shown.readonly,
            hidden=shown.hidden,
            value=values.to_json(shown.value),
            options=None
            if shown.options is None
            else [FormOption(value=values.to_json(option.value), label=option.label) for option in shown.options],
            minimum=values.to_json(shown.minimum),
            maximum=values.to_json(shown.maximum),
            min_length=values.to_json(shown.min_length),
            max_length=values.to_json(shown.max_length),
            pattern=shown.pattern,
        )


class Form(Answer, frozen=True, kw_only=True):
    """`kind` is `form-js`, `fields`, `json-schema`, or `external`: kept elsewhere, as `reference` says, or missing.

    `schema` is the form's JSON as it was deployed; null for `fields` and `external`. `data` are the variables that a
    form of form-js names, to be shown and calculated with.
    """

    kind: str
    reference: str
    form_definition_id: Id | None
    key: str | None
    version: int | None
    schema: Any
    fields: list[FormField]
    data: dict[str, Any]

    @classmethod
    def of(cls, view: FormView) -> Form:
        return cls(
            kind=view.kind,
            reference=view.reference,
            form_definition_id=optional_id(view.form_definition_id),
            key=view.key,
            version=view.version,
            schema=None if view.content is None else decoded(view.content),
            fields=[FormField.of(shown) for shown in view.fields],
            data={name: values.to_json(value) for name, value in view.data.items()},
        )


class FormDefinition(Answer, frozen=True, kw_only=True):
    """`key` is the form's id, or a JSON Schema's file name without ending; versions count from 1 per key.

    `created` false, in the answer to an upload: the latest version has the same content, so it stays.
    """

    id: Id
    key: str
    version: int
    name: str
    version_tag: str | None
    kind: FormKind
    deployment_id: Id
    resource_name: str
    deployed_at: Time
    created: bool

    @classmethod
    def of(cls, view: form_definitions.FormDefinitionView) -> FormDefinition:
        return cls(
            id=str(view.id),
            key=view.key,
            version=view.version,
            name=view.name,
            version_tag=view.version_tag,
            kind=view.kind,
            deployment_id=str(view.deployment_id),
            resource_name=view.resource_name,
            deployed_at=time_text(view.deployed_at),
            created=view.created,
        )


class FormDefinitionContent(Answer, frozen=True, kw_only=True):
    """A form definition with its JSON."""

    form_definition: FormDefinition
    schema: Any


class FormQuery(PageQuery, frozen=True, kw_only=True):
    """`latest` leaves out older versions."""

    key: str | None = None
    latest: bool = False
    deployment_id: Id | None = None


@blueprint.get("")
@operation(query=FormQuery, answer=Page[FormDefinition], roles=EVERYBODY)
def list_form_definitions(call: Call, query: FormQuery) -> Page[FormDefinition]:
    """List form definitions, newest first."""
    page = form_definitions.list_(
        call.engine,
        actor=call.actor,
        key=query.key,
        latest=query.latest,
        deployment_id=id_number(query.deployment_id, field="deploymentId"),
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[FormDefinition.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:form_definition_id>")
@operation(answer=FormDefinitionContent, roles=EVERYBODY, errors=(404,))
def get_form_definition(call: Call, form_definition_id: int) -> FormDefinitionContent:
    """Get a form definition with its JSON."""
    view = form_definitions.get(call.engine, form_definition_id, actor=call.actor)
    content = form_definitions.content(call.engine, form_definition_id, actor=call.actor)
    return FormDefinitionContent(form_definition=FormDefinition.of(view), schema=decoded(content))


def decoded(content: bytes) -> Any:
    """The JSON of a form that was read before it was stored."""
    return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
