"""Both demo sites believe the provider only after checking, and have a readable page for everything else."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.rules.clients.conftest import KINDS, Site, make_site

if TYPE_CHECKING:
    from pathlib import Path

    from joserfc.jwk import KeyParameters
    from werkzeug.test import TestResponse

    from tests.rules.clients.tiny_provider import TinyProvider


def page_of(answer: TestResponse) -> str:
    found = re.search(r'data-page="([^"]+)"', answer.text)
    return found[1] if found else ""


def error_of(answer: TestResponse) -> str:
    """Give the error page's code; every error page has a way on."""
    found = re.search(r'data-error="([^"]+)"', answer.text)
    assert found, answer.text
    assert page_of(answer) == "error"
    assert 'data-action="home"' in answer.text
    return found[1]


def another(key: ECKey | RSAKey, *, kid: str | None = None) -> ECKey | RSAKey:
    """Make another key of the same kind, under the same identifier unless one is given."""
    parameters: KeyParameters = {"kid": kid or key.kid or ""}
    if key.key_type == "EC":
        return ECKey.generate_key("P-256", parameters)
    return RSAKey.generate_key(2048, parameters)


def is_signed_in(site: Site) -> bool:
    return 'data-action="sign-out"' in site.get("/").text


def test_a_person_signs_in_and_is_shown_all_that_was_received(site: Site) -> None:
    answer = site.sign_in()
    assert (answer.status_code, answer.location) == (303, "/")
    page = site.get("/received")
    assert page_of(page) == "received"
    assert site.provider.sub(f"demo-{site.kind}") in page.text
    for shown in ("eyJ", "at_hash", "preferred_username", "begin" if site.kind == "forum" else "authorize_redirect"):
        assert shown in page.text


def test_the_request_has_pkce_state_nonce_and_the_readers_language(site: Site) -> None:
    site.get("/sign-in", headers={"Accept-Language": "fr;q=0.2, zh-Hans-CN, en;q=0.9"})
    site.depart()
    asked = next(query for path, query in site.provider.requests if path == "/authorize")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    location = site.get("/sign-in", headers={"Accept-Language": "zh-Hans"}).location
    assert "ui_locales=zh-CN" in location


def test_client_authentication_is_what_was_registered(site: Site) -> None:
    site.sign_in()
    form = next(form for path, form in site.provider.requests if path == "/token")
    assert ("client_assertion" in form) is (site.kind == "forum")
    assert "client_secret" not in form


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://evil.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": []},
        {"exp": int(time.time()) - 600},
        {"exp": None},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"sub": "somebody else"},
        {"at_hash": "of-another-token"},
    ],
)
def test_an_id_token_that_fails_a_check_is_refused(site: Site, claims: dict[str, Any]) -> None:
    site.provider.claims = claims
    assert error_of(site.sign_in()) == "answer_refused"
    assert not is_signed_in(site)


def test_an_id_token_for_several_audiences_is_refused(site: Site) -> None:
    site.provider.claims = {"aud": [f"demo-{site.kind}", "somebody-else"]}
    assert error_of(site.sign_in()) == "answer_refused"


@pytest.mark.parametrize("header", [{"kid": "unknown"}, {"alg": "none"}, {"alg": "HS256"}, {"crit": ["exp"]}])
def test_a_header_that_does_not_fit_is_refused(site: Site, header: dict[str, Any]) -> None:
    site.provider.header = header
    assert error_of(site.sign_in()) == "answer_refused"


def test_a_signature_by_another_key_is_refused(site: Site) -> None:
    site.sign_in()
    site.post("/sign-out")
    departed = site.depart()
    site.provider.keys = {algorithm: another(key) for algorithm, key in site.provider.keys.items()}
    assert error_of(site.get(departed.removeprefix(site.base))) == "answer_refused"


def test_a_new_signing_key_is_fetched_when_its_identifier_turns_up(site: Site) -> None:
    site.sign_in()
    site.provider.keys = {
        algorithm: another(key, kid=f"new {algorithm}") for algorithm, key in site.provider.keys.items()
    }
    assert site.sign_in().status_code == 303


@pytest.mark.parametrize("tokens", [{"id_token": None}, {"id_token": "a.b.c"}, {"id_token": ""}])
def test_a_token_response_without_an_id_token_signs_nobody_in(site: Site, tokens: dict[str, Any]) -> None:
    site.provider.tokens = tokens
    error_of(site.sign_in())
    assert not is_signed_in(site)


