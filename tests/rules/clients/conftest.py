"""Both demo sites before a tiny provider, each with a browser of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests
from werkzeug.test import Client as Browser

from clients.demo import forum, registration, settings, shop, site_key
from clients.metadata import MetadataPolicy, validate
from clients.secret import Secret
from tests.rules.clients.tiny_provider import TinyProvider, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

POLICY = MetadataPolicy(loopback=True)
KINDS = ("shop", "forum")


@dataclass
class Site:
    """A site, the provider before it, and one browser."""

    kind: str
    app: Any
    provider: TinyProvider
    browser: Browser

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.browser.get(path, base_url=self.base, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.browser.post(path, base_url=self.base, **options)

    @property
    def base(self) -> str:
        return {"shop": "http://localhost:9001", "forum": "http://localhost:9002"}[self.kind]

    def depart(self) -> str:
        """Begin a sign-in and let the provider answer; give the address it sends the browser to."""
        answer = requests.get(self.get("/sign-in").location, allow_redirects=False, timeout=5)
        return answer.headers["Location"]

    def sign_in(self) -> TestResponse:
        """Sign in wholly."""
        return self.get(self.depart().removeprefix(self.base))


@pytest.fixture(scope="session")
def one_provider() -> Iterator[TinyProvider]:
    with running(TinyProvider()) as provider:
        yield provider


@pytest.fixture(scope="session")
def provider_keys(one_provider: TinyProvider) -> dict[str, Any]:
    """Its keys before any test bends them."""
    return one_provider.keys


@pytest.fixture
def provider(one_provider: TinyProvider, provider_keys: dict[str, Any]) -> TinyProvider:
    """The provider, honest again and with an empty memory."""
    fresh = TinyProvider(keys=provider_keys)
    fresh.issuer = one_provider.issuer
    vars(one_provider).update(vars(fresh))
    return one_provider


def make_site(kind: str, folder: Path, provider: TinyProvider, **environment: str) -> Site:
    """Register a site and start it."""
    prefix = kind.upper()
    environ = {f"{prefix}_ISSUER": provider.issuer, f"{prefix}_FOLDER": str(folder), "SHOP_CLIENT_SECRET": "s3cret"}
    client_id = f"demo-{kind}"
    port, partner_port = (9001, 9002) if kind == "shop" else (9002, 9001)
    site = settings.read(prefix, environ | environment, client_id=client_id, port=port, partner_port=partner_port)
    if kind == "shop":
        registered = validate(registration.SHOP, policy=POLICY)
        provider.clients[client_id] = registered.issued(client_id=client_id, secret_hash=Secret("s3cret").digest)
        app: Any = shop.create_app(site)
    else:
        key = site_key.load_or_create(folder / "forum.key")
        registered = validate(registration.forum(key.jwks), policy=POLICY)
        provider.clients[client_id] = registered.issued(client_id=client_id)
        app = forum.create_app(site)
    return Site(kind, app, provider, Browser(app))


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve a site on a port of its own; give its address."""
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Stay quiet."""


@pytest.fixture
def both(tmp_path: Path, provider: TinyProvider) -> Iterator[tuple[Site, Site]]:
    """The market and the teahouse, which the market can reach."""
    teahouse = make_site("forum", tmp_path, provider)
    with served(teahouse.app) as address:
        yield make_site("shop", tmp_path, provider, SHOP_PARTNER=address), teahouse


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path, provider: TinyProvider) -> Site:
    """Each of the two sites in turn."""
    return make_site(request.param, tmp_path, provider)
