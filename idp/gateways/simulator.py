"""What the two simulators share: one JSON question over WSGI, answered once for each ``Idempotency-Key``."""

from __future__ import annotations

import argparse
import sys
from collections import OrderedDict
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar
from wsgiref.simple_server import make_server

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_QUESTION: Final = 64 * 1024
REMEMBERED: Final = 1000
"""Answers kept for questions that come twice."""


class Refusal(Exception):
    """An HTTP status instead of an answer."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Referenced(Protocol):
    """A question that names itself."""

    @property
    def reference(self) -> str:
        """What the answer has to repeat."""


Question = TypeVar("Question", bound=Referenced)


class Simulator(Generic[Question]):
    """A WSGI application that answers questions of one type. Subclasses say how; safe between threads."""

    question: type[Question]

    def __init__(self, *, bearer: str | None = None) -> None:
        self._bearer = bearer
        self._answers: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
        self._lock = Lock()

    def answer(self, question: Question) -> dict[str, Any]:
        """Return the members of the answer besides the reference, or raise :class:`Refusal`."""
        raise NotImplementedError

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        try:
            with self._lock:
                status, body = "200 OK", self._answered(environ)
        except Refusal as refusal:
            status, body = refusal.status, b"{}"
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answered(self, environ: WSGIEnvironment) -> bytes:
        body = self._body(environ)
        try:
            question = msgspec.json.decode(body, type=self.question)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Refusal("400 Bad Request") from None
        if environ.get("HTTP_IDEMPOTENCY_KEY") != question.reference:
            raise Refusal("400 Bad Request")
        known = self._answers.get(question.reference)
        if known is None:
            known = body, msgspec.json.encode({"reference": question.reference, **self.answer(question)})
            self._answers[question.reference] = known
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        if known[0] != body:
            raise Refusal("422 Unprocessable Content")
        return known[1]

    def _body(self, environ: WSGIEnvironment) -> bytes:
        if self._bearer is not None and environ.get("HTTP_AUTHORIZATION") != f"Bearer {self._bearer}":
            raise Refusal("401 Unauthorized")
        if environ["REQUEST_METHOD"] != "POST":
            raise Refusal("405 Method Not Allowed")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > LARGEST_QUESTION:
            raise Refusal("413 Content Too Large")
        body: bytes = environ["wsgi.input"].read(length)
        return body


def serve(application: WSGIApplication, *, what: str, default_port: int) -> None:
    """Serve a simulator on this machine until interrupted; ``--port`` says where, 0 takes any that is free."""
    parser = argparse.ArgumentParser(description=f"Simulates {what}, for sandboxes and tests.")
    parser.add_argument("--port", type=int, default=default_port)
    port = parser.parse_args().port
    with make_server("127.0.0.1", port, application) as server, suppress(KeyboardInterrupt):
        sys.stdout.write(f"{what}, simulated, at http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()
