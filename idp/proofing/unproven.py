"""Matches that nobody proved control of do not stay for ever: what they keep may be about somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from idp.proofing import levels
from idp.store import cases, evidence, people

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.connection import Connection

KEPT: Final = timedelta(days=90)


def purge(connection: Connection, *, now: datetime) -> int:
    """Withdraw matches older than :data:`KEPT` that are not bound, and drop their sealed records; returns how many."""
    stale = cases.unproven(connection, before=now.date() - KEPT)
    people.lock(connection, *{case.person_id for case in stale})
    dropped = [case for case in stale if cases.drop_unproven(connection, case_id=case.case_id)]
    for case in dropped:
        evidence.withdraw(connection, evidence_id=case.case_id, on=now.date())
        levels.recompute(connection, case.person_id, now=now)
    return len(dropped)
