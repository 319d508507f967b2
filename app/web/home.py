"""`/`: everything at a glance, live: what runs and waits, what is to be done and repaired, what changed last."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response

from baton.app.web import page, texts
from baton.app.web.instances import open_incidents
from baton.bpm.runtime import (
    audit_events,
    decision_definitions,
    process_definitions,
    process_instances,
    summary,
    user_tasks,
)
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.summary import SummaryView, ThroughputView

blueprint = Blueprint("home", __name__)

ROWS = 10


class Tile(msgspec.Struct, frozen=True):
    """A number at a glance and where it leads; `is_wrong` if somebody should look."""

    name: str
    number: str
    href: str | None = None
    is_wrong: bool = False


@blueprint.get("/")
def index() -> str:
    """Everything at a glance."""
    return page.show("home/index.html", area="home", **_glance(page.actor()))


@blueprint.get("/live")
def live() -> Response:
    """The part of it that changes."""
    return page.fragment("home/live.html", **_glance(page.actor()))


def _glance(actor: Actor) -> dict[str, Any]:
    engine = page.engine()
    glance: dict[str, Any] = {
        "can_operate": actor.is_operator,
        "now": engine.clock(),
        "definitions": process_definitions.list_(engine, actor=actor, latest=True, limit=ROWS),
        "decisions": decision_definitions.list_(engine, actor=actor, latest=True, limit=ROWS).items,
        "tasks": user_tasks.list_(engine, actor=actor, open_only=True, limit=ROWS),
        "instances": process_instances.list_(engine, actor=actor, limit=ROWS).items,
    }
    if actor.is_operator:
        glance |= {
            "tiles": _tiles(summary.get(engine, actor=actor)),
            "incidents": open_incidents(actor)[:ROWS],
            "events": audit_events.list_(engine, actor=actor, limit=2 * ROWS).items,
        }
    return glance


def _tiles(found: SummaryView) -> list[Tile]:
    return [
        Tile(texts.t("home.running"), _counted(found.running), "/instances?state=active"),
        Tile(texts.t("home.waiting"), _counted(found.waiting), "/instances?state=active"),
        Tile(texts.t("home.suspended"), _counted(found.suspended), "/instances?state=suspended"),
        Tile(texts.t("home.open_tasks"), _counted(found.open_tasks), "/tasks"),
        Tile(
            texts.t("home.overdue_tasks"),
            _counted(found.overdue_tasks),
            "/tasks?inbox=overdue",
            is_wrong=found.overdue_tasks > 0,
        ),
        Tile(
            texts.t("home.open_incidents"),
            _counted(found.incidents),
            "/operations/incidents",
            is_wrong=found.incidents > 0,
        ),
        Tile(texts.t("home.last_minute"), _throughput(found.last_minute)),
        Tile(texts.t("home.last_hour"), _throughput(found.last_hour)),
    ]


def _throughput(found: ThroughputView) -> str:
    return texts.t("home.throughput", started=_counted(found.started), ended=_counted(found.ended))


def _counted(count: int) -> str:
    return texts.t("home.or_more", count=count) if count >= summary.COUNTED else str(count)
