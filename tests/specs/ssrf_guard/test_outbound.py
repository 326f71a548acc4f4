"""Nobody makes us call our own neighbours: addresses that sites name are judged, pinned, and told nothing about."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.gateways.outbound import Outbound, Unreachable, is_public
from tests.specs.gateways.conftest import Quiet
from tests.specs.gateways.test_tls import certificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["certificate"]

PRIVATE = (
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1"),  # noqa: S104 — not bound to
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1"),
    *("", "localhost", "2130706433", "0x7f.1"),
)
PUBLIC = ("93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_told(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_does_not_change_what_it_is(address: IPv4Address) -> None:
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    translated = IPv6Address(IPv6Address("64:ff9b::").packed[:12] + address.packed)
    assert is_public(str(mapped)) == is_public(str(translated)) == is_public(str(address))


@pytest.mark.parametrize("address", [each for each in PRIVATE if each])
def test_a_name_that_leads_to_a_neighbour_is_not_called(address: str) -> None:
    calls: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        calls.append(host)
        return [address]

    outbound = Outbound(resolve=resolve)
    with pytest.raises(Unreachable):
        outbound.get("https://site.example/jwks")
    assert calls == ["site.example"]


def test_one_neighbour_among_public_addresses_is_enough_to_refuse() -> None:
    with pytest.raises(Unreachable):
        Outbound(resolve=lambda *_: ["1.1.1.1", "10.0.0.1"]).get("https://site.example/")


@pytest.mark.parametrize(
    "url",
    [
        "http://site.example/", "ftp://site.example/", "file:///etc/passwd", "gopher://x/", "//site.example/",
        "https://user@site.example/", "https://user:secret@site.example/", "https:///nowhere", "https://[::1",
        "https://site.example:99999/", "https://si te.example/", "https://127.0.0.1/", "https://[::1]/",
        "https://localhost/",
    ],
)  # fmt: skip
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(Unreachable):
        Outbound(timeout=1).get(url)


@contextmanager
def serving(application: WSGIApplication, files: tuple[Path, Path] | None = None) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake is what is tested
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(status: str, body: bytes = b"{}", **headers: str) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response(status, [(name.replace("_", "-"), value) for name, value in headers.items()])
        return [body, environ["REQUEST_METHOD"].encode()]

    return application


def test_a_laboratory_is_reached_by_its_name_at_the_address_that_was_judged(certificate: tuple[Path, Path]) -> None:
    with serving(answering("200 OK"), certificate) as port:
        asked: list[str] = []

        def resolve(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        outbound = Outbound((f"127.0.0.1:{port}",), str(certificate[0]), resolve)
        assert outbound.get(f"https://127.0.0.1:{port}/keys").body == b"{}GET"
        assert asked == ["127.0.0.1"], "resolved once: what the name says later does not count"
        assert outbound.post(f"https://127.0.0.1:{port}/out", b"x", content_type="text/plain") == 200
        stranger = replace(outbound, allowed=("127.0.0.1:1",))
        with pytest.raises(Unreachable):
            stranger.get(f"https://127.0.0.1:{port}/keys")


def test_a_certificate_nobody_vouches_for_is_refused(certificate: tuple[Path, Path]) -> None:
    with serving(answering("200 OK"), certificate) as port, pytest.raises(Unreachable):
        Outbound((f"127.0.0.1:{port}",)).get(f"https://127.0.0.1:{port}/")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "404 Not Found", "500 Broken"])
def test_redirects_are_not_followed_and_only_200_is_an_answer(status: str) -> None:
    with serving(answering(status, Location="https://site.example/")) as port:
        outbound = Outbound((f"localhost:{port}",), resolve=lambda *_: ["127.0.0.1"])
        with pytest.raises(Unreachable):
            outbound.get(f"http://localhost:{port}/")
        assert outbound.post(f"http://localhost:{port}/", b"", content_type="text/plain") == int(status[:3])


def test_a_body_is_read_to_its_cap_and_no_further() -> None:
    with serving(answering("200 OK", b"x" * 100_000)) as port:
        outbound = Outbound((f"localhost:{port}",), resolve=lambda *_: ["127.0.0.1"])
        with pytest.raises(Unreachable):
            outbound.get(f"http://localhost:{port}/")
        assert len(outbound.get(f"http://localhost:{port}/", most=200_000).body) == 100_003


def test_time_is_capped_however_slowly_somebody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outbound = Outbound((f"localhost:{port}",), resolve=lambda *_: ["127.0.0.1"], timeout=0.2)
        with pytest.raises(Unreachable):
            outbound.get(f"http://localhost:{port}/")


def test_a_name_that_is_slow_to_be_found_counts_as_one_that_is_not() -> None:
    waiting = threading.Event()
    outbound = Outbound(resolve=lambda *_: ["1.1.1.1"] if waiting.wait(5) else [], timeout=0.1)
    with pytest.raises(Unreachable):
        outbound.get("https://site.example/")
    waiting.set()


def test_an_allowed_host_is_called_over_plain_http_only_if_it_is_this_machine() -> None:
    with serving(answering("200 OK")) as port:
        here = Outbound(("lab.example",), resolve=lambda *_: ["127.0.0.1"])
        assert here.get(f"http://lab.example:{port}/").status == 200
        elsewhere = replace(here, resolve=lambda *_: ["127.0.0.1", "10.0.0.1"])
        with pytest.raises(Unreachable):
            elsewhere.get(f"http://lab.example:{port}/")


def test_whatever_went_wrong_is_told_in_the_same_words() -> None:
    said = set()
    with serving(answering("404 Not Found")) as port:
        here = Outbound((f"localhost:{port}", "localhost:1"), resolve=lambda *_: ["127.0.0.1"])
        nobody = Outbound(resolve=lambda *_: [])
        for outbound, url in (
            (here, f"http://localhost:{port}/"),
            (here, "http://localhost:1/"),
            (Outbound(), "https://127.0.0.1/"),
            (nobody, "https://site.example/"),
        ):
            with pytest.raises(Unreachable) as refused:
                outbound.get(url)
            said.add(str(refused.value))
            assert refused.value.__cause__ is None
    assert len(said) == 1
