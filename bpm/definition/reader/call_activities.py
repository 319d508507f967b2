"""Call activities: another process, or a global task of the same file (BPMN 2.0.2, 10.3.6)."""

from __future__ import annotations

import copy

from baton.bpm.definition import xml
from baton.bpm.definition.elements import CallActivity
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.mappings import check_mappings, read_parameters
from baton.bpm.definition.reader.marks import activity_fields
from baton.bpm.definition.xml import Element


def read_call_activity(element: Element, context: Context, lane: str | None) -> CallActivity:
    """`called` is None only in guided mode, or where an error was recorded."""
    call = context.dialect.call(element)
    fields = activity_fields(element, context, lane)
    if call.called is None:
        _without_called(element, context)
        return CallActivity(**fields)
    locals_, results = read_parameters(element, context)
    check_mappings((*locals_, *results), element, context)
    for words, text in (
        ("called process", call.called),
        ("business key", call.business_key),
        ("version", call.version),
    ):
        context.check_text(text, f"{words} of the {called(element)}", xml.place(element))
    check_mappings((*call.inputs, *call.own_inputs, *call.outputs, *call.own_outputs), element, context)
    for word in context.dialect.empty_crossings(element):
        context.warning(
            "vendor-extension",
            f"A {word} of the {called(element)} says nothing that crosses: it is not used.",
            'Give it a source, or a sourceExpression with a target, or variables="all".',
            element,
        )
    drawn = bool(fields["inputs"] or fields["outputs"])
    fields["inputs"] = (*fields["inputs"], *call.inputs)
    fields["outputs"] = (*fields["outputs"], *call.outputs)
    return CallActivity(
        **fields,
        called=call.called,
        binding=call.binding,
        version=call.version,
        business_key=call.business_key,
        all_in=call.all_in and not drawn,
        all_out=call.all_out and not drawn,
        local_in=call.local_in,
        own_inputs=call.own_inputs,
        own_outputs=call.own_outputs,
        own_all_out=call.own_all_out,
        out_when_thrown=call.out_when_thrown,
        locals=locals_,
        results=results,
    )


def global_task(element: Element, context: Context) -> Element | None:
    """The global task of the file that the call activity calls."""
    target = context.roots.get(xml.reference(xml.attribute(element, "calledElement")))
    if target is not None and xml.local_name(target).startswith("global"):
        return target
    return None


def as_task(element: Element, target: Element) -> Element:
    """The call activity as the task it calls: the work is the global task's, all else the call activity's own."""
    kind = xml.local_name(target).removeprefix("global")
    name = kind[0].lower() + kind[1:]
    merged = element.makeelement(xml.tag(name), {**target.attrib, **element.attrib}, nsmap=element.nsmap)
    merged.attrib.pop("calledElement", None)
    # A global script task says its language by another attribute than a script task (BPMN 2.0.2, 10.3.7).
    language = merged.attrib.pop("scriptLanguage", None)
    if language and "scriptFormat" not in merged.attrib:
        merged.set("scriptFormat", language)
    for part in (*target, *element):
        merged.append(copy.deepcopy(part))
    merged.sourceline = element.sourceline
    return merged


def _without_called(element: Element, context: Context) -> None:
    if context.guided:
        return
    context.error(
        "called-element",
        f"The {called(element)} does not say which process it calls.",
        "Set the called element (the other process's id) in its properties.",
        element,
    )
