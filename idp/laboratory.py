"""Ready-made verified people for laboratories: signed up and verified by the steps real people take.

The private key of their passkey is given away, so that a test browser's virtual authenticator can hold it.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from idp.authentication.randomness import random_bytes
from idp.domain import bank_account, names, resident_id, sandbox
from idp.domain.answers import RegistryOutcome
from idp.domain.evidence import Method
from idp.domain.ids import new_person_id
from idp.proofing.decision import BoundTo
from idp.proofing.methods import micro_deposit, registry_query
from idp.store import passkeys, people
from idp.store.passkeys import PasskeyRecord
from keys.encoding import to_base64url

if TYPE_CHECKING:
    from datetime import datetime

    from idp.authentication.erasure import Erasure
    from idp.domain.ids import PersonId
    from idp.domain.sandbox import SandboxIdentity
    from idp.proofing.service import Proofing
    from idp.store.database import Database

NO_MODEL = "00000000-0000-0000-0000-000000000000"


class EverybodyIsTaken(Exception):
    """Each adult of the sandbox who matches is somebody here already."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """Who was made, and their passkey as ``WebAuthn.addCredential`` of the Chrome DevTools Protocol takes it."""

    person_id: PersonId
    credential: dict[str, object]


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Makes people."""

    database: Database
    proofing: Proofing
    erasure: Erasure
    rp_id: str

    def seed(self, *, now: datetime) -> Seeded:
        """Make an adult who is verified. Raises :class:`EverybodyIsTaken`."""
        for identity in sandbox.IDENTITIES:
            if not _is_ordinary_adult(identity, now=now):
                continue
            seeded = self._signed_up(now=now)
            if isinstance(self._verified(seeded.person_id, identity, now=now), BoundTo):
                return seeded
            self.erasure.erase(seeded.person_id, now=now)
        raise EverybodyIsTaken

    def _signed_up(self, *, now: datetime) -> Seeded:
        person_id = new_person_id(random_bytes)
        key = ec.generate_private_key(ec.SECP256R1())
        credential_id, user_handle = random_bytes(32), random_bytes(32)
        record = PasskeyRecord(
            credential_id=to_base64url(credential_id).decode(),
            person_id=person_id,
            user_handle=to_base64url(user_handle).decode(),
            public_key=_cose(key.public_key()),
            sign_count=0,
            transports="internal",
            aaguid=NO_MODEL,
            backup_eligible=False,
            backed_up=False,
            label="Laboratory",
            created_on=now.date(),
            last_used_on=None,
        )
        with self.database.write() as connection:
            people.register(connection, person_id=person_id, now=now)
            passkeys.add(connection, record, now=now)
        secret = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        credential: dict[str, object] = {
            "credentialId": b64encode(credential_id).decode(),
            "isResidentCredential": True,
            "rpId": self.rp_id,
            "privateKey": b64encode(secret).decode(),
            "userHandle": b64encode(user_handle).decode(),
            "signCount": 0,
        }
        return Seeded(person_id, credential)

    def _verified(self, person_id: PersonId, identity: SandboxIdentity, *, now: datetime) -> object:
        name, number = names.parse(identity.name), resident_id.admit(identity.entry, on=now.date(), sandbox=True)
        self.proofing.open(person_id, Method.REGISTRY_QUERY, registry_query.Person(name, number), now=now)
        card = bank_account.admit(identity.card, sandbox=True)
        self.proofing.open(person_id, Method.MICRO_DEPOSIT, micro_deposit.Account(name, card), now=now)
        return self.proofing.submit(person_id, Method.MICRO_DEPOSIT, sandbox.DEPOSITS, now=now)


def _is_ordinary_adult(identity: SandboxIdentity, *, now: datetime) -> bool:
    answers_at_once = identity.answers == (RegistryOutcome.MATCH,) and identity.registered_name is None
    adult = int(identity.number[6:10]) + 18 < now.year
    return answers_at_once and adult and not identity.on_hold and identity.typed is None


def _cose(key: ec.EllipticCurvePublicKey) -> bytes:
    """Write an ES256 key as a COSE_Key in its one canonical form (RFC 9052 §7, RFC 9053 §7.1.1)."""
    numbers = key.public_numbers()
    x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
    return bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
