"""`/process-definitions`: what can be started."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Response

from baton.app.api import variables
from baton.app.api.blueprint import noun
from baton.app.api.contract import BODY_LIMIT, EVERYBODY, OPERATORS, PEOPLE, Call, operation
from baton.app.api.forms import Form
from baton.app.api.process_instances import ProcessInstance
from baton.app.api.shapes import (
    Answer,
    Id,
    Page,
    PageQuery,
    Request,
    Time,
    Variables,
    id_number,
    optional_time,
    time_text,
)
from baton.app.problem_details import DiagramProblem, diagram_problem
from baton.bpm.definition.elements import Mode
from baton.bpm.runtime import flow_node_statistics, form_views, process_definitions, process_instances

blueprint = noun("process-definitions")


class ProcessDefinition(Answer, frozen=True, kw_only=True):
    """`key` is the process's id in the file; versions count from 1 per key.

    `startable`: whether you may start it. `historyTimeToLive` is what the file says; nothing is deleted by it.
    """

    id: Id
    key: str
    version: int
    name: str
    version_tag: str | None
    mode: Mode
    deployment_id: Id
    resource_name: str
    startable: bool
    candidate_starter_users: list[str]
    candidate_starter_groups: list[str]
    history_time_to_live: str | None
    deployed_at: Time

    @classmethod
    def of(cls, view: process_definitions.ProcessDefinitionView) -> ProcessDefinition:
        return cls(
            id=str(view.id),
            key=view.key,
            version=view.version,
            name=view.name,
            version_tag=view.version_tag,
            mode=view.mode,
            deployment_id=str(view.deployment_id),
            resource_name=view.resource_name,
            startable=view.startable,
            candidate_starter_users=list(view.candidate_starter_users),
            candidate_starter_groups=list(view.candidate_starter_groups),
            history_time_to_live=view.history_time_to_live,
            deployed_at=time_text(view.deployed_at),
        )


class StartEvent(Answer, frozen=True, kw_only=True):
    """`name` is the id where it has none; `hasForm`: see `start-form`."""

    element_id: str
    name: str
    has_form: bool


class StartEvents(Answer, frozen=True, kw_only=True):
    """In the order of the file; empty where the process begins with tasks."""

    items: list[StartEvent]


class DefinitionProblems(Answer, frozen=True, kw_only=True):
    """Warnings and hints about the whole file, by line."""

    problems: list[DiagramProblem]


class DefinitionQuery(PageQuery, frozen=True, kw_only=True):
    """`latest` leaves out older versions."""

    key: str | None = None
    latest: bool = False
    deployment_id: Id | None = None


class XmlQuery(Request, frozen=True, kw_only=True):
    """`clean` gives usable ids, no dangling arrows, current namespaces, and a place for every element."""

    clean: bool = False


class Start(Request, frozen=True, kw_only=True):
    """`startEventId` chooses one of several start events."""

    variables: Variables = msgspec.field(default_factory=dict)
    business_key: Annotated[str, msgspec.Meta(max_length=255)] | None = None
    start_event_id: str | None = None


class StartFormQuery(Request, frozen=True, kw_only=True):
    """`startEventId` chooses one of several start events."""

    start_event_id: str | None = None


class FlowNodeStatistics(Answer, frozen=True, kw_only=True):
    """`open` visits are live tokens; `open` and `incidents` are counted up to 1000, which then means "or more".

    `completed` and `cancelled` visits have ended; the seconds are of completed ones, to within ten percent.
    """

    element_id: str
    open: int
    incidents: int
    completed: int
    cancelled: int
    median_seconds: float | None
    p95_seconds: float | None


class DefinitionStatistics(Answer, frozen=True, kw_only=True):
    """Flow nodes that were ever visited. Visits that ended after `countedUntil`, a minute ago, are not counted yet."""

    process_definition_ids: list[Id]
    counted_until: Time | None
    items: list[FlowNodeStatistics]


class StatisticsQuery(Request, frozen=True, kw_only=True):
    """`allVersions` takes the newest 50 versions of the same key together."""

    all_versions: bool = False


@blueprint.get("")
@operation(query=DefinitionQuery, answer=Page[ProcessDefinition], roles=EVERYBODY)
def list_process_definitions(call: Call, query: DefinitionQuery) -> Page[ProcessDefinition]:
    """List process definitions, newest first."""
    page = process_definitions.list_(
        call.engine,
        actor=call.actor,
        key=query.key,
        latest=query.latest,
        deployment_id=id_number(query.deployment_id, field="deploymentId"),
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[ProcessDefinition.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:process_definition_id>")
@operation(answer=ProcessDefinition, roles=EVERYBODY, errors=(404,))
def get_process_definition(call: Call, process_definition_id: int) -> ProcessDefinition:
    """Get a process definition."""
    return ProcessDefinition.of(process_definitions.get(call.engine, process_definition_id, actor=call.actor))


@blueprint.get("/<id:process_definition_id>/xml")
@operation(query=XmlQuery, media_type="application/xml", roles=EVERYBODY, errors=(404,))
def get_process_definition_xml(call: Call, process_definition_id: int, query: XmlQuery) -> Response:
    """Get the diagram's file, byte for byte as it was uploaded, or `clean`."""
    read = process_definitions.clean_xml if query.clean else process_definitions.xml
    content = read(call.engine, process_definition_id, actor=call.actor)
    return file_as_download(content, "diagram.bpmn")


