"""Send one small JSON document, receive one: over the network, or to a WSGI application in this process.

The network transport is built on ``http.client`` rather than on ``requests``. The time limits of the latter start
anew with every byte, so that a peer which drips can hold a worker for hours; it also takes proxies from the
environment, and costs each web worker four megabytes that it would use once per verification.
"""

from __future__ import annotations

import io
import socket
import ssl
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Timer
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from http.client import HTTPResponse
    from pathlib import Path
    from wsgiref.types import WSGIApplication, WSGIEnvironment

MAX_REPLY: Final = 64 * 1024
"""Bytes. A longer reply is not read to its end and counts as none."""

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class NoReplyError(Exception):
    """Nothing usable came back. ``reason`` is one word for the log; ``late`` tells that the time was up."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.late = late


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Header names are in lower case; the body may be a person's data and is not shown."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Carries one POST. Follows no redirect, keeps no cookie, retries nothing."""

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str], timeout: float) -> Reply:
        """Return the reply within ``timeout`` seconds in all, or raise :class:`NoReplyError`."""


class NetworkTransport:
    """HTTP/1.1 over TLS. Plain HTTP goes to this machine only (simulators, a local proxy that speaks TLS)."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str], timeout: float) -> Reply:
        """See :class:`Transport`. Raises ``ValueError`` for an address that must not be talked to."""
        parts = urlsplit(url)
        message = Message("POST", parts, body, headers)
        return exchange(message, lambda: self._socket_to(parts, timeout=timeout), timeout=timeout)

    def _socket_to(self, parts: SplitResult, *, timeout: float) -> socket.socket:
        """Connect, and leave the TLS handshake to be done under the overall time limit."""
        host = parts.hostname or ""
        if parts.scheme != "https" and (parts.scheme != "http" or host not in LOOPBACK):
            raise ValueError(f"{parts.scheme}://{host} is neither https nor this machine")
        default_port = 443 if parts.scheme == "https" else 80
        plain = socket.create_connection((host, parts.port or default_port), timeout)
        if parts.scheme == "http":
            return plain
        return (self._tls or tls_context()).wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One request: its method, its address, and what it carries."""

    method: str
    address: SplitResult
    body: bytes | None
    headers: Mapping[str, str]


def exchange(message: Message, connect: Callable[[], socket.socket], *, timeout: float, most: int = MAX_REPLY) -> Reply:
    """Send one request over the socket that ``connect`` gives, all within ``timeout`` seconds and ``most`` bytes.

    Raises :class:`NoReplyError`.
    """
    deadline = time.monotonic() + timeout
    try:
        with connect() as sock, _hung_up_on(sock, after=deadline - time.monotonic()):
            response, payload = _exchanged(sock, message, most=most)
    except (OSError, HTTPException) as error:
        late = time.monotonic() >= deadline
        raise NoReplyError("late" if late else type(error).__name__, late=late) from None
    if time.monotonic() >= deadline:
        raise NoReplyError("late", late=True)  # hung up on in the middle, http.client returns what it had
    if len(payload) > most:
        raise NoReplyError("too_large")
    if response.length:
        raise NoReplyError("cut_off")
    return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, payload)


def _exchanged(sock: socket.socket, message: Message, *, most: int) -> tuple[HTTPResponse, bytes]:
    """Send the request over a connected socket; return the response and its body, or one byte more than the cap."""
    if isinstance(sock, ssl.SSLSocket):
        sock.do_handshake()
    parts = message.address
    connection = HTTPConnection(parts.netloc)
    connection.sock = sock
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    headers = {**message.headers, "Host": parts.netloc, "Connection": "close"}
    connection.request(message.method, target, message.body, headers)
    with connection.getresponse() as response:
        return response, response.read(most + 1)


@contextmanager
def _hung_up_on(sock: socket.socket, *, after: float) -> Iterator[None]:
    """Shut a connection down when the time is up: a socket's own limit starts anew with every byte received."""
    time_is_up = Timer(after, _shut_down, (sock,))
    time_is_up.daemon = True
    time_is_up.start()
    try:
        yield
    finally:
        time_is_up.cancel()


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # SSLSocket's own would drop the session that a read is using


def tls_context(
    *, authorities: Path | None = None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """Trust ``authorities`` (default: the system's) and show our own certificate, if there is one, when asked."""
    context = ssl.create_default_context(cafile=authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


class WsgiTransport:
    """Calls a WSGI application in this process: the simulators, without a port. Size is capped, time is not."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str], timeout: float) -> Reply:  # noqa: ARG002 — the caller's own thread does the work
        """See :class:`Transport`."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, response_headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            started.append((status, response_headers))
            return io.BytesIO().write

        payload = b"".join(self._application(_environ(url, body, headers), start_response))
        status, response_headers = started[-1]
        if len(payload) > MAX_REPLY:
            raise NoReplyError("too_large")
        return Reply(int(status.split(" ", 1)[0]), {name.lower(): value for name, value in response_headers}, payload)


def _environ(url: str, body: bytes, headers: Mapping[str, str]) -> WSGIEnvironment:
    """Return the environment of PEP 3333 for one POST."""
    parts = urlsplit(url)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
