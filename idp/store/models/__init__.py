"""The tables, in two halves that nothing stored joins (architecture §4).

*Person half*: rows keyed by ``person_id``. *Site half*: rows keyed by the pairwise subject. *Neither*: rows that name
no one. Each table says in ``info["half"]`` where it belongs, and the architecture tests read it there.

Three rules keep the halves apart, each enforced by a test:

* no column of the site half holds a person id, none of the person half a subject;
* the person half carries dates (``*_on``) and whole hours (``*_hour``) only, so that times do not join what ids do
  not (``ceremonies`` excepted: its rows live for minutes);
* every table is ``WITHOUT ROWID`` under a random key, so that the order of insertion does not join either.
"""

from __future__ import annotations

from idp.store.models.base import Base, PersonKey, in_half, table_of
from idp.store.models.neither_half import AuditEvent, KeyCheck, OutboxMessage, Throttle, VaultRecord
from idp.store.models.person_half import (
    BankCard,
    Case,
    Ceremony,
    EvidenceRow,
    Identity,
    Notice,
    Passkey,
    Person,
    Recovery,
    ReleasedIdentity,
    Session,
)
from idp.store.models.site_half import (
    ClientLogo,
    ClientRow,
    CodeNameRow,
    Consent,
    DeviceCode,
    Grant,
    InitialAccessToken,
    NameConsent,
    PushedRequest,
    Resource,
    SubjectRow,
    UsedJti,
)

__all__ = [
    "AuditEvent",
    "BankCard",
    "Base",
    "Case",
    "Ceremony",
    "ClientLogo",
    "ClientRow",
    "CodeNameRow",
    "Consent",
    "DeviceCode",
    "EvidenceRow",
    "Grant",
    "Identity",
    "InitialAccessToken",
    "KeyCheck",
    "NameConsent",
    "Notice",
    "OutboxMessage",
    "Passkey",
    "Person",
    "PersonKey",
    "PushedRequest",
    "Recovery",
    "ReleasedIdentity",
    "Resource",
    "Session",
    "SubjectRow",
    "Throttle",
    "UsedJti",
    "VaultRecord",
    "in_half",
    "table_of",
]
