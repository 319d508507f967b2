"""Where shapes are drawn, and which of them lie over each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TypeAlias

from baton.bpm.definition.xml import Element

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_SHAPE = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
_MOST_COMPARED = 200_000
_MOST_TOLD = 100


def read_boxes(root: Element) -> dict[str, Box]:
    """By the id of the element drawn; the first of several drawings counts."""
    boxes: dict[str, Box] = {}
    for shape in root.iter(_SHAPE):
        bounds = next(shape.iterchildren(_BOUNDS), None)
        id_ = str(shape.get("bpmnElement") or "").rpartition(":")[2]
        if bounds is None or id_ in boxes:
            continue
        numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
        if None not in numbers:
            x, y, width, height = (number or 0.0 for number in numbers)
            boxes[id_] = (x, y, x + width, y + height)
    return boxes


def overlapping(boxes: Mapping[str, Box]) -> Iterator[tuple[str, str]]:
    """Pairs, the one further left first. Sweeps from left to right; stops after many comparisons or findings."""
    order = {id_: number for number, id_ in enumerate(boxes)}
    active: list[tuple[float, str]] = []
    compared = told = 0
    for id_ in sorted(boxes, key=lambda key: (boxes[key][0], order[key])):
        left, top, right, bottom = boxes[id_]
        active = [(end, other) for end, other in active if end > left]
        for _, other in active:
            compared += 1
            if boxes[other][1] < bottom and top < boxes[other][3]:
                told += 1
                yield other, id_
            if told >= _MOST_TOLD or compared >= _MOST_COMPARED:
                return
        active.append((right, id_))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) else None
