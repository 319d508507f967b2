"""What cannot be run yet: named, with its place and a way out, never silently left out."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.drawing import Refused
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.xml import Element

_FIXES = {
    "callActivity": "Draw the called process as an embedded sub-process.",
    "globalTask": "Draw the task inside the process.",
    "transaction": "Draw it as an ordinary embedded sub-process.",
    "adHocSubProcess": "Draw it as an embedded sub-process with sequence flows between its tasks.",
    "subProcess": "Draw an ordinary sub-process, with a timer boundary event where something shall interrupt.",
    "complexGateway": "Draw an inclusive or parallel gateway.",
    "eventBasedGateway": "Draw a user task with a timer boundary event, or an exclusive gateway with conditions.",
    "receiveTask": "Draw a user task, or a service task whose worker waits for the message.",
    "businessRuleTask": "Draw a service task, or gateways with conditions.",
    "messageEventDefinition": "Draw a user task where the message is awaited, a service task where it is sent.",
    "signalEventDefinition": "Draw a user or service task, or a sequence flow to where the signal is awaited.",
    "errorEventDefinition": "Draw an exclusive gateway after the task that decides by a variable.",
    "escalationEventDefinition": "Draw an exclusive gateway, or a non-interrupting timer boundary event.",
    "conditionalEventDefinition": "Draw an exclusive gateway with the condition, in a loop if need be.",
    "compensateEventDefinition": "Draw the undoing tasks in the normal flow.",
    "cancelEventDefinition": "Draw a terminate end event.",
    "linkEventDefinition": "Draw a sequence flow instead of the pair of link events.",
    "timerEventDefinition": "Use the timer on a start, intermediate catch or boundary event.",
    "terminateEventDefinition": "Use terminate on an end event.",
}
_DEFAULT_FIX = "Replace it by an element that can be run: tasks, gateways, timers and embedded sub-processes."


def refuse(element: Element, context: Context, lane: str | None, *, kind: str = "") -> Refused:
    """Record that the element cannot be run; `kind` says it better than the tag."""
    words = kind or xml.words(element)
    message = f"The {called(element, words)} cannot be run yet."
    context.error("unsupported-element", message, _FIXES.get(xml.local_name(element), _DEFAULT_FIX), element)
    return Refused(**context.common(element, lane), kind=words)


def refuse_event(element: Element, definition: Element, context: Context, lane: str | None) -> Refused:
    """Record that an event of this cause cannot be run here."""
    cause = xml.words(definition).removesuffix(" event definition")
    kind = f"{cause} {xml.words(element)}"
    message = f"The {called(element, kind)} cannot be run yet."
    context.error("unsupported-element", message, _event_fix(element, definition), element)
    return Refused(**context.common(element, lane), kind=kind)


def check_activity_marks(element: Element, context: Context) -> None:
    """Refuse loop, multi-instance and compensation marks, and quantities other than one."""
    for name, words in (
        ("multiInstanceLoopCharacteristics", "multi-instance marker (three lines)"),
        ("standardLoopCharacteristics", "loop marker"),
    ):
        if xml.child(element, name) is not None:
            context.error(
                "unsupported-element",
                f"The {words} of the {called(element)} cannot be run yet.",
                "Remove the marker and draw the repetition as a loop with an exclusive gateway.",
                element,
            )
    if xml.flag(element, "isForCompensation", False):
        context.error(
            "unsupported-attribute",
            f"The {called(element)} is for compensation, which cannot be run yet.",
            "Draw the undoing task in the normal flow.",
            element,
        )
    for name in ("startQuantity", "completionQuantity"):
        if xml.attribute(element, name) not in ("", "1"):
            context.error(
                "unsupported-attribute",
                f"'{name}' of the {called(element)} cannot be run yet, only 1 can.",
                "Set it to 1 and draw parallel gateways where several tokens are needed.",
                element,
            )
    _note_data(element, context)


def _event_fix(event: Element, definition: Element) -> str:
    if xml.local_name(event) == "startEvent":
        return "Make it a none start event, and start the process over HTTP when it happens."
    return _FIXES.get(xml.local_name(definition), _DEFAULT_FIX)


def _note_data(element: Element, context: Context) -> None:
    for name in ("dataInputAssociation", "dataOutputAssociation", "ioSpecification"):
        if xml.child(element, name) is not None:
            context.note_once(
                "data-association",
                name,
                f"The data drawn at the {called(element)} is documentation: all variables are visible everywhere.",
                "Nothing has to be done.",
                element,
            )
