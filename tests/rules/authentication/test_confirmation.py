"""A confirmation stands for one person, one act, one browser and five minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from idp.authentication.refusals import PasskeyRefused, Reason
from tests.authenticator import Authenticator
from tests.specs.webauthn_level_3.conftest import BROWSER, OTHER_BROWSER, relying_party, signed_up

if TYPE_CHECKING:
    from datetime import datetime

    import keys
    from idp.authentication.passkeys import Passkeys
    from idp.domain.ids import PersonId
    from idp.store.database import Database

ACT = "erase"


@pytest.fixture
def passkeys(sqlite_database: Database, keyring: keys.Keyring) -> Passkeys:
    """The relying party."""
    return relying_party(sqlite_database, keyring)


@pytest.fixture
def confirmed(passkeys: Passkeys, now: datetime) -> tuple[PersonId, str]:
    """A person and what they got for confirming."""
    device = Authenticator()
    person_id = signed_up(passkeys, device, now=now).person_id
    asked = passkeys.begin_confirm(person_id, ACT, browser=BROWSER, now=now)
    return person_id, passkeys.finish_confirm(person_id, ACT, device.get(asked), browser=BROWSER, now=now)


def test_it_stands_for_five_minutes(passkeys: Passkeys, confirmed: tuple[PersonId, str], now: datetime) -> None:
    person_id, ticket = confirmed
    last = now + timedelta(minutes=5) - timedelta(seconds=1)
    passkeys.require_confirmed(person_id, ACT, ticket, browser=BROWSER, now=last)
    with pytest.raises(PasskeyRefused):
        passkeys.require_confirmed(person_id, ACT, ticket, browser=BROWSER, now=now + timedelta(minutes=5))


def test_it_stands_for_no_other_act_browser_or_person(
    passkeys: Passkeys, confirmed: tuple[PersonId, str], now: datetime
) -> None:
    person_id, ticket = confirmed
    other = signed_up(passkeys, Authenticator(), now=now).person_id
    for who, act, browser, shown in (
        (person_id, "change-passkeys", BROWSER, ticket),
        (person_id, ACT, OTHER_BROWSER, ticket),
        (other, ACT, BROWSER, ticket),
        (person_id, ACT, BROWSER, ticket[:-1]),
        (person_id, ACT, BROWSER, ""),
    ):
        with pytest.raises(PasskeyRefused) as refused:
            passkeys.require_confirmed(who, act, shown, browser=browser, now=now)
        assert refused.value.reason is Reason.NOT_CONFIRMED
    passkeys.require_confirmed(person_id, ACT, ticket, browser=BROWSER, now=now)
