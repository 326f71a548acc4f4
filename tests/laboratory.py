"""A site's web server on loopback: what it says at which path, what it was asked. Plain http, as in laboratories."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment


@dataclass
class Laboratory:
    """``documents``: path → (media type, body). Everything else is 404."""

    port: int = 0
    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def address(self, path: str) -> str:
        """Return the address of a path here."""
        return f"http://127.0.0.1:{self.port}{path}"

    def publish(self, path: str, body: bytes, kind: str = "application/json") -> str:
        """Answer a path with this from now on; returns its address."""
        self.documents[path] = kind, body
        return self.address(path)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path not in self.documents:
            start_response("404 Not Found", [])
            return [b""]
        kind, body = self.documents[path]
        start_response("200 OK", [("Content-Type", kind)])
        return [body]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name is the parent's
        pass


@contextmanager
def opened() -> Iterator[Laboratory]:
    """Serve a laboratory."""
    laboratory = Laboratory()
    server = make_server("127.0.0.1", 0, laboratory, handler_class=_Quiet)
    laboratory.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield laboratory
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
