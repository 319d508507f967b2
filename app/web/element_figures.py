"""The statistics of a version's flow nodes as the pages show them: with names, links, and how hot each is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from baton.bpm.runtime import flow_node_statistics
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine


class ElementFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One flow node; `instances` is the address of those that are there now. Durations are in seconds."""

    element_id: str
    name: str
    open: int
    incidents: int
    visits: int
    cancelled: int
    median: float | None
    p95: float | None
    instances: str


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """`counted_until`: ended visits are counted up to then."""

    rows: tuple[ElementFigures, ...]
    counted_until: datetime | None


def of(engine: Engine, process_definition_id: int, *, actor: Actor) -> Figures:
    """Of every flow node that was ever visited. Operators only."""
    found = flow_node_statistics.of_definition(engine, process_definition_id, actor=actor)
    definition = engine.definitions.get(process_definition_id)
    rows = tuple(
        ElementFigures(
            element_id=each.element_id,
            name=definition.label(each.element_id).name,
            open=each.open,
            incidents=each.incidents,
            visits=each.completed + each.cancelled,
            cancelled=each.cancelled,
            median=each.median_seconds,
            p95=each.p95_seconds,
            instances=_instances(process_definition_id, each.element_id),
        )
        for each in found.items
    )
    return Figures(rows=rows, counted_until=found.counted_until)


def heat(rows: Sequence[ElementFigures], figure: str) -> dict[str, float]:
    """0 to 1 by element for `visits`, `median` or `p95`; the hottest is 1. A scale of factors, not of differences."""
    known = {row.element_id: float(getattr(row, figure) or 0) for row in rows}
    hottest = max(known.values(), default=0.0)
    return {
        id_: math.log1p(value / hottest * _SPREAD) / math.log1p(_SPREAD) for id_, value in known.items() if value > 0
    }


# An element a hundred times less hot than the hottest is still told from a cold one.
_SPREAD = 100


def _instances(process_definition_id: int, element_id: str) -> str:
    return "/instances?" + urlencode(
        {"processDefinitionId": process_definition_id, "elementId": element_id, "state": "active"}
    )
