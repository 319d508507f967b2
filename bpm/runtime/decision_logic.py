"""What a deployed decision asks for and how it decides, for people: its inputs as fields, its tables as written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from baton.bpm import forms as forms_
from baton.bpm.decisions.inputs import DecisionInput, needs
from baton.bpm.decisions.written import WrittenDecision, read_written
from baton.bpm.definition.limits import Limits
from baton.bpm.forms.model import Field, FieldType, Form, FormKind, Option, Options
from baton.bpm.forms.of_variables import YES_OR_NO
from baton.bpm.runtime import decision_definitions, forms
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine

_TYPES: Mapping[str, FieldType] = {
    "string": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "date": FieldType.DATE,
    "time": FieldType.TIME,
    "date and time": FieldType.DATE_TIME,
    "boolean": FieldType.CHOICE,
}
MOST_INPUTS = 200


class DecisionLogicView(msgspec.Struct, frozen=True, kw_only=True):
    """`inputs` are all that is asked for; `decisions` those of the same file that are made, the one asked for first.

    `fields` are the inputs as fields of a form; of type `ANY` where the input has no type of FEEL's own.
    """

    inputs: tuple[DecisionInput, ...]
    decisions: tuple[WrittenDecision, ...]
    fields: tuple[forms_.ShownField, ...]


def get(engine: Engine, decision_definition_id: int, *, actor: Actor) -> DecisionLogicView:
    """Raises `NotFound`."""
    key, resource_id = decision_definitions.file_of(engine, decision_definition_id)
    content = decision_definitions.xml(engine, decision_definition_id, actor=actor)
    written = read_written(content, Limits(max_bytes=engine.settings.max_diagram_bytes))
    found = needs(engine.decision_models.get(resource_id), key, written)
    form = _form(found.inputs)
    return DecisionLogicView(
        inputs=found.inputs,
        decisions=tuple(written[id_] for id_ in found.decisions if id_ in written),
        fields=forms_.show(form, forms.context(engine, {})),
    )


def filled(
    engine: Engine, decision_definition_id: int, typed: Mapping[str, list[str]], *, actor: Actor
) -> dict[str, Any]:
    """What was typed into the inputs, as variables; what was left empty is not given. Raises `FormRefused`."""
    found = get(engine, decision_definition_id, actor=actor)
    texts = {name: sent for name, sent in typed.items() if any(text.strip() for text in sent)}
    given = forms_.changed(found.fields, texts)
    return forms.check_form(engine, _form(found.inputs), given, {}, "decision")


def _form(inputs: tuple[DecisionInput, ...]) -> Form:
    return Form(id="", kind=FormKind.FIELDS, parts=tuple(_field(each) for each in inputs[:MOST_INPUTS]))


def _field(input_: DecisionInput) -> Field:
    kind = _TYPES.get(input_.type, FieldType.ANY)
    options = YES_OR_NO if input_.type == "boolean" else None
    if kind is FieldType.TEXT and input_.allowed:
        kind, options = FieldType.CHOICE, Options(fixed=tuple(Option(text, text) for text in input_.allowed))
    return Field(path=(input_.name,), type=kind, component=input_.type, label=input_.name, options=options)