@blueprint.get("/<id:process_definition_id>/start-events")
@operation(answer=StartEvents, roles=EVERYBODY, errors=(404,))
def list_start_events(call: Call, process_definition_id: int) -> StartEvents:
    """List the start events that a start can name."""
    found = process_definitions.start_events(call.engine, process_definition_id, actor=call.actor)
    return StartEvents(
        items=[StartEvent(element_id=each.element_id, name=each.name, has_form=each.has_form) for each in found]
    )


@blueprint.get("/<id:process_definition_id>/problems")
@operation(answer=DefinitionProblems, roles=EVERYBODY, errors=(404,))
def list_process_definition_problems(call: Call, process_definition_id: int) -> DefinitionProblems:
    """List what is worth knowing about the diagram, as its upload said it."""
    found = process_definitions.problems(call.engine, process_definition_id, actor=call.actor)
    return DefinitionProblems(problems=[diagram_problem(problem) for problem in found])


@blueprint.get("/<id:process_definition_id>/statistics")
@operation(query=StatisticsQuery, answer=DefinitionStatistics, roles=OPERATORS, errors=(404,))
def get_process_definition_statistics(
    call: Call, process_definition_id: int, query: StatisticsQuery
) -> DefinitionStatistics:
    """Where tokens and incidents are, how often each flow node was visited and how long that took."""
    view = flow_node_statistics.of_definition(
        call.engine, process_definition_id, actor=call.actor, all_versions=query.all_versions
    )
    return DefinitionStatistics(
        process_definition_ids=[str(id_) for id_ in view.process_definition_ids],
        counted_until=optional_time(view.counted_until),
        items=[FlowNodeStatistics(**msgspec.structs.asdict(item)) for item in view.items],
    )


def file_as_download(content: bytes, name: str) -> Response:
    """An uploaded file as it is, which no browser opens as a page."""
    # Shown by a browser as our own page, a file with scripts in it would be a page of ours.
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, mimetype="application/xml", headers=headers)


@blueprint.get("/<id:process_definition_id>/start-form")
@operation(query=StartFormQuery, answer=Form, roles=EVERYBODY, errors=(404,))
def get_start_form(call: Call, process_definition_id: int, query: StartFormQuery) -> Form:
    """Get the form that a start fills in, with its defaults; 404 if there is none."""
    view = form_views.of_start(
        call.engine, process_definition_id, actor=call.actor, start_event_id=query.start_event_id
    )
    return Form.of(view)


@blueprint.post("/<id:process_definition_id>/start")
@operation(body=Start, answer=ProcessInstance, status=201, roles=PEOPLE, errors=(404, 409), body_limit=BODY_LIMIT)
def start_process_definition(call: Call, process_definition_id: int, body: Start) -> ProcessInstance:
    """Start a process instance of exactly this version."""
    view = process_instances.start(
        call.engine,
        actor=call.actor,
        process_definition_id=process_definition_id,
        variables=variables.read(body.variables),
        business_key=body.business_key,
        start_event_id=body.start_event_id,
        idempotency=call.idempotency(),
    )
    return ProcessInstance.of(view)
