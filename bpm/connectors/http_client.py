"""One HTTP call: allowed hosts only, bounded in time and size, redirects followed only where they may lead.

Raises `NotAllowed` where the operator's list ends, `Unusable` for a request that cannot be sent, `Unreachable` for
what may be better the next time. A status is never an error here.
"""

from __future__ import annotations

import re
import ssl
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

import httpcore

from baton.bpm.connectors.allow_list import SETTING, AllowList
from baton.bpm.connectors.network import CheckedNetwork, Deadline, ForbiddenAddress
from baton.bpm.connectors.urls import UnusableUrl, Url, read_url

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MAXIMUM_REDIRECTS = 5
_FOLLOWED = (301, 302, 303, 307, 308)
_MAXIMUM_HEADERS = 100
_MAXIMUM_HEADER_VALUE = 8_000
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OF_THE_TRANSPORT = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect", "keep-alive"}
)


class CallProblem(Exception):
    """The call has no response; `message` says why, without credentials and without the query."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(CallProblem):
    """The operator has not allowed this host or address."""


class Unusable(CallProblem):
    """The request cannot be sent as it is."""


class Unreachable(CallProblem):
    """No connection, no answer in time, or an answer that is none. `code` is a word for it, such as `TIMEOUT`."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Seconds and bytes; `total_seconds` covers everything from the first look-up to the last byte."""

    connect_seconds: float = 20
    read_seconds: float = 20
    total_seconds: float = 60
    max_response_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """`connect_seconds` and `read_seconds` None: the client's own, which are also the most."""

    method: str
    url: Url
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    connect_seconds: float | None = None
    read_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """`headers` as the server wrote them; those that came more than once are joined with commas."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """Its value, however it is capitalised; empty if there is none."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        """By the charset of the content type, else UTF-8; NUL, which no variable can hold, is left out."""
        found = re.search(r"charset=\"?([\w.:-]{1,40})", self.header("content-type"), re.IGNORECASE)
        try:
            text = self.body.decode(found.group(1) if found else "utf-8", errors="replace")
        except (LookupError, UnicodeError, ValueError):
            text = self.body.decode("utf-8", errors="replace")
        return text.replace("\0", "")


def read_request_url(value: object) -> Url:
    """Raises `Unusable`."""
    try:
        return read_url(value)
    except UnusableUrl as error:
        raise Unusable(f"The url is not usable: {error}") from error


def read_method(value: object) -> str:
    """GET if nothing is said. Raises `Unusable`."""
    method = str(value or "GET").strip().upper()
    if method not in METHODS:
        raise Unusable(f"Expected the method to be one of {', '.join(METHODS)}, found '{method[:20]}'")
    return method


def read_headers(value: object) -> dict[str, str]:
    """A map of texts, numbers or lists of such; those that are null are left out. Raises `Unusable`."""
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise Unusable(f"Expected the headers to be a map of names and values, found a {type(value).__name__}")
    if len(value) > _MAXIMUM_HEADERS:
        raise Unusable(f"Expected at most {_MAXIMUM_HEADERS} headers, found {len(value)}")
    return {_header_name(name): header_value(str(name), given) for name, given in value.items() if given is not None}


def _header_name(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Unusable(f"Expected a header name of letters, digits and hyphens, found {str(name)[:50]!r}")
    if name.lower() in _OF_THE_TRANSPORT:
        raise Unusable(f"The header '{name}' is set by the client itself: remove it from the diagram")
    return name


def header_value(name: str, value: object) -> str:
    """One line of text. Raises `Unusable` without repeating the value, which may be a secret."""
    text = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
    if len(text) > _MAXIMUM_HEADER_VALUE:
        raise Unusable(f"Expected the header '{name[:80]}' to have at most {_MAXIMUM_HEADER_VALUE} characters")
    if _UNSAFE.search(text) or not all(ord(character) < 256 for character in text):
        raise Unusable(f"Expected the header '{name[:80]}' to be one line of Latin letters, found other characters")
    return text.strip()


class HttpClient:
    """Safe between threads: nothing is kept between two calls but the certificates."""

    def __init__(self, allowed: AllowList, limits: HttpLimits) -> None:
        self._allowed = allowed
        self._limits = limits
        self._certificates = _certificates()

    def send(self, request: Request) -> Response:
        """The response to the last of the redirects. Only GET and HEAD are redirected."""
        deadline = Deadline(self._limits.total_seconds)
        for _ in range(MAXIMUM_REDIRECTS + 1):
            self._require_allowed(request.url)
            response = self._exchange(request, deadline)
            onward = _redirected(request, response)
            if onward is None:
                return response
            request = onward
        raise Unreachable(f"{request.url} redirected more than {MAXIMUM_REDIRECTS} times", "REDIRECTS")

    def _require_allowed(self, url: Url) -> None:
        if not self._allowed.allows(url):
            raise NotAllowed(
                f"Expected a host that this server may call, found {url}. If it may, the operator adds "
                f"'{url.authority}' to the setting {SETTING} and restarts the server; then resolve the incident."
            )

    def _exchange(self, request: Request, deadline: Deadline) -> Response:
        where = request.url
        try:
            return self._carry_out(request, deadline)
        except ForbiddenAddress as error:
            raise NotAllowed(
                f"'{where.host}' leads to the address {error.args[0]}, which is not public. If that is meant, the "
                f"operator adds the address or its network to the setting {SETTING} and restarts the server."
            ) from error
        except httpcore.TimeoutException as error:
            raise Unreachable(f"{request.method} {where} got no whole answer in time", "TIMEOUT") from error
        except httpcore.ConnectError as error:
            raise Unreachable(f"{request.method} {where} could not connect: {_short(error)}", "CONNECT") from error
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            raise Unreachable(f"{request.method} {where} got no usable answer: {_short(error)}", "PROTOCOL") from error
        except httpcore.LocalProtocolError as error:
            raise Unusable(f"{request.method} {where} cannot be sent: {_short(error)}") from error

    def _carry_out(self, request: Request, deadline: Deadline) -> Response:
        limits = self._limits
        connect = min(request.connect_seconds or limits.connect_seconds, limits.connect_seconds)
        read = min(request.read_seconds or limits.read_seconds, limits.read_seconds)
        url = request.url
        with (
            httpcore.ConnectionPool(
                ssl_context=self._certificates,
                max_connections=1,
                network_backend=CheckedNetwork(self._allowed, deadline),
            ) as pool,
            pool.stream(
                request.method,
                httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target),
                headers=_wire_headers(request),
                content=request.body or None,
                extensions={"timeout": {"connect": connect, "read": read, "write": read, "pool": connect}},
            ) as answer,
        ):
            headers = _joined(answer.headers)
            encoding = next((value for name, value in headers.items() if name.lower() == "content-encoding"), "")
            body = _read(answer.iter_stream(), encoding.strip().lower(), limits.max_response_bytes, url)
            reason = answer.extensions.get("reason_phrase", b"").decode("latin-1")
            return Response(answer.status, reason[:200], headers, body)


def _certificates() -> ssl.SSLContext:
    """Those that come with the client, and those of this machine, where a company's own are."""
    context = httpcore.default_ssl_context()
    context.load_default_certs()
    return context


