"""The network transport against servers that behave as badly as the fault catalogue says (X23)."""

from __future__ import annotations

import socket
import ssl
import time
from itertools import repeat
from typing import TYPE_CHECKING

import pytest

from idp.gateways.http import MAX_REPLY, NetworkTransport, NoReplyError, WsgiTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    Misbehaving = Callable[[Callable[[socket.socket], None]], str]

LIMIT = 0.3
PIECES = 150
"""At one each 20 ms: ten times as long as the limit."""


def post(url: str, *, timeout: float = LIMIT) -> int:
    return NetworkTransport().post(url, b"{}", headers={}, timeout=timeout).status


def until_hung_up(connection: socket.socket, pieces: Iterable[bytes], *, pause: float = 0.02) -> None:
    """Send piece by piece, slowly enough to outlast the limit, until the other side has had enough."""
    connection.settimeout(pause)
    for piece in pieces:
        try:
            connection.sendall(piece)
            if connection.recv(1) == b"":
                return
        except TimeoutError:
            continue
        except OSError:
            return


def test_a_server_that_never_answers_is_given_up_in_time(misbehaving: Misbehaving) -> None:
    url = misbehaving(lambda connection: until_hung_up(connection, repeat(b"", PIECES)))
    began = time.monotonic()
    with pytest.raises(NoReplyError) as caught:
        post(url)
    assert caught.value.late
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "preamble",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["status line", "headers", "body of known length", "body until the end"],
)
def test_a_server_that_drips_is_given_up_in_time_though_every_byte_comes_soon(
    misbehaving: Misbehaving, preamble: bytes
) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(preamble)
        until_hung_up(connection, repeat(b"a", PIECES))

    began = time.monotonic()
    with pytest.raises(NoReplyError) as caught:
        post(misbehaving(drip))
    assert caught.value.late
    assert time.monotonic() - began < 2


def test_a_reply_that_is_cut_off_is_none(misbehaving: Misbehaving) -> None:
    url = misbehaving(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"))
    with pytest.raises(NoReplyError, match="cut_off"):
        post(url, timeout=5)


def test_a_reply_over_the_cap_is_not_read_to_its_end(misbehaving: Misbehaving) -> None:
    sent = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        try:
            while True:
                sent.append(connection.send(b"a" * 65536))
        except OSError:
            return

    with pytest.raises(NoReplyError, match="too_large"):
        post(misbehaving(flood), timeout=5)
    assert sum(sent) < 50_000_000


def test_a_closed_port_and_a_broken_protocol_are_no_reply(misbehaving: Misbehaving) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", misbehaving(lambda connection: connection.sendall(b"what?\r\n\r\n"))):
        with pytest.raises(NoReplyError) as caught:
            post(url, timeout=5)
        assert not caught.value.late


def test_a_server_that_speaks_no_tls_is_no_reply(misbehaving: Misbehaving) -> None:
    url = misbehaving(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n{}"))
    with pytest.raises(NoReplyError):
        post(url.replace("http://", "https://"), timeout=5)


def test_a_redirect_is_not_followed(misbehaving: Misbehaving) -> None:
    visits: list[socket.socket] = []
    elsewhere = misbehaving(visits.append)
    reply = f"HTTP/1.1 307 Elsewhere\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
    assert post(misbehaving(lambda connection: connection.sendall(reply)), timeout=5) == 307
    assert not visits


@pytest.mark.parametrize("url", ["http://registry.example/", "ftp://localhost/", "file:///etc/passwd", "localhost/"])
def test_nothing_personal_goes_out_in_the_clear_or_to_a_file(url: str) -> None:
    with pytest.raises(ValueError, match="neither https nor this machine"):
        post(url)


def test_a_proxy_named_by_the_environment_is_not_used(
    misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert post(misbehaving(lambda connection: connection.sendall(b"HTTP/1.1 204 Fine\r\n\r\n")), timeout=5) == 204


def test_certificates_are_checked_unless_somebody_builds_a_context_that_does_not() -> None:
    from idp.gateways.http import tls_context

    context = tls_context()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_the_cap_holds_in_process_too() -> None:
    def flood(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [])
        return [b"a" * (MAX_REPLY + 1)]

    with pytest.raises(NoReplyError, match="too_large"):
        WsgiTransport(flood).post("http://localhost/", b"{}", headers={}, timeout=1)
