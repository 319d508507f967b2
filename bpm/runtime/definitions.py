"""Runnable definitions, built once per process definition and kept: they never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from baton.bpm import errors
from baton.bpm.definition import elements
from baton.bpm.execution import diagrams
from baton.bpm.execution.elements import start_choice
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.runtime import form_references
from baton.bpm.runtime.database import Database
from baton.bpm.runtime.recently_used import MEGABYTE, RecentlyUsed
from baton.models import process_definition, resource

_KEPT = 512
_KEPT_BYTES = 64 * MEGABYTE
_BYTES_PER_ELEMENT = 2_000

_SELECT = (
    select(
        process_definition.c.id,
        process_definition.c.key,
        process_definition.c.version,
        process_definition.c.name,
        process_definition.c.mode,
        process_definition.c.deployment_id,
        resource.c.content,
    )
    .join_from(process_definition, resource, process_definition.c.resource_id == resource.c.id)
    .where(process_definition.c.id == bindparam("id_"))
)


@dataclass(frozen=True, slots=True)
class ElementLabel:
    """What people call an element (its name, else its id) and BPMN's word for what it is, such as `userTask`."""

    name: str
    type: str
    documentation: str


@dataclass(frozen=True, slots=True)
class RunnableDefinition:
    """A process definition ready to run; `labels` by element id, those of sub-processes and flows included.

    `forms` are those of user tasks and start events, by element id.
    """

    id: int
    key: str
    version: int
    name: str
    deployment_id: int
    spec: ProcessSpec
    labels: Mapping[str, ElementLabel]
    forms: Mapping[str, elements.FormSource]

    def label(self, element_id: str) -> ElementLabel:
        """The label of a flow node, a sequence flow or the process."""
        return self.labels.get(element_id) or ElementLabel(element_id, "", "")


def _labels(process: elements.Process) -> dict[str, ElementLabel]:
    labels = {process.key: ElementLabel(process.name or process.key, "process", process.documentation)}
    content = [process.elements]
    while content:
        inside = content.pop()
        for flow in inside.flows:
            labels[flow.id] = ElementLabel(flow.name or flow.id, "sequenceFlow", "")
        for node in inside.nodes:
            labels[node.id] = ElementLabel(node.name or node.id, _type_of(node), node.documentation)
            if isinstance(node, elements.SubProcess):
                content.append(node.elements)
    labels[start_choice.ID] = ElementLabel("Where to start", "startEvent", "")
    return labels


def _type_of(node: elements.FlowNode) -> str:
    if isinstance(node, elements.AbstractTask):
        return "task"
    name = type(node).__name__
    return name[0].lower() + name[1:]


class Definitions:
    """The cache: least recently used definitions go first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: RecentlyUsed[RunnableDefinition] = RecentlyUsed(_KEPT, _KEPT_BYTES)

    def get(self, process_definition_id: int) -> RunnableDefinition:
        """Raises `NotFound`."""
        found = self._cache.get(process_definition_id)
        if found is not None:
            return found
        with self._database.read() as connection:
            row = connection.execute(_SELECT, {"id_": process_definition_id}).one_or_none()
        if row is None:
            raise errors.NotFound(f"Expected a process definition with id '{process_definition_id}', but there is none")
        built = _build(row)
        # Elements cost far more than their text, but a script may be as long as the file.
        self._cache.put(process_definition_id, built, len(built.labels) * _BYTES_PER_ELEMENT + len(row.content))
        return built

    def forget(self, process_definition_id: int) -> None:
        """It was deleted."""
        self._cache.forget(process_definition_id)


def _build(row: Any) -> RunnableDefinition:
    diagram = diagrams.read(row.content, mode=elements.Mode(row.mode))
    for process in diagram.processes:
        if process.key == row.key:
            return RunnableDefinition(
                id=row.id,
                key=row.key,
                version=row.version,
                name=row.name,
                deployment_id=row.deployment_id,
                spec=build_specs(process),
                labels=_labels(process),
                forms={node.id: source for node, source in form_references.sources(process)},
            )
    problems = "; ".join(problem.message for problem in diagram.problems[:3])
    raise errors.BatonError(
        f"Expected the stored file of process definition '{row.id}' to hold the process '{row.key}', "
        f"but this version of Baton does not find it there: {problems}"
    )
