"""Event definitions: what an event waits for or throws, and at which positions it may stand (BPMN table 10.93)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import StrEnum

from baton.bpm.definition import xml
from baton.bpm.definition.event_definitions import (
    CancelEventDefinition,
    CompensateEventDefinition,
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    EventDefinition,
    LinkEventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
    SignalContent,
    SignalEventDefinition,
    TerminateEventDefinition,
)
from baton.bpm.definition.language import Text
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.expressions import read_condition_of
from baton.bpm.definition.reader.extensions import check_extensions
from baton.bpm.definition.reader.mappings import check_mappings
from baton.bpm.definition.reader.messages import read_message, unknown
from baton.bpm.definition.reader.timers import read_timer
from baton.bpm.definition.texts import literal_or_expression
from baton.bpm.definition.xml import Element


class Position(StrEnum):
    """Where an event is drawn, in words."""

    START = "start event"
    INNER_START = "start event of a sub-process"
    EVENT_SUB_PROCESS_START = "start event of an event sub-process"
    CATCH = "intermediate catch event"
    BOUNDARY = "boundary event"
    THROW = "intermediate throw event"
    END = "end event"

    @property
    def throws(self) -> bool:
        """True where the event is thrown."""
        return self in (Position.THROW, Position.END)


_MESSAGE_LIKE = frozenset({"message", "timer", "conditional", "signal"})
_ALLOWED: dict[Position, frozenset[str]] = {
    Position.START: _MESSAGE_LIKE,
    # Told by the rule for sub-processes: guided, they begin when their turn comes.
    Position.INNER_START: _MESSAGE_LIKE | {"error", "escalation", "compensate"},
    Position.EVENT_SUB_PROCESS_START: _MESSAGE_LIKE | {"error", "escalation", "compensate"},
    Position.CATCH: _MESSAGE_LIKE | {"link"},
    Position.BOUNDARY: _MESSAGE_LIKE | {"error", "escalation", "compensate", "cancel"},
    Position.THROW: frozenset({"message", "signal", "escalation", "compensate", "link"}),
    Position.END: frozenset({"message", "signal", "escalation", "compensate", "error", "cancel", "terminate"}),
}


def read_event(event: Element, position: Position, context: Context) -> EventDefinition | None:
    """What the event is about: one cause, several, or None for a none event.

    Guided: also None where the file does not say enough, so that a person continues (a throw event is passed).
    """
    causes = _causes(event, context)
    if not causes and not position.throws and position is not Position.START:
        _without_cause(event, position, context)
    read = [_read(cause, event, position, context) for cause in causes]
    parts = tuple(part for part in read if part is not None)
    if len(parts) < 2:
        return parts[0] if parts else None
    return MultipleEventDefinition(parts, parallel=xml.flag(event, "parallelMultiple", False))


def _read(definition: Element, event: Element, position: Position, context: Context) -> EventDefinition | None:
    cause = xml.local_name(definition).removesuffix("EventDefinition")
    if cause not in _ALLOWED[position]:
        _misplaced(cause, event, position, context)
        return None
    if cause == "timer":
        return read_timer(definition, event, context)
    if cause == "message":
        return read_message(definition, event, context, throws=position.throws)
    return _READERS[cause](definition, event, position, context)


def _misplaced(cause: str, event: Element, position: Position, context: Context) -> None:
    allowed = ", ".join(sorted(_ALLOWED[position]))
    consequence = " It runs as if it had none." if context.guided else ""
    report = context.warning if context.guided else context.error
    report(
        "event-definition-position",
        f"The {called(event)} cannot have a {cause} definition: a {position} may have {allowed} or none.{consequence}",
        "Draw the event where BPMN allows it, or choose another type.",
        event,
    )


def _signal(definition: Element, event: Element, position: Position, context: Context) -> SignalEventDefinition | None:
    signal = context.roots.get(xml.reference(xml.attribute(definition, "signalRef")))
    name = "" if signal is None else xml.attribute(signal, "name") or xml.attribute(signal, "id")
    if not name:
        _undefined("signal-definition", "signal", event, position, context, xml.attribute(definition, "signalRef"))
        # Drawings without a properties panel name no signals: those of one file are taken for the same.
        return SignalEventDefinition(context.unnamed_signal, asks=not position.throws) if context.guided else None
    text = literal_or_expression(name)
    context.check_text(text, f"signal name of the {called(event)}", xml.place(event))
    return SignalEventDefinition(text, content=_content(definition, event, context) if position.throws else None)


def _content(definition: Element, event: Element, context: Context) -> SignalContent | None:
    content = context.dialect.signal_content(definition)
    if content is not None:
        check_mappings(content.mappings, event, context)
        context.check_text(content.business_key, f"business key of the {called(event)}", xml.place(event))
    return content


def _error(definition: Element, event: Element, position: Position, context: Context) -> ErrorEventDefinition:
    error = context.roots.get(xml.reference(xml.attribute(definition, "errorRef")))
    code_variable, message_variable = context.dialect.error_variables(definition)
    if error is None:
        named = _undeclared("error-reference", definition, event, position, context)
        return ErrorEventDefinition(named, None, code_variable, message_variable)
    code, and_others = _code("error", error, event, position, context)
    message = context.dialect.error_message(error)
    context.check_text(message, f"error message of the {called(event)}", xml.place(event))
    return ErrorEventDefinition(
        code, message if position.throws else None, code_variable, message_variable, and_others=and_others
    )


def _escalation(definition: Element, event: Element, position: Position, context: Context) -> EscalationEventDefinition:
    escalation = context.roots.get(xml.reference(xml.attribute(definition, "escalationRef")))
    variable = context.dialect.escalation_variable(definition)
    if escalation is None:
        return EscalationEventDefinition(
            _undeclared("escalation-reference", definition, event, position, context), variable
        )
    code, and_others = _code("escalation", escalation, event, position, context)
    return EscalationEventDefinition(code, variable, and_others=and_others)


def _code(what: str, root: Element, event: Element, position: Position, context: Context) -> tuple[Text, bool]:
    """The code of an error or escalation, and whether an event that catches it catches every other too.

    Who catches one without a code catches all (BPMN 2.0.2, table 10.90); its name only decides who comes first.
    """
    given = xml.attribute(root, f"{what}Code")
    text = literal_or_expression(given or xml.attribute(root, "name") or xml.attribute(root, "id"))
    context.check_text(text, f"{what} code of the {called(event)}", xml.place(event))
    return text, not given and not position.throws


def _undeclared(rule: str, definition: Element, event: Element, position: Position, context: Context) -> str | None:
    """The code, of an event that refers to nothing in the file: what the reference says, as Camunda 7 takes it.

    Without a reference any code is caught, and one without a code thrown.
    """
    what = rule.removesuffix("-reference")
    named = xml.reference(xml.attribute(definition, f"{what}Ref"))
    if not named:
        if position.throws and not context.guided:
            context.warning(
                "code-definition",
                f"The {called(event)} does not say which {what} it throws: only who catches every {what} catches it.",
                f"Choose or create the {what} in the event's properties.",
                event,
            )
        return "" if position.throws else None
    context.warning(
        rule,
        f"The {called(event)} {unknown(what, named)}: it is taken as the code.",
        f"Choose the {what} in the element's properties, or create one with this code.",
        event,
    )
    return named


def _conditional(
    definition: Element, event: Element, position: Position, context: Context
) -> ConditionalEventDefinition | None:
    condition = read_condition_of(
        xml.child(definition, "condition"), f"condition of the {called(event)}", event, context
    )
    if condition is None:
        _undefined("condition-definition", "condition", event, position, context)
        return None
    return ConditionalEventDefinition(
        condition, context.dialect.condition_variables(definition), context.dialect.condition_changes(definition)
    )


def _link(definition: Element, event: Element, position: Position, context: Context) -> LinkEventDefinition:
    return LinkEventDefinition(xml.attribute(definition, "name") or xml.attribute(event, "name"))


def _compensate(definition: Element, event: Element, position: Position, context: Context) -> CompensateEventDefinition:
    activity = xml.reference(xml.attribute(definition, "activityRef")) or None
    return CompensateEventDefinition(activity, xml.flag(definition, "waitForCompletion", True))


def _cancel(definition: Element, event: Element, position: Position, context: Context) -> CancelEventDefinition:
    return CancelEventDefinition()


def _terminate(definition: Element, event: Element, position: Position, context: Context) -> TerminateEventDefinition:
    return TerminateEventDefinition()


_READERS: dict[str, Callable[[Element, Element, Position, Context], EventDefinition | None]] = {
    "signal": _signal,
    "error": _error,
    "escalation": _escalation,
    "conditional": _conditional,
    "link": _link,
    "compensate": _compensate,
    "cancel": _cancel,
    "terminate": _terminate,
}


def _undefined(rule: str, what: str, event: Element, position: Position, context: Context, reference: str = "") -> None:
    if context.guided:
        if not position.throws:
            context.note_once(
                rule,
                f"{what}-without-definition",
                f"The {called(event)} does not say which {what} it waits for: a person may continue.",
                f"Nothing has to be done if a person shall continue; else choose the {what} in the modeler.",
                event,
            )
        return
    context.error(
        rule,
        f"The {called(event)} {unknown(what, reference)}.",
        f"Choose or create the {what} in the event's properties.",
        event,
    )


def _causes(event: Element, context: Context) -> list[Element]:
    """Event definitions inside the event, and those at the file's root that it refers to."""
    causes: list[Element] = []
    for part in event.iterchildren():
        name = xml.local_name(part)
        if name == "eventDefinitionRef":
            causes.extend(_referred(part, event, context))
        elif name.endswith("EventDefinition") and part.tag == xml.tag(name):
            check_extensions(part, context, about=event)
            causes.append(part)
    return causes


