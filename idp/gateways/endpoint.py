"""One question, one answer: the rules every gateway shares (retry, breaker, strict decoding, echo)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from idp.gateways.http import NoReplyError
from idp.log import log_event

if TYPE_CHECKING:
    from idp.domain.secrecy import Private
    from idp.gateways.breaker import Breaker
    from idp.gateways.http import Reply, Transport

ATTEMPTS: Final = 2
"""A question is put once more after a failure that may pass. The reference makes the two one question, billed once."""

REFUSED_US: Final = frozenset({401, 403})


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every answer carries: the reference of the question it answers, so that no other's is taken for it."""

    reference: str


AnswerType = TypeVar("AnswerType", bound=Answer)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that answers questions. ``name`` is for the log, ``timeout`` in seconds for one attempt in all."""

    name: str
    url: str
    transport: Transport
    breaker: Breaker
    bearer: Private | None = field(default=None, repr=False)
    timeout: float = 5.0

    def ask(self, question: msgspec.Struct, answer: type[AnswerType], *, reference: str) -> AnswerType:
        """Put one question. Raises :class:`NoReplyError` for whatever is not a well-formed answer to this very one."""
        if not self.breaker.allows():
            raise NoReplyError("resting")
        try:
            decoded = self._decoded(self._reply(msgspec.json.encode(question), reference=reference), answer, reference)
        except NoReplyError as error:
            self.breaker.failed(for_certain=error.reason == "credential")
            log_event("gateway_silent", level="warning", gateway=self.name, reason=error.reason)
            raise
        self.breaker.succeeded()
        return decoded

    def _reply(self, body: bytes, *, reference: str) -> Reply:
        """Return the first reply of at most two attempts. Lateness is not tried again: the person is waiting."""
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": reference}
        if self.bearer is not None:
            headers["Authorization"] = f"Bearer {self.bearer.reveal()}"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                reply = self.transport.post(self.url, body, headers=headers, timeout=self.timeout)
            except NoReplyError as error:
                if error.late or attempt == ATTEMPTS:
                    raise
            else:
                if reply.status < 500 or attempt == ATTEMPTS:
                    return reply
        raise AssertionError("the last attempt returns or raises")

    def _decoded(self, reply: Reply, answer: type[AnswerType], reference: str) -> AnswerType:
        if reply.status in REFUSED_US:
            raise NoReplyError("credential")
        if reply.status != 200:
            raise NoReplyError(f"status_{reply.status}")
        try:
            decoded = msgspec.json.decode(reply.body, type=answer, strict=True)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise NoReplyError("malformed") from None  # the decoder's words would quote what it read
        if decoded.reference != reference:
            raise NoReplyError("other_question")
        return decoded
