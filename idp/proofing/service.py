"""The one way in: open a case, submit to it, look at it. What the methods share is done here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from idp.gateways.adapters import open_bank, open_registry
from idp.proofing import levels, standing
from idp.proofing.decision import ComesBack, Deciding, WorldMoved
from idp.proofing.marks import Marks
from idp.proofing.method import Reason, Refused, Tools, Waiting
from idp.proofing.methods import METHODS
from idp.store import cases, identities, people
from idp.store.times import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from idp.domain.assurance import Level
    from idp.domain.evidence import Method as Name
    from idp.domain.ids import PersonId
    from idp.keyholder import Keyholder
    from idp.proofing.decision import Decision
    from idp.proofing.method import Method, Named, Outcome
    from idp.proofing.standing import Standing
    from idp.settings import Settings
    from idp.store.cases import Case
    from idp.store.connection import Connection
    from idp.store.database import Database

LEASE = 60
"""Seconds after which a question that nobody came back from may be asked again."""

NO_ACCOUNT = Refused(Reason.NOTHING_OPEN)


class Limits(Protocol):
    """Counts attempts, see :class:`idp.authentication.throttling.Throttles`."""

    def hit(self, name: str, *parts: str, now: datetime) -> object:
        """Count one; what comes back has ``retry_after`` in seconds where it was one too many."""


class Pseudonyms(Protocol):
    """The site half, as far as an account that becomes another one has to reach into it."""

    def retire_all(self, person_id: PersonId) -> int:
        """End every pseudonym of a person; returns how many there were."""


class _Lease(msgspec.Struct, frozen=True):
    since: int


@dataclass(frozen=True, slots=True)
class Proofing:
    """Verifies people. ``methods`` are those on offer."""

    database: Database
    tools: Tools
    limits: Limits
    pseudonyms: Pseudonyms
    methods: Mapping[Name, Method]

    @classmethod
    def build(
        cls, settings: Settings, database: Database, keyring: Keyholder, limits: Limits, pseudonyms: Pseudonyms
    ) -> Proofing:
        """Build the service with every method there is, and the gateways that the settings name."""
        tools = Tools(
            registry=open_registry(settings.registry),
            bank=open_bank(settings.bank),
            marks=Marks.of(keyring.root),
            records=keyring.keyring.records,
            vault=keyring.keyring.vault,
            sandbox=not settings.production,
            keeps_names=settings.release.legal_name,
        )
        return cls(database, tools, limits, pseudonyms, {method.name: method for method in METHODS})

    # ── what a person does ───────────────────────────────────────────────────────────────────────────────────────────

    def open(self, person_id: PersonId, name: Name, answers: Any, *, now: datetime) -> Decision:
        """Open a case with what the person says. Some methods are decided at once, others wait.

        The question to the outside is asked between two transactions. The first one makes sure that nobody else is
        asking it for this person, the second takes the answer only if the case has not moved on meanwhile.
        """
        method = self.methods[name]
        named = method.named(answers, person_id=person_id, tools=self.tools)
        begun = self._begin(person_id, method, answers, named, now=now)
        if not isinstance(begun, _Begun):
            return begun
        outcome = self._too_often(named, now=now) or method.start(
            begun.case, answers, begun.standing, tools=self.tools, now=now
        )
        with self.database.write() as connection:
            locked = frozenset(people.lock(connection, person_id))
            return Deciding(connection, self.tools, now, locked).decide(begun.case, outcome)

    def submit(self, person_id: PersonId, name: Name, answers: Any, *, now: datetime) -> Decision:
        """Answer a waiting case. Each answer costs a try, however many come at once."""
        method, ended = self.methods[name], False
        while True:
            try:
                with self.database.write() as connection:
                    return self._answered(connection, person_id, method, answers, ended=ended, now=now)
            except ComesBack:  # nothing is written yet: the try that was right is taken again below
                self.pseudonyms.retire_all(person_id)
                ended = True
            except WorldMoved:
                continue

    def start_over(self, person_id: PersonId, name: Name) -> None:
        """Put away a method's case that has ended, or give up the one that waits."""
        with self.database.write() as connection:
            people.lock(connection, person_id)
            for case in cases.of_person(connection, person_id=person_id):
                if case.method is name and case.state in standing.TO_BE_SEEN - {"asking"}:
                    cases.end(connection, case, state="closed")

    def standing(self, person_id: PersonId, *, now: datetime) -> Standing | None:
        """Return how a person stands; None where there is no account."""
        with self.database.read() as connection:
            return standing.read(connection, person_id=person_id, on=now.date())

    def refresh(self, person_id: PersonId, *, now: datetime) -> Level | None:
        """Compute the level anew if its day of review has come or the policy has changed; None where it is not due."""
        with self.database.read() as connection:
            person = people.find(connection, person_id=person_id)
        if person is None or not levels.is_due(person, on=now.date()):
            return None
        with self.database.write() as connection:
            people.lock(connection, person_id)
            return levels.recompute(connection, person_id, now=now)

    # ── how ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(
        self, person_id: PersonId, method: Method, answers: Any, named: Named, *, now: datetime
    ) -> _Begun | Outcome:
        with self.database.write() as connection:
            people.lock(connection, person_id)
            found = standing.read(connection, person_id=person_id, on=now.date(), card=named.card)
            if found is None:
                return NO_ACCOUNT
            if not all(map(found.holds, method.requires)):
                return Refused(Reason.NEEDS_MATCH)
            known = method.check(answers, found, tools=self.tools, now=now)
            if known is not None:
                return known
            under_way = found.under_way(method.name)
            if under_way is not None and self._is_asking(under_way, now=now):
                return Waiting()
            for case in found.cases:
                if case.method is method.name and case.state == "refused":
                    cases.end(connection, case, state="closed")
            return _Begun(self._case(connection, person_id, method, named, under_way, now=now), found)

    def _case(
        self,
        connection: Connection,
        person_id: PersonId,
        method: Method,
        named: Named,
        under_way: Case | None,
        *,
        now: datetime,
    ) -> Case:
        case_id = under_way.case_id if under_way is not None else secrets.token_urlsafe(16)
        asked = cases.Asked(
            identity_index=named.number,
            name_digest=self.tools.marks.name(case_id, named.name) if named.name is not None else None,
            lease=self.tools.sealed(case_id, _Lease(seconds(now))),
        )
        if under_way is not None:
            return cases.renew(connection, under_way, asked=asked)
        return cases.begin(
            connection, case_id=case_id, person_id=person_id, method=method.name, asked=asked, on=now.date()
        )

    def _is_asking(self, case: Case, *, now: datetime) -> bool:
        return case.state == "asking" and seconds(now) < self.tools.opened(case, _Lease).since + LEASE

    def _too_often(self, named: Named, *, now: datetime) -> Refused | None:
        """Count against every limit in turn, so that one's own is used up before anybody else's."""
        for name, *parts in named.limits:
            wait: int | None = getattr(self.limits.hit(name, *parts, now=now), "retry_after", None)
            if wait is not None:
                return Refused(Reason.TOO_OFTEN, retry_after=wait)
        return None

    def _answered(
        self, connection: Connection, person_id: PersonId, method: Method, answers: Any, *, ended: bool, now: datetime
    ) -> Decision:
        locked = _lock_everybody(connection, person_id, now=now)
        found = standing.read(connection, person_id=person_id, on=now.date())
        case = found.under_way(method.name) if found is not None else None
        if found is None or case is None or case.state != "waiting":
            return Refused(Reason.NOTHING_OPEN)
        deciding = Deciding(connection, self.tools, now, locked, pseudonyms_ended=ended)
        left = cases.spend_try(connection, case_id=case.case_id, on=now.date())
        if left is None:
            return deciding.decide(case, Refused(Reason.EXPIRED))
        case = case.with_tries(left)
        return deciding.decide(case, method.submit(case, answers, found, tools=self.tools, now=now))


@dataclass(frozen=True, slots=True)
class _Begun:
    """A question may be asked: for this case, of a person who stands like this."""

    case: Case
    standing: Standing


def _lock_everybody(connection: Connection, person_id: PersonId, *, now: datetime) -> frozenset[PersonId]:
    """Hold the person, whoever else claims the same number, and whom it is bound to, in one go and so in one order."""
    found = standing.read(connection, person_id=person_id, on=now.date())
    concerned = {person_id}
    if found is not None and found.claim is not None and found.claim.identity_index is not None:
        number = found.claim.identity_index
        concerned |= {claim.person_id for claim in cases.claims_on(connection, identity_index=number)}
        concerned |= {each for each in (identities.holder(connection, blind_index=number),) if each is not None}
    return frozenset(people.lock(connection, *concerned))
