"""Which page a person still has to see, and what a site gets where no page may be shown (OIDC Core §3.1.2.3-6)."""

from __future__ import annotations

import json

import pytest

from keys.jws import sign_compact
from tests.house import House, Person, Site, answered, page_of, payload

NONE = {"prompt": "none"}
BIRDS = ("crane", "finch", "otter", "goose", "eagle", "robin", "stork", "swift", "quail", "raven", "heron", "magpie",
         "plover", "sparrow", "kestrel")  # fmt: skip
LEVELS = {"not verified": "matched"}


def shown(person: Person, site: Site, **changes: str | None) -> str:
    """Return the path of the page an authorization request leads to."""
    response = person.visit(site.request(**changes))
    assert response.status_code == 303
    return response.headers["Location"].partition("?")[0]


def test_a_stranger_is_asked_to_sign_in(house: House) -> None:
    assert shown(house.stranger(), house.site()) == "/sign-in"


def test_a_person_chooses_a_code_name_then_consents_then_the_site_gets_its_code(house: House) -> None:
    site, person = house.site(), house.person()
    response = person.visit(site.request())
    assert response.headers["Location"].startswith("/code-name?ticket=")
    page = person.visit(response.headers["Location"])
    assert page_of(page) == "code-name"
    after = person.visit(person.submit(page, "submit", name="Quiet Heron").headers["Location"])
    assert after.headers["Location"].startswith("/consent?ticket=")
    consent = person.visit(after.headers["Location"])
    assert page_of(consent) == "consent"
    assert "Quiet Heron" in consent.text
    done = person.visit(person.submit(consent, "allow").headers["Location"])
    assert "code" in answered(done)


def test_the_second_time_nothing_is_asked(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    assert "code" in answered(person.visit(site.request(**NONE)))


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("stranger", "login_required"),
        ("no code name", "interaction_required"),
        ("no consent", "consent_required"),
        ("not verified", "interaction_required"),
    ],
)
def test_prompt_none_answers_with_the_error_of_the_page_that_is_missing(house: House, case: str, error: str) -> None:
    site = house.site(require_verified=True)
    person = house.stranger() if case == "stranger" else house.person(level=LEVELS.get(case, "registry"))
    scope = "openid verified" if case == "no consent" else "openid profile verified"
    assert answered(person.visit(site.request(prompt="none", scope=scope)))["error"] == error


def test_more_scopes_than_agreed_to_ask_again(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request(scope="openid verified"))
    assert (
        answered(person.visit(site.request(scope="openid verified age", prompt="none")))["error"] == "consent_required"
    )
    assert "code" in answered(person.visit(site.request(scope="openid", prompt="none")))


def test_a_consent_ends_after_a_year(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(days=366)
    again = house.signed_in(person.person_id)
    assert answered(again.visit(site.request(**NONE)))["error"] == "consent_required"


def test_prompt_consent_asks_again_and_is_then_satisfied(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=1)
    assert shown(person, site, prompt="consent") == "/consent"
    assert "code" in answered(person.arrive(site.request(prompt="consent")))


@pytest.mark.parametrize("prompt", ["login", "select_account", "login consent"])
def test_prompt_login_asks_who_signed_in_before_the_request(house: House, prompt: str) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=2)
    assert shown(person, site, prompt=prompt) == "/sign-in"


def test_prompt_login_is_satisfied_by_signing_in_after_the_request(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=2)
    ticket = person.visit(site.request(prompt="login")).headers["Location"].partition("?")[2]
    house.wait(seconds=3)
    fresh = house.signed_in(person.person_id).browser.get_cookie("yufu_session")
    assert fresh is not None
    person.browser.set_cookie("yufu_session", fresh.value, domain="localhost")
    assert "code" in answered(person.visit(f"/authorize?{ticket}"))


@pytest.mark.parametrize(
    ("age", "max_age", "page"),
    [(2, "1", "/sign-in"), (2, "10", "/sign-in"), (2, "300", ""), (4000, "3600", "/sign-in")],
)
def test_max_age_asks_who_signed_in_too_long_ago(house: House, age: int, max_age: str, page: str) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=age)
    response = person.visit(site.request(max_age=max_age))
    assert response.headers["Location"].startswith(page or "https://shop.example/")


