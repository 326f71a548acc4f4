"""A relying site with requests-oauthlib, as its documentation shows it, on Flask: plain OAuth, no ID token."""

from __future__ import annotations

import os
import sys
from typing import Any
from urllib.parse import urlsplit

import flask
from requests_oauthlib import OAuth2Session

ISSUER, CLIENT_ID, CLIENT_SECRET, BASE, SECRET = sys.argv[1:]
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # this is a test on loopback, over http

app = flask.Flask(__name__)
app.secret_key = SECRET


def client(**known: Any) -> OAuth2Session:
    """Make a session as it is at this point of the flow."""
    scope = ["openid", "profile", "verified", "age"]
    return OAuth2Session(CLIENT_ID, scope=scope, redirect_uri=f"{BASE}/callback", pkce="S256", **known)


@app.get("/")
def home() -> Any:
    """Say that the site is up."""
    return {}


@app.get("/login")
def login() -> Any:
    """Begin."""
    session = client()
    address, flask.session["state"] = session.authorization_url(f"{ISSUER}/authorize")
    flask.session["verifier"] = session._code_verifier  # it has no other way out
    return flask.redirect(address)


@app.get("/callback")
def callback() -> Any:
    """Finish, and ask who it is."""
    session = client(state=flask.session["state"])
    session._code_verifier = flask.session["verifier"]
    session.fetch_token(f"{ISSUER}/token", authorization_response=flask.request.url, client_secret=CLIENT_SECRET)
    return session.get(f"{ISSUER}/userinfo").json()


app.run("localhost", urlsplit(BASE).port)
