"""Rules a drawing must keep, one small file each, under bpmnlint's names where it has one."""

from __future__ import annotations

from collections.abc import Callable

from baton.bpm.definition.drawing import Drawing
from baton.bpm.definition.findings import Findings

Rule = Callable[[Drawing, Findings], None]

RULES: tuple[Rule, ...] = ()


def check_all(drawing: Drawing, findings: Findings) -> None:
    """Judge the drawing by every rule."""
    for rule in RULES:
        rule(drawing, findings)
