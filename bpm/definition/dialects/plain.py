"""BPMN 2.0 without a vendor's extensions, as bpmn.io writes it; also the base of the other dialects.

Reads what the standard itself offers: `humanPerformer`, `potentialOwner`, `implementation`, `script`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.vocabulary import Job, ScriptSource, Treatment
from baton.bpm.definition.elements import Assignment, CronForm, Text
from baton.bpm.definition.texts import literal_or_expression, marked_expression, optional_text
from baton.bpm.definition.xml import Element

_OWNER = re.compile(r"\s*(user|group)\(([^()]*)\)|([^,()]+)")


class Plain:
    """`namespaces` are the vendor's; `attributes` and `elements` say what becomes of each known word in them."""

    name: ClassVar[str] = "plain"
    cron_form: ClassVar[CronForm] = CronForm.QUARTZ
    namespaces: ClassVar[tuple[str, ...]] = ()
    attributes: ClassVar[Mapping[str, Treatment]] = {}
    elements: ClassVar[Mapping[str, Treatment]] = {}

    def assignment(self, task: Element, roots: Mapping[str, Element]) -> Assignment:
        """Who does a user task and by when; `roots` are the file's root elements by id."""
        users, groups = _owners(task, roots)
        return Assignment(assignee=_performer(task), candidate_users=users, candidate_groups=groups)

    def form(self, node: Element) -> str:
        """The form reference of a user task or start event, empty if none."""
        return ""

    def job(self, task: Element) -> Job | None:
        """The worker's job of a service, send or business rule task; None if nothing is said about it."""
        implementation = xml.attribute(task, "implementation")
        if not implementation or implementation.startswith("##") or implementation.lower() == "webservice":
            return None
        return Job(literal_or_expression(implementation))

    def script(self, task: Element) -> ScriptSource | None:
        """The script of a script task, None if it has none."""
        body = xml.text(xml.child(task, "script"))
        return ScriptSource(body, xml.attribute(task, "scriptFormat")) if body else None

    def version_tag(self, process: Element) -> str | None:
        """The author's own label of this version."""
        return None


def _performer(task: Element) -> Text | None:
    for performer in xml.children(task, "humanPerformer"):
        return optional_text(_resource_expression(performer))
    return None


def _owners(task: Element, roots: Mapping[str, Element]) -> tuple[Text | None, Text | None]:
    """Candidate users and groups: `user(kim), group(sales), accounting`; a bare word or a resource is a group."""
    users: list[str] = []
    groups: list[str] = []
    for owner in xml.children(task, "potentialOwner"):
        groups.extend(_resource_names(owner, roots))
        source = _resource_expression(owner)
        expression = marked_expression(source)
        if expression is not None:
            return None, expression
        for kind, inside, bare in _OWNER.findall(source):
            name = (inside or bare).strip()
            if name:
                (users if kind == "user" else groups).append(name)
    return ",".join(users) or None, ",".join(groups) or None


def _resource_names(role: Element, roots: Mapping[str, Element]) -> list[str]:
    """The name of the resource it refers to; commas would make several groups of it."""
    resource = roots.get(xml.reference(xml.text(xml.child(role, "resourceRef"))))
    name = "" if resource is None else xml.attribute(resource, "name").replace(",", " ")
    return [name] if name else []


def _resource_expression(role: Element) -> str:
    assignment = xml.child(role, "resourceAssignmentExpression")
    return xml.text(assignment)
