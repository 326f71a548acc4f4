"""The vault: legal identities under keys that no online process has. It is written here and never read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from idp.store.models import VaultRecord, table_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

INSERT = insert(table_of(VaultRecord))


def put(connection: Connection, *, vault_ref: str, record: bytes) -> None:
    """Add a sealed record under the reference it was sealed for."""
    connection.execute(INSERT, {"vault_ref": vault_ref, "record": record})