@pytest.mark.parametrize("issuer", [None, "http://evil.example"])
def test_an_answer_of_another_issuer_is_refused(site: Site, issuer: str | None) -> None:
    site.provider.answer = {"iss": issuer}
    assert error_of(site.sign_in()) == "answer_refused"
    assert "/token" not in [path for path, _ in site.provider.requests]


def test_userinfo_of_somebody_else_is_refused(site: Site) -> None:
    site.provider.userinfo |= {"sub": "somebody else"}
    assert error_of(site.sign_in()) == "answer_refused"


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_only_the_claim_true_makes_a_person_verified(site: Site, verified: object) -> None:
    site.provider.userinfo |= {"verified": verified}
    assert error_of(site.sign_in()) == "not_verified"
    assert not is_signed_in(site)


def test_the_market_wants_adults_and_the_teahouse_does_not_ask(site: Site) -> None:
    site.provider.userinfo |= {"age_over_18": False}
    answer = site.sign_in()
    assert answer.status_code == 303 if site.kind == "forum" else error_of(answer) == "not_adult"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "access_denied"),
        ("login_required", "login_required"),
        ("consent_required", "login_required"),
        ("temporarily_unavailable", "provider_trouble"),
        ("invalid_scope", "site_mistake"),
        ("<script>", "site_mistake"),
    ],
)
def test_an_error_of_the_provider_has_a_page(site: Site, error: str, code: str) -> None:
    site.provider.answer = {"code": None, "error": error, "error_description": "<b>words</b>"}
    answer = site.sign_in()
    assert error_of(answer) == code
    assert "<b>words" not in answer.text
    assert "<script" not in answer.text


def test_a_state_of_another_browser_is_refused(site: Site) -> None:
    theirs = site.depart().removeprefix(site.base)
    other = Site(site.kind, site.app, site.provider, type(site.browser)(site.app))
    other.depart()
    assert error_of(other.get(theirs)) == "state_mismatch"
    assert error_of(site.get("/callback")) in {"state_mismatch", "answer_refused"}


def test_an_answer_counts_once(site: Site) -> None:
    location = site.depart().removeprefix(site.base)
    assert site.get(location).status_code == 303
    assert error_of(site.get(location)) == "state_mismatch"


def test_an_answer_that_was_refused_cannot_be_tried_again(site: Site) -> None:
    location = site.depart().removeprefix(site.base)
    site.provider.userinfo |= {"verified": False}
    assert error_of(site.get(location)) == "not_verified"
    site.provider.userinfo |= {"verified": True}
    assert error_of(site.get(location)) == "state_mismatch"


def test_signing_in_again_ends_the_session_before(tmp_path: Path, provider: TinyProvider) -> None:
    site = make_site("forum", tmp_path, provider)
    site.sign_in()
    before = site.browser.get_cookie("forum_session")
    site.sign_in()
    assert before is not None
    site.browser.set_cookie("forum_session", before.value)
    assert not is_signed_in(site)


def test_two_tabs_may_sign_in_in_any_order(site: Site) -> None:
    first, second = site.depart(), site.depart()
    assert site.get(second.removeprefix(site.base)).status_code == 303
    assert is_signed_in(site)
    answer = site.get(first.removeprefix(site.base))
    assert answer.status_code == 303 or error_of(answer) == "state_mismatch"


def test_sign_ins_never_finished_do_not_pile_up(site: Site) -> None:
    for _ in range(20):
        site.depart()
    last = site.depart()
    kept = site.browser.get_cookie(f"{site.kind}_session")
    assert kept is not None
    assert len(kept.value) < 4000
    assert site.get(last.removeprefix(site.base)).status_code == 303


@pytest.mark.parametrize("kind", KINDS)
def test_a_site_starts_before_the_provider_and_tries_again(kind: str, tmp_path: Path, provider: TinyProvider) -> None:
    site = make_site(kind, tmp_path, provider)
    provider.status = 503
    assert error_of(site.get("/sign-in")) == "provider_trouble"
    assert page_of(site.get("/")) == kind
    provider.status = 200
    assert site.sign_in().status_code == 303


