"""The one reading of an address: what is checked against the allow-list is exactly what is connected to."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

MAXIMUM_URL = 8_000
PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?")
_KEPT = "/?&=+$,;:@!'()*%~-._[]|{}"
_DOTS = re.compile(r"(^|/)(\.|%2e){1,2}(/|$)", re.IGNORECASE)
_HIDDEN_SLASH = re.compile(r"%2f|%5c|\\", re.IGNORECASE)


class UnusableUrl(Exception):
    """The text is no address that can be called; the message says what was expected, and repeats no credentials."""


@dataclass(frozen=True, slots=True)
class Url:
    """`host` is in lower case, an IP address without brackets; `path` begins with `/`; `query` is without `?`."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Who is spoken to, and how."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """What stands in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def path_may_be_read_otherwise(self) -> bool:
        """True if a server could find another folder in the path than its text says."""
        return bool(_DOTS.search(self.path) or _HIDDEN_SLASH.search(self.path))

    def __str__(self) -> str:
        """Without the query, which may hold keys."""
        return f"{self.scheme}://{self.authority}{self.path}"


def read_url(value: object) -> Url:
    """Raises `UnusableUrl`."""
    if not isinstance(value, str) or not value.strip():
        raise UnusableUrl(f"Expected a URL such as https://api.example.com/orders, found {_kind(value)}")
    text = value.strip()
    if len(text) > MAXIMUM_URL:
        raise UnusableUrl(f"Expected a URL of at most {MAXIMUM_URL} characters, found {len(text)}")
    if any(character.isspace() or not character.isprintable() for character in text):
        raise UnusableUrl("Expected a URL without blanks and control characters, found one; write a blank as %20")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UnusableUrl("Expected a URL such as https://api.example.com/orders, found one that cannot be read") from (
            error
        )
    if parts.scheme not in PORTS:
        raise UnusableUrl(f"Expected a URL that begins with http:// or https://, found '{parts.scheme[:20]}:'")
    if "@" in parts.netloc or "\\" in text:
        raise UnusableUrl("Expected a URL without user name, password and backslash: say who calls by authentication")
    if port == 0:
        raise UnusableUrl("Expected a port from 1 to 65535, found 0")
    path = quote(parts.path, safe=_KEPT) or "/"
    return Url(parts.scheme, _host(parts.hostname), port or PORTS[parts.scheme], path, quote(parts.query, safe=_KEPT))


def _host(text: str | None) -> str:
    host = (text or "").lower().removesuffix(".")
    if ":" in host:
        try:
            if "%" in host:
                raise ValueError(host)
            return str(ipaddress.IPv6Address(host))
        except ValueError as error:
            raise UnusableUrl("Expected an IPv6 address between the brackets, without a zone") from error
    if not _HOST.fullmatch(host):
        raise UnusableUrl(
            f"Expected a host name of letters, digits, dots and hyphens, found '{host[:80]}'; "
            "write an international name in its xn-- form"
        )
    return host


def _kind(value: object) -> str:
    return "nothing" if value is None or value == "" else f"a {type(value).__name__}"
