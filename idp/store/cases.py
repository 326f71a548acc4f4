"""Cases: attempts to verify a person by one method.

A case is ``asking`` while a question about it is under way outside, ``open`` again if that was not answered,
``waiting`` for the person to read the deposits, and then ``passed`` or ``refused``; one that is over and has been seen
is ``closed``. Whoever begins a case holds the person's row (:func:`idp.store.people.lock`), so that a
form sent twice begins one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from idp.domain.evidence import Method
from idp.domain.ids import PersonId
from idp.store.models import Case as CaseRow
from idp.store.models import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

CASES = table_of(CaseRow)

KEPT: Final = timedelta(days=30)
"""How long a case that came to nothing can still be asked about."""

FIND = select(
    CASES.c.case_id,
    CASES.c.person_id,
    CASES.c.method,
    CASES.c.state,
    CASES.c.reason,
    CASES.c.identity_index,
    CASES.c.name_digest,
    CASES.c.sealed,
    CASES.c.tries_left,
    CASES.c.opened_on,
    CASES.c.deadline_on,
)
OF_PERSON = FIND.where(CASES.c.person_id == bindparam("person"))
CLAIMS = FIND.where(CASES.c.identity_index == bindparam("index"), CASES.c.state == "passed")
UNPROVEN = FIND.where(
    CASES.c.state == "passed", CASES.c.vault_record.is_not(None), CASES.c.opened_on < bindparam("day")
)
BEGIN = insert(CASES)
SPEND_TRY = (
    update(CASES)
    .where(
        CASES.c.case_id == bindparam("case"),
        CASES.c.state == "waiting",
        CASES.c.tries_left > 0,
        CASES.c.deadline_on >= bindparam("today"),
    )
    .values(tries_left=CASES.c.tries_left - 1)
    .returning(CASES.c.tries_left)
)
EMPTIED: Final[Mapping[str, None]] = {"sealed": None, "vault_record": None, "deadline_on": None}
"""What nobody needs once a case is over."""
VAULT_RECORD = select(CASES.c.vault_record).where(CASES.c.case_id == bindparam("case"))


@dataclass(frozen=True, slots=True)
class Case:
    """One attempt. ``sealed`` is the method's own state; ``name_digest`` and ``identity_index`` are keyed."""

    case_id: str
    person_id: PersonId
    method: Method
    state: str
    reason: str | None
    identity_index: str | None = field(repr=False)
    name_digest: bytes | None = field(repr=False)
    sealed: bytes | None = field(repr=False)
    tries_left: int
    opened_on: date
    deadline_on: date | None

    def with_tries(self, left: int) -> Case:
        """Return the case as it stands after a try was taken."""
        return replace(self, tries_left=left)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about, as keyed marks; ``lease`` says, sealed, since when it is under way."""

    identity_index: str | None
    name_digest: bytes | None = field(repr=False)
    lease: bytes = field(repr=False)


def begin(
    connection: Connection,
    *,
    case_id: str,
    person_id: PersonId,
    method: Method,
    asked: Asked,
    on: date,
) -> Case:
    """Write a case about which a question is about to be asked."""
    row = {
        "case_id": case_id,
        "person_id": person_id,
        "method": method.value,
        "state": "asking",
        "identity_index": asked.identity_index,
        "name_digest": asked.name_digest,
        "sealed": asked.lease,
        "tries_left": 0,
        "opened_on": on,
    }
    connection.execute(BEGIN, row)
    return Case(
        case_id, person_id, method, "asking", None, asked.identity_index, asked.name_digest, asked.lease, 0, on, None
    )


def renew(connection: Connection, case: Case, *, asked: Asked) -> Case:
    """Ask again in a case whose question got no answer, or was lost on the way."""
    again = replace(
        case,
        state="asking",
        identity_index=asked.identity_index,
        name_digest=asked.name_digest,
        sealed=asked.lease,
    )
    changed = {
        "state": again.state,
        "identity_index": again.identity_index,
        "name_digest": again.name_digest,
        "sealed": again.sealed,
    }
    connection.execute(update(CASES).where(CASES.c.case_id == case.case_id).values(changed))
    return again


def of_person(connection: Connection, *, person_id: PersonId) -> list[Case]:
    """Return every case of a person, in no order."""
    return [_case(row) for row in connection.execute(OF_PERSON, {"person": person_id})]


def claims_on(connection: Connection, *, identity_index: str) -> list[Case]:
    """Return the cases of all people that have passed with this number: claims, of which one at most is control."""
    return [_case(row) for row in connection.execute(CLAIMS, {"index": identity_index})]


def vault_record(connection: Connection, *, case_id: str) -> bytes | None:
    """Return the sealed legal identity that a case keeps until it is bound, or None."""
    found: bytes | None = connection.execute(VAULT_RECORD, {"case": case_id}).scalar_one_or_none()
    return found


def settle(connection: Connection, case: Case, *, state: str, **columns: object) -> bool:
    """Move a case on from the very state it was read in; False when it went on without us, so that we come too late."""
    as_read = update(CASES).where(
        CASES.c.case_id == case.case_id, CASES.c.state == case.state, CASES.c.sealed == case.sealed
    )
    return connection.execute(as_read.values(state=state, **columns)).rowcount == 1


def spend_try(connection: Connection, *, case_id: str, on: date) -> int | None:
    """Take one of the tries of a waiting case; returns how many are left. None when there is none to take.

    The statement is the gate: however many answers come at once, each costs a try before it is looked at.
    """
    left: int | None = connection.execute(SPEND_TRY, {"case": case_id, "today": on}).scalar_one_or_none()
    return left


def end(connection: Connection, case: Case, *, state: str, reason: str | None = None) -> None:
    """End a case, whatever state it is in, and drop what it kept."""
    over = {"state": state, "reason": reason or case.reason, **EMPTIED}
    connection.execute(update(CASES).where(CASES.c.case_id == case.case_id).values(over))


def moved_to_vault(connection: Connection, *, case_id: str) -> None:
    """Note that the sealed legal identity is in the vault now, and only there."""
    connection.execute(update(CASES).where(CASES.c.case_id == case_id).values(vault_record=None))


def reseal(connection: Connection, *, case_id: str, sealed: bytes) -> None:
    """Put another state in place of the one that a case kept."""
    connection.execute(update(CASES).where(CASES.c.case_id == case_id).values(sealed=sealed))


def unproven(connection: Connection, *, before: date) -> list[Case]:
    """Return claims opened before a day whose sealed identity was never moved to the vault."""
    return [_case(row) for row in connection.execute(UNPROVEN, {"day": before})]


def drop_unproven(connection: Connection, *, case_id: str) -> bool:
    """Close a claim and drop what it kept; False when it was proven meanwhile."""
    still = update(CASES).where(
        CASES.c.case_id == case_id, CASES.c.state == "passed", CASES.c.vault_record.is_not(None)
    )
    return connection.execute(still.values(state="closed", **EMPTIED)).rowcount == 1


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete cases that ended without passing and were opened more than :data:`KEPT` ago; returns how many."""
    ended = CASES.c.state.in_(("refused", "closed"))
    return connection.execute(delete(CASES).where(ended, CASES.c.opened_on < now.date() - KEPT)).rowcount


def _case(row: Any) -> Case:
    return Case(row[0], PersonId(row[1]), Method(row[2]), *row[3:])
