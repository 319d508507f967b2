"""A web page elsewhere must not be able to command a local engine.

In open mode (loopback, no authentication) the `Host` header must be a loopback name, which stops a
foreign name that resolves to 127.0.0.1, and an unsafe request that a browser sends must come from our
own page. Sessions by cookie need the second check too. Programs send neither `Origin` nor
`Sec-Fetch-Site` and are not touched by it.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Request

from baton.bpm import errors

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SAME_SITE = frozenset({"same-origin", "none"})


class ForeignHost(errors.NotAllowed):
    """The Host header does not name this machine's loopback."""


class ForeignOrigin(errors.NotAllowed):
    """The request comes from another web site."""


def is_loopback(host: str) -> bool:
    """True for `localhost`, its subdomains and loopback addresses; `host` has no port."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(authority: str) -> str:
    """The name in `name:port` or `[address]:port`; empty when it is neither."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


def check_host(request: Request) -> None:
    """Raises `ForeignHost` unless `Host` is a loopback name."""
    host = host_name(request.headers.get("Host", ""))
    if not is_loopback(host):
        raise ForeignHost(
            f"Expected the Host header to be a loopback name such as 'localhost', but found '{host[:100]}'. "
            "Without authentication Baton only answers to this machine."
        )


def check_same_origin(request: Request) -> None:
    """Raises `ForeignOrigin` if a browser says that another site sends this unsafe request."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in SAME_SITE:
        raise ForeignOrigin(f"Expected a request of the same origin, but the browser says '{site[:20]}'.")
    origin = request.headers.get("Origin")
    if origin is not None and _authority(origin) != request.headers.get("Host", "").lower():
        raise ForeignOrigin(f"Expected a request of the same origin, but it comes from '{origin[:100]}'.")


def _authority(origin: str) -> str:
    """Host and port only: a proxy may speak https to the browser and http to us."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
