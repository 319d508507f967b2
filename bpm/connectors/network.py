"""Connections of one call: the host is resolved once, the addresses are checked, one deadline covers everything."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from baton.bpm.connectors.allow_list import AllowList

_PIECE = 16 * 1024


class ForbiddenAddress(Exception):
    """The host's addresses are none that may be reached: `args[0]` is one of them."""


class Deadline:
    """The end of a call."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def bound(self, timeout: float | None) -> float:
        """Seconds that one wait may take. Raises `httpcore.TimeoutException` when the time is over."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left if timeout is None else min(timeout, left)


class CheckedNetwork(httpcore.NetworkBackend):
    """Connects to addresses that `allowed` permits, and to nothing else; every wait ends at the deadline."""

    def __init__(self, allowed: AllowList, deadline: Deadline) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """To the first of the host's permitted addresses that answers."""
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in self._permitted(host, port):
            try:
                stream = self._plain.connect_tcp(address, port, self._deadline.bound(timeout), local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Timed(stream, self._deadline)
        raise failure

    def _permitted(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name cannot be resolved: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        permitted = [address for address in addresses if self._allowed.may_reach(address, port)]
        if addresses and not permitted:
            raise ForbiddenAddress(addresses[0])
        return permitted


class _Timed(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline, however slowly the other side drips."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], self._deadline.bound(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.bound(timeout))
        return _Timed(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
