"""Lanes: which one holds a node. Pools and lanes do not change the run; a lane's name says who."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element


def read_lanes(root: Element) -> dict[str, str]:
    """Node id to the name of the innermost named lane that lists it."""
    lanes: dict[str, str] = {}
    # Outer lanes are visited before the lanes inside them, so that the innermost name stays.
    waiting = [(lane_set, "") for lane_set in root.iter(xml.tag("laneSet"))]
    while waiting:
        lane_set, outer = waiting.pop()
        for lane in xml.children(lane_set, "lane"):
            name = xml.attribute(lane, "name") or outer
            if name:
                _enter(lane, name, lanes)
            waiting.extend((inner, name) for inner in xml.children(lane, "childLaneSet"))
    return lanes


def _enter(lane: Element, name: str, lanes: dict[str, str]) -> None:
    for node in xml.children(lane, "flowNodeRef"):
        lanes[xml.reference(xml.text(node))] = name
