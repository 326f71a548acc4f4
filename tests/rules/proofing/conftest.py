"""A verification desk over a real database, with the simulators in process and an ear on both wires."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import select

from idp.domain import bank_account, names, resident_id, sandbox
from idp.domain.evidence import Method
from idp.domain.ids import PersonId, new_person_id
from idp.domain.micro_deposit import Amounts
from idp.gateways.bank import BankGateway
from idp.gateways.bank_simulator import BankSimulator
from idp.gateways.breaker import Breaker
from idp.gateways.endpoint import Endpoint
from idp.gateways.http import NoReplyError, WsgiTransport
from idp.gateways.registry import RegistryGateway
from idp.gateways.registry_simulator import RegistrySimulator
from idp.proofing.marks import Marks
from idp.proofing.method import Tools
from idp.proofing.methods import METHODS
from idp.proofing.methods.micro_deposit import Account
from idp.proofing.methods.registry_query import Person
from idp.proofing.service import Proofing
from idp.store import notices, people
from idp.store.models import AuditEvent, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from wsgiref.types import WSGIApplication

    from idp.gateways.http import Reply
    from idp.proofing.decision import Decision
    from idp.store.database import Database
    from idp.store.people import PersonRecord
    from keys import Keyring

BY_NUMBER = {identity.number: identity for identity in sandbox.IDENTITIES}
WANG, LI, MINOR = (BY_NUMBER[f"990101{rest}"] for rest in ("199003070015", "196001010146", "201006010069"))
AUDIT = table_of(AuditEvent)


@dataclass
class Asked:
    """A registry and a bank that remember their questions; ``meanwhile`` runs while one is being answered."""

    queries: list[Any] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    cut: bool = False


class Overheard:
    """A wire to a simulator on which somebody listens in."""

    def __init__(self, simulator: WSGIApplication, heard: list[Any], asked: Asked) -> None:
        self.wire, self.heard, self.asked = WsgiTransport(simulator), heard, asked

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str], timeout: float) -> Reply:
        if self.asked.cut:
            raise NoReplyError("cut")
        self.heard.append(msgspec.json.decode(body))
        reply = self.wire.post(url, body, headers=headers, timeout=timeout)
        self.asked.meanwhile()
        return reply


@dataclass
class TooMany:
    retry_after: int


@dataclass
class Counters:
    """Limits that count, and refuse the name they are told to."""

    hits: list[tuple[str, ...]] = field(default_factory=list)
    refusing: str | None = None

    def hit(self, name: str, *parts: str, now: datetime) -> object:  # noqa: ARG002 — the protocol's
        self.hits.append((name, *parts))
        return TooMany(60) if name == self.refusing else None


@dataclass
class Retired:
    """The site half, as far as it is told of people."""

    people: list[PersonId] = field(default_factory=list)

    def retire_all(self, person_id: PersonId) -> int:
        self.people.append(person_id)
        return 0


@dataclass
class Desk:
    """What a test does with the service."""

    proofing: Proofing
    asked: Asked
    counters: Counters
    retired: Retired
    now: datetime

    def newcomer(self) -> PersonId:
        """Register somebody of whom nothing is known."""
        person_id = new_person_id(secrets.token_bytes)
        with self.database.write() as connection:
            people.register(connection, person_id=person_id, now=self.now)
        return person_id

    @property
    def database(self) -> Database:
        return self.proofing.database

    def query(self, person_id: PersonId, identity: sandbox.SandboxIdentity = WANG, *, name: str = "") -> Decision:
        """Send the first form."""
        number = resident_id.parse(identity.entry, on=self.now.date())
        answers = Person(names.parse(name or identity.name), number)
        return self.proofing.open(person_id, Method.REGISTRY_QUERY, answers, now=self.now)

    def deposit(self, person_id: PersonId, *, card: str = WANG.card, holder: str = WANG.name) -> Decision:
        """Send the second form."""
        answers = Account(names.parse(holder), bank_account.parse(card))
        return self.proofing.open(person_id, Method.MICRO_DEPOSIT, answers, now=self.now)

    def tell(self, person_id: PersonId, first: int = 12, second: int = 34) -> Decision:
        """Send the third form."""
        return self.proofing.submit(person_id, Method.MICRO_DEPOSIT, Amounts((first, second)), now=self.now)

    def verify(self, person_id: PersonId, identity: sandbox.SandboxIdentity = WANG) -> Decision:
        """Go all the way."""
        self.query(person_id, identity)
        self.deposit(person_id, card=identity.card, holder=identity.name)
        return self.tell(person_id)

    def break_wires(self) -> None:
        """Let no gateway get through."""
        self.asked.cut = True

    def mend_wires(self) -> None:
        """Let them get through again."""
        self.asked.cut = False

    def person(self, person_id: PersonId) -> PersonRecord:
        """Read a person's row."""
        with self.database.read() as connection:
            found = people.find(connection, person_id=person_id)
        assert found is not None
        return found

    def level(self, person_id: PersonId) -> str:
        """Read a person's cached level."""
        return self.person(person_id).level

    def notices(self, person_id: PersonId) -> list[notices.Kind]:
        """Read what a person is told."""
        with self.database.read() as connection:
            return [each.kind for each in notices.unseen(connection, person_id=person_id)]

    def audited(self, kind: str) -> list[dict[str, Any]]:
        """Read the audit entries of a kind."""
        with self.database.read() as connection:
            rows = connection.execute(select(AUDIT.c.body).where(AUDIT.c.kind == kind)).scalars()
            return [msgspec.json.decode(body) for body in rows]

    def rows(self, model: Any) -> list[Any]:
        """Read a whole table."""
        with self.database.read() as connection:
            return list(connection.execute(select(table_of(model))))


def desk_over(database: Database, keyring: Keyring, now: datetime) -> Desk:
    """Build a desk with simulators of its own."""
    asked, counters, retired = Asked(), Counters(), Retired()
    registry = Overheard(RegistrySimulator(), asked.queries, asked)
    bank = Overheard(BankSimulator(), asked.orders, asked)
    tools = Tools(
        registry=RegistryGateway(Endpoint("registry", "http://localhost/queries", registry, Breaker())),
        bank=BankGateway(Endpoint("bank", "http://localhost/deposits", bank, Breaker())),
        marks=Marks.of(keyring.root),
        records=keyring.records,
        vault=keyring.vault,
        sandbox=True,
    )
    methods = {method.name: method for method in METHODS}
    return Desk(Proofing(database, tools, counters, retired, methods), asked, counters, retired, now)


@pytest.fixture
def desk(sqlite_database: Database, keyring: Keyring, now: datetime) -> Desk:
    """A desk on SQLite, for rules that are the same on both databases."""
    return desk_over(sqlite_database, keyring, now)
