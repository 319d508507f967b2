"""`/processes`: what is deployed; one version with its diagram and what is live on it; starting it; comparing two."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from baton.app.api.shapes import id_number
from baton.app.problem_details import diagram_problem
from baton.app.web import checked_files, element_figures, page
from baton.bpm.runtime import process_definitions
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.process_definitions import ProcessDefinitionView

blueprint = Blueprint("processes", __name__, url_prefix="/processes")

VIEWS = ("live", "visits", "median", "p95", "problems")


@blueprint.get("")
def index() -> str:
    """The newest version of each process, newest first."""
    found = process_definitions.list_(
        page.engine(),
        actor=page.actor(),
        key=page.filters("key").get("key"),
        latest=True,
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    return page.show("processes/index.html", area="processes", definitions=found)


@blueprint.get("/<id:process_definition_id>")
def process(process_definition_id: int) -> str:
    """One version: its diagram with what `view` asks for, ways to start it, the other versions."""
    engine, actor = page.engine(), page.actor()
    definition = process_definitions.get(engine, process_definition_id, actor=actor)
    versions = process_definitions.list_(
        engine, actor=actor, key=definition.key, limit=page.ROWS, cursor=request.args.get("cursor")
    )
    return page.show(
        "processes/process.html",
        area="processes",
        definition=definition,
        versions=versions,
        starts=process_definitions.start_events(engine, process_definition_id, actor=actor),
        views=VIEWS if actor.is_operator else ("live", "problems"),
        **_shown(actor, definition),
    )


@blueprint.get("/<id:process_definition_id>/live")
def live(process_definition_id: int) -> Response:
    """The part of it that changes."""
    actor = page.actor()
    definition = process_definitions.get(page.engine(), process_definition_id, actor=actor)
    return page.fragment("processes/live.html", **_live(actor, definition))


@blueprint.get("/<id:process_definition_id>/compare")
def compare(process_definition_id: int) -> str:
    """This version beside another one of the same process, `with`; the one before it unless given."""
    engine, actor = page.engine(), page.actor()
    definition = process_definitions.get(engine, process_definition_id, actor=actor)
    versions = process_definitions.list_(
        engine, actor=actor, key=definition.key, limit=page.ROWS, cursor=request.args.get("cursor")
    )
    other = id_number(page.filters("with").get("with"), field="with")
    return page.show(
        "processes/compare.html",
        area="processes",
        definition=definition,
        versions=versions,
        pair=sorted(_pair(actor, definition, other, versions.items), key=lambda each: each.version),
    )


def _pair(
    actor: Actor, definition: ProcessDefinitionView, other: int | None, versions: tuple[ProcessDefinitionView, ...]
) -> list[ProcessDefinitionView]:
    """The version and the one to compare it with; alone if there is no other."""
    if other is not None:
        return [definition, process_definitions.get(page.engine(), other, actor=actor)]
    before = [each for each in versions if each.version < definition.version]
    after = [each for each in versions if each.version > definition.version]
    return [definition, *(before[:1] or after[-1:])]


def _shown(actor: Actor, definition: ProcessDefinitionView) -> dict[str, Any]:
    """What is painted on the diagram and said beside it."""
    view = request.args.get("view", "live")
    if view == "problems":
        problems = process_definitions.problems(page.engine(), definition.id, actor=actor)
        return {
            "view": view,
            "problems": [diagram_problem(problem) for problem in problems],
            "paint": {"problems": checked_files.paint(problems)},
        }
    if view in VIEWS[1:] and actor.is_operator:
        figures = element_figures.of(page.engine(), definition.id, actor=actor)
        heat = element_figures.heat(figures.rows, view)
        ended = sorted((row for row in figures.rows if row.visits), key=lambda row: -row.visits)
        return {"view": view, "ended": ended, "counted_until": figures.counted_until, "paint": {"heat": heat}}
    return {"view": "live", "paint": {}, **_live(actor, definition)}


def _live(actor: Actor, definition: ProcessDefinitionView) -> dict[str, Any]:
    if not actor.is_operator:
        return {"rows": [], "counts": {}, "incidents": {}, "links": {}}
    figures = element_figures.of(page.engine(), definition.id, actor=actor)
    rows = [row for row in figures.rows if row.open or row.incidents]
    return {
        "rows": rows,
        "counts": {row.element_id: page.at_most(row.open) for row in rows if row.open},
        "incidents": {row.element_id: page.at_most(row.incidents) for row in rows if row.incidents},
        "links": {row.element_id: row.instances for row in rows},
    }
