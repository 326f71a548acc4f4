"""The authorization endpoint: prove the address, run the checks, find the page still needed, or issue a code.

It is asked again after every page, with the request sealed in a ticket that only the same browser can open; it keeps
no state of its own. PAR and other front doors run the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from idp.oidc import jarm
from idp.oidc.authorization_request import AskingDevice, AuthorizationRequest, Origin, address, of_device
from idp.oidc.checks import CHECKS, DEVICE_CHECKS, KNOWN
from idp.oidc.errors import Code, OAuthError, PageError
from idp.oidc.hint import read as read_hint
from idp.oidc.interactions import Interaction, Situation, Visitor, first_needed
from idp.oidc.offer import Offer, offer_of
from idp.oidc.parameters import Parameters
from idp.oidc.pushed_authorization import PREFIX, PushedRequests, hash_of
from idp.oidc.request_object import RequestObjectRefused, RequestObjects, must_sign
from idp.oidc.subject import subject_of
from idp.oidc.target import target_of
from idp.store import name_consents, subjects
from idp.store.subjects import Standing
from idp.value import Value, replaced
from keys import WrongSeal

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients.client import Client
    from idp.domain.ids import Subject
    from idp.keyholder import Keyholder
    from idp.oidc.apis import Apis
    from idp.oidc.device_codes import DeviceCodes
    from idp.oidc.issuing import Issuing
    from idp.oidc.response_modes import Transport
    from idp.oidc.response_types import ResponseType
    from idp.oidc.verified_claims.service import VerifiedClaims
    from idp.store.clients import ClientDirectory
    from idp.store.database import Database
    from keys import Bridge
    from keys.seal import TicketSeal

    Unpack = Callable[[Parameters, Client], tuple[Parameters, Origin]]

TICKET = "authorize"
AGREEMENT = "consent"
DEVICE_END = "/device/end"


class _Ticket(msgspec.Struct, frozen=True, array_like=True):
    parameters: dict[str, str]
    started_ms: int
    pushed: bytes | None = None
    signed: bool = False
    device: AskingDevice | None = None


class Reply(Value, frozen=True):
    """An answer to a proven address: ``parameters`` as the response carries them, in order."""

    request: AuthorizationRequest
    parameters: dict[str, str]

    @property
    def transport(self) -> Transport:
        """What the browser has to do with it."""
        return self.request.response_mode.carry(self.request.redirect_uri, self.parameters)


@dataclass(frozen=True, slots=True)
class Interact:
    """A page of ours that comes next: one the person has to see first, or where the request of a device ends."""

    request: AuthorizationRequest
    page: str


@dataclass(frozen=True, slots=True)
class Authorize:
    """The authorization endpoint's service; its fields are all it may touch."""

    issuer: str
    directory: ClientDirectory
    apis: Apis
    database: Database
    keyring: Keyholder
    bridge: Bridge
    ticket_seal: TicketSeal
    issuing: Issuing
    offered: tuple[ResponseType, ...]
    ticket_lifetime: timedelta
    consent_lifetime: timedelta
    verified_claims: VerifiedClaims
    request_objects: RequestObjects
    pushed: PushedRequests
    devices: DeviceCodes

    def begin(self, parameters: Parameters, *, now: datetime) -> AuthorizationRequest:
        """Unpack a request and prove where it may be answered. Raises :class:`PageError`."""

        def unpack(outside: Parameters, client: Client) -> tuple[Parameters, Origin]:
            try:
                return self._unpacked(outside, client, now=now)
            except RequestObjectRefused as refused:
                reason = "request_uri_unusable" if refused.by_reference else "request_object_refused"
                raise PageError(reason, detail=str(refused)) from refused

        return self._addressed(parameters, unpack, started=now, now=now)

    def pushing(self, parameters: Parameters, client: Client, *, now: datetime) -> AuthorizationRequest:
        """Do the same with a request that an authenticated client sends ahead.

        Raises :class:`PageError` or RequestObjectRefused, which the client is told in JSON.
        """

        def unpack(outside: Parameters, _client: Client) -> tuple[Parameters, Origin]:
            if outside.get("request") is None:
                return outside, Origin(pushed=b"")
            return self.request_objects.unpack(outside, client, now=now), Origin(pushed=b"", signed=True)

        return self._addressed(parameters, unpack, started=now, now=now)

    def resume(self, ticket: str, *, binding: bytes, now: datetime) -> AuthorizationRequest:
        """Open a ticket and prove its address afresh. :class:`PageError` for one too old or not this browser's."""
        try:
            opened = msgspec.json.decode(
                self.ticket_seal.open(ticket, purpose=TICKET, binding=binding, now=now), type=_Ticket
            )
        except WrongSeal as wrong:
            raise PageError("ticket_expired") from wrong
        started = datetime.fromtimestamp(opened.started_ms / 1000, tz=UTC)
        if opened.device is not None:
            return self._asked_by_device(opened.parameters, opened.device, started=started, now=now)
        origin = Origin(opened.pushed, opened.signed)
        return self._addressed(
            Parameters(opened.parameters), lambda known, _: (known, origin), started=started, now=now
        )

    def ticket(self, request: AuthorizationRequest, *, binding: bytes, now: datetime) -> str:
        """Seal a request for its way through the pages."""
        known = {name: value for name, value in request.parameters.values.items() if name in KNOWN}
        origin = request.origin
        content = _Ticket(known, int(request.started.timestamp() * 1000), origin.pushed, origin.signed, origin.device)
        return self.ticket_seal.seal(
            msgspec.json.encode(content), purpose=TICKET, binding=binding, now=now, lifetime=self.ticket_lifetime
        )

    def proceed(self, request: AuthorizationRequest, visitor: Visitor | None, *, now: datetime) -> Interact | Reply:
        """Answer a request: an error, the next page, or a code."""
        try:
            for check in CHECKS if request.origin.device is None else DEVICE_CHECKS:
                check(request)
            situation = self.situation(request, visitor, now=now)
            step = first_needed(situation)
            if step is not None:
                return self._interact(situation, step)
            return self._issue(situation)
        except OAuthError as error:
            return self.refuse(request, error, now=now)

    def situation(self, request: AuthorizationRequest, visitor: Visitor | None, *, now: datetime) -> Situation:
        """Read what the visitor has settled with this client.

        One statement, one more for ``verified_claims``, and one for a ``resource``. Raises OAuthError.
        """
        if visitor is None:
            return Situation(request, None, Standing(), now)
        subject = subject_of(self.bridge, visitor.person_id, sector=request.client.sector)
        with self.database.read() as connection:
            standing = subjects.standing(connection, subject, client_id=request.client.client_id)
        verified_claims = self.verified_claims.answers(request, visitor, subject, now=now)
        target = target_of(request, self.apis, now=now)
        fits = self._means(request, subject)
        return Situation(request, visitor, standing, now, fits, verified_claims, target, subject)

    def offer(self, situation: Situation, visitor: Visitor) -> Offer:
        """Tell exactly what the site would get."""
        subject, target = situation.subject, situation.target
        assert subject is not None  # noqa: S101 — who visits has one
        offer = offer_of(situation, visitor, subject)
        if target is None:
            return offer
        there = subject_of(self.bridge, visitor.person_id, sector=target.api.sector)
        return replaced(offer, target=target, subject_there=there)

    def agreement(self, offer: Offer, *, binding: bytes, now: datetime) -> str:
        """Seal what a person is shown, to come back with their decision: nobody can be made to allow anything else."""
        return self.ticket_seal.seal(
            offer.as_shown(), purpose=AGREEMENT, binding=binding, now=now, lifetime=self.ticket_lifetime
        )

    def is_about(self, agreement: str, offer: Offer, *, binding: bytes, now: datetime) -> bool:
        """Tell whether a decision was made on the page that showed exactly this offer, to this person."""
        try:
            return self.ticket_seal.open(agreement, purpose=AGREEMENT, binding=binding, now=now) == offer.as_shown()
        except WrongSeal:
            return False

    def allow(self, offer: Offer, *, now: datetime, names: bool = False) -> None:
        """Record the consent to an offer; to ``names`` apart, where they are asked for."""
        until = int((now + self.consent_lifetime).timestamp())
        client_id = offer.request.client.client_id
        with self.database.write() as connection:
            subjects.give_consent(
                connection,
                offer.subject,
                client_id=client_id,
                scope=offer.words,
                until_at=until,
                now=now,
            )
            wanted = offer.verified_claims.names
            if wanted is not None and names:
                allowed = name_consents.Allowed(wanted.claims, wanted.basis, until)
                name_consents.allow(connection, offer.subject, allowed, client_id=client_id, now=now)
            elif wanted is not None and not wanted.allowed:
                name_consents.withdraw(connection, offer.subject, client_id=client_id, now=now)

    def refuse(self, request: AuthorizationRequest, error: OAuthError, *, now: datetime) -> Interact | Reply:
        """Answer with an error, the state and who we are, and nothing else (RFC 9207 §2)."""
        if request.origin.device is not None:
            self.devices.deny(request.origin.device.device_hash, now=now)
            return Interact(request, DEVICE_END)
        if request.origin.pushed:
            self.pushed.use(request.origin.pushed, now=now)
        return self._reply(request, error.members(self.issuer), now=now)

    def cancelled(self, request: AuthorizationRequest, *, now: datetime) -> Interact | Reply:
        """Answer that the person chose not to go on (RFC 6749 §4.1.2.1)."""
        return self.refuse(request, OAuthError(Code.ACCESS_DENIED, "the person did not allow it"), now=now)

    def _asked_by_device(
        self, parameters: dict[str, str], device: AskingDevice, *, started: datetime, now: datetime
    ) -> AuthorizationRequest:
        client = self.directory.find(parameters["client_id"], now=now)
        if client is None:
            raise PageError("client_unknown")
        return of_device(client, parameters["scope"], device, started=started)

    def _addressed(
        self, parameters: Parameters, unpack: Unpack, *, started: datetime, now: datetime
    ) -> AuthorizationRequest:
        return address(
            parameters,
            lambda client_id: self.directory.find(client_id, now=now),
            started=started,
            offered=self.offered,
            unpack=unpack,
        )

    def _unpacked(self, outside: Parameters, client: Client, *, now: datetime) -> tuple[Parameters, Origin]:
        """Return what a request refers to: one that was pushed, one that the client signed, or itself."""
        reference = outside.get("request_uri")
        if reference is not None and reference.startswith(PREFIX) and "request_uri" not in outside.repeated:
            request_hash = hash_of(reference)
            parameters = self.pushed.find(request_hash, client, now=now)
            if parameters is None:
                raise RequestObjectRefused("nothing waits under this request_uri", by_reference=True)
            return parameters, Origin(pushed=request_hash, signed=must_sign(client))
        if reference is not None or outside.get("request") is not None:
            return self.request_objects.unpack(outside, client, now=now), Origin(signed=True)
        return outside, Origin()

    def _means(self, request: AuthorizationRequest, subject: Subject) -> bool:
        """Tell whether a subject is whom the request means, by a hint or by asking for that ``sub`` (§5.5.1)."""
        if self._hinted(request) not in {None, subject.value}:
            return False
        return all(wanted.accepts(subject.value) for wanted in request.claims.subjects)

    def _hinted(self, request: AuthorizationRequest) -> str | None:
        """Return the subject that ``id_token_hint`` names at this client (OIDC Core §3.1.2.2)."""
        token = request.get("id_token_hint")
        if token is None:
            return None
        hint = read_hint(token, self.keyring, issuer=self.issuer)
        if hint is None or hint.aud != request.client.client_id:
            raise OAuthError(Code.INVALID_REQUEST, "id_token_hint is not an ID token of ours for this client")
        return hint.sub

    def _interact(self, situation: Situation, step: Interaction) -> Interact:
        if "none" in situation.request.prompts:
            raise OAuthError(step.error, "a page would have to be shown, which prompt=none forbids")
        if not step.can_help(situation):
            raise OAuthError(step.error, "the person has done what they could, and it is not what was asked for")
        return Interact(situation.request, step.page)

    def _issue(self, situation: Situation) -> Interact | Reply:
        visitor = situation.visitor
        assert visitor is not None  # noqa: S101 — SignIn is among the interactions
        offer, request = self.offer(situation, visitor), situation.request
        if request.origin.device is not None:
            self.devices.allow(request.origin.device.device_hash, self.issuing, offer, visitor, now=situation.now)
            return Interact(request, DEVICE_END)
        if request.origin.pushed and not self.pushed.use(request.origin.pushed, now=situation.now):
            raise PageError("request_uri_unusable", detail="it was answered before")
        return self._reply(request, self.issuing.answer(offer, visitor, now=situation.now), now=situation.now)

    def _reply(self, request: AuthorizationRequest, parameters: dict[str, str], *, now: datetime) -> Reply:
        if request.state is not None:
            parameters["state"] = request.state
        parameters["iss"] = self.issuer
        if request.response_mode.signed:
            parameters = {"response": jarm.sign(parameters, request.client, self.keyring, now=now)}
        return Reply(request, parameters)
