"""Rules a drawing must keep, one small file each, under bpmnlint's names where it has one."""

from __future__ import annotations

from collections.abc import Callable

from baton.bpm.definition.drawing import Drawing
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.rules import (
    boundary_event_attached,
    boundary_event_twice,
    compensation,
    conditional_flows,
    default_flow,
    event_based_gateway_targets,
    flow_within_scope,
    link_event,
    no_dangling_flow,
    no_disconnected,
    no_flow_to_event_sub_process,
    no_incoming_to_start,
    no_outgoing_from_end,
    no_unreachable,
    process_not_empty,
    single_blank_start_event,
    start_event_required,
    sub_process_blank_start_event,
    user_task_attributes,
)

Rule = Callable[[Drawing, Findings], None]

RULES: dict[str, Rule] = {
    rule.NAME: rule.check
    for rule in (
        boundary_event_attached,
        boundary_event_twice,
        compensation,
        conditional_flows,
        default_flow,
        event_based_gateway_targets,
        flow_within_scope,
        link_event,
        no_dangling_flow,
        no_disconnected,
        no_flow_to_event_sub_process,
        no_incoming_to_start,
        no_outgoing_from_end,
        no_unreachable,
        process_not_empty,
        single_blank_start_event,
        start_event_required,
        sub_process_blank_start_event,
        user_task_attributes,
    )
}
"""The rule by its name, in no particular order: problems are sorted by line."""


def check_all(drawing: Drawing, findings: Findings) -> None:
    """Judge the drawing by every rule."""
    for check in RULES.values():
        check(drawing, findings)
