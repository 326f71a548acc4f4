"""Verifying an assertion: the steps of WebAuthn Level 3 §7.2, each broken by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from idp.authentication.refusals import PasskeyRefused, Reason
from idp.store import notices
from tests.authenticator import BE, BS, UP, UV, Authenticator, Twist
from tests.specs.webauthn_level_3.conftest import BROWSER, OTHER_BROWSER, Enrolled, signed_up

if TYPE_CHECKING:
    from datetime import datetime

    from idp.authentication.passkeys import Passkeys
    from idp.authentication.sessions import SignedIn
    from idp.store.database import Database

BROKEN = {
    "the type is that of a registration": Twist(type="webauthn.create"),
    "the origin is another site's": Twist(origin="https://evil.test"),
    "the ceremony ran in another site's frame": Twist(cross_origin=True),
    "another site was at the top": Twist(top_origin="https://evil.test"),
    "the relying party is another": Twist(rp_id="evil.test"),
    "nobody was present": Twist(clear_flags=UP),
    "nobody was verified": Twist(clear_flags=UV),
    "the credential became eligible for backup": Twist(set_flags=BE),
    "it is backed up but cannot be": Twist(set_flags=BS),
    "the user handle is another account's": Twist(user_handle=b"h" * 32),
    "the authenticator does not say whom it means": Twist(leave_out_user_handle=True),
    "the signature is not one": Twist(signature=b"signature"),
}


def sign_in(passkeys: Passkeys, device: Authenticator, *, now: datetime, twist: Twist = Twist()) -> SignedIn:  # noqa: B008 — frozen
    asked = passkeys.begin_sign_in(browser=BROWSER, now=now)
    return passkeys.finish_sign_in(device.get(asked, twist), browser=BROWSER, now=now)


def test_a_passkey_signs_its_person_in(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    signed_in = sign_in(passkeys, enrolled.device, now=now)
    assert signed_in.person_id == enrolled.person_id
    assert signed_in.auth_time == now
    assert passkeys.of(enrolled.person_id)[0].last_used_on == now.date()


@pytest.mark.parametrize("twist", BROKEN.values(), ids=BROKEN.keys())
def test_an_assertion_is_refused_when(passkeys: Passkeys, enrolled: Enrolled, now: datetime, twist: Twist) -> None:
    with pytest.raises(PasskeyRefused) as refused:
        sign_in(passkeys, enrolled.device, now=now, twist=twist)
    assert refused.value.reason is Reason.NOT_CONVINCING


def test_a_credential_that_stops_being_eligible_for_backup_is_refused(passkeys: Passkeys, now: datetime) -> None:
    device = Authenticator(synced=True)
    signed_up(passkeys, device, now=now)
    with pytest.raises(PasskeyRefused):
        sign_in(passkeys, device, now=now, twist=Twist(clear_flags=BE))


def test_a_passkey_that_gets_backed_up_is_remembered_as_such(passkeys: Passkeys, now: datetime) -> None:
    device = Authenticator(synced=True)
    person = signed_up(passkeys, device, now=now).person_id
    assert not passkeys.of(person)[0].backed_up
    sign_in(passkeys, device, now=now, twist=Twist(set_flags=BS))
    assert passkeys.of(person)[0].backed_up


def test_the_signature_of_another_passkey_is_refused(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    thief = Authenticator()
    signed_up(passkeys, thief, now=now)
    mine = enrolled.device.credentials[0]
    posing = Twist(credential_id=mine.credential_id, user_handle=mine.user_handle)
    with pytest.raises(PasskeyRefused) as refused:
        sign_in(passkeys, thief, now=now, twist=posing)
    assert refused.value.reason is Reason.NOT_CONVINCING


def test_a_passkey_we_do_not_know_is_told_apart(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    with pytest.raises(PasskeyRefused) as refused:
        sign_in(passkeys, enrolled.device, now=now, twist=Twist(credential_id=b"never seen"))
    assert refused.value.reason is Reason.UNKNOWN_PASSKEY


def test_an_assertion_cannot_be_played_again(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    answer = enrolled.device.get(passkeys.begin_sign_in(browser=BROWSER, now=now))
    passkeys.finish_sign_in(answer, browser=BROWSER, now=now)
    for browser in (BROWSER, OTHER_BROWSER):
        with pytest.raises(PasskeyRefused) as refused:
            passkeys.finish_sign_in(answer, browser=browser, now=now)
        assert refused.value.reason is Reason.CHALLENGE_SPENT


def test_nobody_is_named_before_signing_in(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    asked = json.loads(passkeys.begin_sign_in(browser=BROWSER, now=now))
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"


# ── the signature counter (§6.1.1) ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "now_says", "accepted"),
    [(0, 0, True), (0, 7, True), (7, 8, True), (7, 700, True), (7, 7, False), (7, 6, False), (7, 0, True)],
)
def test_a_counter_that_goes_back_is_refused_unless_it_is_not_kept(
    passkeys: Passkeys, enrolled: Enrolled, now: datetime, before: int, now_says: int, *, accepted: bool
) -> None:
    sign_in(passkeys, enrolled.device, now=now, twist=Twist(sign_count=before))
    if accepted:
        sign_in(passkeys, enrolled.device, now=now, twist=Twist(sign_count=now_says))
        return
    with pytest.raises(PasskeyRefused) as refused:
        sign_in(passkeys, enrolled.device, now=now, twist=Twist(sign_count=now_says))
    assert refused.value.reason is Reason.PASSKEY_COPIED


def test_the_person_is_told_that_a_passkey_may_have_been_copied(
    passkeys: Passkeys, enrolled: Enrolled, sqlite_database: Database, now: datetime
) -> None:
    sign_in(passkeys, enrolled.device, now=now, twist=Twist(sign_count=7))
    with pytest.raises(PasskeyRefused):
        sign_in(passkeys, enrolled.device, now=now, twist=Twist(sign_count=7))
    with sqlite_database.read() as connection:
        told = notices.unseen(connection, person_id=enrolled.person_id)
    assert [notice.kind for notice in told] == [notices.Kind.PASSKEY_COPIED]


def test_silence_about_the_counter_does_not_make_it_forgotten(
    passkeys: Passkeys, enrolled: Enrolled, now: datetime
) -> None:
    for count in (7, 0):
        sign_in(passkeys, enrolled.device, now=now, twist=Twist(sign_count=count))
    with pytest.raises(PasskeyRefused):
        sign_in(passkeys, enrolled.device, now=now, twist=Twist(sign_count=7))


# ── confirming an act ────────────────────────────────────────────────────────────────────────────────────────────────


def confirm(passkeys: Passkeys, enrolled: Enrolled, device: Authenticator, act: str, *, now: datetime) -> str:
    asked = passkeys.begin_confirm(enrolled.person_id, act, browser=BROWSER, now=now)
    answer = device.get(asked, using=0)
    return passkeys.finish_confirm(enrolled.person_id, act, answer, browser=BROWSER, now=now)


def test_one_of_the_accounts_own_passkeys_confirms(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    asked = json.loads(passkeys.begin_confirm(enrolled.person_id, "erase", browser=BROWSER, now=now))
    assert [one["id"] for one in asked["allowCredentials"]] == [
        passkey.credential_id for passkey in passkeys.of(enrolled.person_id)
    ]
    assert confirm(passkeys, enrolled, enrolled.device, "erase", now=now)


def test_a_confirmation_may_leave_the_user_handle_out(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    asked = passkeys.begin_confirm(enrolled.person_id, "erase", browser=BROWSER, now=now)
    answer = enrolled.device.get(asked, Twist(leave_out_user_handle=True))
    assert passkeys.finish_confirm(enrolled.person_id, "erase", answer, browser=BROWSER, now=now)


def test_a_passkey_that_was_not_asked_does_not_confirm(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    another = Authenticator()
    signed_up(passkeys, another, now=now)
    with pytest.raises(PasskeyRefused) as refused:
        confirm(passkeys, enrolled, another, "erase", now=now)
    assert refused.value.reason is Reason.NOT_CONVINCING


def test_a_sign_in_confirms_nothing_and_a_confirmation_signs_nobody_in(
    passkeys: Passkeys, enrolled: Enrolled, now: datetime
) -> None:
    asked = passkeys.begin_sign_in(browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_confirm(enrolled.person_id, "erase", enrolled.device.get(asked), browser=BROWSER, now=now)
    asked = passkeys.begin_confirm(enrolled.person_id, "erase", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_sign_in(enrolled.device.get(asked), browser=BROWSER, now=now)


def test_confirming_one_act_confirms_no_other(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    asked = passkeys.begin_confirm(enrolled.person_id, "add-passkey", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_confirm(enrolled.person_id, "erase", enrolled.device.get(asked), browser=BROWSER, now=now)