def test_a_default_max_age_of_the_site_counts_like_one_in_the_request(house: House) -> None:
    site, person = house.site(default_max_age=60), house.person()
    code = person.code_for(site)
    assert "auth_time" in payload(site.token(code=code).json["id_token"])  # type: ignore[index]
    house.wait(seconds=90)
    assert shown(person, site) == "/sign-in"


def test_a_site_for_verified_people_leads_others_to_verification(house: House) -> None:
    site = house.site(require_verified=True)
    for level in ("none", "matched", "vouched", "plausible"):
        assert shown(house.person(level=level), site) == "/verify"
    assert shown(house.person(level="registry"), site) == "/code-name"


def test_a_site_for_adults_lets_no_minor_through(house: House) -> None:
    site = house.site(require_age_over_18=True)
    assert shown(house.person(adult=False), site) == "/verify"
    assert shown(house.person(adult=True), site) == "/code-name"


def test_denying_sends_access_denied_and_remembers_nothing(house: House) -> None:
    site, person = house.site(scope="openid verified"), house.person()
    ask = site.request(scope="openid verified")
    consent = person.visit(person.visit(ask).headers["Location"])
    got = answered(person.submit(consent, "deny"))
    assert got["error"] == "access_denied"
    assert set(got) == {"error", "error_description", "error_uri", "state", "iss"}
    assert shown(person, site, scope="openid verified") == "/consent"


def test_cancel_stands_on_every_page_of_the_way_and_sends_access_denied(house: House) -> None:
    site = house.site(require_verified=True)
    for person in (house.stranger(), house.person(level="none"), house.person()):
        page = person.visit(person.visit(site.request()).headers["Location"])
        assert answered(person.submit(page, "cancel"))["error"] == "access_denied"


def test_a_ticket_of_another_browser_opens_nothing(house: House) -> None:
    site, person = house.site(), house.person()
    stolen = person.visit(site.request()).headers["Location"].partition("?")[2]
    response = house.person().visit(f"/authorize?{stolen}")
    assert response.status_code == 400
    assert page_of(response) == "error"


def test_a_ticket_ends_after_half_an_hour(house: House) -> None:
    site, person = house.site(), house.person()
    ticket = person.visit(site.request()).headers["Location"].partition("?")[2]
    house.wait(minutes=31)
    assert page_of(person.visit(f"/authorize?{ticket}")) == "error"


def test_a_changed_ticket_opens_nothing(house: House) -> None:
    site, person = house.site(), house.person()
    ticket = person.visit(site.request()).headers["Location"].partition("?")[2]
    middle = len(ticket) // 2
    changed = ticket[:middle] + ("A" if ticket[middle] != "A" else "B") + ticket[middle + 1 :]
    assert page_of(person.visit(f"/authorize?{changed}")) == "error"


def test_a_hint_for_somebody_else_asks_who_it_is(house: House) -> None:
    site, person, other = house.site(), house.person(), house.person()
    hint = site.token(code=other.code_for(site)).get_json()["id_token"]
    person.arrive(site.request())
    assert shown(person, site, id_token_hint=hint) == "/sign-in"
    assert answered(person.visit(site.request(id_token_hint=hint, prompt="none")))["error"] == "login_required"


def test_a_hint_for_the_person_signed_in_changes_nothing(house: House) -> None:
    site, person = house.site(), house.person()
    hint = site.token(code=person.code_for(site)).get_json()["id_token"]
    house.wait(hours=2)
    assert "code" in answered(person.visit(site.request(id_token_hint=hint, prompt="none")))


