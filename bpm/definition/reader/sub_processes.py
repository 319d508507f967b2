"""Sub-processes: embedded, event, transaction, ad hoc. Their content is read as a scope of its own."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import AdHocSubProcess, EventSubProcess, SubProcess, Transaction
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.expressions import read_condition_of
from baton.bpm.definition.reader.marks import activity_fields
from baton.bpm.definition.xml import Element


def read_sub_process(element: Element, context: Context, lane: str | None) -> SubProcess:
    """`triggeredByEvent` makes it an event sub-process."""
    kind = EventSubProcess if xml.flag(element, "triggeredByEvent", False) else SubProcess
    return kind(**activity_fields(element, context, lane), local_variables=_local_variables(element))


def read_transaction(element: Element, context: Context, lane: str | None) -> Transaction:
    """As an embedded sub-process; its `method` and protocol are not read."""
    return Transaction(**activity_fields(element, context, lane), local_variables=_local_variables(element))


def read_ad_hoc_sub_process(element: Element, context: Context, lane: str | None) -> AdHocSubProcess:
    """With its order, completion condition and, in Camunda 8's words, what it begins with."""
    condition = xml.child(element, "completionCondition")
    vendor = context.dialect.ad_hoc(element)
    what = f"completion condition of the {called(element)}"
    context.check_text(vendor.output_element, f"output element of the {called(element)}", xml.place(element))
    context.check_text(vendor.active_elements, f"active elements of the {called(element)}", xml.place(element))
    return AdHocSubProcess(
        **activity_fields(element, context, lane),
        local_variables=_local_variables(element),
        parallel=xml.attribute(element, "ordering").lower() != "sequential",
        completion_condition=read_condition_of(condition, what, element, context),
        cancel_remaining=xml.flag(element, "cancelRemainingInstances", True),
        active_elements=vendor.active_elements,
        output_collection=vendor.output_collection,
        output_element=vendor.output_element,
    )


def _local_variables(element: Element) -> tuple[str, ...]:
    """Properties and data objects live and end with the sub-process that holds them (BPMN 10.4.1)."""
    return tuple(
        dict.fromkeys(
            name
            for kind in ("property", "dataObject")
            for part in xml.children(element, kind)
            if (name := xml.attribute(part, "name"))
        )
    )
