"""Registering a credential: the steps of WebAuthn Level 3 §7.1, each broken by itself."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from idp.authentication.refusals import PasskeyRefused, Reason
from tests.authenticator import BS, UP, UV, Authenticator, Twist, decoded, encoded
from tests.specs.webauthn_level_3.conftest import BROWSER, OTHER_BROWSER, Enrolled, signed_up

if TYPE_CHECKING:
    from datetime import datetime

    from idp.authentication.passkeys import Passkeys

BROKEN = {
    "the type is that of an assertion": Twist(type="webauthn.get"),
    "the origin is another site's": Twist(origin="https://yufu.example.evil.test"),
    "the origin has another port": Twist(origin="http://localhost:9001"),
    "the ceremony ran in another site's frame": Twist(cross_origin=True),
    "another site was at the top": Twist(top_origin="https://evil.test"),
    "crossOrigin is no boolean": Twist(extra_client_data={"crossOrigin": "false"}),
    "the relying party is another": Twist(rp_id="evil.test"),
    "nobody was present": Twist(clear_flags=UP),
    "nobody was verified": Twist(clear_flags=UV),
    "it is backed up but cannot be": Twist(set_flags=BS),
    "the attested credential is another than the one presented": Twist(attested_id=b"another credential's id"),
    "the credential id is longer than 1023 bytes": Twist(credential_id=b"x" * 1024),
    "an attestation of none says something": Twist(attestation_statement={"sig": b"x"}),
}


@pytest.mark.parametrize("twist", BROKEN.values(), ids=BROKEN.keys())
def test_a_registration_is_refused_when(passkeys: Passkeys, device: Authenticator, now: datetime, twist: Twist) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused) as refused:
        passkeys.finish_sign_up(device.create(asked, twist), label="", browser=BROWSER, now=now)
    assert refused.value.reason is Reason.NOT_CONVINCING


@pytest.mark.parametrize("algorithm", [-7, -8, -257, -48, -49, -50])
def test_every_algorithm_that_is_offered_signs_up_and_in(passkeys: Passkeys, now: datetime, algorithm: int) -> None:
    device = Authenticator(algorithm=algorithm)
    person = signed_up(passkeys, device, now=now).person_id
    asked = passkeys.begin_sign_in(browser=BROWSER, now=now)
    assert passkeys.finish_sign_in(device.get(asked), browser=BROWSER, now=now).person_id == person


def test_an_algorithm_that_was_not_offered_is_refused(passkeys: Passkeys, now: datetime) -> None:
    device = Authenticator(algorithm=-36)
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_sign_up(device.create(asked, Twist()), label="", browser=BROWSER, now=now)


def test_the_options_ask_for_what_we_rely_on(passkeys: Passkeys, now: datetime) -> None:
    asked = json.loads(passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now))
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert asked["attestation"] == "none"
    assert asked["rp"] == {"id": "localhost", "name": "Yufu"}
    assert len(decoded(asked["challenge"])) == 32
    assert len(decoded(asked["user"]["id"])) == 32


def test_no_two_ceremonies_share_a_challenge_or_a_handle(passkeys: Passkeys, now: datetime) -> None:
    asked = [json.loads(passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)) for _ in range(8)]
    assert len({one["challenge"] for one in asked}) == len({one["user"]["id"] for one in asked}) == 8


def test_the_user_handle_is_not_the_person_id(passkeys: Passkeys, device: Authenticator, now: datetime) -> None:
    person = signed_up(passkeys, device, now=now).person_id
    handle = device.credentials[0].user_handle
    assert person not in {handle.decode(errors="replace"), encoded(handle)}
    assert passkeys.of(person)[0].user_handle == encoded(handle)


@pytest.mark.parametrize("said", [b"another challenge of 32 bytes . .", b""])
def test_a_challenge_that_is_not_ours_is_refused(
    passkeys: Passkeys, device: Authenticator, now: datetime, said: bytes
) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused) as refused:
        passkeys.finish_sign_up(device.create(asked, Twist(challenge=said)), label="", browser=BROWSER, now=now)
    assert refused.value.reason is Reason.CHALLENGE_SPENT


def test_a_challenge_convinces_once(passkeys: Passkeys, device: Authenticator, now: datetime) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    passkeys.finish_sign_up(device.create(asked), label="", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused) as refused:
        passkeys.finish_sign_up(device.create(asked), label="", browser=BROWSER, now=now)
    assert refused.value.reason is Reason.CHALLENGE_SPENT


def test_a_failed_answer_spends_the_challenge_too(passkeys: Passkeys, device: Authenticator, now: datetime) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    for twist, reason in ((Twist(clear_flags=UV), Reason.NOT_CONVINCING), (Twist(), Reason.CHALLENGE_SPENT)):
        with pytest.raises(PasskeyRefused) as refused:
            passkeys.finish_sign_up(device.create(asked, twist), label="", browser=BROWSER, now=now)
        assert refused.value.reason is reason


def test_a_challenge_belongs_to_the_browser_it_was_made_for(
    passkeys: Passkeys, device: Authenticator, now: datetime
) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    answer = device.create(asked)
    with pytest.raises(PasskeyRefused) as refused:
        passkeys.finish_sign_up(answer, label="", browser=OTHER_BROWSER, now=now)
    assert refused.value.reason is Reason.CHALLENGE_SPENT
    assert passkeys.finish_sign_up(answer, label="", browser=BROWSER, now=now).person_id, "nobody else can burn it"


@pytest.mark.parametrize(("minutes", "good"), [(4.98, True), (5, False), (60, False)])
def test_a_challenge_is_good_for_five_minutes(
    passkeys: Passkeys, device: Authenticator, now: datetime, minutes: float, *, good: bool
) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    later = now + timedelta(minutes=minutes)
    try:
        passkeys.finish_sign_up(device.create(asked), label="", browser=BROWSER, now=later)
        accepted = True
    except PasskeyRefused:
        accepted = False
    assert accepted is good


def test_nobody_registers_a_credential_that_somebody_has(
    passkeys: Passkeys, device: Authenticator, enrolled: Enrolled, now: datetime
) -> None:
    taken = device.credentials[0].credential_id
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused) as refused:
        passkeys.finish_sign_up(
            Authenticator().create(asked, Twist(credential_id=taken)), label="", browser=BROWSER, now=now
        )
    assert refused.value.reason is Reason.PASSKEY_TAKEN
    assert passkeys.of(enrolled.person_id)[0].label == "my phone"


def test_a_further_passkey_joins_the_account_and_excludes_the_device_that_has_one(
    passkeys: Passkeys, enrolled: Enrolled, now: datetime
) -> None:
    asked = passkeys.begin_add(enrolled.person_id, user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(ValueError, match="InvalidStateError"):
        enrolled.device.create(asked)
    second = Authenticator()
    passkeys.finish_add(enrolled.person_id, second.create(asked), label="key", browser=BROWSER, now=now)
    sign_in = passkeys.begin_sign_in(browser=BROWSER, now=now)
    signed_in = passkeys.finish_sign_in(second.get(sign_in), browser=BROWSER, now=now)
    assert signed_in.person_id == enrolled.person_id
    assert second.credentials[0].user_handle == enrolled.device.credentials[0].user_handle


def test_a_further_passkey_is_not_added_to_whoever_signed_in_meanwhile(
    passkeys: Passkeys, enrolled: Enrolled, now: datetime
) -> None:
    other = signed_up(passkeys, Authenticator(), now=now).person_id
    asked = passkeys.begin_add(enrolled.person_id, user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_add(other, Authenticator().create(asked), label="", browser=BROWSER, now=now)
    assert len(passkeys.of(other)) == len(passkeys.of(enrolled.person_id)) == 1


def test_the_challenge_of_a_sign_up_adds_no_passkey_and_the_reverse(
    passkeys: Passkeys, enrolled: Enrolled, now: datetime
) -> None:
    sign_up = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_add(enrolled.person_id, Authenticator().create(sign_up), label="", browser=BROWSER, now=now)
    add = passkeys.begin_add(enrolled.person_id, user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_sign_up(Authenticator().create(add), label="", browser=BROWSER, now=now)


@pytest.mark.parametrize(
    ("synced", "acr", "amr"),
    [(True, "phr", ("mfa", "pop", "swk", "user")), (False, "phrh", ("hwk", "mfa", "pop", "user"))],
)
def test_how_one_signed_in_follows_from_whether_the_key_can_be_copied(
    passkeys: Passkeys, now: datetime, synced: bool, acr: str, amr: tuple[str, ...]
) -> None:
    device = Authenticator(synced=synced)
    signed_in = signed_up(passkeys, device, now=now)
    assert signed_in.acr == acr
    assert set(signed_in.amr) == set(amr)


def test_transports_we_do_not_know_are_forgotten(passkeys: Passkeys, enrolled: Enrolled) -> None:
    assert passkeys.of(enrolled.person_id)[0].transports.split() == ["hybrid", "internal"]


@pytest.mark.parametrize("name", ["tpm", "android-key", "android-safetynet", "apple", "fido-u2f", "invented"])
def test_the_parsers_of_attestations_that_were_not_asked_for_never_run(
    passkeys: Passkeys, device: Authenticator, now: datetime, name: str
) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    with pytest.raises(PasskeyRefused) as refused:
        passkeys.finish_sign_up(
            device.create(asked, Twist(attestation_format=name)), label="", browser=BROWSER, now=now
        )
    assert refused.value.detail == "an attestation format that was not asked for"


def test_a_self_signed_attestation_is_accepted_as_a_browser_may_pass_it_on(passkeys: Passkeys, now: datetime) -> None:
    assert signed_up(passkeys, Authenticator(attests=True), now=now).person_id


def test_a_self_signed_attestation_is_held_to_its_signature(
    passkeys: Passkeys, device: Authenticator, now: datetime
) -> None:
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    forged = Twist(attestation_format="packed", attestation_statement={"alg": -7, "sig": secrets.token_bytes(70)})
    with pytest.raises(PasskeyRefused):
        passkeys.finish_sign_up(device.create(asked, forged), label="", browser=BROWSER, now=now)
