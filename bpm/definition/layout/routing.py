"""Corners of arrows: straight where the ends stand side by side, else with right angles; loops go back below."""

from __future__ import annotations

from baton.bpm.definition.layout.placing import Box

Point = tuple[float, float]
_BEFORE_TARGET = 30.0


def forward(source: Box, target: Box, *, from_border: bool = False) -> list[Point]:
    """From left to right; from a boundary event (`from_border`) down first."""
    end = (target.x, target.middle)
    if from_border:
        begin = (source.center[0], source.bottom)
        return [begin, (begin[0], max(end[1], begin[1] + 20)), (end[0], max(end[1], begin[1] + 20)), end]
    begin = (source.right, source.middle)
    if abs(begin[1] - end[1]) < 1:
        return [begin, end]
    turn = max(end[0] - _BEFORE_TARGET, begin[0] + 10)
    return [begin, (turn, begin[1]), (turn, end[1]), end]


def backward(source: Box, target: Box) -> list[Point]:
    """Below both."""
    low = max(source.bottom, target.bottom) + 20
    begin, end = (source.center[0], source.bottom), (target.center[0], target.bottom)
    return [begin, (begin[0], low), (end[0], low), end]


def straight(source: Box, target: Box) -> list[Point]:
    """From middle to middle."""
    return [source.center, target.center]
