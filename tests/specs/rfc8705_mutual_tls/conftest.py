"""A provider behind a proxy that asks for certificates, and sites that show them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from idp.domain.secrecy import Private
from idp.settings import MtlsSettings
from tests import certificates
from tests import house as building
from tests.house import CHALLENGE, VERIFIER, answered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

    import keys
    from tests.certificates import Authority, Shown
    from tests.house import House, Site

HEADER = "XClientCert3f9c61d2a07b4e588e21c0b7d4a95f36"
ORIGIN = "https://mtls.localhost:9443"
BOTH = ["authorization_code", "refresh_token"]


@pytest.fixture(scope="session")
def authority() -> Authority:
    """The one that the provider trusts."""
    return certificates.authority()


@pytest.fixture
def house(tmp_path: Path, keyring: keys.Keyring, authority: Authority) -> Iterator[House]:
    """A provider that is told of certificates at a host of their own."""
    (tmp_path / "authorities.pem").write_text(authority.pem)
    chosen = MtlsSettings(header=Private(HEADER), origin=ORIGIN, authorities=str(tmp_path / "authorities.pem"))
    built = building.build(tmp_path, keyring, mtls=chosen)
    yield built
    built.services.database.close()


@dataclass
class Holder:
    """A site that shows a certificate. ``peer`` is who connects: the proxy, unless a test says otherwise."""

    site: Site
    shown: Shown | None
    origin: str = ORIGIN
    peer: str = "127.0.0.1"
    header: str = HEADER

    @classmethod
    def of(cls, house: House, shown: Shown, client_id: str = "bank", **metadata: Any) -> Holder:
        """Register a site that is known by its own certificate, and whose tokens are bound to it."""
        usual = {
            "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "tls_client_certificate_bound_access_tokens": True,
            "redirect_uris": [f"https://{client_id}.example/callback"],
            "grant_types": BOTH,
            "scope": "openid profile offline_access",
        }
        if metadata.get("token_endpoint_auth_method", "self_signed").startswith("self_signed"):
            usual["jwks"] = {"keys": [shown.jwk()]}
        return cls(house.site(client_id, **(usual | metadata)), shown)

    def showing(self, shown: Shown | None, **changes: Any) -> Holder:
        """The same site with another certificate."""
        return replace(self, shown=shown, **changes)

    def headers(self, **more: str) -> dict[str, str]:
        """What the proxy adds."""
        return ({} if self.shown is None else {self.header: self.shown.in_rfc9440}) | more

    def post(self, path: str, form: dict[str, Any], **headers: str) -> TestResponse:
        """Post a form that names the client."""
        body = {"client_id": self.site.client.client_id} | form
        return self.site.house.app.test_client().post(
            path,
            base_url=self.origin,
            data={name: value for name, value in body.items() if value is not None},
            headers=self.headers(**headers),
            environ_base={"REMOTE_ADDR": self.peer},
        )

    def redeem(self, code: str, **changes: Any) -> TestResponse:
        """Exchange a code."""
        usual = {
            "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
            "redirect_uri": self.site.client.redirect_uris[0],
        }  # fmt: skip
        return self.post("/token", usual | changes)

    def code(self, **changes: str | None) -> str:
        """Go the whole way to a code with a person of its own."""
        return self.site.house.person().code_for(self.site, scope="openid profile offline_access", **changes)

    def tokens(self) -> dict[str, Any]:
        """Sign a person in."""
        answer = self.redeem(self.code(prompt="consent"))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    def userinfo(self, token: str, *, scheme: str = "Bearer", **headers: str) -> TestResponse:
        """Ask who it was."""
        return self.site.house.app.test_client().get(
            "/userinfo",
            base_url=self.origin,
            headers=self.headers(Authorization=f"{scheme} {token}", **headers),
            environ_base={"REMOTE_ADDR": self.peer},
        )

    def pushed(self, **changes: Any) -> str:
        """Push a request and return where the browser goes with it, or fail."""
        client = self.site.client
        wish = {
            "response_type": "code", "redirect_uri": client.redirect_uris[0], "scope": "openid profile",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256", "state": "s",
        }  # fmt: skip
        answer = self.post("/par", wish | changes)
        assert answer.status_code == 201, answer.text
        return "/authorize?" + urlencode(
            {"client_id": client.client_id, "request_uri": answer.get_json()["request_uri"]}
        )


def error_of(response: TestResponse, status: int = 400) -> str:
    """Return the error of a refusal."""
    assert response.status_code == status, response.text
    return str(response.get_json()["error"])


__all__ = ["HEADER", "ORIGIN", "Holder", "answered", "error_of"]
