"""Runnable definitions, built once per process definition and kept: they never change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Row, bindparam, select

from baton.bpm import errors
from baton.bpm.definition import elements
from baton.bpm.definition.importer import read_diagram
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.runtime.database import Database
from baton.models import process_definition, resource

_CACHE_SIZE = 512

_SELECT = (
    select(
        process_definition.c.id,
        process_definition.c.key,
        process_definition.c.version,
        process_definition.c.name,
        process_definition.c.mode,
        resource.c.content,
    )
    .join_from(process_definition, resource, process_definition.c.resource_id == resource.c.id)
    .where(process_definition.c.id == bindparam("id_"))
)


@dataclass(frozen=True)
class RunnableDefinition:
    """A process definition ready to run; `nodes` by element id, sub-processes' contents included."""

    id: int
    key: str
    version: int
    name: str
    process: elements.Process
    spec: ProcessSpec

    @cached_property
    def nodes(self) -> dict[str, elements.FlowNode]:
        """Every flow node by its id."""
        return {node.id: node for node in self.process.elements.walk()}

    @cached_property
    def flows(self) -> dict[str, elements.SequenceFlow]:
        """Every sequence flow by its id, those of sub-processes included."""
        flows = {flow.id: flow for flow in self.process.elements.flows}
        for node in self.nodes.values():
            if isinstance(node, elements.SubProcess):
                flows.update((flow.id, flow) for flow in node.elements.flows)
        return flows

    def element_name(self, element_id: str) -> str:
        """The name drawn on it, its id where there is none."""
        node = self.nodes.get(element_id)
        if node is not None:
            return node.name or node.id
        return self.name or self.key


def element_type(node: elements.FlowNode | None) -> str:
    """BPMN's word for it, such as `userTask`."""
    if node is None:
        return "process"
    if isinstance(node, elements.AbstractTask):
        return "task"
    name = type(node).__name__
    return name[0].lower() + name[1:]


class Definitions:
    """The cache: least recently used definitions go first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._cache: OrderedDict[int, RunnableDefinition] = OrderedDict()

    def get(self, process_definition_id: int) -> RunnableDefinition:
        """Raises `NotFound`."""
        with self._guard:
            found = self._cache.get(process_definition_id)
            if found is not None:
                self._cache.move_to_end(process_definition_id)
                return found
        with self._database.read() as connection:
            row = connection.execute(_SELECT, {"id_": process_definition_id}).one_or_none()
        if row is None:
            raise errors.NotFound(f"Expected a process definition with id '{process_definition_id}', but there is none")
        built = _build(row)
        with self._guard:
            self._cache[process_definition_id] = built
            while len(self._cache) > _CACHE_SIZE:
                self._cache.popitem(last=False)
        return built

    def forget(self, process_definition_id: int) -> None:
        """It was deleted."""
        with self._guard:
            self._cache.pop(process_definition_id, None)


def _build(row: Row[tuple[int, str, int, str, str, bytes]]) -> RunnableDefinition:
    diagram = read_diagram(row.content, mode=elements.Mode(row.mode))
    for process in diagram.processes:
        if process.key == row.key:
            return RunnableDefinition(
                id=row.id,
                key=row.key,
                version=row.version,
                name=row.name,
                process=process,
                spec=build_specs(process),
            )
    problems = "; ".join(problem.message for problem in diagram.problems[:3])
    raise errors.BatonError(
        f"Expected the stored file of process definition '{row.id}' to hold the process '{row.key}', "
        f"but this version of Baton does not find it there: {problems}"
    )