def _wire_headers(request: Request) -> list[tuple[bytes, bytes]]:
    given = {name.lower() for name in request.headers}
    headers = [("Host", request.url.authority), *request.headers.items()]
    for name, value in (("User-Agent", "Baton"), ("Accept", "*/*"), ("Accept-Encoding", "gzip")):
        if name.lower() not in given:
            headers.append((name, value))
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Length", str(len(request.body))))
    headers.append(("Connection", "close"))
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]


def _joined(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for name_bytes, value_bytes in raw:
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        name = spelled.setdefault(name.lower(), name)
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _read(chunks: Iterator[bytes], encoding: str, limit: int, url: Url) -> bytes:
    """The whole body, unpacked, or `Unreachable` as soon as it is larger than `limit`."""
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Unreachable(f"{url} answered in the encoding '{encoding[:40]}', which was not asked for", "ENCODING")
    unpack = None if encoding in ("", "identity") else zlib.decompressobj(wbits=47)
    body = bytearray()
    came = False
    for chunk in chunks:
        came = True
        try:
            body += chunk if unpack is None else unpack.decompress(chunk, limit + 1 - len(body))
        except zlib.error as error:
            raise Unreachable(f"{url} answered with data that cannot be unpacked", "ENCODING") from error
        if len(body) > limit:
            raise Unreachable(f"{url} answered with more than {limit:,} bytes (BATON_HTTP_MAX_RESPONSE_BYTES)", "SIZE")
    if came and unpack is not None and not unpack.eof:
        raise Unreachable(f"{url} answered with packed data that ends too early", "ENCODING")
    return bytes(body)


def _redirected(request: Request, response: Response) -> Request | None:
    """The next request, if there is to be one; who is not the same origin gets none of the given headers."""
    where = response.header("location")
    if response.status not in _FOLLOWED or request.method not in ("GET", "HEAD") or not where:
        return None
    try:
        url = read_url(urljoin(f"{request.url.scheme}://{request.url.authority}{request.url.target}", where))
    except (UnusableUrl, ValueError) as error:
        raise Unreachable(f"{request.url} redirected to an address that cannot be read", "REDIRECTS") from error
    return replace(request, url=url, headers=request.headers if url.origin == request.url.origin else {})


def _short(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
