"""Gives processes, nodes and flows ids that can be referred to and kept; references follow.

What has no id gets one; an id used twice stays with its first element; an id that is no XML name is written as one.
Which of two elements with one id a reference means is told by the process or sub-process around the reference, then
by what the nodes list as their incoming and outgoing flows.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.mending import notes
from baton.bpm.definition.not_run import NOT_RUN
from baton.bpm.definition.problems import Problem
from baton.bpm.definition.xml import Element

MAX_LENGTH = 255
_FIX = "Give it an id of its own in the modeler: letters, digits, '_', '-' and '.'."
_NAME = re.compile(r"[^\W\d][\w.\-·]*")
_UNUSABLE = re.compile(r"[^\w.\-]+")
_CONTAINERS = frozenset(xml.tag(name) for name in ("process", "subProcess", "transaction", "adHocSubProcess"))
_FLOW = xml.tag("sequenceFlow")
_ENDS = frozenset({xml.tag("incoming"), xml.tag("outgoing")})
_RUN_OTHERS = frozenset({"process", "sequenceFlow", "messageFlow", "transaction"})
_REFERRING = frozenset({"default", "bpmnElement", "calledElement", "processId"})


@dataclass(slots=True)
class _Renamed:
    """New ids by old id, within a container and everywhere."""

    inside: dict[tuple[Element, str], str] = field(default_factory=dict)
    everywhere: dict[str, str] = field(default_factory=dict)

    def of(self, reference: str, container: Element) -> str | None:
        for text in (reference, xml.reference(reference)):
            found = self.inside.get((container, text)) or self.everywhere.get(text)
            if found is not None:
                return found
        return None


def mend(root: Element) -> tuple[Problem, ...]:
    """Change the tree, tell each new id as a warning. Linear in the size of the file."""
    told: list[Problem] = []
    taken = Counter({xml.attribute(element, "id"): 1 for element in root.iter(etree.Element)})
    renamed = _Renamed()
    twins: list[tuple[Element, str]] = []
    first_of: dict[str, Element] = {}
    for element in _run(root):
        old = xml.attribute(element, "id")
        if old and old not in first_of and _usable(old):
            first_of[old] = element
            continue
        new = _new_id(element, old, taken)
        told.append(_told(element, old, new, first_of.get(old)))
        if old in first_of:
            renamed.inside[_container(element), old] = new
            if _container(first_of[old]) is _container(element):
                del renamed.inside[_container(element), old]
                twins.append((element, old))
        elif old:
            first_of[old] = element
            renamed.everywhere[old] = new
        element.set("id", new)
    if renamed.inside or renamed.everywhere:
        _follow(root, renamed)
    _settle_ends(root, twins)
    return tuple(told)


def _run(root: Element) -> Iterator[Element]:
    for element in root.iter(xml.tag("*")):
        name = xml.local_name(element)
        parent = element.getparent()
        is_node = parent is not None and parent.tag in _CONTAINERS and element.tag not in NOT_RUN
        if is_node or name in _RUN_OTHERS:
            yield element


def _usable(id_: str) -> bool:
    return len(id_) <= MAX_LENGTH and _NAME.fullmatch(id_) is not None


def _new_id(element: Element, old: str, taken: Counter[str]) -> str:
    name = xml.local_name(element)
    base = _UNUSABLE.sub("_", old).strip("_")[:200] or (_process_id(element) if name == "process" else name)
    if not _NAME.fullmatch(base):
        base = f"_{base}"
    new = base
    while new in taken:
        # Counts on from the last number, so that a thousand elements of one id are no million tries.
        taken[base] += 1
        new = f"{base}_{taken[base]}"
    taken[new] += 1
    return new


def _process_id(process: Element) -> str:
    """Two files that name no process must not become versions of one."""
    named = _UNUSABLE.sub("_", xml.attribute(process, "name")).strip("_")[:100]
    return f"Process_{named or hashlib.sha256(etree.tostring(process)).hexdigest()[:8]}"


def _told(element: Element, old: str, new: str, first: Element | None) -> Problem:
    words = xml.words(element)
    name = xml.attribute(element, "name")
    called = f"{words} '{name[:80]}'" if name else words
    if first is not None:
        message = f"The id '{old[:80]}' is used again, first on line {xml.line(first)}; the {called} is called '{new}'."
        return notes.warning("no-duplicate-ids", message, _FIX, element)
    if not old:
        return notes.warning("id-required", f"The {called} has no id; it is called '{new}'.", _FIX, element)
    message = f"The id '{old[:80]}' of the {called} cannot be referred to; it is called '{new[:80]}'."
    return notes.warning("id-required", message, _FIX, element)


def _container(element: Element) -> Element:
    """The process or sub-process around the element; None outside of all."""
    return next((around for around in element.iterancestors() if around.tag in _CONTAINERS), None)


def _follow(root: Element, renamed: _Renamed) -> None:
    """Write the new ids into everything that refers to the old ones."""
    around: list[Element] = [None]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            if element.tag in _CONTAINERS:
                around.pop()
            continue
        for name, value in element.attrib.items():
            plain = str(name).rpartition("}")[2]
            if plain in _REFERRING or plain.endswith("Ref"):
                new = renamed.of(str(value).strip(), around[-1])
                if new is not None:
                    element.set(name, new)
        if element.text and (element.tag in _ENDS or xml.local_name(element).endswith("Ref")):
            new = renamed.of(element.text.strip(), around[-1])
            if new is not None:
                element.text = new
        if element.tag in _CONTAINERS:
            around.append(element)


def _settle_ends(root: Element, twins: list[tuple[Element, str]]) -> None:
    """Ends of flows from what nodes list: where an end is missing, or its id was that of two nodes side by side."""
    if not twins and all(flow.get("sourceRef") and flow.get("targetRef") for flow in root.iter(_FLOW)):
        return
    old_ids = dict(twins)
    listed: dict[tuple[str, str], Element] = {}
    for element in _run(root):
        for part in element.iterchildren(*_ENDS):
            listed[xml.local_name(part), xml.reference(xml.text(part))] = element
    for flow in root.iter(_FLOW):
        for side, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            node = listed.get((side, xml.attribute(flow, "id")))
            if node is None:
                continue
            now = xml.reference(xml.attribute(flow, end))
            if not now or old_ids.get(node) == now:
                flow.set(end, xml.attribute(node, "id"))
