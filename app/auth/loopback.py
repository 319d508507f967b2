"""Which names mean this machine only. Imports nothing heavy: the command line asks too."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """True for `localhost`, its subdomains and loopback addresses; `host` has no port."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@functools.lru_cache(maxsize=64)
def names_loopback(authority: str) -> bool:
    """`is_loopback` of a Host header; the few that are ever sent are remembered."""
    return is_loopback(host_name(authority))


def host_name(authority: str) -> str:
    """The name in `name:port` or `[address]:port`; empty when it is neither."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""
