"""What a request that is allowed brings the site: a code, and in a laboratory also tokens through the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from idp.oidc import access_tokens, id_token, snapshot, tokens
from idp.oidc.claims import OFFLINE_ACCESS
from idp.oidc.id_token import Frame
from idp.oidc.offer import snapshot_of
from idp.oidc.response_types import CODE
from idp.oidc.session_id import sid_of
from idp.oidc.token_response import JKT
from idp.store import grants
from idp.value import replaced

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from idp.keyholder import Keyholder
    from idp.oidc.interactions import Visitor
    from idp.oidc.offer import Offer
    from idp.oidc.snapshot import Snapshot
    from idp.store.database import Database
    from keys.seal import RecordSeal


class SessionMarks(TypedDict, total=False):
    """How a client knows the session, where it wants to."""

    sid: str
    session_until: int


@dataclass(frozen=True, slots=True)
class Issuing:
    """Turns an offer into the parameters of a response; its fields are all it may touch."""

    issuer: str
    database: Database
    keyring: Keyholder
    record_seal: RecordSeal
    code_lifetime: timedelta
    access_lifetime: timedelta
    id_token_lifetime: timedelta
    refresh_lifetime: timedelta
    session_lifetime: timedelta
    sid_key: bytes
    access_key: bytes

    def answer(self, offer: Offer, visitor: Visitor, *, now: datetime) -> dict[str, str]:
        """Write the grants, and return what the response type brings: at most one grant, but in a laboratory."""
        kind = offer.request.response_type or CODE
        marks, released = self._session_marks(offer, visitor, now=now), snapshot_of(offer, visitor)
        code = tokens.fresh() if kind.code else None
        access = self._access_token(now) if kind.token else None
        if code is not None:
            self._write(self._with_code(code, offer, released, marks, now=now))
        if access is not None:
            self._write(self._with_access(access, offer, released, marks))
        parameters = {} if code is None else {"code": code.text}
        if access is not None:
            lifetime = str(int(self.access_lifetime.total_seconds()))
            parameters |= {"access_token": access.text, "token_type": "Bearer", "expires_in": lifetime}
        if kind.id_token:
            sid = marks.get("sid") if kind.gives_access else None
            parameters["id_token"] = self._id_token(offer, released, sid=sid, code=code, access=access, now=now)
        return parameters

    def for_device(
        self, offer: Offer, visitor: Visitor, *, until: int, now: datetime
    ) -> tuple[tokens.Fresh, grants.NewGrant]:
        """Return a code and its grant for a device, which is handed tokens for it without ever seeing it.

        It gets no ``sid``: the session at this browser is not the device's, and its end is not the device's either.
        """
        code = tokens.fresh()
        grant = self._with_code(code, offer, snapshot_of(offer, visitor), {}, now=now)
        return code, replaced(grant, code_until=until)

    def _write(self, grant: grants.NewGrant) -> None:
        self.database.once(lambda connection: grants.add(connection, grant))

    def _with_code(
        self, code: tokens.Fresh, offer: Offer, released: Snapshot, marks: SessionMarks, *, now: datetime
    ) -> grants.NewGrant:
        request = offer.request
        released = snapshot.carrying(released, offer.verified_claims.named, code=code.text)
        return grants.NewGrant(
            grant_id=code.grant_id,
            client_id=request.client.client_id,
            sub=offer.subject.value,
            scope=offer.asked.scope,
            sealed=snapshot.seal(released, record_seal=self.record_seal, grant_id=code.grant_id),
            redirect_uri=request.redirect_uri,
            nonce=request.get("nonce"),
            code_challenge=request.get("code_challenge"),
            code_hash=code.digest,
            code_until=int((now + self.code_lifetime).timestamp()),
            refresh_until=self._refresh_until(offer, now=now),
            resource=request.get("resource"),
            confirmation=JKT + key if (key := request.get("dpop_jkt")) else None,
            **marks,
        )

    def _refresh_until(self, offer: Offer, *, now: datetime) -> int | None:
        """Return when a family of refresh tokens ends, where the person agreed to one (OIDC Core §11)."""
        if OFFLINE_ACCESS not in offer.asked.scopes:
            return None
        return int((now + self.refresh_lifetime).timestamp())

    def _access_token(self, now: datetime) -> access_tokens.Fresh:
        """Make a token for the browser, which proves no key."""
        until = int((now + self.access_lifetime).timestamp())
        return access_tokens.fresh(self.access_key, until=until, confirmation=None)

    def _with_access(
        self, access: access_tokens.Fresh, offer: Offer, released: Snapshot, marks: SessionMarks
    ) -> grants.NewGrant:
        return grants.NewGrant(
            grant_id=access.grant_id,
            client_id=offer.request.client.client_id,
            sub=offer.subject.value,
            scope=offer.asked.scope,
            sealed=snapshot.seal(released, record_seal=self.record_seal, grant_id=access.grant_id),
            redirect_uri=offer.request.redirect_uri,
            nonce=None,
            code_challenge=None,
            code_hash=None,
            code_until=None,
            access_until=access.until,
            resource=offer.request.get("resource"),
            **marks,
        )

    def _id_token(
        self,
        offer: Offer,
        released: Snapshot,
        *,
        sid: str | None,
        code: tokens.Fresh | None,
        access: access_tokens.Fresh | None,
        now: datetime,
    ) -> str:
        client, issued_at = offer.request.client, int(now.timestamp())
        frame = Frame(
            iss=self.issuer,
            sub=offer.subject.value,
            aud=client.client_id,
            iat=issued_at,
            exp=issued_at + int(self.id_token_lifetime.total_seconds()),
            nonce=offer.request.get("nonce"),
            sid=sid,
        )
        return id_token.make(
            self.keyring.signer(client.id_token_signed_response_alg),
            frame,
            released,
            access_token=access.text if access is not None else None,
            code=code.text if code is not None else None,
        )

    def _session_marks(self, offer: Offer, visitor: Visitor, *, now: datetime) -> SessionMarks:
        """Return how a client that wants to be told of sign-outs will know this session.

        The row outlives every session that may be meant: counted from now, as the session's own end is no site's.
        """
        client = offer.request.client
        if not client.wants_sid:
            return {}
        sid = sid_of(self.sid_key, visitor.sid_seed, client.client_id)
        return {"sid": sid, "session_until": int((now + self.session_lifetime).timestamp())}