@pytest.mark.parametrize("kind", KINDS)
def test_a_provider_that_is_not_there_has_a_page(kind: str, tmp_path: Path, provider: TinyProvider) -> None:
    site = make_site(kind, tmp_path, provider, **{f"{kind.upper()}_ISSUER": "http://localhost:1"})
    answer = site.get("/sign-in")
    assert (answer.status_code, error_of(answer)) == (503, "provider_unreachable")


def test_signing_out_ends_it_here_and_asks_the_provider(site: Site) -> None:
    site.sign_in()
    answer = site.post("/sign-out")
    assert answer.location.startswith(f"{site.provider.issuer}/logout?")
    assert "id_token_hint=eyJ" in answer.location
    assert not is_signed_in(site)
    assert error_of(site.get("/received")) == "signed_out"


def test_signing_out_twice_is_no_trouble(site: Site) -> None:
    assert site.post("/sign-out").status_code == 303


def test_what_people_write_is_shown_as_text(site: Site) -> None:
    site.sign_in()
    form = {"title": "<i>Tea</i>", "words": "<script>alert(1)</script> & [[Say it]] ${name}"}
    answer = site.post("/stall" if site.kind == "shop" else "/post", data=form)
    assert (answer.status_code, answer.location) == (303, "/")
    page = site.get("/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; [[Say it]] ${name}" in page
    assert "<script" not in page
    assert "<i>" not in page


@pytest.mark.parametrize(
    "form", [{}, {"title": "a", "words": ""}, {"title": "a", "words": "b" * 501}, {"title": "", "words": " "}]
)
def test_an_empty_or_endless_form_is_refused(site: Site, form: dict[str, str]) -> None:
    site.sign_in()
    assert error_of(site.post("/stall" if site.kind == "shop" else "/post", data=form)) == "bad_request"


def test_a_stranger_writes_nothing(site: Site) -> None:
    form = {"title": "a", "words": "b"}
    assert error_of(site.post("/stall" if site.kind == "shop" else "/post", data=form)) == "signed_out"


def test_a_person_has_one_stall_and_may_change_its_sign(tmp_path: Path, provider: TinyProvider) -> None:
    site = make_site("shop", tmp_path, provider)
    for title in ("First", "Second"):
        site.sign_in()
        site.post("/stall", data={"title": title, "words": "Tea"})
    page = site.get("/").text
    assert page.count('data-field="stall"') == 1
    assert "Second" in page


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "http://localhost:9000"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_of_another_site_is_refused(site: Site, headers: dict[str, str]) -> None:
    site.sign_in()
    assert error_of(site.post("/sign-out", headers=headers)) == "bad_request"
    assert is_signed_in(site)
    assert site.post("/sign-out", headers={"Origin": site.base}).location.startswith(site.provider.issuer)


def test_the_language_follows_the_browser_and_then_the_switch(site: Site) -> None:
    assert '<html lang="en">' in site.get("/").text
    assert '<html lang="zh-CN">' in site.get("/", headers={"Accept-Language": "zh-TW,zh;q=0.9"}).text
    answer = site.post("/language", data={"language": "zh-CN", "back": "/privacy"})
    assert answer.location == "/privacy"
    assert '<html lang="zh-CN">' in site.get("/", headers={"Accept-Language": "en"}).text
    assert site.post("/language", data={"language": "en", "back": "//evil.example"}).location == "/"
    site.post("/language", data={"language": "../../x", "back": "/"})
    assert '<html lang="en">' in site.get("/").text


@pytest.mark.parametrize("path", ["/", "/privacy", "/terms", "/nowhere", "/callback"])
def test_every_page_forbids_scripts_frames_and_caches(site: Site, path: str) -> None:
    answer = site.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_what_the_registration_names_is_there(site: Site) -> None:
    client = site.provider.clients[f"demo-{site.kind}"]
    for uri in (client.client_uri, client.logo_uri, client.policy_uri, client.tos_uri):
        with site.get((uri or "").removeprefix(site.base)) as answer:
            assert answer.status_code == 200
            assert answer.headers["Content-Type"].startswith("image/svg+xml" if uri == client.logo_uri else "text/html")


@pytest.mark.parametrize("path", ["/static/../shop.py", "/assets/../forum.py", "/static/%2e%2e/shop.py", "/nowhere"])
def test_nothing_else_is_served(site: Site, path: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, error_of(answer)) == (404, "not_found")


def test_an_oversized_body_is_refused(site: Site) -> None:
    assert error_of(site.post("/language", data={"language": "x" * 20_000})) == "bad_request"
