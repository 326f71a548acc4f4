"""The guard that keeps tests on this machine."""

from __future__ import annotations

import contextlib
import socket

import pytest

REFUSED = pytest.fail.Exception


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "10.0.0.1"])
def test_another_machine_is_not_reached(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as way_out, pytest.raises(REFUSED, match=f"may not talk to {address}"):
        way_out.connect((address, 443))


def test_nor_by_a_datagram() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as way_out, pytest.raises(REFUSED):
        way_out.sendto(b"x", ("192.0.2.1", 53))


@pytest.mark.parametrize("name", ["registry.example.org", "localhost.example.org", b"example.org"])
def test_a_name_elsewhere_is_not_even_asked_for(name: str) -> None:
    with pytest.raises(REFUSED):
        socket.getaddrinfo(name, 443)


def test_code_that_copes_with_an_outage_does_not_swallow_the_refusal() -> None:
    def cope() -> None:
        with contextlib.suppress(OSError):
            socket.create_connection(("192.0.2.1", 443), timeout=1)

    with pytest.raises(REFUSED):
        cope()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection((host, server.getsockname()[1])):
        pass
