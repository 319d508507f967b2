"""The load: a process of its own that sends prepared requests over keep-alive connections.

    python -m tests.benchmarks.client < work.json

`work.json` is a `Work`, the answer on stdout an `Outcome`. Raw sockets and requests that are bytes already,
so that the client takes little of the machine from the server that is measured.
"""

from __future__ import annotations

import socket
import sys
import threading
from time import perf_counter

import msgspec


class Request(msgspec.Struct, frozen=True):
    """One POST of JSON."""

    path: str
    body: str


class Work(msgspec.Struct, frozen=True):
    """`requests` are dealt out to `clients` connections, in turn."""

    port: int
    clients: int
    requests: tuple[Request, ...]


class Outcome(msgspec.Struct, frozen=True):
    """`statuses` in the order of the requests; 0 is a connection that broke before the answer was whole."""

    seconds: float
    statuses: tuple[int, ...]


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, message: bytes) -> tuple[int, bytes]:
        """Send one request, read the whole answer: status and content. Raises `OSError` if the connection breaks."""
        self._socket.sendall(message)
        answer = self._read(b"")
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer = self._read(answer)
        head = answer[:end].lower()
        _, found, rest = head.partition(b"\r\ncontent-length:")
        if not found:
            raise ConnectionError("expected an answer with a Content-Length")
        length = end + 4 + int(rest.partition(b"\r\n")[0])
        while len(answer) < length:
            answer = self._read(answer)
        return int(head[9:12]), answer[end + 4 :]

    def _read(self, so_far: bytes) -> bytes:
        more = self._socket.recv(65536)
        if not more:
            raise ConnectionError("the server closed the connection")
        return so_far + more

    def close(self) -> None:
        self._socket.close()


def message(port: int, request: Request) -> bytes:
    """The request as it goes over the wire."""
    body = request.body.encode()
    head = (
        f"POST {request.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def carry_out(work: Work) -> Outcome:
    """Send everything; all clients begin together."""
    statuses = [0] * len(work.requests)
    together = threading.Barrier(work.clients + 1)

    def one_client(number: int) -> None:
        mine = [(i, message(work.port, work.requests[i])) for i in range(number, len(statuses), work.clients)]
        connection = Connection(work.port)
        together.wait()
        try:
            for i, request in mine:
                statuses[i], _ = connection.send(request)
        except OSError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=one_client, args=(number,)) for number in range(work.clients)]
    for thread in threads:
        thread.start()
    together.wait()
    begin = perf_counter()
    for thread in threads:
        thread.join()
    return Outcome(perf_counter() - begin, tuple(statuses))


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(carry_out(msgspec.json.decode(sys.stdin.buffer.read(), type=Work))))
