"""A relying site with idpyoidc's RPHandler, as its documentation shows it, on Flask."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

import flask
from idpyoidc.client.defaults import DEFAULT_OIDC_SERVICES
from idpyoidc.client.rp_handler import RPHandler

ISSUER, CLIENT_ID, CLIENT_SECRET, BASE, SECRET = sys.argv[1:]
END_SESSION = {"end_session": {"class": "idpyoidc.client.oidc.end_session.EndSession"}}

handler = RPHandler(
    base_url=BASE,
    client_configs={
        ISSUER: {
            "issuer": ISSUER,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "client_type": "oidc",
            "redirect_uris": [f"{BASE}/callback"],
            "post_logout_redirect_uris": [f"{BASE}/"],
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "scopes_supported": ["openid", "profile", "verified"],
            "services": DEFAULT_OIDC_SERVICES | END_SESSION,
        }
    },
)
app = flask.Flask(__name__)
app.secret_key = SECRET


@app.get("/")
def home() -> Any:
    """Say whether anybody is signed in."""
    return {"signedIn": "me" in flask.session}


@app.get("/login")
def login() -> Any:
    """Begin."""
    begun = handler.begin(ISSUER, req_args={"scope": ["openid", "profile", "verified"]})
    return flask.redirect(begun if isinstance(begun, str) else begun["url"])


@app.get("/callback")
def callback() -> Any:
    """Finish."""
    done = handler.finalize(ISSUER, flask.request.args.to_dict())
    if "error" in done:
        return {"error": str(done["error"])}, 400
    flask.session["state"] = done["state"]
    flask.session["me"] = {"claims": done["id_token"].to_dict(), "userinfo": done["userinfo"].to_dict()}
    return flask.redirect("/me")


@app.get("/me")
def me() -> Any:
    """Say who is signed in."""
    return flask.session["me"]


@app.get("/logout")
def logout() -> Any:
    """Sign out here and at the provider."""
    asked = handler.logout(flask.session.pop("state"), post_logout_redirect_uri=f"{BASE}/")
    flask.session.clear()
    return flask.redirect(asked["url"])


app.run("localhost", urlsplit(BASE).port)
