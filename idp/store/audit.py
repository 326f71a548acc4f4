"""The audit trail: an event is written by the transaction that makes it true, or neither happens."""

from __future__ import annotations

import secrets
from dataclasses import fields
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert

from idp.store.models import AuditEvent, table_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from idp.domain.events import Event

INSERT = insert(table_of(AuditEvent))


def record(connection: Connection, event: Event, *, now: datetime) -> None:
    """Write ``event`` inside the caller's transaction, under a random key and the whole hour of ``now``."""
    seconds = int(now.timestamp())
    body = {field.name: getattr(event, field.name) for field in fields(event)}
    connection.execute(
        INSERT,
        {
            "event_id": secrets.token_urlsafe(16),
            "kind": event.kind,
            "hour": seconds - seconds % 3600,
            "body": msgspec.json.encode(body).decode(),
        },
    )
