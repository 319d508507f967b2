"""A small HTTP client for the commands that speak to a running server."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from baton.bpm import errors

TIMEOUT_SECONDS = 60
PAGE = 200


class ServerRefused(errors.BatonError):
    """The server answered with an error; `problem` is its `application/problem+json`."""

    def __init__(self, message: str, problem: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Client:
    """`url` is the server's address without a path; `api_key` and `user` say who is asking."""

    url: str
    api_key: str | None = None
    user: str | None = None

    def get(self, path: str, **query: str | int | None) -> Any:
        """The decoded JSON of a GET; `query` members that are None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._send("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, body: Any) -> Any:
        """The decoded JSON of a POST of a JSON body."""
        return self._send("POST", path, msgspec.json.encode(body), "application/json")

    def patch(self, path: str, body: Any) -> Any:
        """The decoded JSON of a PATCH; what the body does not have stays as it is."""
        return self._send("PATCH", path, msgspec.json.encode(body), "application/json")

    def put(self, path: str) -> Any:
        """The decoded JSON of a PUT without a body: afterwards it is there."""
        return self._send("PUT", path)

    def delete(self, path: str) -> Any:
        """The decoded JSON of a DELETE."""
        return self._send("DELETE", path)

    def items(self, path: str, most: int, **query: str | int | None) -> list[Any]:
        """The items of a list, page after page, at most `most`."""
        found: list[Any] = []
        cursor: str | None = None
        while len(found) < most:
            page = self.get(path, **query, limit=min(PAGE, most - len(found)), cursor=cursor)
            found += page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                break
        return found

    def upload(self, path: str, files: Sequence[tuple[str, bytes]], **query: str | None) -> Any:
        """The decoded JSON of a POST of files as multipart/form-data."""
        given = {name: value for name, value in query.items() if value is not None}
        boundary = "baton-7d1f0c5b2a9e4c83b6"
        return self._send(
            "POST",
            f"{path}?{urlencode(given)}" if given else path,
            _multipart(files, boundary),
            f"multipart/form-data; boundary={boundary}",
        )

    def _send(self, method: str, path: str, body: bytes | None = None, media_type: str | None = None) -> Any:
        connection = _connection(self.url)
        try:
            connection.request(method, f"/api/v1{path}", body=body, headers=self._headers(media_type))
            answer = connection.getresponse()
            content = answer.read()
        except OSError as error:
            raise errors.BatonError(
                f"Expected a Baton server at {self.url}, but {error.strerror or error}. "
                "Start one with `baton serve`, or name another with --url or BATON_URL."
            ) from error
        finally:
            connection.close()
        return _decoded(answer.status, content)

    def _headers(self, media_type: str | None) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if media_type:
            headers["Content-Type"] = media_type
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        elif self.user:
            headers["Baton-User"] = self.user
        return headers


def segment(text: str) -> str:
    """One part of a path: nothing in it is a slash or begins a query."""
    return quote(text, safe="")


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise errors.ConfigurationError(f"Expected an address such as http://127.0.0.1:8080, but found '{url}'.")
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)


def _decoded(status: int, content: bytes) -> Any:
    try:
        decoded = msgspec.json.decode(content) if content else {}
    except msgspec.DecodeError as error:
        raise errors.BatonError(
            f"Expected JSON from the server, but found something else (status {status})."
        ) from error
    if status >= 400:
        raise ServerRefused(str(decoded.get("detail", f"The server answered {status}.")), decoded)
    return decoded


def _multipart(files: Sequence[tuple[str, bytes]], boundary: str) -> bytes:
    lines: list[bytes] = []
    for name, content in files:
        quoted = name.replace('"', "%22").replace("\r", "").replace("\n", "")
        lines += [
            f"--{boundary}".encode(),
            f'Content-Disposition: form-data; name="resource"; filename="{quoted}"'.encode(),
            b"Content-Type: application/xml",
            b"",
            content,
        ]
    return b"\r\n".join([*lines, f"--{boundary}--".encode(), b""])
