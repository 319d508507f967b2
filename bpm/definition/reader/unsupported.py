"""What cannot be run: named, with its place and a way out, never silently left out."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.drawing import Refused
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.xml import Element

_FIX = "Replace it by an element that can be run: tasks, gateways, events and sub-processes."


def refuse(element: Element, context: Context, lane: str | None) -> Refused:
    """Record that the element cannot be run."""
    words = xml.words(element)
    context.error("unsupported-element", f"The {called(element, words)} cannot be run.", _FIX, element)
    return Refused(**context.common(element, lane), kind=words)
