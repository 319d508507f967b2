"""`/deployments`: bringing diagrams and decisions in, all files or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import msgspec
from flask import request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.http import parse_options_header

from baton.app.api.blueprint import noun
from baton.app.api.contract import EVERYBODY, OPERATORS, Call, operation, read_body
from baton.app.api.forms import FormDefinition
from baton.app.api.shapes import Answer, Id, Nothing, Page, PageQuery, Request, Time, time_text
from baton.app.problem_details import DiagramProblem, diagram_problem
from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.runtime import deployments

blueprint = noun("deployments")

XML_TYPES = ("application/xml", "text/xml", "application/bpmn+xml", "application/dmn+xml", "application/octet-stream")
RAW_TYPES = (*XML_TYPES, "application/json")
DEPLOYMENT_LIMIT = 32 * 1024 * 1024
FILE = {"type": "string", "contentMediaType": "application/xml"}
UPLOADS: dict[str, dict[str, Any]] = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"resource": {"type": "array", "items": FILE, "description": "Any member name will do."}},
    },
    "application/xml": FILE,
    "text/xml": FILE,
    "application/json": {"type": "object", "description": "One form; `name` ends in .form or .schema.json."},
}


class DeployedDefinition(Answer, frozen=True, kw_only=True):
    """`created` false: the latest version has the same content, so it stays."""

    id: Id
    key: str
    version: int
    name: str
    version_tag: str | None
    mode: Mode
    resource_name: str
    created: bool


class DeployedDecision(Answer, frozen=True, kw_only=True):
    """`created` false: the latest version has the same content, so it stays."""

    id: Id
    key: str
    version: int
    name: str
    version_tag: str | None
    resource_name: str
    created: bool


class DeployedResource(Answer, frozen=True, kw_only=True):
    """`digest` is SHA-256 in hex, `size` bytes."""

    name: str
    digest: str
    size: int


class Deployment(Answer, frozen=True, kw_only=True):
    """`problems` are warnings and hints, in the answer to the upload only."""

    id: Id
    name: str
    deployed_at: Time
    deployed_by: str | None
    process_definitions: list[DeployedDefinition]
    decision_definitions: list[DeployedDecision]
    form_definitions: list[FormDefinition]
    resources: list[DeployedResource]
    problems: list[DiagramProblem]

    @classmethod
    def of(cls, view: deployments.DeploymentView) -> Deployment:
        return cls(
            id=str(view.id),
            name=view.name,
            deployed_at=time_text(view.deployed_at),
            deployed_by=view.deployed_by,
            process_definitions=[
                DeployedDefinition(
                    id=str(definition.id),
                    key=definition.key,
                    version=definition.version,
                    name=definition.name,
                    version_tag=definition.version_tag,
                    mode=definition.mode,
                    resource_name=definition.resource_name,
                    created=definition.created,
                )
                for definition in view.process_definitions
            ],
            decision_definitions=[
                DeployedDecision(
                    id=str(decision.id),
                    key=decision.key,
                    version=decision.version,
                    name=decision.name,
                    version_tag=decision.version_tag,
                    resource_name=decision.resource_name,
                    created=decision.created,
                )
                for decision in view.decision_definitions
            ],
            form_definitions=[FormDefinition.of(form) for form in view.form_definitions],
            resources=[
                DeployedResource(name=resource.name, digest=resource.digest, size=resource.size)
                for resource in view.resources
            ],
            problems=[
                diagram_problem(problem, resource=file.resource_name)
                for file in view.problems
                for problem in file.problems
            ],
        )


class CheckedFile(Answer, frozen=True, kw_only=True):
    """`kind` is `process`, `decision` or `form`; `mode` is null unless it is a process. `ok`: it can be deployed."""

    name: str
    kind: str
    mode: Mode | None
    ok: bool


class DeploymentCheck(Answer, frozen=True, kw_only=True):
    """What an upload of these files would say. `ok`: all of them can be deployed."""

    ok: bool
    files: list[CheckedFile]
    problems: list[DiagramProblem]

    @classmethod
    def of(cls, files: Sequence[deployments.CheckedFileView]) -> DeploymentCheck:
        return cls(
            ok=all(file.ok for file in files),
            files=[CheckedFile(name=file.name, kind=file.kind, mode=file.mode, ok=file.ok) for file in files],
            problems=[diagram_problem(problem, resource=file.name) for file in files for problem in file.problems],
        )


class CheckQuery(Request, frozen=True, kw_only=True):
    """`name` names the file of a raw upload; `mode` null: as the file says."""

    name: str | None = None
    mode: Mode | None = None


class UploadQuery(Request, frozen=True, kw_only=True):
    """`name` names the deployment, and the file of a raw upload; `mode` null: as the file says.

    `force` makes a new version of identical content too.
    """

    name: str | None = None
    mode: Mode | None = None
    force: bool = False


class DeploymentQuery(PageQuery, frozen=True, kw_only=True):
    """By exact name."""

    name: str | None = None


class DeletionQuery(Request, frozen=True, kw_only=True):
    """`cascade` ends and removes live instances too."""

    cascade: bool = False


@blueprint.post("")
@operation(
    query=UploadQuery,
    uploads=UPLOADS,
    answer=Deployment,
    status=201,
    roles=OPERATORS,
    errors=(409,),
    body_limit=DEPLOYMENT_LIMIT,
)
def create_deployment(call: Call, query: UploadQuery) -> Deployment:
    """Upload diagrams, decisions and forms: several as multipart/form-data, or one as XML or JSON.

    Every problem of every file is found at once; if one is an error, nothing is stored. Sent again with the same
    Idempotency-Key it answers the same.
    """
    resources = uploaded(query.name)
    view = deployments.deploy(
        call.engine,
        actor=call.actor,
        resources=resources,
        name=query.name or resources[0].name,
        mode=query.mode,
        force=query.force,
        idempotency=call.idempotency(_digests(resources)),
    )
    return Deployment.of(view)


@blueprint.post("/check")
@operation(query=CheckQuery, uploads=UPLOADS, answer=DeploymentCheck, roles=OPERATORS, body_limit=DEPLOYMENT_LIMIT)
def check_deployment(call: Call, query: CheckQuery) -> DeploymentCheck:
    """Find every problem of files without deploying them; errors among them are an answer too."""
    found = deployments.check(call.engine, actor=call.actor, resources=uploaded(query.name), mode=query.mode)
    return DeploymentCheck.of(found)


@blueprint.get("")
@operation(query=DeploymentQuery, answer=Page[Deployment], roles=EVERYBODY)
def list_deployments(call: Call, query: DeploymentQuery) -> Page[Deployment]:
    """List deployments, newest first."""
    page = deployments.list_(call.engine, actor=call.actor, name=query.name, limit=query.limit, cursor=query.cursor)
    return Page(items=[Deployment.of(view) for view in page.items], next_cursor=page.next_cursor)


@blueprint.get("/<id:deployment_id>")
@operation(answer=Deployment, roles=EVERYBODY, errors=(404,))
def get_deployment(call: Call, deployment_id: int) -> Deployment:
    """Get a deployment."""
    return Deployment.of(deployments.get(call.engine, deployment_id, actor=call.actor))


@blueprint.delete("/<id:deployment_id>")
@operation(query=DeletionQuery, answer=Nothing, roles=OPERATORS, errors=(404, 409))
def delete_deployment(call: Call, deployment_id: int, query: DeletionQuery) -> Nothing:
    """Delete a deployment with its definitions; with live instances only if `cascade`."""
    deployments.delete(call.engine, deployment_id, actor=call.actor, cascade=query.cascade)
    return Nothing()


def uploaded(name: str | None) -> list[deployments.Resource]:
    """The files of this request. Raises `InvalidCommand` when there is none, `UnsupportedMediaType`."""
    if request.mimetype == "multipart/form-data":
        files = [file for _, file in request.files.items(multi=True) if file.filename]
        if not files:
            raise errors.InvalidCommand("Expected at least one file, but found none.", field="resource")
        return [deployments.Resource(base_name(file.filename or ""), file.read()) for file in files]
    if request.mimetype in RAW_TYPES:
        unnamed = "form.form" if request.mimetype == "application/json" else "diagram.bpmn"
        return [deployments.Resource(base_name(_raw_name() or name or unnamed), read_body(request))]
    raise UnsupportedMediaType(
        "Expected files as multipart/form-data, one diagram as application/xml or text/xml, or one form as "
        "application/json, "
        f"but found '{request.mimetype or 'none'}'."
    )


def _digests(resources: list[deployments.Resource]) -> bytes:
    """What makes two uploads the same one: the files' names and contents."""
    return msgspec.json.encode([(file.name, hashlib.sha256(file.content).hexdigest()) for file in resources])


def base_name(name: str) -> str:
    """The file's name without folders, at most 255 characters."""
    return name.replace("\\", "/").rsplit("/", 1)[-1][-255:] or "diagram.bpmn"


def _raw_name() -> str | None:
    _, options = parse_options_header(request.headers.get("Content-Disposition"))
    name = options.get("filename")
    return unquote(name) if name else None
