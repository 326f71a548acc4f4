"""`idp serve` tells a site of the end of a session by itself, over a real network; operators see how it went."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from queue import Queue
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.simple_server import make_server

import requests

from tests.house import CHALLENGE, VERIFIER, payload
from tests.live import provider
from tests.specs.gateways.conftest import Quiet
from tests.walker import Walker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment


@contextmanager
def site_that_listens() -> Iterator[tuple[int, Queue[str]]]:
    """Run a site that puts the logout tokens it receives into a queue."""
    received: Queue[str] = Queue()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        received.put(parse_qs(body.decode())["logout_token"][0])
        start_response("200 OK", [("Cache-Control", "no-store")])
        return [b""]

    server = make_server("127.0.0.1", 0, answer, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_site_on_the_network_hears_that_a_person_signed_out(tmp_path: Path) -> None:
    with (
        site_that_listens() as (port, received),
        provider(tmp_path, IDP_OUTBOUND__ALLOWED_HOSTS=f"localhost:{port}") as running,
    ):
        site = running.add_client(
            client_name="Listener",
            redirect_uris=[f"http://localhost:{port}/callback"],
            scope="openid profile",
            id_token_signed_response_alg="ES256",
            backchannel_logout_uri=f"http://localhost:{port}/logout",
        )
        callback = site["redirect_uris"][0]
        wish = {
            "response_type": "code", "client_id": site["client_id"], "redirect_uri": callback,
            "scope": "openid profile", "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }  # fmt: skip
        person = Walker(running.issuer, stops=(callback,))
        person.sign_in_as("verified")
        code = parse_qs(urlsplit(person.settle(person.get("/authorize?" + urlencode(wish)))).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": VERIFIER}
        credentials = (site["client_id"], site["client_secret"])
        answer = requests.post(f"{running.issuer}/token", data=form, auth=credentials, timeout=10).json()
        person.get("/logout?" + urlencode({"id_token_hint": answer["id_token"]}))
        token = payload(received.get(timeout=30))
        assert token["sid"] == payload(answer["id_token"])["sid"]
        listed = json.loads(running.idp("outbox", "list", "--json"))
        assert [(each["client_id"], each["attempts"]) for each in listed] == [(site["client_id"], 1)]
