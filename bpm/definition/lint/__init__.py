"""What a diagram does at run time that its author may not expect: one small file per rule, none keeps it from running.

Names are bpmnlint's, or those of Camunda's compatibility rules, where these have one. `Subject` holds what rules look
at; each rule has a `NAME`, a `LEVEL` unless configured otherwise, and `check(subject, findings)`. Linear or nearly so.
"""

from __future__ import annotations

from collections.abc import Callable

from baton.bpm.definition.drawing import Drawing
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint import (
    ad_hoc_sub_process,
    deadlock,
    duplicate_task_headers,
    end_event_required,
    event_sub_process_typed_start_event,
    executable_process,
    fake_join,
    global_,
    join_never_fills,
    label_required,
    lack_of_synchronisation,
    no_bpmndi,
    no_complex_gateway,
    no_duplicate_sequence_flows,
    no_gateway_join_fork,
    no_implicit_end,
    no_implicit_split,
    no_implicit_start,
    no_inclusive_gateway,
    no_loop,
    no_overlapping_elements,
    secrets,
    single_event_definition,
    superfluous_gateway,
    superfluous_termination,
)
from baton.bpm.definition.lint.severities import Level, Severities
from baton.bpm.definition.lint.subject import Subject
from baton.bpm.definition.xml import Element

Rule = Callable[[Subject, Findings], None]

_MODULES = (
    ad_hoc_sub_process,
    deadlock,
    duplicate_task_headers,
    end_event_required,
    event_sub_process_typed_start_event,
    executable_process,
    fake_join,
    global_,
    join_never_fills,
    label_required,
    lack_of_synchronisation,
    no_bpmndi,
    no_complex_gateway,
    no_duplicate_sequence_flows,
    no_gateway_join_fork,
    no_implicit_end,
    no_implicit_split,
    no_implicit_start,
    no_inclusive_gateway,
    no_loop,
    no_overlapping_elements,
    secrets,
    single_event_definition,
    superfluous_gateway,
    superfluous_termination,
)
RULES: dict[str, Rule] = {module.NAME: module.check for module in _MODULES}
LEVELS: dict[str, Level] = {module.NAME: module.LEVEL for module in _MODULES}


def check_all(drawing: Drawing, root: Element, findings: Findings, severities: Severities) -> None:
    """Judge the drawing by every rule that is not switched off."""
    subject = Subject(drawing, root)
    for name, check in RULES.items():
        if severities.level(name, LEVELS[name]) is not Level.OFF:
            check(subject, findings)
