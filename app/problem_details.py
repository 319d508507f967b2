"""Errors as `application/problem+json` (RFC 9457): one table from what was raised to what is answered.

A rejection says what was expected and found. A bug is logged with an id and answered 500 with that id;
no stack trace ever leaves the process.
"""

from __future__ import annotations

import re
import traceback
import uuid

import msgspec
import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from baton.bpm import errors
from baton.bpm.definition import problems

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class DiagramProblem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One finding in an uploaded diagram; `line` is 1-based, 0 when unknown."""

    rule: str
    severity: problems.Severity
    message: str
    fix: str
    element_id: str | None = None
    element_name: str | None = None
    line: int = 0
    resource: str | None = None


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One wrong field of a form: its path, what was expected and found, and the rule it breaks."""

    field: str
    message: str
    rule: str
    label: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One that a message fits: `elementId` waits in an instance, or is a start event, which has no instance."""

    key: str
    element_id: str
    subscription_id: str
    process_definition_id: str
    process_instance_id: str | None


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """RFC 9457. `field` is the path of the member that is wrong; `problems` are those of a diagram.

    `fields` are all fields of a form that are wrong. `state` is the one that a thing is in,
    where that does not allow what was asked. `candidates` are those among which the caller has to choose.
    """

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    problems: list[DiagramProblem] | None = None
    fields: list[FieldProblem] | None = None
    state: str | None = None
    candidates: list[Candidate] | None = None
    error_id: str | None = None


def install(app: Flask) -> None:
    """Answer every error of `app` in this form."""
    app.register_error_handler(errors.BatonError, rejected)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, failed)


def rejected(error: errors.BatonError) -> Response:
    """The caller's fault, with its own status; any other of our errors here is a bug."""
    if not isinstance(error, errors.Rejection):
        return failed(error)
    details = ProblemDetails(
        type=_type(_kebab(type(error).__name__)),
        title=(type(error).__doc__ or "").strip().rstrip("."),
        status=error.status,
        detail=error.message,
        field=error.field,
        state=error.state if isinstance(error, errors.WrongState) else None,
        problems=[diagram_problem(problem) for problem in error.problems]
        if isinstance(error, errors.InvalidDiagram)
        else None,
        fields=[
            FieldProblem(field=each.field, message=each.message, rule=each.rule, label=each.label)
            for each in error.fields
        ]
        if isinstance(error, errors.FormRefused)
        else None,
        candidates=[_candidate(each) for each in error.candidates] if isinstance(error, errors.Ambiguous) else None,
    )
    answer = _answer(details)
    if error.status == errors.NotAuthenticated.status:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="baton"'
    return answer


def _candidate(found: errors.Candidate) -> Candidate:
    return Candidate(
        key=found.key,
        element_id=found.element_id,
        subscription_id=str(found.subscription_id),
        process_definition_id=str(found.process_definition_id),
        process_instance_id=None if found.process_instance_id is None else str(found.process_instance_id),
    )


def refused(error: HTTPException) -> Response:
    """What Flask itself refuses: unknown path, method, media type, size."""
    status = error.code or 500
    if status < 400:
        return Response(response=error.get_response().response, status=status, headers=error.get_headers())
    details = ProblemDetails(
        type=_type(_kebab(error.name)),
        title=error.name,
        status=status,
        detail=_words(error),
        field="body" if status in (413, 415) else None,
    )
    answer = _answer(details)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _words(error: HTTPException) -> str:
    """Flask's own say nothing of what was found, and how to go on."""
    if isinstance(error, NotFound) and error.description == NotFound.description:
        return f"Expected the path of a page or a route, found '{request.path[:200]}'; /docs lists the routes."
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        return f"Expected {' or '.join(sorted(error.valid_methods))} at '{request.path[:200]}', found {request.method}."
    return error.description or error.name


def failed(error: BaseException) -> Response:
    """A bug: the log has the trace under the id that the answer gives."""
    error_id = uuid.uuid4().hex
    # Formatted here, because a renderer for people may print local variables, and with them secrets.
    trace = "".join(traceback.format_exception(error))
    log.error("bug", error_id=error_id, method=request.method, path=request.path, trace=trace)
    return _answer(
        ProblemDetails(
            type=_type("bug"),
            title="Internal error",
            status=500,
            detail=f"Something in Baton is wrong. The server's log has it under the id {error_id}.",
            error_id=error_id,
        )
    )


def diagram_problem(problem: problems.Problem, *, resource: str | None = None) -> DiagramProblem:
    """A problem of a diagram as it is answered."""
    return DiagramProblem(
        rule=problem.rule,
        severity=problem.severity,
        message=problem.message,
        fix=problem.fix,
        element_id=problem.element_id,
        element_name=problem.element_name,
        line=problem.line,
        resource=resource or problem.resource,
    )


def _answer(details: ProblemDetails) -> Response:
    return Response(msgspec.json.encode(details), status=details.status, mimetype=MEDIA_TYPE)


def _type(name: str) -> str:
    return f"urn:baton:problem:{name}"


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|\s+", "-", name).lower()
