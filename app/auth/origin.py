"""A web page elsewhere must not be able to command a local engine.

In open mode (loopback, no authentication) the `Host` header must be a loopback name, which stops a
foreign name that resolves to 127.0.0.1, and an unsafe request that a browser sends must come from our
own page. Sessions by cookie need the second check too. Programs send neither `Origin` nor
`Sec-Fetch-Site` and are not touched by it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

from baton.app.auth.loopback import host_name, names_loopback
from baton.bpm import errors

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SAME_SITE = frozenset({"same-origin", "none"})


class ForeignHost(errors.NotAllowed):
    """The Host header does not name this machine's loopback."""


class ForeignOrigin(errors.NotAllowed):
    """The request comes from another web site."""


def check_host(request: Request) -> None:
    """Raises `ForeignHost` unless `Host` is a loopback name."""
    authority = request.environ.get("HTTP_HOST", "")
    if not names_loopback(authority):
        host = host_name(authority)
        raise ForeignHost(
            f"Expected the Host header to be a loopback name such as 'localhost', but found '{host[:100]}'. "
            "Without authentication Baton only answers to this machine."
        )


def check_same_origin(request: Request) -> None:
    """Raises `ForeignOrigin` if a browser says that another site sends this unsafe request."""
    if request.method in SAFE_METHODS:
        return
    site = request.environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None and site not in SAME_SITE:
        raise ForeignOrigin(f"Expected a request of the same origin, but the browser says '{site[:20]}'.")
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is not None and _authority(origin) != request.environ.get("HTTP_HOST", "").lower():
        raise ForeignOrigin(f"Expected a request of the same origin, but it comes from '{origin[:100]}'.")


def _authority(origin: str) -> str:
    """Host and port only: a proxy may speak https to the browser and http to us."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