def _referred(part: Element, event: Element, context: Context) -> Iterable[Element]:
    definition = context.roots.get(xml.reference(xml.text(part)))
    if definition is not None:
        return [definition]
    context.error(
        "event-definition-reference",
        f"The {called(event)} refers to the event definition '{xml.text(part)[:80]}', which the file does not have.",
        "Set the event's type again in the modeler.",
        event,
    )
    return []


def _without_cause(event: Element, position: Position, context: Context) -> None:
    if position is Position.INNER_START or context.message_flows_to(event):
        return
    if context.guided:
        context.note_once(
            "event-without-cause",
            xml.local_name(event),
            f"The {called(event)} does not say what it waits for: a person continues.",
            "Nothing has to be done if a person shall continue; else set the event's type, for example timer.",
            event,
        )
        return
    context.error(
        "event-without-cause",
        f"The {called(event)} does not say what it waits for.",
        "Set the event's type, for example timer.",
        event,
    )


def with_flows(definition: EventDefinition | None, flows: tuple[str, ...]) -> EventDefinition | None:
    """Guided: the event also happens when a message comes along one of these message flows."""
    from_flows = message_of_flows(flows)
    if from_flows is None:
        return definition
    if definition is None:
        return from_flows
    if isinstance(definition, type(from_flows)):
        return replace(definition, flows=flows)
    if isinstance(definition, MultipleEventDefinition):
        parts = tuple(
            replace(part, flows=flows) if isinstance(part, type(from_flows)) else part for part in definition.parts
        )
        return replace(definition, parts=parts)
    return definition


def message_of_flows(flows: tuple[str, ...]) -> MessageEventDefinition | None:
    """A message without a name, for what waits only for message flows."""
    return MessageEventDefinition("", flows=flows) if flows else None
