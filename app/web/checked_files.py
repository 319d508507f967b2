"""Files that may be deployed, made ready to be looked at: a picture of each, and its problems by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from baton.app.problem_details import DiagramProblem, diagram_problem
from baton.bpm.definition import xml
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.problems import Problem
from baton.bpm.runtime import deployments, process_definitions
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine

# What a page carries of pictures, all files together; what is beyond is listed without.
MOST_CHARACTERS = 4_000_000


class CheckedFile(msgspec.Struct, frozen=True, kw_only=True):
    """`content` is what an island shows (BPMN with ids and places, DMN, or a form's JSON), None if nothing can be."""

    name: str
    kind: str
    mode: Mode | None
    ok: bool
    problems: list[DiagramProblem]
    paint: dict[str, list[dict[str, Any]]]
    content: Any


def look(
    engine: Engine, resources: Sequence[deployments.Resource], *, actor: Actor, mode: Mode | None
) -> list[CheckedFile]:
    """As `deployments.check`, with pictures. Raises as it."""
    views = deployments.check(engine, actor=actor, resources=resources, mode=mode)
    left = MOST_CHARACTERS
    files = []
    for view, resource in zip(views, resources, strict=True):
        content = _picture(engine, view, resource.content) if len(resource.content) <= left else None
        left -= len(resource.content) if content is not None else 0
        files.append(
            CheckedFile(
                name=view.name,
                kind=view.kind,
                mode=view.mode,
                ok=view.ok,
                problems=[diagram_problem(problem) for problem in view.problems],
                paint=paint(view.problems),
                content=content,
            )
        )
    return files


def paint(problems: Sequence[Problem]) -> dict[str, list[dict[str, Any]]]:
    """The problems by element, as `front/src/viewer/paint.js` takes them."""
    by_element: dict[str, list[dict[str, Any]]] = {}
    for problem in problems:
        if problem.element_id:
            by_element.setdefault(problem.element_id, []).append(
                {
                    "severity": problem.severity.value,
                    "message": problem.message,
                    "fix": problem.fix,
                    "rule": problem.rule,
                    "line": problem.line,
                }
            )
    return by_element


def _picture(engine: Engine, view: deployments.CheckedFileView, content: bytes) -> Any:
    if any(problem.rule == "not-xml" for problem in view.problems):
        return None
    try:
        match view.kind:
            case "process":
                return process_definitions.cleaned(engine, content, mode=view.mode).decode()
            case "decision":
                return content.decode("utf-8-sig")
        form = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (xml.UnreadableXml, UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return None
    return form if isinstance(form, dict) and isinstance(form.get("components"), list) else None
