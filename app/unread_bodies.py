"""Refused requests whose body nobody has read: the server ends their connection, so the client is told (RFC 9112, 9.6).

Else it would send its next request into a connection that is being closed, and get no answer.
"""

from __future__ import annotations

from flask import Flask, Response, request

DRAINED = 64 * 1024
"""Bytes: so much is read and thrown away, which keeps the connection."""


def install(app: Flask) -> None:
    """Look at every refusal of `app`."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    if response.status_code >= 400 and _has_body() and not _is_drained():
        response.headers["Connection"] = "close"
    return response


def _has_body() -> bool:
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def _is_drained() -> bool:
    """Of a body that was read nothing is left. Who expects a 100 has sent nothing yet, and shall not."""
    if "Expect" in request.headers or (request.content_length or 0) > DRAINED:
        return False
    return len(request.environ["wsgi.input"].read(DRAINED)) < DRAINED
