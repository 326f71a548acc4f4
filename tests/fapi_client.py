"""A client under a FAPI 2.0 profile: it pushes, signs, and proves the key of its tokens, with the nonces it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from idp.store import clients
from tests.dpop_sender import Sender
from tests.house import ISSUER, VERIFIER, answered
from tests.signing_client import SigningClient, new_key

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.house import House


@dataclass
class FapiClient(SigningClient):
    """Registered for ``profile``; what it is not told to do otherwise, it does right."""

    sender: Any = None

    @classmethod
    def of(cls, house: House, client_id: str, *, algorithm: str = "ES256", **metadata: Any) -> FapiClient:
        """Register one with a key of its own and a key to bind tokens to."""
        base = f"https://{client_id}.example/callback"
        usual = {
            "profile": "fapi2", "dpop_bound_access_tokens": True, "id_token_signed_response_alg": algorithm,
            "redirect_uris": [base, base + "?dummy1=lorem&dummy2=ipsum"],
        }  # fmt: skip
        plain = SigningClient.register(house, client_id, algorithm=algorithm, **(usual | metadata))
        sender = Sender(house, algorithm=algorithm, key=new_key(algorithm))
        return cls(house, plain.site, plain.key, algorithm, sender=sender)

    def older(self, **members: Any) -> FapiClient:
        """Let the store hold a registration that would be refused today."""
        changed = replace(self.site.client, **members)
        with self.house.services.database.write() as connection:
            clients.replace(connection, changed, now=self.house.now)
        self.house.services.directory.forget(self.client_id)
        return replace(self, site=replace(self.site, client=changed))

    def proof_for(self, path: str, *, method: str = "POST", sender: Sender | None = None, **changes: Any) -> str:
        """Prove a key for a request, with the nonce that is good now."""
        place: Any = "rs" if path == "/userinfo" else "as"
        nonce = self.house.services.dpop.nonces.current(place, now=self.house.now)
        return (sender or self.sender).proof(path, method=method, **({"nonce": nonce} | changes))

    def present(self, code: str | None, *, dpop: str | None = "", **changes: Any) -> TestResponse:
        """Exchange a code; a change of None leaves a member out, and so does it the proof."""
        form = self.proof() | {
            "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
            "redirect_uri": self.site.client.redirect_uris[0],
        } | changes  # fmt: skip
        header = {} if dpop is None else {"DPoP": dpop or self.proof_for("/token")}
        body = {name: value for name, value in form.items() if value is not None}
        return self.house.app.test_client().post("/token", base_url=ISSUER, data=body, headers=header)

    def renew(self, refresh_token: str, **changes: Any) -> TestResponse:
        """Use a refresh token."""
        return self.present(None, grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def code(self, **changes: Any) -> str:
        """Go the whole way to a code with a person of its own."""
        return answered(self.house.person().arrive(self.pushed(**changes)))["code"]

    def ask(
        self, token: str, *, sender: Sender | None = None, scheme: str = "DPoP", accept: str | None = None, **more: Any
    ) -> TestResponse:
        """Ask userinfo with a proof."""
        proof = self.proof_for("/userinfo", method="GET", token=token, sender=sender, **more)
        headers = {"Authorization": f"{scheme} {token}", "DPoP": proof} | ({"Accept": accept} if accept else {})
        return self.house.app.test_client().get("/userinfo", base_url=ISSUER, headers=headers)