def test_a_hint_that_is_not_ours_for_this_site_is_an_invalid_request(house: House) -> None:
    site, forum = house.site(), house.site("forum", redirect_uris=["https://forum.example/cb"])
    person = house.person()
    foreign = forum.token(code=person.code_for(forum), redirect_uri="https://forum.example/cb").get_json()["id_token"]
    own = site.token(code=person.code_for(site)).get_json()["id_token"]
    logout_token = sign_compact(house.services.keyring.signer("ES256"), json.dumps(payload(own)).encode(), "logout+jwt")
    for hint in (foreign, foreign[:-6] + "AAAAAA", "nonsense", logout_token):
        assert answered(person.visit(site.request(id_token_hint=hint, prompt="none")))["error"] == "invalid_request"


def test_what_one_person_was_shown_cannot_be_allowed_for_another(house: House) -> None:
    site, first, second = house.site(scope="openid verified"), house.person(), house.person(level="matched")
    ask = site.request(scope="openid verified")
    page = first.visit(first.visit(ask).headers["Location"])
    cookie = second.browser.get_cookie("yufu_session")
    assert cookie is not None
    first.browser.set_cookie("yufu_session", cookie.value, domain="localhost")
    first.submit(page, "allow")
    assert shown(second, site, scope="openid verified") == "/consent"


def test_whoever_is_not_let_in_takes_no_name_there(house: House) -> None:
    site, person = house.site(require_verified=True), house.person(level="matched")
    ticket = person.visit(site.request()).headers["Location"].partition("?")[2]
    response = person.visit(f"/code-name?{ticket}")
    assert response.headers["Location"].startswith("/authorize?")


def test_names_at_a_site_are_not_collected(house: House) -> None:
    site, person = house.site(), house.person()
    ticket = person.visit(site.request()).headers["Location"].partition("?")[2]
    taken = []
    for at in range(15):
        page = person.visit(f"/code-name?{ticket}")
        taken.append(person.submit(page, "submit", name=f"heron {BIRDS[at]}").status_code)
    assert taken == [303] * 12 + [200] * 3
    page = person.visit(f"/code-name?{ticket}")
    assert person.submit(page, "submit", name=f"heron {BIRDS[0]}").status_code == 303


def test_asking_by_head_issues_no_code(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    response = person.browser.head(site.request(), base_url="http://localhost:9000")
    assert "Location" not in response.headers


def test_two_tabs_go_their_own_ways(house: House) -> None:
    shop = house.site("shop")
    forum = house.site("forum", redirect_uris=["https://forum.example/cb"])
    person = house.person()
    first = person.visit(shop.request(state="one"))
    second = person.visit(forum.request(state="two"))
    assert answered(person.arrive(second.headers["Location"]))["state"] == "two"
    assert answered(person.arrive(first.headers["Location"]))["state"] == "one"


def test_consent_cannot_be_given_by_another_site(house: House) -> None:
    site, person = house.site(scope="openid verified"), house.person()
    location = person.visit(site.request(scope="openid verified")).headers["Location"]
    ticket = location.partition("ticket=")[2]
    forged = person.browser.post(
        "/consent",
        base_url="http://localhost:9000",
        data={"ticket": ticket, "decision": "allow", "scope": "openid verified"},
    )
    assert forged.status_code == 400
    assert shown(person, site, scope="openid verified") == "/consent"


def test_a_code_name_is_one_persons_at_a_site_even_after_it_was_given_up(house: House) -> None:
    site, first, second = house.site(), house.person(), house.person()
    first.arrive(site.request(), code_name="alice")
    page = second.visit(second.visit(site.request()).headers["Location"])
    for lookalike in ("Alice", "ａｌｉｃｅ", "аlice"):
        refused = second.submit(page, "submit", name=lookalike)
        assert page_of(refused) == "code-name"
        assert lookalike in refused.text
    house.wait(seconds=1)
    change = first.visit(
        first.visit(site.request(prompt="consent")).headers["Location"].replace("/consent", "/code-name")
    )
    assert page_of(change) == "code-name"
    assert first.submit(change, "submit", name="bob the heron").status_code == 303
    assert page_of(second.submit(page, "submit", name="alice")) == "code-name"
    assert first.submit(change, "submit", name="alice").status_code == 303
