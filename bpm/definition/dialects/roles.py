"""The standard's own roles of a user task, `humanPerformer` and `potentialOwner` (BPMN 10.3.4), as an assignment.

A role's text is `user(kim), group(sales), accounting`. A bare word is a user of a performer and a group
of an owner; a resource that is referred to is a group.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Assignment, Text
from baton.bpm.definition.texts import literal_or_expression, marked_expression
from baton.bpm.definition.xml import Element

_NAME = re.compile(r"\s*(user|group)\(([^()]*)\)|([^,()]+)")
_ROLE_WORD = re.compile(r"(?:^|,)\s*+(?:user|group)\(")


@dataclass(slots=True)
class Roles:
    """`unread` are the roles, by their BPMN names, whose text could not be read wholly."""

    assignment: Assignment
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class _Names:
    users: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    readable: bool = True


def read_roles(task: Element, roots: Mapping[str, Element]) -> Roles:
    """A performer that is one user is the assignee, all others are candidates; `roots` are the root elements by id."""
    performers = _names(task, "humanPerformer", "user", roots)
    owners = _names(task, "potentialOwner", "group", roots)
    assignee: Text | None = None
    if len(performers.users) == 1 and not performers.groups:
        assignee = literal_or_expression(performers.users.pop())
    users, users_readable = _joined([*performers.users, *owners.users])
    groups, groups_readable = _joined([*performers.groups, *owners.groups])
    readable = {
        "humanPerformer": performers.readable,
        "potentialOwner": owners.readable and users_readable and groups_readable,
    }
    return Roles(
        Assignment(assignee=assignee, candidate_users=users, candidate_groups=groups),
        tuple(role for role, read in readable.items() if not read),
    )


def _names(task: Element, role: str, bare_word: str, roots: Mapping[str, Element]) -> _Names:
    names = _Names()
    for element in xml.children(task, role):
        before = len(names.users) + len(names.groups)
        names.groups.extend(_resource_names(element, roots))
        _add_names(names, _resource_expression(element), bare_word)
        if len(names.users) + len(names.groups) == before:
            names.readable = False
    return names


def _add_names(names: _Names, source: str, bare_word: str) -> None:
    if not _NAME.match(source):
        names.readable = names.readable and not source
        return
    if _is_one_expression(source):
        (names.users if bare_word == "user" else names.groups).append(source)
        return
    for kind, inside, bare in _NAME.findall(source):
        name = (inside or bare).strip()
        if name:
            (names.users if (kind or bare_word) == "user" else names.groups).append(name)
    if any(mark in _NAME.sub("", source) for mark in "()"):
        names.readable = False


def _is_one_expression(source: str) -> bool:
    """`user(${boss})` is a name with an expression in it, `${boss}` and `=boss` are expressions."""
    if source.startswith("="):
        return True
    return marked_expression(source) is not None and _ROLE_WORD.search(source) is None


def _joined(names: list[str]) -> tuple[Text | None, bool]:
    """The names with commas; several of which one is an expression of FEEL cannot be joined."""
    if len(names) == 1:
        return literal_or_expression(names[0]), True
    readable = not any(name.startswith("=") for name in names)
    return (literal_or_expression(",".join(names)) if names else None), readable


def _resource_names(role: Element, roots: Mapping[str, Element]) -> list[str]:
    """The name of the resource it refers to; commas would make several groups of it."""
    resource = roots.get(xml.reference(xml.text(xml.child(role, "resourceRef"))))
    name = "" if resource is None else xml.attribute(resource, "name").replace(",", " ")
    return [name] if name else []


def _resource_expression(role: Element) -> str:
    """The expression in its place, or right below the role, where some tools write it."""
    return xml.text(xml.child(role, "resourceAssignmentExpression")) or xml.text(xml.child(role, "formalExpression"))
