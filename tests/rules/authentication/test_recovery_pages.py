"""Recovery through the pages: from the claimant's side and from the holder's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.store import recoveries
from tests.authenticator import Authenticator
from tests.rules.authentication.conftest import Visitor, elsewhere

if TYPE_CHECKING:
    from tests.house import House

DAYS = 3


@pytest.fixture
def claimant(house: House, member: Visitor) -> Visitor:
    """The same human with a new passkey, whom verification has recognised."""
    back = elsewhere(member, device=Authenticator())
    back.sign_up()
    with house.services.database.write() as connection:
        recoveries.offer(connection, claimant=back.person_id(), known=member.person_id(), now=house.now)
    return back


def act(visitor: Visitor, action: str) -> str:
    response = visitor.post("/recovery", "/recovery", action=action)
    assert response.status_code == 303
    return response.headers["Location"]


def offers(visitor: Visitor, *actions: str) -> bool:
    return set(actions) <= visitor.read("/recovery").actions


def test_whoever_lost_every_passkey_is_told_how_to_come_back(visitor: Visitor) -> None:
    assert "72" in visitor.get("/recovery").text
    assert offers(visitor, "sign-up")


def test_whoever_verifies_as_somebody_known_may_ask_for_that_account(house: House, claimant: Visitor) -> None:
    assert "Begin recovery" in claimant.get("/recovery").text
    assert act(claimant, "start") == "/recovery"
    assert "27 November 2026, 17:00" in claimant.get("/recovery").text
    assert "Take back my identity" not in claimant.get("/recovery").text
    act(claimant, "finish")
    assert "Take back my identity" not in claimant.get("/recovery").text, "nothing is finished before its time"
    house.wait(hours=73)
    assert claimant.sign_in() == {"next": "/recovery"}
    assert "Take back my identity" in claimant.get("/recovery").text


def test_the_account_changes_hands_and_the_old_passkey_ends(house: House, member: Visitor, claimant: Visitor) -> None:
    known, provisional = member.person_id(), claimant.person_id()
    act(claimant, "start")
    house.wait(hours=73)
    claimant.sign_in()
    before = claimant.cookie("yufu_session")
    assert act(claimant, "finish") == "/account"
    assert claimant.cookie("yufu_session") != before
    assert claimant.person_id() == known != provisional
    assert "Your identity is yours again" in claimant.get("/account").text
    assert "error" in member.sign_in()
    assert not member.signed_in()
    assert elsewhere(claimant).sign_in() == {"next": "/account"}


def test_the_holder_meets_the_notice_at_the_next_sign_in_and_stops_it(
    house: House, member: Visitor, claimant: Visitor
) -> None:
    act(claimant, "start")
    assert not member.signed_in(), "every session ends, so that the holder has to sign in"
    assert member.sign_in() == {"next": "/recovery"}
    assert offers(member, "object", "continue")
    assert "Somebody is recovering your identity" in member.get("/account").text
    assert act(member, "object") == "/account"
    house.wait(days=DAYS, hours=2)
    claimant.sign_in()
    own = claimant.person_id()
    act(claimant, "finish")
    assert claimant.person_id() == own
    assert "Your recovery was stopped" in claimant.get("/account").text
    assert member.sign_in() == {"next": "/account"}


def test_the_claimant_gives_up(member: Visitor, claimant: Visitor) -> None:
    act(claimant, "start")
    assert act(claimant, "cancel") == "/account"
    assert member.sign_in() == {"next": "/account"}


@pytest.mark.parametrize("action", ["start", "cancel", "finish", "object", "", "no-such-action"])
def test_whoever_claims_nothing_changes_nothing(member: Visitor, action: str) -> None:
    before = member.person_id()
    act(member, action)
    assert member.person_id() == before
    assert member.signed_in()


def test_nobody_decides_without_being_signed_in(visitor: Visitor) -> None:
    response = visitor.post("/recovery", "/recovery", action="start")
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")
