"""What an authorization released, sealed into its grant: the tokens are made from it and from nothing else.

It is sealed because it holds the precise time of authentication, which the person half seals too: in clear, on both
sides, it would join them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from keys.seal import RecordSeal

TABLE, COLUMN = "grants", "sealed"


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """Claims by name, for each place they go to.

    ``auth_time`` (seconds, as the site is told it), ``acr`` and ``amr`` go to the ID token, where they were asked for.
    """

    id_token: dict[str, Any]
    userinfo: dict[str, Any]
    auth_time: int | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Snapshot).decode


def seal(snapshot: Snapshot, *, record_seal: RecordSeal, grant_id: bytes) -> bytes:
    """Seal a snapshot to the row of its grant."""
    return record_seal.seal(_encode(snapshot), table=TABLE, column=COLUMN, row=grant_id.hex())


def unseal(sealed: bytes, *, record_seal: RecordSeal, grant_id: bytes) -> Snapshot:
    """Open the snapshot of a grant. Raises WrongSeal where the cell was moved or changed."""
    return _decode(record_seal.open(sealed, table=TABLE, column=COLUMN, row=grant_id.hex()))
