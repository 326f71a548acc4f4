"""Evidence: the checks a person has passed. Rows are added and withdrawn, never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from idp.domain.evidence import Evidence, EvidenceKind
from idp.store.models import EvidenceRow, table_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from idp.domain.ids import PersonId

EVIDENCE = table_of(EvidenceRow)

OF_PERSON = select(
    EVIDENCE.c.evidence_id,
    EVIDENCE.c.kind,
    EVIDENCE.c.policy,
    EVIDENCE.c.obtained_on,
    EVIDENCE.c.expires_on,
    EVIDENCE.c.withdrawn_on,
).where(EVIDENCE.c.person_id == bindparam("person"))
KEEP = insert(EVIDENCE)
WITHDRAW = (
    update(EVIDENCE)
    .where(EVIDENCE.c.evidence_id == bindparam("evidence"), EVIDENCE.c.withdrawn_on.is_(None))
    .values(withdrawn_on=bindparam("day"))
)


def of_person(connection: Connection, *, person_id: PersonId) -> list[Evidence]:
    """Return all evidence of a person, withdrawn and expired included: the rules of assurance judge what counts."""
    return [
        Evidence(
            evidence_id=row.evidence_id,
            kind=EvidenceKind(row.kind),
            policy=row.policy,
            obtained_on=row.obtained_on,
            expires_on=row.expires_on,
            withdrawn_on=row.withdrawn_on,
        )
        for row in connection.execute(OF_PERSON, {"person": person_id})
    ]


def keep(connection: Connection, evidence: Evidence, *, person_id: PersonId) -> None:
    """Add one piece of evidence. Its id is that of the case it comes from, so a case yields no more than one."""
    connection.execute(
        KEEP,
        {
            "evidence_id": evidence.evidence_id,
            "person_id": person_id,
            "kind": evidence.kind.value,
            "policy": evidence.policy,
            "obtained_on": evidence.obtained_on,
            "expires_on": evidence.expires_on,
            "withdrawn_on": evidence.withdrawn_on,
        },
    )


def withdraw(connection: Connection, *, evidence_id: str, on: date) -> bool:
    """Let evidence count for nothing from ``on`` on; False when there is none, or it was withdrawn before."""
    return connection.execute(WITHDRAW, {"evidence": evidence_id, "day": on}).rowcount == 1
