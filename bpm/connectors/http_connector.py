"""Camunda 7's `http-connector`: `url`, `method`, `headers` and `payload` in; `response`, `statusCode`, `headers` out.

The outputs of the diagram judge the response, whatever its status. No response is a failed try.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baton.bpm.connectors import calls
from baton.bpm.connectors.http_client import (
    HttpClient,
    Request,
    Unreachable,
    Unusable,
    read_headers,
    read_method,
    read_request_url,
)
from baton.bpm.job_answers import JobFailure
from baton.bpm.runtime.job_views import JobView


class HttpConnector:
    """A job handler."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def __call__(self, job: JobView) -> Mapping[str, Any]:
        """`headers` are those of the response, `response` its body as text."""
        try:
            response = calls.call(self._client, _request(job))
        except Unusable as error:
            raise calls.unmendable(error.message) from error
        except Unreachable as error:
            raise JobFailure(error.message) from error
        return {"statusCode": response.status, "headers": response.headers, "response": response.text}


def _request(job: JobView) -> Request:
    variables = job.variables
    method = read_method(variables.get("method"))
    payload = variables.get("payload")
    body = b""
    if method in calls.BODY_METHODS and payload is not None:
        body = payload.encode() if isinstance(payload, str) else calls.json_bytes(payload)
    headers = calls.with_key(read_headers(variables.get("headers")), job)
    return Request(method, read_request_url(variables.get("url")), headers, body)
