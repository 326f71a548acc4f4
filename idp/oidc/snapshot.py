"""What an authorization released, sealed into its grant: the tokens are made from it and from nothing else.

It is sealed because it holds the precise time of authentication, which the person half seals too: in clear, on both
sides, it would join them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from idp.oidc import tokens
from idp.oidc.claims_request import VERIFIED_CLAIMS
from keys.envelope import open_under, seal_under

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
    carried: bytes | None = None
    """``verified_claims`` with legal names, for the ID token of a code: only whoever brings the code opens it."""
    sub_there: str | None = None
    """The subject at the API that the token is for, which the API alone is told."""

    @property
    def signed_in(self) -> dict[str, object]:
        """How and when the person signed in, as far as the site asked for it (RFC 9470 §6.2, RFC 9068 §2.2.1)."""
        told = {"acr": self.acr, "auth_time": self.auth_time}
        return {name: value for name, value in told.items() if value is not None}


def carrying(snapshot: Snapshot, verified_claims: Any, *, code: str) -> Snapshot:
    """Add what only the holder of ``code`` may open; None for nothing."""
    if verified_claims is None:
        return snapshot
    carried = seal_under(tokens.secret_of(code), msgspec.json.encode(verified_claims), context=COLUMN)
    return msgspec.structs.replace(snapshot, carried=carried)


def opened_with(snapshot: Snapshot, *, code: str) -> Snapshot:
    """Put what the snapshot carries for the holder of ``code`` where it belongs."""
    if snapshot.carried is None:
        return snapshot
    verified_claims = msgspec.json.decode(open_under(tokens.secret_of(code), snapshot.carried, context=COLUMN))
    return msgspec.structs.replace(snapshot, id_token=snapshot.id_token | {VERIFIED_CLAIMS: verified_claims})


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Snapshot).decode


def seal(snapshot: Snapshot, *, record_seal: RecordSeal, grant_id: bytes) -> bytes:
    """Seal a snapshot to the row of its grant."""
    return record_seal.seal(_encode(snapshot), table=TABLE, column=COLUMN, row=grant_id.hex())


def unseal(sealed: bytes, *, record_seal: RecordSeal, grant_id: bytes) -> Snapshot:
    """Open the snapshot of a grant. Raises WrongSeal where the cell was moved or changed."""
    return _decode(record_seal.open(sealed, table=TABLE, column=COLUMN, row=grant_id.hex()))
