"""What both dialects' connectors share: the job's call made, its problems told as failures of the job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm.connectors.http_client import HttpClient, NotAllowed, Request, Response, Unusable
from baton.bpm.job_answers import JobFailure
from baton.bpm.runtime.job_views import JobView
from baton.bpm.values.json_depth import nests_deeper

IDEMPOTENCY_KEY = "Idempotency-Key"
BODY_METHODS = ("POST", "PUT", "PATCH")
_SHOWN_BODY = 200
_MAXIMUM_DEPTH = 90
_encode = msgspec.json.Encoder(enc_hook=str, decimal_format="number").encode


def call(client: HttpClient, request: Request) -> Response:
    """The response, whatever its status. `JobFailure` without another try for what no other try can mend.

    Raises `Unreachable` for the caller to judge.
    """
    try:
        return client.send(request)
    except (NotAllowed, Unusable) as error:
        raise unmendable(error.message) from error


def unmendable(message: str) -> JobFailure:
    """The job fails for good: somebody has to change the diagram, its data or the server first."""
    return JobFailure(message, retries=0)


def with_key(headers: Mapping[str, str], job: JobView) -> dict[str, str]:
    """The same for each try of the job, so that who is called can know a repetition; the diagram's own key stays."""
    if any(name.lower() == IDEMPOTENCY_KEY.lower() for name in headers):
        return dict(headers)
    return {**headers, IDEMPOTENCY_KEY: str(job.id)}


def json_bytes(value: Any) -> bytes:
    """A variable as plain JSON: numbers as numbers, dates and durations as ISO 8601 texts. Raises `Unusable`."""
    try:
        return _encode(_plain(value))
    except (UnicodeEncodeError, TypeError, RecursionError) as error:
        raise Unusable("The body cannot be written as JSON") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def parsed(response: Response) -> Any:
    """The body as JSON where it is JSON, else its text; None if it is empty."""
    if not response.body:
        return None
    if nests_deeper(response.body, _MAXIMUM_DEPTH):
        return response.text
    try:
        return msgspec.json.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return response.text


def first_bytes(response: Response, secrets: tuple[str, ...]) -> str:
    """The beginning of the body on one line, without the credentials that were sent."""
    text = response.text[: 10 * _SHOWN_BODY]
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return " ".join(text[:_SHOWN_BODY].split())
