"""A relying party over an empty database, a browser, and a person with one passkey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from idp.authentication.passkeys import Passkeys
from tests.authenticator import Authenticator

if TYPE_CHECKING:
    from datetime import datetime

    import keys
    from idp.authentication.sessions import SignedIn
    from idp.domain.ids import PersonId
    from idp.store.database import Database

BROWSER = b"b" * 32
OTHER_BROWSER = b"o" * 32


@dataclass(frozen=True)
class Enrolled:
    """Somebody who has signed up, and the device that holds their passkey."""

    person_id: PersonId
    device: Authenticator


@pytest.fixture
def passkeys(sqlite_database: Database, keyring: keys.Keyring) -> Passkeys:
    """The relying party."""
    return relying_party(sqlite_database, keyring)


@pytest.fixture
def device() -> Authenticator:
    """An honest authenticator whose passkeys stay on it and that keeps no counter."""
    return Authenticator()


@pytest.fixture
def enrolled(passkeys: Passkeys, device: Authenticator, now: datetime) -> Enrolled:
    """A person with one passkey."""
    return Enrolled(signed_up(passkeys, device, now=now).person_id, device)


def relying_party(database: Database, keyring: keys.Keyring) -> Passkeys:
    """Build the service under test."""
    return Passkeys(
        database=database,
        record_seal=keyring.records,
        ticket_seal=keyring.tickets,
        rp_id="localhost",
        rp_name="Yufu",
        origin="http://localhost:9000",
    )


def signed_up(passkeys: Passkeys, device: Authenticator, *, now: datetime) -> SignedIn:
    """Sign up with a new passkey on ``device``."""
    asked = passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now)
    return passkeys.finish_sign_up(device.create(asked), label="my phone", browser=BROWSER, now=now)
