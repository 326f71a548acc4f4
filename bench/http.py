"""A small HTTP/1.1 client that costs little beside the server it measures: one socket, requests as ready-made bytes."""

from __future__ import annotations

import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, raw header block and body."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """Return a header's value; empty if there is none. ``name`` is lower-case."""
        for line in self.head.split(b"\r\n"):
            key, _, value = line.partition(b":")
            if key.lower() == name:
                return value.strip()
        return b""


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def send(self, request: bytes) -> Answer:
        """Send a whole request and read the whole answer."""
        self._socket.sendall(request)
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._read()
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        answer = Answer(int(head[9:12]), head, b"")
        length = int(answer.header(b"content-length") or 0)
        while len(rest) < length:
            rest += self._read()
        self._buffer = rest[length:]
        return Answer(answer.status, head, rest[:length])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _read(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server hung up")
        return chunk


def get(path: str, *, host: str, headers: str = "") -> bytes:
    """Make the bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode()


def post(path: str, body: str, *, host: str, headers: str = "") -> bytes:
    """Make the bytes of a form POST."""
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    return f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{kind}Content-Length: {len(body)}\r\n{headers}\r\n{body}".encode()
