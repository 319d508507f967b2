"""Pools and lanes: they do not change the run; a pool's name names its process, a lane's name says who."""

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


def read_pool_names(root: Element) -> dict[str, str]:
    """Process id to the name of its pool: bpmn.io writes the name there only."""
    return {
        xml.reference(xml.attribute(participant, "processRef")): xml.attribute(participant, "name")
        for participant in root.iter(xml.tag("participant"))
    }


def _enter(lane: Element, name: str, lanes: dict[str, str]) -> None:
    for node in xml.children(lane, "flowNodeRef"):
        lanes[xml.reference(xml.text(node))] = name
