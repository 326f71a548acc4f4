"""A small server for a demonstration: the standard library's, one thread to a request."""

from __future__ import annotations

import signal
import sys
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

if TYPE_CHECKING:
    from types import FrameType
    from wsgiref.types import WSGIApplication


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Keep no access log: it would hold codes and states."""


def serve(app: WSGIApplication, *, host: str, port: int) -> None:
    """Serve until interrupted or terminated."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with make_server(host, port, app, server_class=_Server, handler_class=_Handler) as server:
        sys.stdout.write(f"http://localhost:{port}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
