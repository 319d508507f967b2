"""HTTP connectors against servers and addresses that mean harm: nobody else is called, and the server stays well."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import Api, Server, eventually
from tests.hostile import watching
from tests.support.http_server import HttpServer, http_server

pytestmark = [
    pytest.mark.xdist_group("hostile-calls"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what a process does is read from /proc"),
]

TOTAL_SECONDS = 2
OTHERS_WAIT = 2.0
GROWTH = 64
TOKEN = "hush-hush"
CALL = (
    '<bpmn:startEvent id="s"/><bpmn:serviceTask id="call"><bpmn:extensionElements>'
    '<zeebe:taskDefinition type="io.camunda:http-json:1" retries="1"/><zeebe:ioMapping>'
    '<zeebe:input source="=address" target="url"/><zeebe:input source="=verb" target="method"/>'
    '<zeebe:input source="=more" target="headers"/><zeebe:input source="bearer" target="authentication.type"/>'
    f'<zeebe:input source="{TOKEN}" target="authentication.token"/></zeebe:ioMapping><zeebe:taskHeaders>'
    '<zeebe:header key="resultVariable" value="answer"/></zeebe:taskHeaders></bpmn:extensionElements>'
    '</bpmn:serviceTask><bpmn:userTask id="after"/>' + diagrams.flow("s", "call") + diagrams.flow("call", "after")
)


@dataclass
class Street:
    """Our server, the one it may call, and the one next door that it may not."""

    server: Server
    api: Api
    poller: watching.Poller
    allowed: HttpServer
    forbidden: HttpServer
    start_megabytes: float

    def addressed(self, text: str) -> str:
        """With real ports."""
        for mark, port in (("@ALLOWED@", self.allowed.port), ("@FORBIDDEN@", self.forbidden.port)):
            text = text.replace(mark, str(port))
        return text.replace("@HOST@", socket.gethostname())

    def call(self, address: str, verb: str = "GET", more: Any = None) -> tuple[str, str]:
        """What became of the call: `answered` or `incident`, and all that is told of it."""
        instance = self.api.start("call", address=self.addressed(address), verb=verb, more=more)

        def outcome() -> tuple[str, str] | None:
            query = {"processInstanceId": instance["id"]}
            if incidents := self.api.ok("GET", "/incidents", params=query)["items"]:
                return "incident", str(incidents[0]["message"])
            return ("answered", "") if self.api.tasks(instance) else None

        found: tuple[str, str] = eventually(outcome, 5 * TOTAL_SECONDS + 10)
        assert TOKEN not in found[1]
        return found


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with http_server() as allowed, http_server() as forbidden:
        names = f"127.0.0.1:{allowed.port}, {socket.gethostname()}:{forbidden.port}"
        limits = {f"BATON_HTTP_{kind}_SECONDS": str(TOTAL_SECONDS) for kind in ("CONNECT", "READ", "TOTAL")}
        server = Server(tmp_path_factory.mktemp("calls"), BATON_HTTP_ALLOW=names, **limits)
        try:
            server.wait_until_ready()
            with Api(server.url) as api, watching.Poller(server.url) as poller:
                api.deploy(diagrams.process("call", CALL))
                found = Street(server, api, poller, allowed, forbidden, 0)
                assert found.call("http://127.0.0.1:@ALLOWED@/orders") == ("answered", "")
                found.start_megabytes = watching.megabytes(server.process.pid)
                yield found
        finally:
            server.stop()


ELSEWHERE = [
    "http://127.0.0.1:@FORBIDDEN@/",
    "http://localhost:@FORBIDDEN@/",
    "http://[::1]:@FORBIDDEN@/",
    "http://[::ffff:127.0.0.1]:@FORBIDDEN@/",
    "http://0:@FORBIDDEN@/",
    "http://127.1:@FORBIDDEN@/",
    "http://2130706433:@FORBIDDEN@/",
    "http://0x7f000001:@FORBIDDEN@/",
    "http://0177.0.0.1:@FORBIDDEN@/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:@ALLOWED@@127.0.0.1:@FORBIDDEN@/",
    "http://127.0.0.1:@ALLOWED@\\@127.0.0.1:@FORBIDDEN@/",
    "http://127.0.0.1:@ALLOWED@#@127.0.0.1:@FORBIDDEN@/",
    "http://127.0.0.1:@ALLOWED@.example.com:@FORBIDDEN@/",
    "//127.0.0.1:@FORBIDDEN@/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:@FORBIDDEN@/_GET",
    # A name that the operator allows, and whose owner lets it lead into our own network.
    "http://@HOST@:@FORBIDDEN@/",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_an_address_that_is_not_allowed_is_not_called(street: Street, address: str) -> None:
    outcome, _ = street.call(address)

    assert outcome == "incident" or "#" in address
    assert street.forbidden.asked == []


@pytest.mark.parametrize("address", [address for address in ELSEWHERE if "ALLOWED" not in address])
def test_a_redirect_leads_nowhere_else(street: Street, address: str) -> None:
    outcome, _ = street.call(f"http://127.0.0.1:@ALLOWED@/redirect?{address}")

    # Without a scheme and host it is a path of the same server.
    assert outcome == "incident"
    assert street.forbidden.asked == []


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        ("GET", {"X": "a\r\nHost: evil.example"}),
        ("GET", {"X": "a\nY: b"}),
        ("GET", {"X\r\nY": "b"}),
        ("GET", {"X: y": "b"}),
        ("GET", {"Transfer-Encoding": "chunked"}),
        ("GET", {"Content-Length": "5"}),
        ("GET", {"Host": "evil.example"}),
        ("GET", {"X": "\u2028"}),
        ("GET", {f"X-{number}": "y" for number in range(1000)}),
        ("GET", {"X": "y" * 1_000_000}),
        ("GET / HTTP/1.1\r\nX: y", None),
        ("CONNECT", None),
    ],
)
def test_a_request_that_could_be_read_as_two_is_not_sent(street: Street, verb: str, more: Any) -> None:
    before = len(street.allowed.asked)

    outcome, message = street.call("http://127.0.0.1:@ALLOWED@/orders", verb, more)

    assert outcome == "incident"
    assert len(message) < 1_000
    assert len(street.allowed.asked) == before


@pytest.mark.parametrize("path", ["/orders?a=b\r\nX: y", "/orders HTTP/1.1\r\nX: y\r\n\r\n", "/" + "a" * 100_000])
def test_an_address_with_more_than_an_address_in_it_is_not_called(street: Street, path: str) -> None:
    before = len(street.allowed.asked)

    outcome, message = street.call(f"http://127.0.0.1:@ALLOWED@{path}")

    assert outcome == "incident"
    assert len(message) < 1_000
    assert len(street.allowed.asked) == before


@pytest.mark.parametrize(
    "path", ["/slow", "/drip", "/big", "/bomb", "/cut", "/brotli", "/headers", "/close", "/nonsense", "/endless"]
)
def test_an_answer_that_is_too_much_is_given_up_in_time(street: Street, path: str) -> None:
    began = time.monotonic()

    outcome, message = street.call(f"http://127.0.0.1:@ALLOWED@{path}")

    assert outcome == "incident"
    assert f"http://127.0.0.1:{street.allowed.port}{path}" in message
    assert time.monotonic() - began < 3 * TOTAL_SECONDS + 4


@pytest.mark.parametrize("path", ["/deep", "/redirect?/redirect?/orders"])
def test_an_answer_that_is_only_odd_is_taken(street: Street, path: str) -> None:
    assert street.call(f"http://127.0.0.1:@ALLOWED@{path}") == ("answered", "")


def test_others_were_answered_all_the_while_and_the_server_is_no_larger(street: Street) -> None:
    for path in ("/drip", "/slow", "/bomb", "/big", "/endless") * 4:
        street.api.start("call", address=street.addressed(f"http://127.0.0.1:@ALLOWED@{path}"), verb="GET", more=None)
    busy = [{"condition": condition, "limit": 1} for condition in ("due", "leased")]
    eventually(lambda: not any(street.api.ok("GET", "/jobs", params=query)["items"] for query in busy), 60)

    assert street.poller.failures == []
    assert street.poller.worst < OTHERS_WAIT
    assert watching.megabytes(street.server.process.pid) - street.start_megabytes < GROWTH
    assert TOKEN not in street.server.output
    assert "Traceback" not in street.server.output
