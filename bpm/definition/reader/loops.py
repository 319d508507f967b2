"""Loop and multi-instance marks of activities (BPMN 2.0.2, 10.3.9)."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression
from baton.bpm.definition.event_definitions import EventDefinition
from baton.bpm.definition.language import Variable
from baton.bpm.definition.loops import (
    ComplexBehavior,
    LoopCharacteristics,
    MultiInstance,
    MultiInstanceBehavior,
    StandardLoop,
)
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.event_definitions import Position, read_event
from baton.bpm.definition.reader.expressions import read_condition_of, read_number_of
from baton.bpm.definition.reader.extensions import check_extensions
from baton.bpm.definition.xml import Element


def read_loop(activity: Element, context: Context) -> LoopCharacteristics | None:
    """The activity's loop, None if it has no mark."""
    for element in activity.iterchildren(
        xml.tag("standardLoopCharacteristics"), xml.tag("multiInstanceLoopCharacteristics")
    ):
        check_extensions(element, context, about=activity)
        if xml.local_name(element) == "standardLoopCharacteristics":
            return _standard_loop(element, activity, context)
        return _multi_instance(element, activity, context)
    return None


def _standard_loop(element: Element, activity: Element, context: Context) -> StandardLoop:
    what = f"loop condition of the {called(activity)}"
    condition = read_condition_of(xml.child(element, "loopCondition"), what, activity, context)
    maximum = xml.attribute(element, "loopMaximum")
    if condition is None and not maximum:
        _says_no_end(activity, "loop condition (loopCondition) or a maximum (loopMaximum)", context)
    if maximum and not maximum.isdecimal():
        context.error(
            "loop-characteristics",
            f"The loop maximum '{maximum[:40]}' of the {called(activity)} is not a whole number.",
            "Write a whole number such as 3.",
            activity,
        )
    return StandardLoop(
        condition=condition,
        test_before=xml.flag(element, "testBefore", False),
        maximum=int(maximum) if maximum.isdecimal() and len(maximum) < 10 else None,
    )


def _multi_instance(element: Element, activity: Element, context: Context) -> MultiInstance:
    vendor = context.dialect.multi_instance(element)
    data = context.data_name(xml.text(xml.child(element, "loopDataInputRef")))
    collection = vendor.collection or (Variable(data) if data else None)
    cardinality = read_number_of(
        xml.child(element, "loopCardinality"), f"number of instances of the {called(activity)}", activity, context
    )
    if collection is None and cardinality is None:
        _says_no_end(activity, "number (loopCardinality) or a collection", context)
    for words, text in (("collection", collection), ("output element", vendor.output_element)):
        if isinstance(text, Expression):
            context.check_text(text, f"{words} of the {called(activity)}", xml.place(activity))
    completion = read_condition_of(
        xml.child(element, "completionCondition"), f"completion condition of the {called(activity)}", activity, context
    )
    item = _item_name(element, "inputDataItem", context)
    output_item = _item_name(element, "outputDataItem", context)
    output = context.data_name(xml.text(xml.child(element, "loopDataOutputRef")))
    behavior = _behavior(element)
    return MultiInstance(
        sequential=xml.flag(element, "isSequential", False),
        cardinality=cardinality,
        collection=collection,
        element=vendor.element or item,
        output_collection=vendor.output_collection or output,
        output_element=vendor.output_element or (Variable(output_item) if output_item else None),
        completion_condition=completion,
        behavior=behavior,
        thrown=_thrown(element, behavior, context),
        complex=_complex(element, activity, context) if behavior is MultiInstanceBehavior.COMPLEX else (),
        first_index=context.dialect.first_loop_counter,
    )


def _item_name(element: Element, name: str, context: Context) -> str | None:
    item = xml.child(element, name)
    return None if item is None else xml.attribute(item, "name") or xml.attribute(item, "id") or None


def _behavior(element: Element) -> MultiInstanceBehavior:
    word = xml.attribute(element, "behavior").lower()
    return MultiInstanceBehavior(word) if word in list(MultiInstanceBehavior) else MultiInstanceBehavior.ALL


def _thrown(element: Element, behavior: MultiInstanceBehavior, context: Context) -> EventDefinition | None:
    """The event definition that completed instances throw, which stands at the file's root."""
    name = {MultiInstanceBehavior.NONE: "noneBehaviorEventRef", MultiInstanceBehavior.ONE: "oneBehaviorEventRef"}
    reference = xml.attribute(element, name[behavior]) if behavior in name else ""
    definition = context.roots.get(xml.reference(reference))
    if definition is None:
        return None
    holder = definition.makeelement(xml.tag("intermediateThrowEvent"), {})
    reference_element = holder.makeelement(xml.tag("eventDefinitionRef"), {})
    reference_element.text = xml.reference(reference)
    holder.append(reference_element)
    return read_event(holder, Position.THROW, context)


def _complex(element: Element, activity: Element, context: Context) -> tuple[ComplexBehavior, ...]:
    found: list[ComplexBehavior] = []
    for part in xml.children(element, "complexBehaviorDefinition"):
        what = f"behavior condition of the {called(activity)}"
        condition = read_condition_of(xml.child(part, "condition"), what, activity, context)
        event = xml.child(part, "event")
        thrown = None if event is None else read_event(event, Position.THROW, context)
        if condition is not None and thrown is not None:
            found.append(ComplexBehavior(condition, thrown))
    return tuple(found)


def _says_no_end(activity: Element, missing: str, context: Context) -> None:
    if context.guided:
        context.note_once(
            "loop-characteristics",
            "loop-without-end",
            f"The {called(activity)} does not say how often it is done: a person is asked after each time.",
            f"Nothing has to be done if a person shall say; else set a {missing}.",
            activity,
        )
        return
    context.error(
        "loop-characteristics",
        f"The {called(activity)} does not say how often it is done.",
        f"Set a {missing}, or remove the mark.",
        activity,
    )
