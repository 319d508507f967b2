"""Business rule tasks (BPMN 10.3.3) that make a decision."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.vocabulary import DecisionSource
from baton.bpm.definition.elements import (
    Binding,
    BusinessRuleTask,
    CalledDecision,
    DecisionResultMapping,
    ServiceTask,
    Text,
)
from baton.bpm.definition.reader.activities import read_service_task
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.marks import activity_fields
from baton.bpm.definition.texts import literal_or_expression, optional_text, shown
from baton.bpm.definition.xml import Element

_Word = TypeVar("_Word", bound=StrEnum)
_HIGHEST_VERSION = 999_999_999


def read_business_rule_task(element: Element, context: Context, lane: str | None) -> BusinessRuleTask | ServiceTask:
    """A decision, or a worker's job where the task names none."""
    source = context.dialect.called_decision(element)
    if source is None:
        return read_service_task(element, context, lane)
    decision = literal_or_expression(source.decision)
    binding = _word(source.binding, Binding.LATEST, "binding", element, context)
    version, version_tag = optional_text(source.version), optional_text(source.version_tag)
    for words, text in (("decision", decision), ("version", version), ("version tag", version_tag)):
        context.check_text(text, f"{words} of the {called(element)}", xml.place(element))
    _check_binding(binding, version, version_tag, element, context)
    if not source.result_variable and source.mapping != DecisionResultMapping.VARIABLES:
        context.warning(
            "decision-result",
            f"The {called(element)} makes a decision, but no variable takes its result.",
            "Name a result variable, unless the decision's record in the audit is all you want.",
            element,
        )
    return BusinessRuleTask(
        **activity_fields(element, context, lane),
        called_decision=CalledDecision(
            decision=decision,
            binding=binding,
            version=version if binding is Binding.VERSION else None,
            version_tag=version_tag if binding is Binding.VERSION_TAG else None,
            result_variable=source.result_variable or None,
            mapping=_mapping(source, element, context),
        ),
    )


def _mapping(source: DecisionSource, element: Element, context: Context) -> DecisionResultMapping:
    return _word(source.mapping, DecisionResultMapping.VALUE, "mapping of the decision's result", element, context)


def _word(text: str, default: _Word, what: str, element: Element, context: Context) -> _Word:
    if not text:
        return default
    for word in type(default):
        if word == text:
            return word
    known = ", ".join(f"'{word}'" for word in type(default))
    context.error(
        "decision-reference",
        f"The {what} of the {called(element)} is {shown(text)}, expected one of {known}.",
        "Choose one in the modeler.",
        element,
    )
    return default


def _check_binding(
    binding: Binding, version: Text | None, version_tag: Text | None, element: Element, context: Context
) -> None:
    if binding is Binding.VERSION and (version is None or (isinstance(version, str) and not _is_number(version))):
        found = "nothing" if version is None else shown(str(version))
        context.error(
            "decision-reference",
            f"The {called(element)} binds its decision by version, expected a whole number, found {found}.",
            "Give the version, for example 2, or bind to the latest.",
            element,
        )
    if binding is Binding.VERSION_TAG and version_tag is None:
        context.error(
            "decision-reference",
            f"The {called(element)} binds its decision by version tag but names none.",
            "Give the version tag, or bind to the latest.",
            element,
        )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:20]) <= _HIGHEST_VERSION
