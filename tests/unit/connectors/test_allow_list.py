"""What the operator's list allows, and what no way of writing an address gets round."""

from __future__ import annotations

import pytest

from baton.bpm import errors
from baton.bpm.connectors.allow_list import AllowList
from baton.bpm.connectors.urls import UnusableUrl, read_url


@pytest.mark.parametrize(
    ("entry", "url", "allowed"),
    [
        ("api.example.com", "https://api.example.com/x", True),
        ("api.example.com", "http://API.example.com./x", True),
        ("api.example.com", "https://api.example.com:8443/x", False),
        ("api.example.com", "https://evil.api.example.com/", False),
        ("api.example.com", "https://api.example.com.evil.org/", False),
        ("example.com:8443", "https://example.com:8443/", True),
        ("example.com:8443", "https://example.com/", False),
        ("https://example.com/v1", "https://example.com/v1", True),
        ("https://example.com/v1", "https://example.com/v1/orders?a=b", True),
        ("https://example.com/v1", "https://example.com/v12", False),
        ("https://example.com/v1", "http://example.com/v1", False),
        ("https://example.com/v1", "https://example.com/v1/../admin", False),
        ("https://example.com/v1", "https://example.com/v1/%2e%2E/admin", False),
        ("https://example.com/v1", "https://example.com/v1/..%2fadmin", False),
        ("https://example.com/v1", "https://example.com/v1/..%5cadmin", False),
        ("[::1]:80", "http://[0:0::1]/", True),
        ("::1", "http://[::1]/", True),
        ("10.0.0.0/8", "http://10.0.0.1/", False),
        ("", "https://example.com/", False),
    ],
)
def test_the_list_allows_exactly_what_it_names(entry, url, allowed) -> None:
    assert AllowList.parse(entry).allows(read_url(url)) is allowed


@pytest.mark.parametrize(
    "entry",
    ["*", "*.example.com", "ftp://example.com", "https://a@b.example", "example.com/v1", "https://h/a?b", "h:0", "h:x"],
)
def test_an_entry_that_cannot_be_meant_is_refused_by_name(entry) -> None:
    with pytest.raises(errors.ConfigurationError, match="BATON_HTTP_ALLOW"):
        AllowList.parse(f"good.example, {entry}")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_name_leads_to_no_address_that_is_not_public(address) -> None:
    assert not AllowList.parse("api.example.com").may_reach(address, 80)


def test_hosts_that_are_addresses_name_themselves_on_their_own_ports() -> None:
    allowed = AllowList.parse("api.example.com, localhost:9, 10.1.2.3")

    for loopback in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"):
        assert allowed.may_reach(loopback, 9)
        assert not allowed.may_reach(loopback, 80)
    assert allowed.may_reach("10.1.2.3", 443)
    assert not allowed.may_reach("10.1.2.3", 8080)
    assert not allowed.may_reach("10.1.2.4", 443)


def test_public_addresses_and_networks_of_the_list_may_be_reached() -> None:
    allowed = AllowList.parse("erp.example.com, 10.1.0.0/16")

    assert allowed.may_reach("93.184.216.34", 8443)
    assert allowed.may_reach("2606:2800:220:1::1", 8443)
    assert allowed.may_reach("10.1.200.3", 8443)
    assert not allowed.may_reach("10.2.0.1", 8443)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        7,
        "example.com",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://",
        "http:///x",
        "http://user:secret@example.com/",
        "http://example.com\\@evil.org/",
        "http://example.com/a b",
        "http://example.com/\r\nHost: evil",
        "http://example.com:99999/",
        "http://[::1%25eth0]/",
        "http://[::1/",
        "http://ex\u00e4mple.com/",
        "http://example.com/" + "x" * 8_000,
    ],
)
def test_a_url_that_two_readers_could_read_differently_is_refused_without_its_secrets(text) -> None:
    with pytest.raises(UnusableUrl) as caught:
        read_url(text)

    assert "secret" not in str(caught.value)


def test_a_url_is_told_without_its_query() -> None:
    url = read_url("https://example.com/a/\u00fc?key=secret#part")

    assert str(url) == "https://example.com/a/%C3%BC"
    assert url.target == "/a/%C3%BC?key=secret"
