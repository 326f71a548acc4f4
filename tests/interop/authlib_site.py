"""A relying site with Authlib's Flask client, as its documentation shows it."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask
from authlib.integrations.flask_client import OAuth

ISSUER, CLIENT_ID, CLIENT_SECRET, BASE, SECRET = sys.argv[1:]

app = flask.Flask(__name__)
app.secret_key = SECRET
oauth = OAuth(app)
oauth.register(
    "yufu",
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    client_kwargs={"scope": "openid profile verified age", "code_challenge_method": "S256"},
)


@app.get("/")
def home() -> Any:
    """Say whether anybody is signed in."""
    return {"signedIn": "me" in flask.session}


@app.get("/login")
def login() -> Any:
    """Begin."""
    return oauth.yufu.authorize_redirect(f"{BASE}/callback")


@app.get("/callback")
def callback() -> Any:
    """Finish, and ask who it is."""
    token = oauth.yufu.authorize_access_token()
    flask.session["id_token"] = token["id_token"]
    flask.session["me"] = {"claims": token["userinfo"], "userinfo": oauth.yufu.userinfo(token=token)}
    return flask.redirect("/me")


@app.get("/me")
def me() -> Any:
    """Say who is signed in."""
    return flask.session["me"]


@app.get("/logout")
def logout() -> Any:
    """Sign out here and at the provider."""
    asked = {"id_token_hint": flask.session["id_token"], "post_logout_redirect_uri": f"{BASE}/"}
    flask.session.clear()
    return flask.redirect(f"{ISSUER}/logout?{urlencode(asked)}")


app.run("localhost", urlsplit(BASE).port)
