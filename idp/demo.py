"""The demo's invented people: one for each state a person can be in, made by the same steps real people take."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from idp.domain import bank_account, names, resident_id, sandbox
from idp.domain.evidence import Method
from idp.domain.ids import PersonId
from idp.domain.words import mark as _
from idp.proofing.methods import micro_deposit, registry_query
from idp.store import people

if TYPE_CHECKING:
    from datetime import datetime

    from idp.proofing.service import Proofing
    from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as. ``number`` is their sandbox number; ``steps`` how far they went with verification."""

    key: str
    label: str
    description: str
    number: str | None = None
    steps: int = 0

    @property
    def person_id(self) -> PersonId:
        """The same in every demo, so that nothing has to be kept to find them."""
        return PersonId(urlsafe_b64encode(sha256(f"yufu/demo/{self.key}".encode()).digest()[:16]).rstrip(b"=").decode())


PEOPLE = (
    DemoPerson(
        "verified", _("Verified adult"), _("Registry query and bank deposits done."), "990101199003070015", steps=2
    ),
    DemoPerson("minor", _("Verified minor"), _("Verified, and sixteen years old."), "990101201006010069", steps=2),
    DemoPerson(
        "matched",
        _("Half-way there"),
        _("The registry knows the name; the bank deposits are missing."),
        "990101196001010146",
        steps=1,
    ),
    DemoPerson(
        "refused", _("Refused"), _("The registry did not confirm what was entered."), "990101199003070023", steps=1
    ),
    DemoPerson("unverified", _("Unverified"), _("Has an account and nothing else.")),
)
BY_KEY = {person.key: person for person in PEOPLE}


def make(person: DemoPerson, database: Database, proofing: Proofing, *, now: datetime) -> None:
    """Let somebody of the demo sign up and go as far with verification as they do; once made, they stay."""
    with database.write() as connection:
        if people.find(connection, person_id=person.person_id) is not None:
            return
        people.register(connection, person_id=person.person_id, now=now)
    if person.number is None:
        return
    number = resident_id.admit(person.number, on=now.date(), sandbox=True)
    identity = sandbox.find(number.number)
    if identity is None:
        raise ValueError(f"the demo's {person.key} person is nobody of the sandbox")
    name = names.parse(identity.name)
    proofing.open(person.person_id, Method.REGISTRY_QUERY, registry_query.Person(name, number), now=now)
    if person.steps > 1:
        card = bank_account.admit(identity.card, sandbox=True)
        proofing.open(person.person_id, Method.MICRO_DEPOSIT, micro_deposit.Account(name, card), now=now)
        proofing.submit(person.person_id, Method.MICRO_DEPOSIT, sandbox.DEPOSITS, now=now)
