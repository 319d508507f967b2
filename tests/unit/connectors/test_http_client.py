"""The client against a real server that is slow, large, packed, redirecting or broken."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from baton.bpm.connectors.allow_list import AllowList
from baton.bpm.connectors.http_client import (
    HttpClient,
    HttpLimits,
    NotAllowed,
    Request,
    Unreachable,
    Unusable,
    read_headers,
    read_method,
    read_request_url,
)
from tests.support.http_server import HttpServer, http_server

LIMITS = HttpLimits(connect_seconds=3, read_seconds=3, total_seconds=4, max_response_bytes=100_000)


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        yield running


def get(server: HttpServer, path: str, *, allow: str = "", host: str = "127.0.0.1", method: str = "GET"):
    client = HttpClient(AllowList.parse(allow or f"127.0.0.1:{server.port}"), LIMITS)
    return client.send(Request(method, read_request_url(f"http://{host}:{server.port}{path}"), {"X-Key": "secret"}))


def test_a_response_comes_with_status_headers_and_body(server) -> None:
    response = get(server, "/orders?open=true")

    assert (response.status, response.header("CONTENT-TYPE")) == (200, "application/json")
    assert '"path": "/orders?open=true"' in response.text
    assert server.asked[0].headers["Host"] == f"127.0.0.1:{server.port}"


def test_a_packed_body_is_unpacked(server) -> None:
    assert get(server, "/packed").text == '{"packed": true}'


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/slow", "TIMEOUT"),
        ("/drip", "TIMEOUT"),
        ("/big", "SIZE"),
        ("/bomb", "SIZE"),
        ("/cut", "ENCODING"),
        ("/brotli", "ENCODING"),
        ("/headers", "PROTOCOL"),
        ("/close", "PROTOCOL"),
        ("/nonsense", "PROTOCOL"),
    ],
)
def test_what_is_no_good_answer_is_told_within_the_time_and_may_be_tried_again(server, path, code) -> None:
    began = time.monotonic()

    with pytest.raises(Unreachable) as caught:
        get(server, path)

    assert caught.value.code == code
    assert time.monotonic() - began < 9
    assert "secret" not in caught.value.message


def test_nobody_listening_may_be_tried_again() -> None:
    with http_server() as gone:
        pass

    with pytest.raises(Unreachable, match="could not connect") as caught:
        get(gone, "/")

    assert caught.value.code == "CONNECT"


def test_a_redirect_inside_the_list_is_followed_and_keeps_the_headers_of_the_same_origin(server) -> None:
    response = get(server, "/redirect?/orders")

    assert '"path": "/orders"' in response.text
    assert server.asked[1].headers["X-Key"] == "secret"


def test_a_redirect_to_another_origin_gets_none_of_the_headers(server) -> None:
    with http_server() as other:
        get(server, f"/redirect?{other.url}/x", allow=f"127.0.0.1:{server.port},127.0.0.1:{other.port}")

        assert "X-Key" not in other.asked[0].headers


def test_a_redirect_out_of_the_list_is_not_followed(server) -> None:
    with http_server() as other:
        with pytest.raises(NotAllowed, match="BATON_HTTP_ALLOW"):
            get(server, f"/redirect?{other.url}/x")

        assert other.asked == []


def test_a_redirect_of_a_post_is_the_response(server) -> None:
    assert get(server, "/redirect?/orders", method="POST").status == 302


def test_redirects_without_end_are_given_up(server) -> None:
    with pytest.raises(Unreachable, match="more than 5 times"):
        get(server, "/redirect?" + "/redirect?" * 8 + "/x")


def test_a_host_that_is_not_in_the_list_is_not_asked(server) -> None:
    with pytest.raises(NotAllowed, match=f"adds '127.0.0.1:{server.port}' to the setting BATON_HTTP_ALLOW"):
        get(server, "/", allow="api.example.com")

    assert server.asked == []


def test_a_name_that_leads_to_loopback_needs_the_address_in_the_list_too(server, monkeypatch) -> None:
    loopback = [(2, 1, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: loopback)
    named = f"api.example.com:{server.port}"

    with pytest.raises(NotAllowed, match=r"leads to the address 127\.0\.0\.1, which is not public"):
        get(server, "/", allow=named, host="api.example.com")
    assert server.asked == []

    assert get(server, "/", allow=f"{named},127.0.0.0/8", host="api.example.com").status == 200


def test_localhost_names_loopback_itself(server) -> None:
    assert get(server, "/", allow=f"localhost:{server.port}", host="localhost").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nX-Admin: true"},
        {"X": "a\nb"},
        {"X\r\nY": "a"},
        {"X": "\0"},
        {"Host": "other"},
        {"content-length": "3"},
        {"Transfer-Encoding": "chunked"},
        {"": "a"},
        {"X": "\u20ac"},
        {"X": "y" * 9_000},
        {f"X-{number}": "y" for number in range(101)},
        ["X"],
    ],
)
def test_headers_that_could_smuggle_are_refused_before_anything_is_sent(headers) -> None:
    with pytest.raises(Unusable):
        read_headers(headers)


def test_headers_may_be_numbers_and_lists_and_null_is_left_out() -> None:
    assert read_headers({"A": 1, "B": ["x", "y"], "C": None}) == {"A": "1", "B": "x, y"}


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "GET /\r\n", "brew"])
def test_other_methods_are_refused(method) -> None:
    with pytest.raises(Unusable, match="Expected the method"):
        read_method(method)
