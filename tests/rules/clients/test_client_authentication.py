"""A client proves itself by one method, the one it registered (RFC 6749 §2.3, OIDC Core §9)."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.authentication import Authenticated, ClientAuthenticationFailed, authenticate, credentials_from
from clients.client import Client
from clients.secret import Secret

if TYPE_CHECKING:
    from datetime import datetime

SECRET = "a%b+c:d é"
AUDIENCES = ("https://id.example",)


def site(method: str = "client_secret_basic", *, either: bool = False) -> Client:
    return Client(
        client_id="shop",
        sector="shop.example",
        name="Shop",
        redirect_uris=("https://shop.example/cb",),
        token_endpoint_auth_method=method,
        either_secret_method=either,
        secret_hash=None if method == "none" else Secret(SECRET).digest,
    )


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


HEADER = basic("shop:a%25b%2Bc%3Ad+%C3%A9")
BODY = {"client_id": "shop", "client_secret": SECRET}


def attempt(
    client: Client, now: datetime, *, header: str | None = None, form: dict[str, str] | None = None
) -> Authenticated:
    credentials = credentials_from(authorization=header, form=form or {})
    return authenticate(client, credentials, now=now, audiences=AUDIENCES)


def test_the_secret_may_come_in_the_header_form_encoded(now: datetime) -> None:
    assert attempt(site(), now, header=HEADER).method == "client_secret_basic"
    assert attempt(site(), now, header=HEADER.replace("Basic", "bAsIc")).method == "client_secret_basic"


def test_the_secret_may_come_in_the_body(now: datetime) -> None:
    assert attempt(site("client_secret_post"), now, form=BODY).method == "client_secret_post"


def test_a_public_client_only_names_itself(now: datetime) -> None:
    assert attempt(site("none"), now, form={"client_id": "shop"}).method == "none"


def test_the_header_and_the_same_client_id_in_the_body_go_together(now: datetime) -> None:
    assert attempt(site(), now, header=HEADER, form={"client_id": "shop"}).method == "client_secret_basic"


def test_an_empty_secret_in_the_body_counts_as_absent(now: datetime) -> None:
    form = {"client_id": "shop", "client_secret": "", "client_assertion": ""}
    assert attempt(site("none"), now, form=form).method == "none"
    assert attempt(site(), now, header=HEADER, form=form).method == "client_secret_basic"


def test_a_client_that_registered_no_method_may_use_header_or_body(now: datetime) -> None:
    assert attempt(site(either=True), now, header=HEADER).method == "client_secret_basic"
    assert attempt(site(either=True), now, form=BODY).method == "client_secret_post"
    with pytest.raises(ClientAuthenticationFailed):
        attempt(site(either=True), now, form={"client_id": "shop"})


@pytest.mark.parametrize(
    ("registered", "header", "form"),
    [
        ("client_secret_basic", None, BODY),
        ("client_secret_post", HEADER, {}),
        ("client_secret_basic", None, {"client_id": "shop"}),
        ("client_secret_post", None, {"client_id": "shop"}),
        ("private_key_jwt", None, BODY),
        ("private_key_jwt", HEADER, {}),
        ("none", None, BODY),
        ("none", HEADER, {}),
        ("none", basic("shop:"), {}),
    ],
)
def test_only_the_registered_method_counts(
    registered: str, header: str | None, form: dict[str, str], now: datetime
) -> None:
    with pytest.raises(ClientAuthenticationFailed, match="invalid_client"):
        attempt(site(registered), now, header=header, form=form)


@pytest.mark.parametrize(
    "form",
    [
        BODY,
        {"client_secret": SECRET},
        {"client_assertion": "a.b.c"},
    ],
)
def test_two_methods_at_once_are_an_invalid_request(form: dict[str, str]) -> None:
    with pytest.raises(ClientAuthenticationFailed) as failed:
        credentials_from(authorization=HEADER, form=form)
    assert failed.value.error == "invalid_request"


def test_secret_and_assertion_at_once_are_an_invalid_request() -> None:
    with pytest.raises(ClientAuthenticationFailed) as failed:
        credentials_from(authorization=None, form=BODY | {"client_assertion": "a.b.c"})
    assert failed.value.error == "invalid_request"


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (None, {}),
        (None, {"client_secret": SECRET}),
        (HEADER, {"client_id": "forum"}),
        (None, {"client_id": "forum", "client_secret": SECRET}),
        (None, {"client_id": "shop", "client_secret": "wrong"}),
        (None, {"client_id": "shop\x00", "client_secret": SECRET}),
        (None, {"client_id": "商店", "client_secret": SECRET}),
        (None, {"client_id": "s" * 129, "client_secret": SECRET}),
        ("", {}),
        ("Basic", {}),
        ("Basic ", {}),
        ("Bearer abc", {}),
        ("Basic  " + HEADER[6:], {}),
        (HEADER + " ", {}),
        (HEADER + "\n", {}),
        (HEADER.rstrip("="), {}),
        (HEADER[:8] + "!" + HEADER[8:], {}),
        (basic("shop"), {}),
        (basic("shop:"), {}),
        (basic(":" + SECRET), {}),
        (basic("shop:a%b%2Bc%3Ad+%C3%A9"), {}),
        (basic("shop:%ff"), {}),
        ("Basic " + base64.b64encode(b"shop:\xff").decode(), {}),
        (basic("shop:" + "a" * 2000), {}),
    ],
)
def test_anything_else_is_an_invalid_client(header: str | None, form: dict[str, str], now: datetime) -> None:
    with pytest.raises(ClientAuthenticationFailed) as failed:
        attempt(site(either=True), now, header=header, form=form)
    assert failed.value.error == "invalid_client"


def test_a_header_has_one_spelling(now: datetime) -> None:
    """The same bytes in base64 whose unused bits are set: lenient decoders take it, and others don't."""
    client = replace(site(), secret_hash=Secret("abc").digest)
    header = basic("shop:abc")
    other = header[:-2] + chr(ord(header[-2]) + 1) + header[-1]
    assert base64.b64decode(other[6:]) == base64.b64decode(header[6:])
    assert attempt(client, now, header=header).method == "client_secret_basic"
    with pytest.raises(ClientAuthenticationFailed):
        attempt(client, now, header=other)


@given(header=st.none() | st.text(max_size=40), form=st.dictionaries(st.text(max_size=12), st.text(max_size=12)))
def test_no_bytes_break_the_reading(header: str | None, form: dict[str, str]) -> None:
    try:
        found = credentials_from(authorization=header, form=form)
    except ClientAuthenticationFailed:
        return
    assert found.client_id


def test_failure_tells_the_wire_nothing_and_the_log_no_secret(now: datetime) -> None:
    with pytest.raises(ClientAuthenticationFailed) as failed:
        attempt(site(), now, header=basic("shop:my-wrong-guess"))
    assert str(failed.value) == "invalid_client"
    assert failed.value.reason == "wrong secret"
    credentials = credentials_from(authorization=HEADER, form={})
    assert SECRET not in repr(credentials)
