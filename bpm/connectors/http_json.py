"""Camunda 8's REST connector (`io.camunda:http-json:1`): inputs as variables of the job, the rest as its headers.

A status of 400 and more, or no answer, fails the job, unless `errorExpression` makes a BPMN error, another failure or
nothing of it. `resultVariable` gets status, headers and body; `resultExpression` says which variables are made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from baton.bpm.connectors import authentication, calls, connector_expressions
from baton.bpm.connectors.http_client import (
    HttpClient,
    Request,
    Response,
    Unreachable,
    Unusable,
    read_headers,
    read_method,
    read_request_url,
)
from baton.bpm.connectors.queries import form_encoded, with_query
from baton.bpm.definition.dialects.connectors import SECRET
from baton.bpm.job_answers import JobFailure
from baton.bpm.runtime.job_views import JobView

_FIRST_FAILURE = 400
_SECRET_INPUTS = ("url", "headers", "queryParameters", "authentication")
_FORM = "application/x-www-form-urlencoded"


class HttpJson:
    """A job handler; `clock` gives the time that expressions see."""

    def __init__(self, client: HttpClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock

    def __call__(self, job: JobView) -> Mapping[str, Any]:
        """The variables of `resultVariable` and `resultExpression`."""
        try:
            pause = connector_expressions.seconds(job.headers.get("retryBackoff", ""), "retryBackoff")
            _refuse_secrets(job.variables)
            login = authentication.read(job.variables)
            request = _request(job, login)
        except Unusable as error:
            raise calls.unmendable(error.message) from error
        try:
            response = calls.call(self._client, request)
        except Unreachable as problem:
            told = {"code": problem.code, "message": problem.message}
            return self._failed(job, {"error": told}, JobFailure(problem.message, backoff_seconds=pause))
        if response.status >= _FIRST_FAILURE:
            message = f"{request.method} {request.url} answered {response.status} {response.reason}".rstrip()
            text = calls.first_bytes(response, login.secrets)
            failed = {
                "code": str(response.status),
                "message": message,
                "variables": {"response": _told(response)},
            }
            failure = JobFailure(f"{message}: {text}" if text else message, backoff_seconds=pause)
            return self._failed(job, {"error": failed}, failure)
        return self._succeeded(job, _told(response))

    def _failed(self, job: JobView, seen: Mapping[str, Any], failure: JobFailure) -> Mapping[str, Any]:
        ignored = connector_expressions.judge(job, seen, self._clock(), failure.backoff_seconds)
        if ignored is None:
            raise failure
        return ignored

    def _succeeded(self, job: JobView, response: dict[str, Any]) -> Mapping[str, Any]:
        seen = {**response, "response": response}
        ignored = connector_expressions.judge(job, seen, self._clock(), None)
        if ignored is not None:
            return ignored
        name = job.headers.get("resultVariable", "").strip()
        result = {name: response} if name else {}
        return {**result, **connector_expressions.result(job, seen, self._clock())}


def _refuse_secrets(variables: Mapping[str, Any]) -> None:
    """Who asks for a secret is not to be called with its name instead. A body may hold anybody's words."""
    for name, value in variables.items():
        if name in _SECRET_INPUTS or name.startswith("authentication."):
            found = SECRET.search(str(value))
            if found:
                raise Unusable(
                    f"The input '{name}' asks for the secret '{found[0]}', but this server keeps no secrets: "
                    "map a variable instead, and name it in BATON_SENSITIVE_VARIABLES"
                )


def _told(response: Response) -> dict[str, Any]:
    return {
        "status": response.status,
        "reason": response.reason,
        "headers": response.headers,
        "body": calls.parsed(response),
    }


def _request(job: JobView, login: authentication.Login) -> Request:
    variables = job.variables
    method = read_method(variables.get("method"))
    headers = calls.with_key({**read_headers(variables.get("headers")), **login.headers}, job)
    body = variables.get("body")
    content = b""
    if method in calls.BODY_METHODS and body is not None:
        headers, content = _content(headers, body)
    url = read_request_url(variables.get("url"))
    query = with_query(url.query, variables.get("queryParameters"), login.query)
    return Request(
        method,
        replace(url, query=query),
        headers,
        content,
        connect_seconds=_seconds(variables, "connectionTimeoutInSeconds"),
        read_seconds=_seconds(variables, "readTimeoutInSeconds"),
    )


def _content(headers: dict[str, str], body: Any) -> tuple[dict[str, str], bytes]:
    """JSON unless the content type is that of an HTML form; a text is sent as it is."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if not kind:
        headers = {**headers, "Content-Type": "application/json"}
    if isinstance(body, str):
        return headers, body.encode()
    if kind.partition(";")[0].strip().lower() == _FORM:
        return headers, form_encoded(body)
    return headers, calls.json_bytes(body)


def _seconds(variables: Mapping[str, Any], name: str) -> float | None:
    """A time-out of the diagram; 0 and nothing are the server's."""
    value = variables.get(name)
    if value is None or value == "":
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError) as error:
        raise Unusable(f"Expected {name} to be a number of seconds, found {str(value)[:40]!r}") from error
    if not 0 <= seconds <= 86_400:
        raise Unusable(f"Expected {name} to be between 0 and 86400 seconds, found {str(value)[:40]}")
    return seconds or None
