"""Only this machine's pages may command an open server."""

import pytest
from flask import Flask, request

from baton.app.auth import loopback, origin

APP = Flask(__name__)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "a.localhost"])
def test_loopback_names_are_loopback(host):
    assert loopback.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "192.168.0.1", "example.com", "localhost.example.com", "127.0.0.1.example.com"]
)
def test_other_names_are_not_loopback(host):
    assert not loopback.is_loopback(host)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_a_loopback_host_header_passes(host):
    with APP.test_request_context("/", headers={"Host": host}):
        origin.check_host(request)


@pytest.mark.parametrize("host", ["evil.example:8080", "", "[::1", "127.0.0.1@evil.example"])
def test_a_foreign_or_broken_host_header_is_refused(host):
    with APP.test_request_context("/", headers={"Host": host}), pytest.raises(origin.ForeignHost):
        origin.check_host(request)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    ],
)
def test_an_unsafe_request_of_another_site_is_refused(headers):
    given = {"Host": "localhost:8080", **headers}

    with APP.test_request_context("/", method="POST", headers=given), pytest.raises(origin.ForeignOrigin):
        origin.check_same_origin(request)


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost:8080"}, {"Sec-Fetch-Site": "same-origin"}])
def test_an_unsafe_request_of_our_own_page_or_of_a_program_passes(headers):
    with APP.test_request_context("/", method="POST", headers={"Host": "localhost:8080", **headers}):
        origin.check_same_origin(request)


def test_a_link_from_another_site_may_be_followed():
    with APP.test_request_context("/", headers={"Host": "localhost", "Sec-Fetch-Site": "cross-site"}):
        origin.check_same_origin(request)
