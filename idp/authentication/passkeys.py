"""Passkeys: signing up and in with them, and confirming an act (WebAuthn Level 3 §7).

The only importer of ``webauthn``, and only when an answer has to be verified. What the library leaves to its user is in
:mod:`idp.authentication.relying_party`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from idp.authentication import options, relying_party
from idp.authentication.ceremonies import Ceremonies, Made
from idp.authentication.randomness import random_bytes
from idp.authentication.refusals import PasskeyRefused, Reason
from idp.authentication.sessions import SignedIn
from idp.domain.ids import PersonId, new_person_id
from idp.store import notices, passkeys, people
from idp.store.passkeys import CredentialTaken, LastPasskey, PasskeyRecord
from keys.encoding import to_base64url
from keys.errors import WrongSeal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from idp.authentication.relying_party import Presented
    from idp.store.database import Database
    from keys.seal import RecordSeal, TicketSeal

USER_HANDLE_BYTES = 32
CONFIRMED_FOR = timedelta(minutes=5)
FORMATS = ("none", "packed")
"""Attestation formats a browser passes on when none is asked for: none, or a self-signed one (Level 3 §5.1.3)."""


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Every ceremony of one relying party. ``begin_…`` returns JSON for the browser, ``finish_…`` takes its answer."""

    database: Database
    record_seal: RecordSeal
    ticket_seal: TicketSeal
    rp_id: str
    rp_name: str
    origin: str

    # ── signing up, and further passkeys ─────────────────────────────────────────────────────────────────────────────

    def begin_sign_up(self, *, user_name: str, browser: bytes, now: datetime) -> bytes:
        """Ask for the first passkey of an account to be. ``user_name`` is what the device's own list will show."""
        made = Made(user_handle=_text(random_bytes(USER_HANDLE_BYTES)))
        return self._creation("sign-up", made, user_name=user_name, held=[], browser=browser, now=now)

    def finish_sign_up(self, credential: Mapping[str, Any], *, label: str, browser: bytes, now: datetime) -> SignedIn:
        """Open an account with its first passkey."""
        person_id = new_person_id(random_bytes)
        passkey = self._registered("sign-up", credential, label=label, browser=browser, now=now)
        passkey = replace(passkey, person_id=person_id)
        with _taken_refused(), self.database.write() as connection:
            people.register(connection, person_id=person_id, now=now)
            passkeys.add(connection, passkey, now=now)
        return _signed_in(passkey, now=now)

    def begin_add(self, person_id: PersonId, *, user_name: str, browser: bytes, now: datetime) -> bytes:
        """Ask for one more passkey, from a device that holds none of this account's yet."""
        held = self.of(person_id)
        if not held:
            raise PasskeyRefused(Reason.NO_ACCOUNT)
        made = Made(person_id=person_id, user_handle=held[0].user_handle)
        return self._creation("add-passkey", made, user_name=user_name, held=held, browser=browser, now=now)

    def finish_add(
        self, person_id: PersonId, credential: Mapping[str, Any], *, label: str, browser: bytes, now: datetime
    ) -> None:
        """Let one more passkey open the account that the challenge was made for."""
        passkey = self._registered("add-passkey", credential, label=label, browser=browser, now=now)
        if passkey.person_id != person_id:
            raise PasskeyRefused(Reason.CHALLENGE_SPENT, "somebody else has signed in at this browser meanwhile")
        with _taken_refused(), self.database.write() as connection:
            if people.lock(connection, person_id) != {person_id: "active"}:
                raise PasskeyRefused(Reason.NO_ACCOUNT)
            passkeys.add(connection, passkey, now=now)
            notices.tell(connection, person_id=person_id, kind=notices.Kind.PASSKEY_ADDED, now=now)

    # ── signing in, and confirming ───────────────────────────────────────────────────────────────────────────────────

    def begin_sign_in(self, *, browser: bytes, now: datetime) -> bytes:
        """Ask whichever passkey the person chooses; nobody is named."""
        challenge = self._ceremonies.begin("sign-in", Made(), browser=browser, now=now)
        return options.request(rp_id=self.rp_id, challenge=_text(challenge), allowed=[])

    def finish_sign_in(self, credential: Mapping[str, Any], *, browser: bytes, now: datetime) -> SignedIn:
        """Say who signed in. Raises :class:`PasskeyRefused`."""
        return _signed_in(self._asserted("sign-in", credential, browser=browser, now=now), now=now)

    def begin_confirm(self, person_id: PersonId, act: str, *, browser: bytes, now: datetime) -> bytes:
        """Ask one of the account's passkeys to confirm ``act`` (a short word)."""
        held = self.of(person_id)
        made = Made(person_id=person_id, allowed=tuple(passkey.credential_id for passkey in held))
        challenge = self._ceremonies.begin(f"confirm:{act}", made, browser=browser, now=now)
        return options.request(rp_id=self.rp_id, challenge=_text(challenge), allowed=held)

    def finish_confirm(
        self, person_id: PersonId, act: str, credential: Mapping[str, Any], *, browser: bytes, now: datetime
    ) -> str:
        """Verify the confirmation; returns a ticket that :meth:`require_confirmed` accepts for five minutes."""
        passkey = self._asserted(f"confirm:{act}", credential, browser=browser, now=now)
        if passkey.person_id != person_id:
            raise PasskeyRefused(Reason.NOT_CONFIRMED, "another account's passkey answered")
        purpose = f"confirmed:{act}"
        return self.ticket_seal.seal(
            person_id.encode(), purpose=purpose, binding=browser, now=now, lifetime=CONFIRMED_FOR
        )

    def require_confirmed(self, person_id: PersonId, act: str, ticket: str, *, browser: bytes, now: datetime) -> None:
        """Raise :class:`PasskeyRefused` unless this person confirmed this act at this browser within five minutes."""
        try:
            confirmed = self.ticket_seal.open(ticket, purpose=f"confirmed:{act}", binding=browser, now=now)
        except WrongSeal as wrong:
            raise PasskeyRefused(Reason.NOT_CONFIRMED) from wrong
        if confirmed != person_id.encode():
            raise PasskeyRefused(Reason.NOT_CONFIRMED, "confirmed by somebody else")

    # ── keeping them ─────────────────────────────────────────────────────────────────────────────────────────────────

    def of(self, person_id: PersonId) -> list[PasskeyRecord]:
        """Return a person's passkeys, oldest first."""
        with self.database.read() as connection:
            return passkeys.of_person(connection, person_id=person_id)

    def rename(self, person_id: PersonId, credential_id: str, *, label: str) -> bool:
        """Give one of a person's passkeys another label; False when it is not theirs."""
        with self.database.write() as connection:
            return passkeys.rename(connection, person_id=person_id, credential_id=credential_id, label=label[:64])

    def remove(self, person_id: PersonId, credential_id: str, *, now: datetime) -> bool:
        """Remove one of a person's passkeys; False when it is not theirs. The last one is refused."""
        try:
            with self.database.write() as connection:
                return passkeys.remove(connection, person_id=person_id, credential_id=credential_id, now=now)
        except LastPasskey as last:
            raise PasskeyRefused(Reason.LAST_PASSKEY) from last

    # ── the two verifications ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _ceremonies(self) -> Ceremonies:
        return Ceremonies(self.database, self.record_seal)

    def _creation(
        self, purpose: str, made: Made, *, user_name: str, held: list[PasskeyRecord], browser: bytes, now: datetime
    ) -> bytes:
        challenge = self._ceremonies.begin(purpose, made, browser=browser, now=now)
        return options.creation(
            rp_id=self.rp_id,
            rp_name=self.rp_name,
            challenge=_text(challenge),
            user_handle=made.user_handle,
            user_name=user_name,
            held=held,
        )

    def _registered(
        self, purpose: str, credential: Mapping[str, Any], *, label: str, browser: bytes, now: datetime
    ) -> PasskeyRecord:
        """Spend the challenge, then verify a new credential (WebAuthn Level 3 §7.1)."""
        presented = relying_party.read(credential)
        made = self._ceremonies.spend(purpose, presented.challenge, browser=browser, now=now)
        verified = self._verified_registration(presented)
        if _text(verified.credential_id) != presented.credential_id:
            raise PasskeyRefused(Reason.NOT_CONVINCING, "the authenticator made another credential than presented")
        return PasskeyRecord(
            credential_id=presented.credential_id,
            person_id=PersonId(made.person_id),
            user_handle=made.user_handle,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            transports=relying_party.known_transports(presented.transports),
            aaguid=verified.aaguid,
            backup_eligible=verified.credential_device_type == "multi_device",
            backed_up=verified.credential_backed_up,
            label=label[:64],
            created_on=now.date(),
            last_used_on=None,
        )

    def _asserted(self, purpose: str, credential: Mapping[str, Any], *, browser: bytes, now: datetime) -> PasskeyRecord:
        """Spend the challenge, then verify an assertion by a stored credential (WebAuthn Level 3 §7.2)."""
        presented = relying_party.read(credential)
        made = self._ceremonies.spend(purpose, presented.challenge, browser=browser, now=now)
        relying_party.require_allowed(presented.credential_id, allowed=made.allowed)
        with self.database.read() as connection:
            stored = passkeys.find(connection, credential_id=presented.credential_id)
        if stored is None:
            raise PasskeyRefused(Reason.UNKNOWN_PASSKEY)
        relying_party.require_owner(presented, stored_handle=stored.user_handle, handle_required=not made.person_id)
        verified = self._verified_assertion(presented, stored)
        relying_party.require_same_eligibility(presented, stored_eligible=stored.backup_eligible)
        with self.database.write() as connection:
            fresh = passkeys.use(
                connection,
                stored,
                sign_count=verified.new_sign_count,
                backed_up=verified.credential_backed_up,
                now=now,
            )
        if not fresh:
            raise PasskeyRefused(Reason.PASSKEY_COPIED)
        return stored

    def _verified_registration(self, presented: Presented) -> Any:
        from webauthn import verify_registration_response
        from webauthn.helpers import parse_attestation_object
        from webauthn.helpers.cose import COSEAlgorithmIdentifier

        with _refusing():
            if parse_attestation_object(presented.attestation_object).fmt not in FORMATS:
                raise PasskeyRefused(Reason.NOT_CONVINCING, "an attestation format that was not asked for")
            return verify_registration_response(
                credential=presented.for_library,
                expected_challenge=presented.challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                require_user_verification=True,
                supported_pub_key_algs=[COSEAlgorithmIdentifier(alg) for alg in options.ALGORITHMS],
            )

    def _verified_assertion(self, presented: Presented, stored: PasskeyRecord) -> Any:
        from webauthn import verify_authentication_response

        with _refusing():
            return verify_authentication_response(
                credential=presented.for_library,
                expected_challenge=presented.challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                credential_public_key=stored.public_key,
                credential_current_sign_count=0,  # compared by the statement that stores it, atomically
                require_user_verification=True,
            )


def _text(value: bytes) -> str:
    return to_base64url(value).decode()


@contextmanager
def _taken_refused() -> Iterator[None]:
    try:
        yield
    except CredentialTaken as taken:
        raise PasskeyRefused(Reason.PASSKEY_TAKEN) from taken


def _signed_in(passkey: PasskeyRecord, *, now: datetime) -> SignedIn:
    """Say how: phishing-resistant, and bound to hardware where the key cannot be copied (EAP ACR Values 1.0 §2)."""
    moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
    acr, key = ("phr", "swk") if passkey.backup_eligible else ("phrh", "hwk")
    return SignedIn(passkey.person_id, moment, acr, ("mfa", "pop", key, "user"))


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever the library says of data from outside into one refusal; its own words are for the log."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        yield
    except WebAuthnException as failed:
        raise PasskeyRefused(Reason.NOT_CONVINCING, str(failed)[:200]) from failed
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as failed:
        raise PasskeyRefused(Reason.NOT_CONVINCING, type(failed).__name__) from failed
