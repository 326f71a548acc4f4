"""Sites are told of the end of a session, durably and without being told of one another (Back-Channel Logout 1.0)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select, update

from idp import services
from idp.gateways.outbound import Outbound, Unreachable
from idp.store.models import AuditEvent, Grant, OutboxMessage, Session, table_of
from tests.house import ISSUER, House, Person, Site, payload

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTBOX = table_of(OutboxMessage)


class Sites(Outbound):
    """Every site there is: answers with the next of ``answers``, and 200 when there are none left."""

    def __init__(self, answers: Sequence[int | None] = ()) -> None:
        super().__init__()
        self.answers = list(answers)
        self.received: list[tuple[str, str, datetime]] = []
        self.house: House | None = None

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)  # the parent is frozen

    def post(self, url: str, body: bytes, *, content_type: str) -> int:
        """Receive a logout token."""
        assert self.house is not None
        assert content_type == "application/x-www-form-urlencoded"
        form = parse_qs(body.decode(), strict_parsing=True)
        assert set(form) == {"logout_token"}
        self.received.append((url, form["logout_token"][0], self.house.now))
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None:
            raise Unreachable
        return answer


def told_site(house: House, name: str = "shop", **more: object) -> Site:
    return house.site(
        name,
        redirect_uris=[f"https://{name}.example/callback"],
        backchannel_logout_uri=f"https://{name}.example/logout",
        backchannel_logout_session_required=True,
        **more,
    )


def sign_in(person: Person, site: Site) -> dict[str, Any]:
    redirect = site.client.redirect_uris[0]
    return payload(site.token(code=person.code_for(site), redirect_uri=redirect).get_json()["id_token"])


def sign_out(person: Person, **parameters: str) -> None:
    response = person.visit("/logout?" + urlencode(parameters))
    if response.status_code == 200 and "logout-confirm" in response.text:
        person.submit(response, "confirm-logout")


def deliver(house: House, sites: Sites) -> int:
    sites.house = house
    delivery = services.build_delivery(house.settings, house.services.database, house.services.keyring, sites)
    return delivery.deliver_due(clock=lambda: house.now)


def messages(house: House) -> list[Any]:
    with house.services.database.read() as connection:
        return list(connection.execute(select(OUTBOX)))


def test_the_logout_token_is_as_the_specification_says(house: House) -> None:
    """oidcc-backchannel-rp-initiated-logout: iss, aud, iat, jti, events, sub and sid as in the ID token, no nonce."""
    site, person, sites = told_site(house), house.person(), Sites()
    id_token = sign_in(person, site)
    sign_out(person)
    house.wait(seconds=60)
    assert deliver(house, sites) == 1
    ((url, token, _when),) = sites.received
    assert url == "https://shop.example/logout"
    keys = KeySet.import_key_set(house.browser().get("/jwks", base_url=ISSUER).get_json())
    decoded = jwt.decode(token, keys, algorithms=["ES256"])
    assert decoded.header["typ"] == "logout+jwt"
    claims = decoded.claims
    assert set(claims) == {"iss", "aud", "iat", "exp", "jti", "sub", "sid", "events"}
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "shop"
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert (claims["sub"], claims["sid"]) == (id_token["sub"], id_token["sid"])
    assert claims["iat"] == int(house.now.timestamp())
    assert 0 < claims["exp"] - claims["iat"] <= 120


def test_who_asked_is_told_and_gets_the_browser_back_without_waiting_for_it(house: House) -> None:
    """oidcc-backchannel-rp-initiated-logout: the POST and the redirect, in any order"""
    home = "https://shop.example/bye"
    site, person, sites = told_site(house, post_logout_redirect_uris=[home]), house.person(), Sites()
    hint = site.token(code=person.code_for(site)).get_json()["id_token"]
    wish = {"id_token_hint": hint, "post_logout_redirect_uri": home, "state": "s"}
    assert person.visit("/logout?" + urlencode(wish)).headers["Location"] == home + "?state=s"
    assert sites.received == []
    assert deliver(house, sites) == 1


def test_a_site_that_does_not_ask_is_neither_told_nor_given_a_sid(house: House) -> None:
    site, person, sites = house.site(), house.person(), Sites()
    assert "sid" not in sign_in(person, site)
    sign_out(person)
    house.wait(minutes=1)
    assert deliver(house, sites) == 0


def test_the_sid_is_one_per_session_and_site(house: House) -> None:
    shop, forum = told_site(house), told_site(house, "forum")
    person = house.person()
    first = sign_in(person, shop)["sid"]
    assert sign_in(person, shop)["sid"] == first
    assert sign_in(person, forum)["sid"] != first
    assert sign_in(house.signed_in(person.person_id), shop)["sid"] != first
    assert sign_in(house.person(), shop)["sid"] != first


def test_only_the_sites_of_this_session_are_told(house: House) -> None:
    shop, forum, sites = told_site(house), told_site(house, "forum"), Sites()
    here, other = house.person(), house.person()
    elsewhere = house.signed_in(here.person_id)
    sid = sign_in(here, shop)["sid"]
    sign_in(elsewhere, forum)
    sign_in(other, shop)
    sign_out(here)
    house.wait(minutes=1)
    assert deliver(house, sites) == 1
    assert payload(sites.received[0][1])["sid"] == sid


def test_who_asked_hears_at_once_and_the_others_at_moments_of_their_own(house: House) -> None:
    person, sites = house.person(), Sites()
    others = [told_site(house, f"site{number}") for number in range(12)]
    for each in others:
        sign_in(person, each)
    asking = told_site(house, "asking", post_logout_redirect_uris=["https://asking.example/bye"])
    redirect = asking.client.redirect_uris[0]
    hint = asking.token(code=person.code_for(asking), redirect_uri=redirect).get_json()["id_token"]
    sign_out(person, id_token_hint=hint)
    due = [row.due_at - int(house.now.timestamp()) for row in messages(house)]
    assert min(due) == 0
    assert max(due) <= 20
    assert len(set(due)) > 3
    assert len({row.until_at for row in messages(house)}) > 3, "nor does the end of the attempts join them"
    deliver(house, sites)
    assert "https://asking.example/logout" in [url for url, *_ in sites.received]
    house.wait(seconds=21)
    deliver(house, sites)
    assert len(sites.received) == 13


@pytest.mark.parametrize("trouble", [None, 500, 503, 429])
def test_what_may_pass_is_tried_again_with_a_jti_of_its_own(house: House, trouble: int | None) -> None:
    site, person, sites = told_site(house), house.person(), Sites([trouble, trouble])
    sign_in(person, site)
    sign_out(person)
    house.wait(minutes=1)
    assert deliver(house, sites) == 1
    assert deliver(house, sites) == 0, "not before the wait is over"
    house.wait(minutes=2)
    deliver(house, sites)
    house.wait(minutes=5)
    deliver(house, sites)
    assert len({payload(token)["jti"] for _, token, _ in sites.received}) == 3
    assert [row.state for row in messages(house)] == ["delivered"]


@pytest.mark.parametrize("refusal", [400, 401, 404, 301, 302])
def test_a_refusal_or_a_redirect_is_final_and_an_operator_finds_it(house: House, refusal: int) -> None:
    site, person, sites = told_site(house), house.person(), Sites([refusal])
    sign_in(person, site)
    sign_out(person)
    house.wait(minutes=1)
    deliver(house, sites)
    house.wait(hours=2)
    assert deliver(house, sites) == 0
    (row,) = messages(house)
    assert (row.state, row.outcome) == ("dead", "refused")
    audit = table_of(AuditEvent)
    with house.services.database.read() as connection:
        bodies = connection.execute(select(audit.c.body).where(audit.c.kind == "session_end_undelivered")).scalars()
        assert list(bodies) == ['{"client_id":"shop"}']


def test_a_day_without_an_answer_ends_the_attempts(house: House) -> None:
    site, person, sites = told_site(house), house.person(), Sites([None] * 1000)
    sign_in(person, site)
    sign_out(person)
    for _ in range(60):
        house.wait(hours=1)
        deliver(house, sites)
    (row,) = messages(house)
    assert row.state == "dead"
    assert 10 < len(sites.received) < 40


def test_a_message_that_nobody_can_open_keeps_no_other_from_its_way(house: House) -> None:
    shop, forum, person, sites = told_site(house), told_site(house, "forum"), house.person(), Sites()
    for site in (shop, forum):
        sign_in(person, site)
    sign_out(person)
    with house.services.database.write() as connection:
        spoilt = messages(house)[0].message_id
        connection.execute(update(OUTBOX).where(OUTBOX.c.message_id == spoilt).values(sealed=b"spoilt"))
    house.wait(minutes=1)
    assert deliver(house, sites) == 2
    assert len(sites.received) == 1
    assert {row.message_id: row.outcome for row in messages(house)}[spoilt] == "unreadable"


def test_every_way_to_end_a_session_tells_the_sites(house: House) -> None:
    site, sites = told_site(house), Sites()
    person = house.person()
    elsewhere = house.signed_in(person.person_id)
    sign_in(elsewhere, site)
    account = person.visit("/account")
    person.submit(account, "/account/sessions/end", session="others")
    house.wait(minutes=1)
    assert deliver(house, sites) == 1
    sign_in(person, site)
    house.services.erasure.erase(person.person_id, now=house.now)
    house.wait(minutes=1)
    assert deliver(house, sites) == 1


def test_signing_in_anew_keeps_the_session_for_the_sites(house: House) -> None:
    site, person, sites = told_site(house), house.person(), Sites()
    before = sign_in(person, site)["sid"]
    cookie = person.browser.get_cookie("yufu_session")
    assert cookie is not None
    session = house.services.sessions.load(cookie.value, now=house.now)
    assert session is not None
    house.wait(minutes=1)
    anew = house.services.sessions.open(
        type("Who", (), {"person_id": person.person_id, "auth_time": house.now, "acr": "phr", "amr": ("pop",)})(),
        device="Test",
        replacing=cookie.value,
        now=house.now,
    )
    person.browser.set_cookie("yufu_session", anew, domain="localhost")
    assert sign_in(person, site)["sid"] == before
    sign_out(person)
    house.wait(minutes=1)
    assert deliver(house, sites) == 1


def test_the_site_is_told_long_after_its_code_and_tokens_are_gone(house: House) -> None:
    from idp import jobs

    site, person, sites = told_site(house), house.person(), Sites()
    sign_in(person, site)
    house.wait(hours=3)
    jobs.purge(house.services.database, now=house.now)
    sign_out(person)
    house.wait(minutes=1)
    assert deliver(house, sites) == 1


def test_nothing_stored_joins_the_session_to_the_sites(house: House) -> None:
    shop, forum, person = told_site(house), told_site(house, "forum"), house.person()
    for site in (shop, forum):
        sign_in(person, site)
    grants, sessions = table_of(Grant), table_of(Session)
    with house.services.database.read() as connection:
        sids = connection.execute(select(grants.c.sid)).scalars().all()
        session = connection.execute(select(sessions)).one()
    assert len(set(sids)) == 2
    assert not {session.id_hash.hex(), session.sid_seed.hex()} & set(sids)
    sign_out(person)
    for row in messages(house):
        for word in (b"shop", b"forum", *(sid.encode() for sid in sids)):
            assert word not in row.sealed


def test_a_lease_keeps_two_workers_from_sending_the_same_message(house: House) -> None:
    from idp.store import outbox

    site, person = told_site(house), house.person()
    sign_in(person, site)
    sign_out(person)
    house.wait(minutes=1)
    with house.services.database.write() as connection:
        assert len(outbox.claim(connection, most=10, lease=timedelta(minutes=1), now=house.now)) == 1
        assert outbox.claim(connection, most=10, lease=timedelta(minutes=1), now=house.now) == []
    house.wait(minutes=2)
    assert deliver(house, Sites()) == 1, "a worker that died loses what it took"
