"""A wire to play the other side of: the same WSGI application called in process, or over a real loopback socket."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from idp.gateways.http import NetworkTransport, Transport, WsgiTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import WSGIApplication

TLS_HANDSHAKE = b"\x16"

Wire = tuple[Transport, str]


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name is the parent's
        pass


@contextmanager
def over_loopback(application: WSGIApplication) -> Iterator[Wire]:
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield NetworkTransport(), f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def in_process(application: WSGIApplication) -> Iterator[Wire]:
    yield WsgiTransport(application), "http://localhost"


@pytest.fixture(params=[in_process, over_loopback])
def serve(request: pytest.FixtureRequest) -> Callable[[WSGIApplication], AbstractContextManager[Wire]]:
    """Serve a WSGI application; the test runs once in process and once over HTTP."""
    made: Callable[[WSGIApplication], AbstractContextManager[Wire]] = request.param
    return made


@pytest.fixture
def misbehaving() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Start a server that reads a request with the body ``{}`` and then does what it is told; returns its address."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(behave: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                request = b""
                while not request.endswith(b"{}") and (received := connection.recv(65536)):
                    request += received
                    if request.startswith(TLS_HANDSHAKE):
                        break
                behave(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        threads.append(thread)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for listener in listeners:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(timeout=2)
