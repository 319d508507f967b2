"""The serving process refuses what granian would do in silence."""

import socket

import pytest

from baton.app.cli.process import Address, check_free
from baton.bpm import errors


def test_a_taken_port_is_refused_with_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(errors.ConfigurationError, match="choose another --port"):
            check_free(Address("127.0.0.1", port))


def test_a_free_port_is_accepted():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]

    check_free(Address("127.0.0.1", port))


def test_an_ipv6_address_has_brackets_in_its_url():
    assert Address("::1", 8080).url == "http://[::1]:8080"
